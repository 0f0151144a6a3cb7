"""Comparing two sides. Pure.

Every check compares two maps from a subject to a number. A subject that one side does not have counts as
zero there: an account that nobody has touched has no line and is no break.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.reconciliation.domain.breaks import BreakType, Unit
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
    FLOORS = "floors"
    RESOLVED_MARKETS = "resolved_markets"
    POSITION_COSTS = "position_costs"
    PREFUND = "prefund"
    SETTLED = "settled"
    OWED = "owed"
    LKR_OWNERS = "lkr_owners"
    LKR_COVER = "lkr_cover"
    NOSTRO = "nostro"
    USD_OWNERS = "usd_owners"
    USD_COVER = "usd_cover"
    CONVERSIONS = "conversions"
    STOCK_COST = "stock_cost"
    CLEARING = "clearing"
    CLIENT_MONEY = "client_money"


_DIFFERS: Final = {
    CheckName.POSITIONS: BreakType.QUANTITY,
    CheckName.POSITION_COSTS: BreakType.QUANTITY,
    CheckName.RESOLVED_MARKETS: BreakType.QUANTITY,
    CheckName.FEES: BreakType.FEE,
    CheckName.CONVERSIONS: BreakType.PRICE,
}
"""What two values of a check differ in, where it is not an amount."""


class Result(StrEnum):
    """How a check ended."""

    HELD = "held"
    DIFFERS = "differs"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a number is about: a book, a contract of it, or a reference of the bank."""

    book_id: UUID | None = None
    market_id: UUID | None = None
    side: str | None = None
    reference: str | None = None

    def __str__(self) -> str:
        """Return the subject of the break that is found here."""
        parts = {"book": self.book_id, "market": self.market_id, "side": self.side, "": self.reference}
        return " ".join(f"{name} {part}".strip() for name, part in parts.items() if part is not None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference that a run saw, with both values; None where a side has nothing."""

    name: CheckName
    type: BreakType
    unit: Unit
    subject: Subject
    ours: int | None
    theirs: int | None

    @property
    def key(self) -> tuple[CheckName, BreakType, Subject]:
        """Return which difference it is, whatever its values."""
        return self.name, self.type, self.subject


@dataclass(frozen=True, slots=True)
class Values:
    """Both sides of a check, summed."""

    unit: Unit
    ours: int
    theirs: int


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison and what it found. `values`: None where a side did not answer, or units are mixed."""

    name: CheckName
    result: Result
    compared: int
    findings: tuple[Finding, ...] = ()
    values: Values | None = None

    @property
    def is_held(self) -> bool:
        """Tell whether the comparison was made and found nothing."""
        return self.result is Result.HELD


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
    extra: Iterable[Finding] = (),
) -> Check:
    """Compare both sides subject by subject; `extra` was found while reading them."""
    subjects = {subject for side in (ours, theirs) for subject, value in side.items() if value}
    findings = [
        Finding(
            name, _type(name, subject, ours, theirs), unit, subject, ours.get(subject), theirs.get(subject)
        )
        for subject in sorted(subjects, key=_order)
        if ours.get(subject, 0) != theirs.get(subject, 0)
    ]
    findings += extra
    values = Values(unit, sum(ours.values()), sum(theirs.values()))
    return _conclude(name, len(subjects), findings, values)


def compare_one(name: CheckName, unit: Unit, subject: Subject, ours: int, theirs: int) -> Check:
    """Compare two numbers about one subject; both count, also when they are zero."""
    found = [Finding(name, BreakType.AMOUNT, unit, subject, ours, theirs)] if ours != theirs else []
    return _conclude(name, 1, found, Values(unit, ours, theirs))


def require_cover(name: CheckName, unit: Unit, subject: Subject, has: int, needs: int) -> Check:
    """Check that what is there is at least what is needed."""
    found = [Finding(name, BreakType.AMOUNT, unit, subject, has, needs)] if has < needs else []
    return _conclude(name, 1, found, Values(unit, has, needs))


def list_findings(name: CheckName, compared: int, findings: Iterable[Finding]) -> Check:
    """Return a check whose comparison was made by the database."""
    found = list(findings)
    return _conclude(name, compared, found, Values(Unit.ENTRY, compared - len(found), compared))


def _conclude(name: CheckName, compared: int, findings: Iterable[Finding], values: Values | None) -> Check:
    found = tuple(findings)
    return Check(name, Result.DIFFERS if found else Result.HELD, compared, found, values)


def compare_to_zero(name: CheckName, sums: Mapping[int, int], compared: int) -> Check:
    """Check that sums by asset are zero; `compared` is how many assets were summed."""
    findings = tuple(
        Finding(name, BreakType.AMOUNT, _unit_of(asset), Subject(reference=f"asset {asset}"), total, 0)
        for asset, total in sorted(sums.items())
        if total
    )
    return list_findings(name, max(compared, len(findings)), findings)


def _unit_of(asset: int) -> Unit:
    return {LKR: Unit.LKR_CENT, USD: Unit.MICRO_DOLLAR}.get(AssetId(asset), Unit.CENTI_CONTRACT)


def unavailable(*names: CheckName) -> tuple[Check, ...]:
    """Return checks whose other side did not answer."""
    return tuple(Check(name, Result.UNAVAILABLE, 0) for name in names)


def _type(
    name: CheckName, subject: Subject, ours: Mapping[Subject, int], theirs: Mapping[Subject, int]
) -> BreakType:
    if not ours.get(subject):
        return BreakType.MISSING_OURS
    return _DIFFERS.get(name, BreakType.AMOUNT) if theirs.get(subject) else BreakType.MISSING_THEIRS


def _order(subject: Subject) -> tuple[str, str, str, str]:
    parts = (subject.book_id, subject.market_id, subject.side, subject.reference)
    first, second, third, fourth = ("" if part is None else str(part) for part in parts)
    return first, second, third, fourth
