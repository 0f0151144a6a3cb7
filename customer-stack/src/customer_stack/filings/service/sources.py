"""What other modules posted with the world outside, read in one form.

Deposits come as pay-ins (bank transfers, open banking among them, and hosted checkouts) and as captures of
cards; money goes out as payouts and as refunds to cards. What customers send each other stays inside.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from customer_stack.cards.service import outside as cards
from customer_stack.cards.service.outside import CardMovement
from customer_stack.filings.domain.movements import Channel, Direction, Posted, Source
from customer_stack.payments import outside as payments
from customer_stack.payments.outside import GATEWAYS, Receipt
from customer_stack.payouts.service import outside as payouts
from customer_stack.payouts.service.outside import PaidOut
from shared.database import Transaction

PAGE: Final = 1000


async def read_posted(
    tx: Transaction, tenant_id: UUID, begins_at: datetime, ends_at: datetime, least: int
) -> AsyncIterator[Posted]:
    """Yield what a tenant's modules posted from a moment up to another, of at least `least` LKR cents."""
    for load, read, key in _SOURCES:
        after: tuple[datetime, UUID] | None = None
        while True:
            rows = await load(tx, tenant_id, begins_at, ends_at, least, after, PAGE)
            for row in rows:
                yield read(row)
            if len(rows) < PAGE:
                break
            after = key(rows[-1])


async def read_again(tx: Transaction, wanted: Sequence[tuple[Source, UUID]]) -> tuple[Posted, ...]:
    """Return what was posted, by its ids, as it stands now; one query per kind."""
    found: list[Posted] = []
    for source, (load, read) in _BY_ID.items():
        ids = [source_id for kind, source_id in wanted if kind is source]
        if ids:
            found += [read(row) for row in await load(tx, ids)]
    return tuple(found)


def _of_receipt(receipt: Receipt) -> Posted:
    pay_in = receipt.pay_in
    return Posted(
        Source.PAY_IN,
        pay_in.id,
        pay_in.tenant_id,
        receipt.owner_id,
        Direction.IN,
        Channel.CHECKOUT if pay_in.provider in GATEWAYS else Channel.BANK,
        pay_in.provider,
        pay_in.bank_reference,
        pay_in.amount,
        pay_in.booked_at,
        receipt.reversed_at,
    )


def _of_payout(paid: PaidOut) -> Posted:
    return Posted(
        Source.PAYOUT,
        paid.id,
        paid.tenant_id,
        paid.customer_id,
        Direction.OUT,
        Channel.BANK,
        paid.provider,
        paid.bank_reference,
        paid.amount,
        paid.resolved_at,
        paid.returned_at,
    )


def _of_card(source: Source, direction: Direction) -> Callable[[CardMovement], Posted]:
    def read(moved: CardMovement) -> Posted:
        return Posted(
            source,
            moved.id,
            moved.tenant_id,
            moved.customer_id,
            direction,
            Channel.CARD,
            moved.provider,
            moved.reference,
            moved.amount,
            moved.at,
            moved.reversed_at,
        )

    return read


_of_capture: Final = _of_card(Source.CARD_CAPTURE, Direction.IN)
_of_refund: Final = _of_card(Source.CARD_REFUND, Direction.OUT)


def _key_of_receipt(receipt: Receipt) -> tuple[datetime, UUID]:
    return receipt.pay_in.decided_at, receipt.pay_in.id


def _key_of_payout(paid: PaidOut) -> tuple[datetime, UUID]:
    return paid.resolved_at, paid.id


def _key_of_card(moved: CardMovement) -> tuple[datetime, UUID]:
    return moved.at, moved.id


_Load = Callable[..., Awaitable[Sequence[Any]]]
_SOURCES: Final[tuple[tuple[_Load, Callable[[Any], Posted], Callable[[Any], tuple[datetime, UUID]]], ...]] = (
    (payments.load_settled, _of_receipt, _key_of_receipt),
    (payouts.load_paid, _of_payout, _key_of_payout),
    (cards.load_captured, _of_capture, _key_of_card),
    (cards.load_refunded, _of_refund, _key_of_card),
)
_BY_ID: Final[dict[Source, tuple[_Load, Callable[[Any], Posted]]]] = {
    Source.PAY_IN: (payments.load_receipts, _of_receipt),
    Source.PAYOUT: (payouts.load_payouts, _of_payout),
    Source.CARD_CAPTURE: (cards.load_captures, _of_capture),
    Source.CARD_REFUND: (cards.load_refunds, _of_refund),
}
