"""Comparing two sides. Pure.

Every check compares two maps from a subject to a number. A subject that one side does not have counts as
zero there: an account that nobody has touched has no line and is no break.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.ledger.domain import LKR, USD, AssetId


class CheckName(StrEnum):
    """The checks of a run. The members of the database type reconciliation_check_name."""

    TRIAL_BALANCE = "trial_balance"
    DESK = "desk"
    SNAPSHOTS = "snapshots"
    POSITIONS = "positions"
    CASH = "cash"
    FEES = "fees"
    TOTALS = "totals"
    PAYOUTS = "payouts"
    COLLECTION = "collection"
    BANK_ENTRIES = "bank_entries"
    STOCK = "stock"


class Result(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNAVAILABLE = "unavailable"


class BreakKind(StrEnum):
    """What a break is."""

    DIFFERS = "differs"
    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    UNKNOWN_ACCOUNT = "unknown_account"


class Unit(StrEnum):
    """What the numbers of a check count."""

    LKR_CENT = "lkr_cent"
    MICRO_DOLLAR = "micro_dollar"
    CENTI_CONTRACT = "centi_contract"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a number is about: a book, a contract of it, or a reference of the bank."""

    book_id: UUID | None = None
    market_id: UUID | None = None
    side: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """One difference, with both values; None where a side has nothing."""

    name: CheckName
    kind: BreakKind
    unit: Unit
    subject: Subject
    ours: int | None
    theirs: int | None


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison and what it found."""

    name: CheckName
    result: Result
    compared: int
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """All checks of one reading, at one report sequence."""

    id: UUID
    tenant_id: UUID
    sequence: int
    requested_by: str
    read_at: datetime
    finished_at: datetime
    checks: tuple[Check, ...]


def compare(
    name: CheckName,
    unit: Unit,
    ours: Mapping[Subject, int],
    theirs: Mapping[Subject, int],
    extra: Iterable[Break] = (),
) -> Check:
    """Compare both sides subject by subject; `extra` are breaks found while reading them."""
    subjects = {subject for side in (ours, theirs) for subject, value in side.items() if value}
    breaks = [
        Break(name, _kind(subject, ours, theirs), unit, subject, ours.get(subject), theirs.get(subject))
        for subject in sorted(subjects, key=_order)
        if ours.get(subject, 0) != theirs.get(subject, 0)
    ]
    breaks += extra
    return Check(name, Result.FAILED if breaks else Result.PASSED, len(subjects), tuple(breaks))


def compare_to_zero(name: CheckName, sums: Mapping[int, int], compared: int) -> Check:
    """Check that sums by asset are zero; `compared` is how many assets were summed."""
    breaks = tuple(
        Break(name, BreakKind.DIFFERS, _unit_of(asset), Subject(reference=f"asset {asset}"), total, 0)
        for asset, total in sorted(sums.items())
        if total
    )
    return Check(name, Result.FAILED if breaks else Result.PASSED, compared, breaks)


def _unit_of(asset: int) -> Unit:
    return {LKR: Unit.LKR_CENT, USD: Unit.MICRO_DOLLAR}.get(AssetId(asset), Unit.CENTI_CONTRACT)


def unavailable(*names: CheckName) -> tuple[Check, ...]:
    """Return checks whose other side did not answer."""
    return tuple(Check(name, Result.UNAVAILABLE, 0) for name in names)


def _kind(subject: Subject, ours: Mapping[Subject, int], theirs: Mapping[Subject, int]) -> BreakKind:
    if not ours.get(subject):
        return BreakKind.MISSING_HERE
    return BreakKind.DIFFERS if theirs.get(subject) else BreakKind.MISSING_THERE


def _order(subject: Subject) -> tuple[str, str, str, str]:
    parts = (subject.book_id, subject.market_id, subject.side, subject.reference)
    first, second, third, fourth = ("" if part is None else str(part) for part in parts)
    return first, second, third, fourth
