"""What is shown of wagers, positions and breaks, as frozen values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.boundary_client.domain import Side
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.reports import Wager


@dataclass(frozen=True, slots=True)
class WagerView:
    """A wager with the times that a customer sees."""

    wager: Wager
    cancel_requested_at: datetime | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A report about a wager, or about its customer's contracts in the market. Micro-dollars."""

    sequence: int
    kind: str
    recorded_at: datetime
    received_at: datetime
    applied_at: datetime | None
    window_id: UUID | None
    manifest: bytes | None
    quantity: int
    cost: int
    fee: int
    amount: int


@dataclass(frozen=True, slots=True)
class WagerCourse:
    """A wager with all that execution reported of it, and the movements that these reports posted."""

    view: WagerView
    reports: tuple[CourseLine, ...]
    movement_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class PositionView:
    """An open position with the market's name."""

    market_id: UUID
    side: Side
    holding: PositionCost
    ticker: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class BreakView:
    """A contradiction between a report and our books, and whether its account still waits for a person."""

    id: UUID
    tenant_id: UUID
    found_at: datetime
    fault: str
    sequence: int | None
    account_id: UUID | None
    wager_id: UUID | None
    stops_feed: bool


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report that moves what we owe execution. Micro-dollars; of a reversal, what it takes back."""

    sequence: int
    recorded_at: datetime
    kind: str
    reference: UUID
    wager_id: UUID | None
    market_id: UUID | None
    side: str | None
    action: str | None
    quantity: int
    cost: int
    fee: int
    amount: int
    reverses: int | None
    movement_id: UUID

    @property
    def owed(self) -> int:
        """Return what the report adds to what we owe."""
        bought = self.cost if self.action == "buy" else -self.cost
        told = bought + self.fee - self.amount
        return -told if self.kind == "reversal" else told
