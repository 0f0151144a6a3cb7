"""What a card acquirer promises."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from customer_stack.cards.domain.reports import CardAnswer, CardState, ChargeReport, RefundAnswer, RefundState

__all__ = [
    "CardAcquirer",
    "CardAnswer",
    "CardState",
    "ChargeOrder",
    "RefundAnswer",
    "RefundOrder",
    "RefundState",
]


@dataclass(frozen=True, slots=True)
class ChargeOrder:
    """Take `amount` LKR cents from the card behind `token`."""

    charge_id: UUID
    amount: int
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Give `amount` LKR cents of a captured charge back."""

    refund_id: UUID
    charge_id: UUID
    amount: int


class CardAcquirer(Protocol):
    """Every call is safe to make again with the same ids: it answers what became of the first.

    `name` stays the same forever: it is stored with charges. Whatever is not an explicit yes or no is
    PENDING. Each call raises AcquirerUnavailable when the acquirer did not answer, and nothing else.
    """

    name: str

    async def authorise(self, order: ChargeOrder) -> CardAnswer:
        """Ask the card's bank to reserve the amount."""
        ...

    async def capture(self, charge_id: UUID, amount: int) -> CardAnswer:
        """Take what was reserved. DECLINED: it will not be taken any more."""
        ...

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        """Give back what was taken."""
        ...

    async def look_up(self, charge_id: UUID) -> ChargeReport:
        """Return everything that became of a charge; all PENDING for one that the acquirer does not know."""
        ...
