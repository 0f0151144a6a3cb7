"""What can differ, who takes care of it, and how it ends. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from execution_stack.breaks.errors import BreakClosed, BreakNotYours, TransferMismatch


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
    RESOLUTION_AMENDED = "resolution_amended"
    """A result was taken back after it was paid: `subject` is the market, value paid and value found."""
    REVERSAL_FLOAT = "reversal_float"
    """A float lacks what a reversal takes back: `subject` is the tenant, micro-dollars."""
    ORDER_MISSING = "order_missing"
    """The exchange does not list an order that ended here: `subject` is our order, contracts filled."""
    ORDER_UNKNOWN = "order_unknown"
    """The exchange lists an order that we did not send: `subject` is its id there, contracts filled."""
    ORDER_DIFFERS = "order_differs"
    """An order was filled otherwise than we recorded: `subject` is our order, contracts filled."""
    FILL_MISSING = "fill_missing"
    """The exchange does not list a fill that we have: `subject` is the fill, contracts."""
    FILL_UNKNOWN = "fill_unknown"
    """The exchange lists a fill of an order that is not ours: `subject` is the fill, contracts."""
    FILL_DIFFERS = "fill_differs"
    """A fill costs or brings another sum than we recorded: `subject` is the fill, micro-dollars."""
    POSITION_DRIFT = "position_drift"
    """The exchange holds another net position: `subject` is the market, contracts, plus for YES."""
    BALANCE_DELTA = "balance_delta"
    """X7: the balance moved otherwise than our books: `subject` is the earlier reading, micro-dollars."""
    SETTLEMENT_DIFFERS = "settlement_differs"
    """The exchange settled a paid market otherwise: `subject` is the market, micro-dollars after fees."""


class Reference(StrEnum):
    """What a piece of evidence names."""

    ORDER = "order"
    EXCHANGE_ORDER = "exchange_order"
    FILL = "fill"
    WINDOW = "window"
    MARKET = "market"
    READING = "reading"


class Closing(StrEnum):
    """How a break ended."""

    EXPLAINED = "explained"
    """It was no difference, or it went away by itself, and somebody knows why."""
    CORRECTED_BY_TRANSFER = "corrected_by_transfer"
    """A transfer in our books took it up."""
    EXCHANGE_CORRECTED = "exchange_corrected"
    """The exchange put its own record right."""


class AgeBucket(StrEnum):
    """How long a break has been open."""

    UNDER_HOUR = "under_1h"
    UNDER_DAY = "under_1d"
    UNDER_WEEK = "under_1w"
    OLDER = "older"


AGE_BOUNDS: Final = (timedelta(hours=1), timedelta(days=1), timedelta(weeks=1))
"""Where one bucket of age ends and the next begins."""


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """One thing that a break is about."""

    kind: Reference
    reference_id: UUID


@dataclass(frozen=True, slots=True)
class Break:
    """One difference. Units are those of what is compared."""

    kind: Kind
    subject: UUID
    expected: int
    found: int
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundBreak:
    """A break as it stands: since when, in whose hands, and how it ended."""

    break_id: UUID
    what: Break
    found_at: datetime
    steps: int = 0
    owner: UUID | None = None
    closed_at: datetime | None = None
    closing: Closing | None = None
    transfer_id: UUID | None = None

    def age(self, now: datetime) -> timedelta:
        """Return how long the break is, or was, open."""
        return max((self.closed_at or now) - self.found_at, timedelta(0))


@dataclass(frozen=True, slots=True)
class Step:
    """What an operator did with a break. `closing` is there if it ended."""

    break_id: UUID
    number: int
    operator: UUID
    at: datetime
    closing: Closing | None = None
    transfer_id: UUID | None = None


def take(found: FoundBreak, operator: UUID, at: datetime) -> Step:
    """Make an operator the owner of an open break, whoever was it before. Raises BreakClosed."""
    _require_open(found)
    return Step(found.break_id, found.steps + 1, operator, at)


def close(
    found: FoundBreak, operator: UUID, closing: Closing, transfer_id: UUID | None, at: datetime
) -> Step:
    """End a break by its owner. Raises BreakClosed, BreakNotYours, TransferMismatch."""
    _require_open(found)
    if found.owner != operator:
        raise BreakNotYours("Only its owner closes a break. Take it first.")
    if (closing is Closing.CORRECTED_BY_TRANSFER) != (transfer_id is not None):
        raise TransferMismatch("A correction by transfer names its transfer; any other end names none.")
    return Step(found.break_id, found.steps + 1, operator, at, closing, transfer_id)


def _require_open(found: FoundBreak) -> None:
    if found.closing is not None:
        raise BreakClosed("The break is closed. If the difference is still there, it is found again.")
