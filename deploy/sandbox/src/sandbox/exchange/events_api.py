"""The public routes on events, series and the exchange itself. No signature."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from sandbox.exchange import market_views, market_wire
from sandbox.exchange.catalogue import Event, Series
from sandbox.exchange.errors import NotFound
from sandbox.exchange.markets_api import FILTERED_STATUSES, StatusFilter, market_view
from sandbox.exchange.paging import newest_first, oldest_first
from sandbox.exchange.query import Paging, Seconds, listed
from sandbox.exchange.service import Anyone, Service
from sandbox.exchange.state import State
from sandbox.exchange.units import format_time

router = APIRouter(prefix="/trade-api/v2")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are asked for. An event has a status when one of its markets has it."""

    series_ticker: str | None = None
    tickers: str | None = None
    status: StatusFilter = None
    min_close_ts: Seconds = None
    min_updated_ts: Seconds = None

    def keeps(self, state: State, event: Event) -> bool:
        named = listed(self.tickers, most=200)
        markets = [state.markets[ticker] for ticker in state.tickers_by_event[event.ticker]]
        statuses = None if self.status is None else FILTERED_STATUSES[self.status]
        return (
            self.series_ticker in (None, event.series_ticker)
            and (named is None or event.ticker in named)
            and (statuses is None or any(one.status in statuses for one in markets))
            and _any_after(self.min_close_ts, (one.close_ms for one in markets))
            and _any_after(self.min_updated_ts, (one.updated_ms for one in markets))
        )


@router.get("/events", response_model_exclude_none=True)
async def list_events(
    service: Anyone,
    wanted: Annotated[EventFilter, Depends()],
    with_nested_markets: bool = False,  # noqa: FBT001, FBT002 - a query parameter
    with_milestones: bool = False,  # noqa: FBT001, FBT002 - a query parameter
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
    cursor: str = "",
) -> market_wire.EventsPage:
    """List events: the first rounds in the order of the catalogue, then later rounds as they were listed."""
    state = service.state
    events = [event for event in state.events.values() if wanted.keeps(state, event)]
    page, following = oldest_first(events, limit, cursor)
    return market_wire.EventsPage(
        events=[_event_view(service, event, nested=with_nested_markets) for event in page],
        milestones=[] if with_milestones else None,
        cursor=service.following(following),
    )


@router.get("/events/fee_changes")
async def list_event_fee_changes(
    service: Anyone, paging: Paging, event_ticker: str | None = None
) -> market_wire.EventFeeChanges:
    """List what became of events' own fees, newest first."""
    changes, following = newest_first(
        service.state.event_fee_changes,
        lambda change: event_ticker in (None, change.event_ticker),
        paging.limit,
        paging.cursor,
    )
    return market_wire.EventFeeChanges(
        event_fee_changes=[
            market_views.event_fee_change(change, service.state.events[change.event_ticker].series_ticker)
            for change in changes
        ],
        cursor=service.following(following),
    )


@router.get("/events/{event_ticker}", response_model_exclude_none=True)
async def get_event(
    event_ticker: str,
    service: Anyone,
    with_nested_markets: bool = False,  # noqa: FBT001, FBT002 - a query parameter
) -> market_wire.OneEvent:
    """Show one event; its markets are within it or beside it."""
    event = service.state.events.get(event_ticker)
    if event is None:
        raise NotFound("event not found")
    beside = [] if with_nested_markets else _live_markets(service, event.ticker)
    return market_wire.OneEvent(event=_event_view(service, event, nested=with_nested_markets), markets=beside)


@router.get("/series")
async def list_series(
    service: Anyone,
    category: str | None = None,
    tags: str | None = None,
    include_product_metadata: bool = False,  # noqa: ARG001, FBT001, FBT002 - there is none
    include_volume: bool = False,  # noqa: FBT001, FBT002 - a query parameter
    min_updated_ts: Seconds = None,
) -> market_wire.SeriesPage:
    """List series with their fee rules; they do not change after the opening."""
    opened = (service.state.opened_ms or 0) // 1000
    known = [] if min_updated_ts is not None and opened <= min_updated_ts else _all_series(service)
    wanted = listed(tags)
    return market_wire.SeriesPage(
        series=[
            market_views.series(one, _volume(service, one.ticker) if include_volume else None)
            for one in known
            if category in (None, one.category) and (wanted is None or wanted & set(one.tags))
        ]
    )


@router.get("/series/fee_changes")
async def list_series_fee_changes(
    series_ticker: str | None = None,  # noqa: ARG001 - there are none
    show_historical: bool = False,  # noqa: ARG001, FBT001, FBT002 - there are none
) -> market_wire.SeriesFeeChanges:
    """List changes of the fees of series: a sandbox series keeps those of the catalogue."""
    return market_wire.SeriesFeeChanges(series_fee_change_arr=[])


@router.get("/series/{series_ticker}")
async def get_series(
    series_ticker: str,
    service: Anyone,
    include_volume: bool = False,  # noqa: FBT001, FBT002 - a query parameter
) -> market_wire.OneSeries:
    """Show one series with its fee rule."""
    series = service.state.catalogue.series.get(series_ticker)
    if series is None:
        raise NotFound("series not found")
    volume = _volume(service, series_ticker) if include_volume else None
    return market_wire.OneSeries(series=market_views.series(series, volume))


@router.get("/exchange/status")
async def get_status(service: Anyone) -> market_wire.ExchangeStatus:
    """Say whether the exchange trades."""
    return market_views.exchange_status(trading_active=not service.exchange.is_paused)


@router.get("/exchange/schedule")
async def get_schedule(service: Anyone) -> market_wire.OneSchedule:
    """Say when the exchange trades: always, and no maintenance is planned."""
    return market_views.schedule(service.state.opened_ms or 0)


@router.get("/exchange/user_data_timestamp")
async def get_user_data_timestamp(service: Anyone) -> market_wire.UserDataTimestamp:
    """Say how fresh the portfolio is: now, but for faults."""
    return market_wire.UserDataTimestamp(as_of_time=format_time(service.as_of_ms()))


def _any_after(limit: int | None, times_ms: Iterable[int]) -> bool:
    return limit is None or any(time_ms // 1000 > limit for time_ms in times_ms)


def _all_series(service: Service) -> list[Series]:
    return list(service.state.catalogue.series.values())


def _volume(service: Service, series_ticker: str) -> int:
    markets = service.state.markets.values()
    return sum(market.volume for market in markets if market.listing.series_ticker == series_ticker)


def _live_markets(service: Service, event_ticker: str) -> list[market_wire.MarketView]:
    state = service.state
    tickers = state.tickers_by_event[event_ticker]
    return [
        market_view(service, ticker) for ticker in tickers if not state.is_archived(state.markets[ticker])
    ]


def _event_view(service: Service, event: Event, *, nested: bool) -> market_wire.EventView:
    state = service.state
    close_ms = state.markets[state.tickers_by_event[event.ticker][0]].close_ms
    markets = _live_markets(service, event.ticker) if nested else None
    series = state.catalogue.series[event.series_ticker]
    return market_views.event(event, series, close_ms, markets, state.event_fees.get(event.ticker))
