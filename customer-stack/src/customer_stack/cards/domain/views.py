"""Charges as they are shown: how they stand, and what became of what was captured. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.cards.domain.charges import CaptureReason, Standing


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """A capture and what became of its LKR."""

    tenant_id: UUID
    charge_id: UUID
    provider: str
    reference: str
    amount: int
    debt_cleared: int
    outcome: str
    reason: CaptureReason
    conversion_id: UUID | None
    movement_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A charge with all that is shown of it."""

    standing: Standing
    refusal: str | None
    capture: CaptureRow | None
    redirect_url: str | None
    is_stalled: bool
