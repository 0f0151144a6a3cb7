"""The archive: what is older than the cutoff and has left the live endpoints.

Markets go by when they were paid, fills and trades by when they happened, orders by when they ended,
positions with the whole of their event. The hand behind the sandbox moves the cutoff, and only forward.
"""

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from sandbox.exchange import market_views, market_wire, views, wire
from sandbox.exchange.errors import NotFound
from sandbox.exchange.markets_api import market_view
from sandbox.exchange.orders import Fill
from sandbox.exchange.paging import newest_first, oldest_first
from sandbox.exchange.portfolio_api import positions_page
from sandbox.exchange.query import During, PageAsked, Paging, Period, listed, only_primary
from sandbox.exchange.service import Anyone, Member
from sandbox.exchange.units import format_time

router = APIRouter(prefix="/trade-api/v2/historical", dependencies=[Depends(only_primary)])


class Cutoff(BaseModel):
    """From when on each kind of thing is live."""

    market_settled_ts: str
    trades_created_ts: str
    orders_updated_ts: str
    market_positions_last_updated_ts: str


@router.get("/cutoff")
async def get_cutoff(service: Anyone) -> Cutoff:
    """Say where the archive ends."""
    moment = format_time(service.state.cutoff_ms)
    return Cutoff(
        market_settled_ts=moment,
        trades_created_ts=moment,
        orders_updated_ts=moment,
        market_positions_last_updated_ts=moment,
    )


@router.get("/fills")
async def list_fills(
    member: Member,
    period: During,
    paging: Paging,
    ticker: str | None = None,
) -> wire.FillsPage:
    """List archived fills, newest first."""
    page, following = _archived_fills(member, ticker, period, paging)
    return wire.FillsPage(fills=[views.fill(fill) for fill in page], cursor=member.following(following))


@router.get("/trades")
async def list_trades(
    service: Anyone,
    period: During,
    paging: Paging,
    ticker: str | None = None,
    is_block_trade: bool | None = None,  # noqa: FBT001 - a query parameter
) -> market_wire.TradesPage:
    """List archived public trades, newest first; none is a block trade."""
    page, following = _archived_fills(service, ticker, period, paging)
    trades = [] if is_block_trade else [market_views.trade(fill) for fill in page]
    return market_wire.TradesPage(trades=trades, cursor=service.following(following))


@router.get("/orders", response_model_exclude_none=True)
async def list_orders(
    member: Member,
    period: During,
    paging: Paging,
    ticker: str | None = None,
) -> wire.OrdersPage:
    """List archived orders, newest first."""
    state = member.state

    def keep(order_id: str) -> bool:
        order = state.orders[order_id]
        return state.is_order_archived(order) and period.has(order.created_ms)

    order_ids = state.order_ids if ticker is None else state.order_ids_by_ticker.get(ticker, [])
    page, following = newest_first(order_ids, keep, paging.limit, paging.cursor)
    orders = [views.order(state.orders[one]) for one in page]
    return wire.OrdersPage(orders=orders, cursor=member.following(following))


@router.get("/positions")
async def list_positions(
    member: Member,
    paging: Paging,
    ticker: str | None = None,
    event_ticker: str | None = None,
) -> wire.PositionsPage:
    """List archived positions by ticker."""
    state = member.state
    wanted = [
        name
        for name in sorted(state.positions)
        if state.is_position_archived(name)
        and ticker in (None, name)
        and event_ticker in (None, state.markets[name].listing.event_ticker)
    ]
    page, following = oldest_first(wanted, paging.limit, paging.cursor)
    return positions_page(state, state.positions, page, member.following(following))


@router.get("/markets", response_model_exclude_none=True)
async def list_markets(
    service: Anyone,
    paging: Paging,
    tickers: str | None = None,
    event_ticker: str | None = None,
    series_ticker: str | None = None,
    mve_filter: str | None = None,  # noqa: ARG001 - there are no combined markets
) -> market_wire.MarketsPage:
    """List archived markets."""
    named = listed(tickers, most=1000)
    wanted = [
        ticker
        for ticker, market in service.state.markets.items()
        if service.state.is_archived(market)
        and (named is None or ticker in named)
        and event_ticker in (None, market.listing.event_ticker)
        and series_ticker in (None, market.listing.series_ticker)
    ]
    page, following = oldest_first(wanted, paging.limit, paging.cursor)
    markets = [market_view(service, ticker) for ticker in page]
    return market_wire.MarketsPage(markets=markets, cursor=service.following(following))


@router.get("/markets/{ticker}", response_model_exclude_none=True)
async def get_market(ticker: str, service: Anyone) -> market_wire.OneMarket:
    """Show one archived market."""
    if not service.state.is_archived(service.state.market(ticker)):
        raise NotFound("market not found in the archive")
    return market_wire.OneMarket(market=market_view(service, ticker))


def _archived_fills(
    service: Anyone, ticker: str | None, period: Period, paging: PageAsked
) -> tuple[list[Fill], str]:
    state = service.state

    def keep(fill: Fill) -> bool:
        return fill.at_ms < state.cutoff_ms and period.has(fill.at_ms)

    def too_old(fill: Fill) -> bool:
        return period.follows(fill.at_ms)

    fills = state.fills if ticker is None else state.fills_by_ticker.get(ticker, [])
    return newest_first(fills, keep, paging.limit, paging.cursor, too_old)
