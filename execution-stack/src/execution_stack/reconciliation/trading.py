"""Compare what the exchange lists of a time with the orders and fills that we recorded. Pure.

Units: contracts 0.01, price 0.0001 USD per contract, money 0.000001 USD.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from execution_stack.aggregation.domain import RecordedFill, RecordedOrder
from execution_stack.breaks.domain import Break, Evidence, Kind, Reference
from execution_stack.exchange.domain import Fill, Order

Ours = tuple[Sequence[RecordedOrder], Sequence[RecordedFill]]
Theirs = tuple[Sequence[Order], Sequence[Fill]]


@dataclass(frozen=True, slots=True)
class Span:
    """A time that is compared: from its beginning up to, and without, its end."""

    since: datetime
    until: datetime

    def holds(self, at: datetime | None) -> bool:
        """Tell whether a moment lies in it."""
        return at is not None and self.since <= at < self.until

    def judges(self, at: datetime | None) -> bool:
        """Tell whether what the exchange lists under this time is judged here, and in no other span."""
        return at is None or self.holds(at)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a comparison found: differences, and fills of ended orders of ours that nobody has booked."""

    breaks: tuple[Break, ...]
    late: dict[UUID, tuple[Fill, ...]] = field(default_factory=dict)


def compare(span: Span, ours: Ours, theirs: Theirs) -> Findings:
    """Compare both lists in both directions.

    `theirs` may reach a little beyond the span, so that no clock's difference hides an order; what lies
    there is judged in its own span. What is in flight is left alone: it is compared once it has ended.
    """
    by_exchange = _by_exchange_id(ours[0], theirs[0])
    breaks, late = _compare_fills(span, by_exchange, ours[1], theirs[1])
    for order in theirs[0]:
        if span.judges(order.created_at):
            breaks += _compare_order(order, by_exchange.get(order.order_id), late)
    listed = {order.order_id for order in theirs[0]} | {order.client_order_id for order in theirs[0]}
    breaks += [
        Break(Kind.ORDER_MISSING, order.order_id, order.filled, 0, _about(order))
        for order in ours[0]
        if order.filled is not None and order.was_sent_once and span.holds(order.sent_at)
        if not {order.order_id, order.exchange_order_id} & listed
    ]
    return Findings(tuple(breaks), {order_id: tuple(fills) for order_id, fills in late.items()})


def list_nameless(ours: Sequence[RecordedOrder], theirs: Theirs) -> list[UUID]:
    """Return the exchange's orders that only fills name: whose they are, their fills cannot tell.

    Such an order may be ours, made after its list was read, while its id is not recorded here yet.
    """
    named = _by_exchange_id(ours, theirs[0]).keys() | {order.order_id for order in theirs[0]}
    return sorted({fill.order_id for fill in theirs[1]} - named)


def _by_exchange_id(ours: Sequence[RecordedOrder], theirs: Sequence[Order]) -> dict[UUID, RecordedOrder]:
    """Return our orders by the exchange's ids: those recorded, and those its list has beside our own id."""
    orders = {order.order_id: order for order in ours}
    by_exchange = {order.exchange_order_id: order for order in ours if order.exchange_order_id}
    for order in theirs:
        if order.client_order_id in orders:
            by_exchange.setdefault(order.order_id, orders[order.client_order_id])
    return by_exchange


def _compare_order(theirs: Order, ours: RecordedOrder | None, late: dict[UUID, list[Fill]]) -> list[Break]:
    if ours is None:
        return [Break(Kind.ORDER_UNKNOWN, theirs.order_id, 0, theirs.filled)]
    if ours.filled is None:
        return []
    expected = ours.filled + sum(fill.quantity for fill in late.get(ours.order_id, ()))
    if theirs.status.is_terminal and theirs.filled == expected:
        return []
    return [Break(Kind.ORDER_DIFFERS, ours.order_id, expected, theirs.filled, _about(ours, theirs.order_id))]


def _compare_fills(
    span: Span, by_exchange: dict[UUID, RecordedOrder], ours: Sequence[RecordedFill], theirs: Sequence[Fill]
) -> tuple[list[Break], dict[UUID, list[Fill]]]:
    breaks: list[Break] = []
    late: dict[UUID, list[Fill]] = defaultdict(list)
    recorded = {fill.fill_id: fill for fill in ours}
    for fill in theirs:
        order, known = by_exchange.get(fill.order_id), recorded.get(fill.fill_id)
        at_exchange = Evidence(Reference.EXCHANGE_ORDER, fill.order_id)
        if order is None and not span.judges(fill.created_at):
            continue
        if order is None:
            breaks.append(Break(Kind.FILL_UNKNOWN, fill.fill_id, 0, fill.quantity, (at_exchange,)))
        elif known is not None:
            if (known.quantity, known.yes_price, known.fee) != (fill.quantity, fill.yes_price, fill.fee):
                sums = (_sum(known), _sum(fill))
                breaks.append(Break(Kind.FILL_DIFFERS, fill.fill_id, *sums, _about(order, fill.order_id)))
        elif order.filled is not None:
            late[order.order_id].append(fill)
    listed = {fill.fill_id for fill in theirs}
    breaks += [
        Break(Kind.FILL_MISSING, fill.fill_id, fill.quantity, 0, (Evidence(Reference.ORDER, fill.order_id),))
        for fill in ours
        if span.holds(fill.traded_at) and fill.fill_id not in listed
    ]
    return breaks, late


def _sum(fill: RecordedFill | Fill) -> int:
    """Return one number in which a fill's contracts, price and fee all count."""
    return fill.quantity * fill.yes_price + fill.fee


def _about(order: RecordedOrder, exchange_order_id: UUID | None = None) -> tuple[Evidence, ...]:
    there = exchange_order_id or order.exchange_order_id
    about = (Evidence(Reference.ORDER, order.order_id), Evidence(Reference.MARKET, order.market_id))
    return about if there is None else (*about, Evidence(Reference.EXCHANGE_ORDER, there))
