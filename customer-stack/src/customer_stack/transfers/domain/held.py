"""Transfers that wait for a decision of compliance: how they end, and what is posted. Pure.

While one waits, its amount is held in the sender's wallet and nothing has moved. It ends once: released,
which moves the money as the lane would have; denied or cancelled, which frees it. A release makes only what
is still possible, and ends as denied else.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.ledger.domain import Account
from customer_stack.transfers.domain.flows import asset_of, kind_of
from customer_stack.transfers.domain.gate import Reason
from customer_stack.transfers.domain.orders import Order
from customer_stack.transfers.errors import TransferEnded
from shared.ledger.domain import Capture, Close, Hold, Movement, Transfer

HELD_KIND: Final = "transfer"
"""How the gate and cases name what waits here."""


class Wish(StrEnum):
    """What shall become of a transfer that waits: two of compliance, one of the sender."""

    RELEASE = "release"
    DENY = "deny"
    CANCEL = "cancel"


class HeldOutcome(StrEnum):
    """How a transfer that waited ended. The members of the database type transfer_held_outcome."""

    RELEASED = "released"
    DENIED = "denied"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """A transfer that waits, or waited. `order.at` is when it was asked for.

    `received_id`: the recipient's half, if it is made, and the event that counts what comes to the recipient.
    """

    order: Order
    hold_id: UUID
    received_id: UUID
    note_sealed: bytes | None
    ended: HeldOutcome | None = None


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What a release depends on. `debt` is what the sender owes in any currency, in minor units."""

    sender_may_send: bool
    is_capable: bool
    recipient_may_receive: bool
    debt: int


@dataclass(frozen=True, slots=True)
class End:
    """The end of a transfer that waited. `obstacle`: why a release could not be."""

    outcome: HeldOutcome
    obstacle: Reason | None = None


def find_obstacle(facts: ReleaseFacts) -> Reason | None:
    """Return why a released transfer cannot be made any more, or None when it can."""
    checks = (
        (not facts.sender_may_send, Reason.CUSTOMER_NOT_ACTIVE),
        (not facts.is_capable, Reason.CAPABILITY_INACTIVE),
        (not facts.recipient_may_receive, Reason.RECIPIENT_NOT_ACTIVE),
        (facts.debt > 0, Reason.SENDER_IN_DEBT),
    )
    return next((reason for is_met, reason in checks if is_met), None)


def decide_end(ended: HeldOutcome | None, wish: Wish, obstacle: Reason | None = None) -> End | None:
    """Return how a transfer ends by a wish, or None when nothing is left to do.

    Compliance may decide again, and about what the sender cancelled meanwhile: the first end stays. Raises
    TransferEnded when a sender cancels what was decided.
    """
    if wish is Wish.CANCEL:
        if ended in (HeldOutcome.RELEASED, HeldOutcome.DENIED):
            raise TransferEnded("This transfer was decided already. Read it to see how.")
        return None if ended else End(HeldOutcome.CANCELLED)
    if ended is not None:
        return None
    if wish is Wish.DENY:
        return End(HeldOutcome.DENIED)
    return End(HeldOutcome.RELEASED) if obstacle is None else End(HeldOutcome.DENIED, obstacle)


def build_hold(held: HeldOrder) -> Movement:
    """Reserve an order's amount in the sender's wallet, without an end by time."""
    order = held.order
    hold = Hold(
        id=held.hold_id,
        tenant_id=order.tenant_id,
        book_id=order.sender_id,
        asset=asset_of(order.currency),
        account=Account.WALLET,
        amount=order.amount,
        purpose=kind_of(order),
    )
    return Movement(holds=(hold,))


def build_release(held: HeldOrder, transfers: tuple[Transfer, ...]) -> Movement:
    """Post a released order's transfers out of its hold; the first is the half of the sender."""
    order = held.order
    capture = Capture(held.hold_id, order.tenant_id, order.sender_id, transfers[0].id, order.amount)
    close = Close(held.hold_id, order.tenant_id, order.sender_id, "exhausted")
    return Movement(transfers=transfers, captures=(capture,), closes=(close,))


def build_void(held: HeldOrder) -> Movement:
    """Free an order's amount."""
    return Movement(closes=(Close(held.hold_id, held.order.tenant_id, held.order.sender_id, "released"),))
