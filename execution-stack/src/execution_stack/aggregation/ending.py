"""Write what became of orders: fills, books, intents, audit and reports, in one transaction.

Each statement serves all orders of the transaction, so that many orders cost hardly more than one. Locks
are taken in one order: orders in id order, books in id order, the numbering of reports.

Guaranteed: an order that has ended is left as it is; one that may have been sent again by somebody else is
not ended by a refusal of an earlier sending.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from execution_stack.aggregation import store
from execution_stack.aggregation.domain import (
    OmnibusOrder,
    OrderState,
    Pair,
    book_of,
    pair_shares,
    report_bodies,
)
from execution_stack.allocation.domain import Allocation
from execution_stack.books import service as books
from execution_stack.breaks import service as breaks
from execution_stack.breaks.domain import Break, Kind
from execution_stack.exchange.domain import Fill
from execution_stack.intents import service as intents
from execution_stack.reports import service as reports
from shared.audit import AuditRecord, append
from shared.database import Transaction
from shared.ids import HOUSE_TENANT

RECHECKS: Final = (timedelta(seconds=30), timedelta(minutes=10))
"""When the fills of an ended order are read again, counted from its end."""


class Superseded(Exception):
    """Somebody else has taken an order over; whoever drove it until now stops."""


@dataclass(frozen=True, slots=True)
class End:
    """What became of an order, and how its fills are shared."""

    order: OmnibusOrder
    fills: tuple[Fill, ...]
    state: OrderState
    allocation: Allocation


async def end_orders(tx: Transaction, ends: Sequence[End], at: datetime) -> list[Superseded | None]:
    """End orders in flight; say for each whether somebody else may know better. Done before, it is done."""
    by_order = {end.order.order_id: end for end in ends}
    standing = await store.lock_in_flight(tx, list(by_order))
    superseded = {order_id for order_id, end in by_order.items() if _is_superseded(end, standing)}
    ending = [end for order_id, end in by_order.items() if order_id in standing.keys() - superseded]
    if ending:
        await _end(tx, ending, at)
    return [Superseded() if end.order.order_id in superseded else None for end in ends]


def _is_superseded(end: End, standing: Mapping[UUID, tuple[OrderState, int]]) -> bool:
    stands = standing.get(end.order.order_id)
    if stands is None or end.state is not OrderState.REFUSED:
        return False
    return stands[0] is OrderState.ACKED or stands[1] != end.order.attempts


async def _end(tx: Transaction, ending: Sequence[End], at: datetime) -> None:
    pooled = await intents.load_windows(tx, [end.order.window_id for end in ending])
    shares: list[tuple[End, list[Pair]]] = [
        (end, pair_shares(pooled[end.order.window_id], end.allocation)) for end in ending
    ]
    fills = [(end.order.order_id, fill) for end in ending for fill in end.fills]
    await store.insert_fills(tx, fills, at, is_late=False)
    await store.mark_ended(
        tx, [(end.order.order_id, end.state, end.allocation) for end in ending], at, at + RECHECKS[0]
    )
    await books.book_allocations(
        tx, [book_of(end.order, pairs, end.allocation.excess, at) for end, pairs in shares]
    )
    finals = [(share.intent_id, share.quantity) for _, pairs in shares for _, share in pairs]
    await intents.mark_final(tx, finals, at)
    await append(tx, [_ended_record(end, at) for end in ending])
    found = [
        Break(Kind.FEE_EXCESS, end.order.order_id, 0, end.allocation.excess)
        for end in ending
        if end.allocation.excess
    ]
    if found:
        await breaks.record(tx, found, at)
    bodies = [body for end, pairs in shares for body in report_bodies(end.order.manifest, pairs)]
    await reports.write(tx, bodies, at)


def _ended_record(end: End, at: datetime) -> AuditRecord:
    body = {
        "order": end.order.order_id,
        "state": end.state,
        "filled": end.allocation.quantity,
        "cost": end.allocation.cost,
        "fees": end.allocation.fee,
        "excess": end.allocation.excess,
    }
    return AuditRecord(HOUSE_TENANT, "aggregation.order_ended", body, at, "system")
