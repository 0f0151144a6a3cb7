"""What is compared, and what was found. Pure."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class CheckName(StrEnum):
    """What is recomputed. Each name says what stands, and from what it follows."""

    LEDGER = "ledger"
    STAKES = "stakes_from_wagers"
    DEPOSITS = "deposits_from_events"
    COUNTED_HOURS = "hours_of_counts"
    POSITIONS = "positions_from_reports"
    LEDGER_POSITIONS = "positions_in_ledger"
    FILLS = "fills_from_reports"
    WAGER_HOLDS = "holds_of_wagers"
    LIVE_QUOTES = "live_quotes"
    QUOTE_HOLDS = "holds_of_quotes"
    STOCK_COST = "cost_of_stock"


COUNTS: Final = frozenset({CheckName.STAKES, CheckName.DEPOSITS, CheckName.COUNTED_HOURS})
"""What protection counts."""
REPAIRABLE: Final = frozenset({CheckName.LEDGER, CheckName.POSITIONS, CheckName.LIVE_QUOTES}) | COUNTS
"""Snapshots and counters. The others compare facts with facts: nobody may write those anew."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not follow: which, what stands, what should."""

    check: CheckName
    tenant_id: UUID | None
    subject: str
    stands: str
    should_be: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a check compared and found. `compared` counts lines by check; of the ledger, entries."""

    compared: Mapping[CheckName, int]
    findings: tuple[Finding, ...]
    took_ms: int
    ledger_ms: int

    @property
    def is_good(self) -> bool:
        """Tell whether everything follows."""
        return not self.findings

    @property
    def entries_per_second(self) -> int:
        """Return how many entries of the ledger were checked in a second."""
        return self.compared[CheckName.LEDGER] * 1000 // max(self.ledger_ms, 1)


def differing(
    stands: Mapping[Key, Value], should_be: Mapping[Key, Value], nothing: Value
) -> dict[Key, tuple[Value, Value]]:
    """Return where two sides differ: (what stands, what should). A missing line counts as `nothing`."""
    pairs = {key: (stands.get(key, nothing), should_be.get(key, nothing)) for key in {*stands, *should_be}}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def to_findings(
    check: CheckName, tenant_id: UUID, found: Mapping[Key, tuple[Value, Value]], limit: int
) -> tuple[Finding, ...]:
    """Return what differs as findings, in the order of their subjects, at most `limit`."""
    subjects = {_show(key): pair for key, pair in found.items()}
    return tuple(
        Finding(check, tenant_id, subject, _show(subjects[subject][0]), _show(subjects[subject][1]))
        for subject in sorted(subjects)[:limit]
    )


def _show(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(_show(each) for each in value)
    return "none" if value is None else str(value)
