"""The public routes: markets, books, trades, events, series, status. No signature."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from sandbox.exchange import market_wire, views
from sandbox.exchange.catalogue import Event
from sandbox.exchange.errors import NotFound
from sandbox.exchange.market import MarketStatus
from sandbox.exchange.orders import Fill
from sandbox.exchange.paging import newest_first, oldest_first
from sandbox.exchange.service import Anyone, Service

router = APIRouter(prefix="/trade-api/v2")

Limit = Annotated[int, Query(ge=1, le=1000)]

# The words of the filter are not the words of the object.
FILTERED_STATUSES: dict[str, frozenset[MarketStatus]] = {
    "unopened": frozenset(),
    "open": frozenset({MarketStatus.ACTIVE}),
    "closed": frozenset({MarketStatus.CLOSED, MarketStatus.DETERMINED}),
    "settled": frozenset({MarketStatus.FINALIZED}),
}


@router.get("/markets", response_model_exclude_none=True)
async def list_markets(
    service: Anyone,
    status: Literal["unopened", "open", "closed", "settled"] | None = None,
    tickers: str | None = None,
    event_ticker: str | None = None,
    series_ticker: str | None = None,
    limit: Limit = 100,
    cursor: str = "",
) -> market_wire.MarketsPage:
    """List markets: the first rounds in the order of the catalogue, then later rounds as they were listed."""
    named = None if tickers is None else frozenset(tickers.split(","))
    wanted = [
        ticker
        for ticker, market in service.state.markets.items()
        if (status is None or market.status in FILTERED_STATUSES[status])
        and (named is None or ticker in named)
        and event_ticker in (None, market.listing.event_ticker)
        and series_ticker in (None, market.listing.series_ticker)
    ]
    page, following = oldest_first(wanted, limit, cursor)
    return market_wire.MarketsPage(
        markets=[_view(service, ticker) for ticker in page], cursor=service.following(following)
    )


@router.get("/markets/trades")
async def list_trades(
    service: Anyone, ticker: str | None = None, limit: Limit = 100, cursor: str = ""
) -> market_wire.TradesPage:
    """List public trades, newest first."""

    def keep(fill: Fill) -> bool:
        return ticker in (None, fill.ticker)

    page, following = newest_first(service.state.fills, keep, limit, cursor)
    return market_wire.TradesPage(
        trades=[views.trade(fill) for fill in page], cursor=service.following(following)
    )


@router.get("/markets/{ticker}", response_model_exclude_none=True)
async def get_market(ticker: str, service: Anyone) -> market_wire.OneMarket:
    """Show one market."""
    return market_wire.OneMarket(market=_view(service, ticker))


@router.get("/markets/{ticker}/orderbook")
async def get_orderbook(
    ticker: str, service: Anyone, depth: Annotated[int, Query(ge=0, le=100)] = 0
) -> market_wire.OrderbookView:
    """Show the book; depth 0 is all of it."""
    service.state.market(ticker)
    return views.orderbook(service.state.books[ticker], depth or None)


@router.get("/events", response_model_exclude_none=True)
async def list_events(
    service: Anyone,
    series_ticker: str | None = None,
    with_nested_markets: bool = False,  # noqa: FBT001, FBT002 - a query parameter
    limit: Limit = 100,
    cursor: str = "",
) -> market_wire.EventsPage:
    """List events: the first rounds in the order of the catalogue, then later rounds as they were listed."""
    events = service.state.events.values()
    wanted = [event for event in events if series_ticker in (None, event.series_ticker)]
    page, following = oldest_first(wanted, limit, cursor)
    return market_wire.EventsPage(
        events=[_event_view(service, event, nested=with_nested_markets) for event in page],
        cursor=service.following(following),
    )


@router.get("/events/{event_ticker}", response_model_exclude_none=True)
async def get_event(event_ticker: str, service: Anyone) -> market_wire.OneEvent:
    """Show one event with its markets."""
    event = service.state.events.get(event_ticker)
    if event is None:
        raise NotFound("event not found")
    return market_wire.OneEvent(
        event=_event_view(service, event, nested=False), markets=_views_of_event(service, event.ticker)
    )


@router.get("/series")
async def list_series(service: Anyone, category: str | None = None) -> market_wire.SeriesPage:
    """List series with their fee rules."""
    known = service.state.catalogue.series.values()
    return market_wire.SeriesPage(
        series=[views.series(one) for one in known if category in (None, one.category)]
    )


@router.get("/series/{series_ticker}")
async def get_series(series_ticker: str, service: Anyone) -> market_wire.OneSeries:
    """Show one series with its fee rule."""
    series = service.state.catalogue.series.get(series_ticker)
    if series is None:
        raise NotFound("series not found")
    return market_wire.OneSeries(series=views.series(series))


@router.get("/exchange/status")
async def get_status(service: Anyone) -> market_wire.ExchangeStatus:
    """Say whether the exchange trades."""
    return market_wire.ExchangeStatus(exchange_active=True, trading_active=not service.exchange.is_paused)


@router.get("/exchange/user_data_timestamp")
async def get_user_data_timestamp(service: Anyone) -> market_wire.UserDataTimestamp:
    """Say how fresh the portfolio is: now, but for faults."""
    return market_wire.UserDataTimestamp(as_of_time=views.at(service.as_of_ms()))


def _view(service: Service, ticker: str) -> market_wire.MarketView:
    state = service.state
    market = state.market(ticker)
    timer_ms = service.exchange.settlement_timer_ms
    return views.market(market, state.books[ticker], state.position(ticker), timer_ms, service.now_ms())


def _views_of_event(service: Service, event_ticker: str) -> list[market_wire.MarketView]:
    return [_view(service, ticker) for ticker in service.state.tickers_by_event[event_ticker]]


def _event_view(service: Service, event: Event, *, nested: bool) -> market_wire.EventView:
    state = service.state
    close_ms = state.markets[state.tickers_by_event[event.ticker][0]].close_ms
    markets = _views_of_event(service, event.ticker) if nested else None
    return views.event(event, state.catalogue.series[event.series_ticker], close_ms, markets)
