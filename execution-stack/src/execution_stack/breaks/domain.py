"""What can differ. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """Which difference was found."""

    RESOLUTION_CASH = "resolution_cash"
    """X6 does not hold: `subject` is the market, micro-dollars."""
    RESOLUTION_CLEARING = "resolution_clearing"
    """Clearing accounts would not be zero: `subject` is the market."""
    CHECK = "check"
    """A check of reconciliation failed: `subject` names it."""
    FEE_EXCESS = "fee_excess"
    """Fees above the intents' caps, which the house carries: `subject` is the order, micro-dollars."""
    LATE_FILL = "late_fill"
    """A fill found after its order was shared out: `subject` is the fill, contracts."""


@dataclass(frozen=True, slots=True)
class Break:
    """One difference. Units are those of what is compared."""

    kind: Kind
    subject: UUID
    expected: int
    found: int
