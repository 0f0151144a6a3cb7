"""The member's commands on orders, and where its orders stand. All signed.

The first version of the order endpoints answers 410, as the simulated exchange does; its reads live on. The
second version has no reads: GET at its paths is an unknown page.
"""

from fastapi import APIRouter, Depends, Response
from fastapi.responses import PlainTextResponse

from sandbox.exchange import order_wire, views, wire
from sandbox.exchange.errors import NotFound, OrderEndpointDead, Refused
from sandbox.exchange.faults import FaultKind
from sandbox.exchange.orders import Order, OrderStatus
from sandbox.exchange.paging import newest_first
from sandbox.exchange.query import During, Paging, listed, only_primary
from sandbox.exchange.service import Member, Service
from sandbox.exchange.units import COUNT_DECIMALS, format_count
from sandbox.fixed_point import parse_fixed

router = APIRouter(prefix="/trade-api/v2/portfolio", dependencies=[Depends(only_primary)])

CANCEL_COST = 2


@router.post("/events/orders", status_code=201, response_model_exclude_none=True)
async def create_order(body: order_wire.CreateOrder, member: Member) -> order_wire.CreatedOrder:
    """Place an order."""
    return views.created_order(_place(member, body))


@router.delete("/events/orders", status_code=204)
async def cancel_all_orders(member: Member) -> None:
    """Cancel everything that rests, and for a minute what comes to rest."""
    member.exchange.cancel_all_orders(member.now_ms())


@router.post("/events/orders/batched", status_code=201, response_model_exclude_none=True)
async def create_orders(body: order_wire.BatchOfOrders, member: Member) -> order_wire.CreatedBatch:
    """Place several orders, each on its own."""
    member.charge_batch("POST", len(body.orders))
    items: list[order_wire.CreatedItem] = []
    for one in body.orders:
        try:
            created = views.created_order(_place(member, one))
            items.append(order_wire.CreatedItem(**created.model_dump()))
        except Refused as refused:
            items.append(
                order_wire.CreatedItem(
                    client_order_id=one.client_order_id or None, error=views.item_error(refused)
                )
            )
    return order_wire.CreatedBatch(orders=items)


@router.delete("/events/orders/batched", response_model_exclude_none=True)
async def cancel_orders(body: order_wire.BatchOfCancels, member: Member) -> order_wire.CanceledBatch:
    """Cancel several orders, each on its own."""
    member.charge_batch("DELETE", len(body.orders), CANCEL_COST)
    items: list[order_wire.CanceledItem] = []
    for one in body.orders:
        try:
            canceled = _cancel(member, one.order_id)
            items.append(order_wire.CanceledItem(**canceled.model_dump()))
        except Refused as refused:
            items.append(
                order_wire.CanceledItem(
                    order_id=one.order_id, reduced_by=format_count(0), error=views.item_error(refused)
                )
            )
    return order_wire.CanceledBatch(orders=items)


@router.get("/events/orders", include_in_schema=False)
@router.get("/events/orders/{order_id}", include_in_schema=False)
async def no_reads_here() -> Response:
    """Orders are read at /portfolio/orders."""
    return PlainTextResponse("404 page not found", status_code=404)


@router.delete("/events/orders/{order_id}")
async def cancel_order(
    order_id: str,
    member: Member,
    market_ticker: str | None = None,  # noqa: ARG001 - there is one shard to route to
) -> order_wire.CanceledOrder:
    """Cancel what rests of an order."""
    return _cancel(member, order_id)


@router.post("/events/orders/{order_id}/amend", response_model_exclude_none=True)
async def amend_order(
    order_id: str,
    body: order_wire.AmendOrder,
    member: Member,
) -> order_wire.AmendedOrder:
    """Give a resting order another price, count, expiry or client id."""
    asked = body.to_request(member.exchange.find_order(order_id).request)
    order = member.exchange.amend_order(
        order_id, asked, member.now_ms(), was_client_order_id=body.client_order_id
    )
    return views.amended_order(order)


@router.post("/events/orders/{order_id}/decrease")
async def decrease_order(
    order_id: str,
    body: order_wire.DecreaseOrder,
    member: Member,
) -> order_wire.DecreasedOrder:
    """Leave less of a resting order."""
    by, to = (
        None if text is None else parse_fixed(text, COUNT_DECIMALS)
        for text in (body.reduce_by, body.reduce_to)
    )
    order = member.exchange.decrease_order(order_id, by=by, to=to, now_ms=member.now_ms())
    return order_wire.DecreasedOrder(
        order_id=order.order_id,
        client_order_id=order.request.client_order_id,
        remaining_count=format_count(order.remaining),
        ts_ms=order.updated_ms,
    )


@router.post("/orders")
@router.delete("/orders")
@router.post("/orders/{rest:path}")
@router.delete("/orders/{rest:path}")
async def refuse_first_version(rest: str = "") -> None:  # noqa: ARG001 - any path below
    """Answer 410, whoever asks."""
    raise OrderEndpointDead("This endpoint is deprecated. Use /portfolio/events/orders")


@router.get("/orders", response_model_exclude_none=True)
async def list_orders(
    member: Member,
    period: During,
    paging: Paging,
    ticker: str | None = None,
    event_ticker: str | None = None,
    status: OrderStatus | None = None,
) -> wire.OrdersPage:
    """List orders, newest first; times are when they were created, in seconds."""
    state = member.state
    events = listed(event_ticker, most=10)
    order_ids = state.order_ids if ticker is None else state.order_ids_by_ticker.get(ticker, [])

    def keep(order_id: str) -> bool:
        order = state.orders[order_id]
        return (
            (events is None or state.markets[order.request.ticker].listing.event_ticker in events)
            and (status is None or order.status is status)
            and period.has(order.created_ms)
            and not state.is_order_archived(order)
        )

    def too_old(order_id: str) -> bool:
        return period.follows(state.orders[order_id].created_ms)

    page, following = newest_first(order_ids, keep, paging.limit, paging.cursor, too_old)
    orders = [views.order(state.orders[one]) for one in page]
    return wire.OrdersPage(orders=orders, cursor=member.following(following))


@router.get("/orders/queue_positions")
async def list_queue_positions(
    member: Member,
    market_tickers: str | None = None,
    event_ticker: str | None = None,
) -> wire.QueuePositions:
    """Say of every resting order what trades before it does."""
    state = member.state
    tickers = listed(market_tickers)
    resting = [state.orders[order_id] for order_id in state.resting_ids]
    return wire.QueuePositions(
        queue_positions=[
            wire.QueuePosition(
                order_id=order.order_id,
                market_ticker=order.request.ticker,
                queue_position_fp=_ahead(member, order),
            )
            for order in resting
            if (tickers is None or order.request.ticker in tickers)
            and event_ticker in (None, state.markets[order.request.ticker].listing.event_ticker)
        ]
    )


@router.get("/orders/{order_id}", response_model_exclude_none=True)
async def get_order(order_id: str, member: Member) -> wire.OneOrder:
    """Show one order that is still in the live data."""
    order = member.exchange.find_order(order_id)
    if member.state.is_order_archived(order):
        raise NotFound("order not found")
    return wire.OneOrder(order=views.order(order))


@router.get("/orders/{order_id}/queue_position")
async def get_queue_position(order_id: str, member: Member) -> wire.OneQueuePosition:
    """Say what trades before one resting order does."""
    order = member.exchange.find_order(order_id)
    if order.status is not OrderStatus.RESTING:
        raise NotFound("order not found among resting orders")
    return wire.OneQueuePosition(queue_position_fp=_ahead(member, order))


def _place(member: Service, body: order_wire.CreateOrder) -> Order:
    late = member.faults.take(FaultKind.LATE_FILL)
    late_ms = None if late is None else late.delay_ms
    return member.exchange.place_order(body.to_request(), member.now_ms(), late_ms=late_ms)


def _cancel(member: Service, order_id: str) -> order_wire.CanceledOrder:
    order, canceled = member.exchange.cancel_order(order_id, member.now_ms())
    return order_wire.CanceledOrder(
        order_id=order.order_id,
        client_order_id=order.request.client_order_id,
        reduced_by=format_count(canceled),
        ts_ms=order.updated_ms,
    )


def _ahead(member: Service, order: Order) -> str:
    return format_count(member.state.books[order.request.ticker].ahead_of(order.order_id))
