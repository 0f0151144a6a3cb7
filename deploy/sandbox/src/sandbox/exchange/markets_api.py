"""The public routes on markets: markets, books, trades. No signature."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from sandbox.exchange import market_views, market_wire
from sandbox.exchange.errors import InvalidParameters, NotFound
from sandbox.exchange.market import Market, MarketStatus
from sandbox.exchange.orders import Fill
from sandbox.exchange.paging import newest_first, oldest_first
from sandbox.exchange.query import During, Paging, Period, Seconds, listed
from sandbox.exchange.service import Anyone, Service

router = APIRouter(prefix="/trade-api/v2")

StatusFilter = Literal["unopened", "open", "closed", "settled"] | None

# The words of the filter are not the words of the object. A paused market answers to no word.
FILTERED_STATUSES: dict[str, frozenset[MarketStatus]] = {
    "unopened": frozenset(),
    "open": frozenset({MarketStatus.ACTIVE}),
    "closed": frozenset(
        {MarketStatus.CLOSED, MarketStatus.DETERMINED, MarketStatus.DISPUTED, MarketStatus.AMENDED}
    ),
    "settled": frozenset({MarketStatus.FINALIZED}),
}
# Which words go with the limits on which time; limits on two times never go together.
COMPATIBLE_STATUSES: dict[str, frozenset[str | None]] = {
    "created": frozenset({"unopened", "open", None}),
    "close": frozenset({"closed", None}),
    "settled": frozenset({"settled", None}),
    "updated": frozenset({None}),
}
TIMES: dict[str, Callable[[Market], int | None]] = {
    "created": lambda market: market.opened_ms,
    "close": lambda market: market.close_ms,
    "settled": lambda market: market.settled_ms,
    "updated": lambda market: market.updated_ms,
}


@dataclass(frozen=True, slots=True)
class Times:
    """Limits on the times of a market, in seconds."""

    min_created_ts: Seconds = None
    max_created_ts: Seconds = None
    min_close_ts: Seconds = None
    max_close_ts: Seconds = None
    min_settled_ts: Seconds = None
    max_settled_ts: Seconds = None
    min_updated_ts: Seconds = None
    max_updated_ts: Seconds = None

    def test(self, status: str | None) -> Callable[[Market], bool]:
        """Return what a market must satisfy. Raises InvalidParameters."""
        limits = {name: (getattr(self, f"min_{name}_ts"), getattr(self, f"max_{name}_ts")) for name in TIMES}
        named = [name for name, limit in limits.items() if limit != (None, None)]
        if not named:
            return lambda _: True
        if len(named) > 1:
            raise InvalidParameters("limits on two times cannot be combined")
        name = named[0]
        if status not in COMPATIBLE_STATUSES[name]:
            raise InvalidParameters(f"limits on the {name} time do not go with status {status}")

        def satisfies(market: Market) -> bool:
            time_ms = TIMES[name](market)
            return time_ms is not None and Period(*limits[name]).has(time_ms)

        return satisfies


@dataclass(frozen=True, slots=True)
class MarketFilter:
    """Which markets are asked for. There are no combined markets."""

    status: StatusFilter = None
    tickers: str | None = None
    event_ticker: str | None = None
    series_ticker: str | None = None
    mve_filter: Literal["only", "exclude"] | None = None

    def test(self) -> Callable[[Market], bool]:
        """Return what a market must satisfy. Raises InvalidParameters."""
        named = listed(self.tickers, most=1000)
        statuses = None if self.status is None else FILTERED_STATUSES[self.status]

        def satisfies(market: Market) -> bool:
            listing = market.listing
            return (
                (statuses is None or market.status in statuses)
                and (named is None or listing.ticker in named)
                and self.event_ticker in (None, listing.event_ticker)
                and self.series_ticker in (None, listing.series_ticker)
                and self.mve_filter != "only"
            )

        return satisfies


@router.get("/markets", response_model_exclude_none=True)
async def list_markets(
    service: Anyone,
    wanted: Annotated[MarketFilter, Depends()],
    times: Annotated[Times, Depends()],
    paging: Paging,
) -> market_wire.MarketsPage:
    """List markets: the first rounds in the order of the catalogue, then later rounds as they were listed."""
    state, tests = service.state, (wanted.test(), times.test(wanted.status))
    tickers = [
        ticker
        for ticker, market in state.markets.items()
        if all(test(market) for test in tests) and not state.is_archived(market)
    ]
    page, following = oldest_first(tickers, paging.limit, paging.cursor)
    markets = [market_view(service, ticker) for ticker in page]
    return market_wire.MarketsPage(markets=markets, cursor=service.following(following))


@router.get("/markets/trades")
async def list_trades(
    service: Anyone,
    period: During,
    paging: Paging,
    ticker: str | None = None,
    is_block_trade: bool | None = None,  # noqa: FBT001 - a query parameter
) -> market_wire.TradesPage:
    """List public trades, newest first; none is a block trade."""
    state = service.state

    def keep(fill: Fill) -> bool:
        return not is_block_trade and period.has(fill.at_ms)

    def too_old(fill: Fill) -> bool:
        return fill.at_ms < state.cutoff_ms or period.follows(fill.at_ms)

    fills = state.fills if ticker is None else state.fills_by_ticker.get(ticker, [])
    page, following = newest_first(fills, keep, paging.limit, paging.cursor, too_old)
    trades = [market_views.trade(fill) for fill in page]
    return market_wire.TradesPage(trades=trades, cursor=service.following(following))


@router.get("/markets/orderbooks")
async def list_orderbooks(
    service: Anyone, tickers: Annotated[list[str], Query(min_length=1, max_length=100)]
) -> market_wire.OrderbooksView:
    """Show the books of several markets; their tickers come repeated or separated by commas."""
    names = [name for part in tickers for name in part.split(",")]
    return market_wire.OrderbooksView(
        orderbooks=[
            market_wire.OrderbookOfMarket(ticker=name, orderbook_fp=_book(service, name, 0).orderbook_fp)
            for name in names
        ]
    )


@router.get("/markets/{ticker}", response_model_exclude_none=True)
async def get_market(ticker: str, service: Anyone) -> market_wire.OneMarket:
    """Show one market that is still in the live data."""
    if service.state.is_archived(service.state.market(ticker)):
        raise NotFound("market not found")
    return market_wire.OneMarket(market=market_view(service, ticker))


@router.get("/markets/{ticker}/orderbook")
async def get_orderbook(
    ticker: str, service: Anyone, depth: Annotated[int, Query(le=100)] = 0
) -> market_wire.OrderbookView:
    """Show the book; depth 0 or less is all of it."""
    return _book(service, ticker, depth)


def market_view(service: Service, ticker: str) -> market_wire.MarketView:
    """Show a market as it stands now."""
    state = service.state
    market = state.market(ticker)
    timer_ms = service.exchange.settlement_timer_ms
    return market_views.market(
        market, state.books[ticker], state.position(ticker), timer_ms, service.now_ms()
    )


def _book(service: Service, ticker: str, depth: int) -> market_wire.OrderbookView:
    service.state.market(ticker)
    return market_views.orderbook(service.state.books[ticker], depth if depth > 0 else None)
