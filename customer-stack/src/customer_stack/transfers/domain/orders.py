"""What moves, and how a customer sees it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.gate.errors import HELD_NOTICE
from shared.money import Currency

NOTE_LIMIT: Final = 140


class OrderKind(StrEnum):
    """How the recipient was named. The members of the database type transfer_order_kind."""

    TRANSFER = "transfer"
    QR_PAYMENT = "qr_payment"


class Direction(StrEnum):
    """Whether the customer who reads has sent or received."""

    SENT = "sent"
    RECEIVED = "received"


class OrderState(StrEnum):
    """How far an order is, for its sender. Its recipient sees it once it was made."""

    MADE = "made"
    HELD = "held"
    DENIED = "denied"
    CANCELLED = "cancelled"


NEXT_STEPS: Final[Mapping[OrderState, str]] = {
    OrderState.HELD: HELD_NOTICE,
    OrderState.DENIED: "It was not made. The money is free in your wallet again.",
    OrderState.CANCELLED: "You cancelled it. The money is free in your wallet again.",
}
"""What a sender is told of an order that was not made: the same whatever the cause is."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The largest amounts of one transfer, in minor units. Version 0: the operator has set none."""

    version: int
    maximum_lkr: int
    maximum_usd: int

    def maximum(self, currency: Currency) -> int:
        """Return the largest amount of one transfer in a currency."""
        return self.maximum_lkr if currency is Currency.LKR else self.maximum_usd


FIRST_TERMS: Final = Terms(version=0, maximum_lkr=500_000_00, maximum_usd=1_500_000_000)
"""What counts until an operator sets terms of its own: LKR 500,000.00 and USD 1,500.00."""


@dataclass(frozen=True, slots=True)
class Order:
    """Money that goes from one customer to another. `single_use` is set when a QR code is paid."""

    id: UUID
    tenant_id: UUID
    sender_id: UUID
    recipient_id: UUID
    kind: OrderKind
    currency: Currency
    amount: int
    at: datetime
    qr_code_id: UUID | None = None
    is_single_use: bool | None = None


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as one of its two customers sees it. `counterparty` is the other's account code."""

    order: Order
    direction: Direction
    counterparty: str
    note: str | None
    is_reversed: bool
    state: OrderState


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A QR code in the books. `is_paid` tells of dynamic codes only."""

    id: UUID
    tenant_id: UUID
    merchant_id: UUID
    amount: int | None
    payload_digest: bytes
    issued_at: datetime
    is_paid: bool = False

    @property
    def is_single_use(self) -> bool:
        """Tell whether it is paid once."""
        return self.amount is not None
