"""The member's routes: orders, fills, positions, balance, settlements. All signed.

The first version of the order endpoints answers 410, as the simulated exchange does; its reads live on.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import PlainTextResponse

from sandbox.exchange import views, wire
from sandbox.exchange.errors import OrderEndpointDead
from sandbox.exchange.faults import FaultKind
from sandbox.exchange.market import MarketStatus
from sandbox.exchange.orders import Fill, Order, OrderStatus
from sandbox.exchange.paging import newest_first, oldest_first
from sandbox.exchange.service import Member
from sandbox.exchange.state import Settlement
from sandbox.exchange.units import format_count

router = APIRouter(prefix="/trade-api/v2/portfolio")

Limit = Annotated[int, Query(ge=1, le=1000)]
Seconds = Annotated[int | None, Query(ge=0)]


@router.post("/events/orders", status_code=201, response_model_exclude_none=True)
async def create_order(body: wire.CreateOrder, member: Member) -> wire.CreatedOrder:
    """Place an order."""
    late = member.faults.take(FaultKind.LATE_FILL)
    order = member.exchange.place_order(
        body.to_request(), member.now_ms(), late_ms=None if late is None else late.delay_ms
    )
    return views.created_order(order)


@router.get("/events/orders", include_in_schema=False)
@router.get("/events/orders/{order_id}", include_in_schema=False)
async def no_reads_here() -> Response:
    """Orders are read at /portfolio/orders."""
    return PlainTextResponse("404 page not found", status_code=404)


@router.delete("/events/orders/{order_id}")
async def cancel_order(order_id: str, member: Member) -> wire.CanceledOrder:
    """Cancel what rests of an order."""
    order, canceled = member.exchange.cancel_order(order_id, member.now_ms())
    return wire.CanceledOrder(
        order_id=order.order_id,
        client_order_id=order.request.client_order_id,
        reduced_by=format_count(canceled),
        ts_ms=order.updated_ms,
    )


@router.post("/orders")
@router.delete("/orders")
@router.post("/orders/{rest:path}")
@router.delete("/orders/{rest:path}")
async def refuse_first_version(rest: str = "") -> None:  # noqa: ARG001 - any path below
    """Answer 410, whoever asks."""
    raise OrderEndpointDead("This endpoint is deprecated. Use /portfolio/events/orders")


@router.get("/orders")
async def list_orders(
    member: Member,
    ticker: str | None = None,
    event_ticker: str | None = None,
    min_ts: Seconds = None,
    max_ts: Seconds = None,
    status: OrderStatus | None = None,
    limit: Limit = 100,
    cursor: str = "",
) -> wire.OrdersPage:
    """List orders, newest first; times are when they were created, in seconds."""
    state = member.state
    tickers = _listed(ticker)
    events = _listed(event_ticker)

    def keep(order_id: str) -> bool:
        order = state.orders[order_id]
        listing = state.markets[order.request.ticker].listing
        return (
            (tickers is None or listing.ticker in tickers)
            and (events is None or listing.event_ticker in events)
            and (status is None or order.status is status)
            and _within(order.created_ms, min_ts, max_ts)
        )

    def too_old(order_id: str) -> bool:
        return min_ts is not None and state.orders[order_id].created_ms // 1000 < min_ts

    page, following = newest_first(state.order_ids, keep, limit, cursor, too_old)
    return wire.OrdersPage(
        orders=[views.order(state.orders[one]) for one in page], cursor=member.following(following)
    )


@router.get("/orders/{order_id}")
async def get_order(order_id: str, member: Member) -> wire.OneOrder:
    """Show one order."""
    order: Order = member.exchange.find_order(order_id)
    return wire.OneOrder(order=views.order(order))


@router.get("/fills")
async def list_fills(
    member: Member,
    ticker: str | None = None,
    order_id: str | None = None,
    min_ts: Seconds = None,
    max_ts: Seconds = None,
    limit: Limit = 100,
    cursor: str = "",
) -> wire.FillsPage:
    """List fills, newest first."""
    tickers = _listed(ticker)
    fills = member.state.fills if order_id is None else member.state.fills_by_order.get(order_id, [])

    latest_ms = member.now_ms() - member.lag_ms(FaultKind.LAGGING_FILLS)

    def keep(fill: Fill) -> bool:
        return (
            fill.at_ms <= latest_ms
            and (tickers is None or fill.ticker in tickers)
            and _within(fill.at_ms, min_ts, max_ts)
        )

    def too_old(fill: Fill) -> bool:
        return min_ts is not None and fill.at_ms // 1000 < min_ts

    page, following = newest_first(fills, keep, limit, cursor, too_old)
    return wire.FillsPage(fills=[views.fill(fill) for fill in page], cursor=member.following(following))


@router.get("/positions")
async def list_positions(
    member: Member,
    ticker: str | None = None,
    event_ticker: str | None = None,
    settlement_status: Literal["all", "unsettled", "settled"] = "unsettled",
    limit: Limit = 100,
    cursor: str = "",
) -> wire.PositionsPage:
    """List net positions by ticker, of unsettled markets unless asked otherwise."""
    state = member.state
    lag_ms = member.lag_ms(FaultKind.LAGGING_POSITIONS)
    positions = state.positions_at(member.now_ms() - lag_ms) if lag_ms else state.positions
    tickers, events = _listed(ticker), _listed(event_ticker)
    wanted: list[str] = []
    for name in sorted(positions):
        market = state.markets[name]
        is_settled = market.status is MarketStatus.FINALIZED
        if settlement_status != "all" and is_settled is not (settlement_status == "settled"):
            continue
        if (tickers is None or name in tickers) and (events is None or market.listing.event_ticker in events):
            wanted.append(name)
    page, following = oldest_first(wanted, limit, cursor)
    by_event: dict[str, list[str]] = {}
    for name in page:
        by_event.setdefault(state.markets[name].listing.event_ticker, []).append(name)
    return wire.PositionsPage(
        market_positions=[views.market_position(name, positions[name]) for name in page],
        event_positions=[
            views.event_position(event, [positions[name] for name in names])
            for event, names in by_event.items()
        ],
        cursor=member.following(following),
    )


@router.get("/balance")
async def get_balance(member: Member) -> wire.BalanceView:
    """Show the cash; money reserved by resting orders is still in it."""
    return views.balance(member.state, member.now_ms())


@router.get("/settlements", response_model_exclude_none=True)
async def list_settlements(
    member: Member,
    ticker: str | None = None,
    event_ticker: str | None = None,
    min_ts: Seconds = None,
    max_ts: Seconds = None,
    limit: Limit = 100,
    cursor: str = "",
) -> wire.SettlementsPage:
    """List settlements of net positions, newest first."""
    tickers, events = _listed(ticker), _listed(event_ticker)

    def keep(settled: Settlement) -> bool:
        return (
            (tickers is None or settled.ticker in tickers)
            and (events is None or settled.event_ticker in events)
            and _within(settled.at_ms, min_ts, max_ts)
        )

    page, following = newest_first(member.state.settlements, keep, limit, cursor)
    return wire.SettlementsPage(
        settlements=[views.settlement(one) for one in page], cursor=member.following(following)
    )


def _listed(names: str | None) -> frozenset[str] | None:
    """Read a comma-separated filter; None keeps everything."""
    return None if names is None else frozenset(names.split(","))


def _within(time_ms: int, min_ts: int | None, max_ts: int | None) -> bool:
    seconds = time_ms // 1000
    return (min_ts is None or seconds >= min_ts) and (max_ts is None or seconds <= max_ts)
