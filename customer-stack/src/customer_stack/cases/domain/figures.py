"""How well rules work: what became of what they found. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from customer_stack.cases.domain.lifecycle import Outcome
from customer_stack.cases.errors import FiguresPeriodInvalid

LONGEST: Final = timedelta(days=92)
USEFUL: Final = frozenset({Outcome.CONFIRMED, Outcome.VALUABLE})
_WHOLE: Final = 10_000


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """What came of one reason code in a period.

    `hits`: decisions that found it, alerts or not. `alerts`: those that came to a case; `cases`: how many
    cases these were, each counted once; `outcomes`: of the closed ones. `median_seconds`: from opening to
    closing.
    """

    reason: str
    hits: int
    alerts: int = 0
    cases: int = 0
    outcomes: Mapping[Outcome, int] | None = None
    median_seconds: int | None = None

    @property
    def closed(self) -> int:
        """Return how many of the cases are closed."""
        return sum((self.outcomes or {}).values())

    @property
    def precision_basis_points(self) -> int | None:
        """Return which share of the closed cases was worth opening, in hundredths of a percent."""
        useful = sum(number for outcome, number in (self.outcomes or {}).items() if outcome in USEFUL)
        return useful * _WHOLE // self.closed if self.closed else None


def require_period(begins_at: datetime, ends_at: datetime) -> None:
    """Refuse a period that ends before it begins, or is too long. Raises FiguresPeriodInvalid."""
    if not timedelta(0) < ends_at - begins_at <= LONGEST:
        raise FiguresPeriodInvalid(f"A period begins before it ends and has at most {LONGEST.days} days.")


def join(found: Mapping[str, RuleFigures], hits: Mapping[str, int]) -> list[RuleFigures]:
    """Return the figures of all reasons with their hits, the most frequent first."""
    reasons = found.keys() | hits.keys()
    nothing = {reason: RuleFigures(reason, 0) for reason in reasons}
    joined = [replace(found.get(reason, nothing[reason]), hits=hits.get(reason, 0)) for reason in reasons]
    return sorted(joined, key=lambda each: (-each.alerts, -each.hits, each.reason))
