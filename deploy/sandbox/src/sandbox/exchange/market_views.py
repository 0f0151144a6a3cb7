"""From the state to the shapes of the public routes: formatting only."""

from sandbox.exchange import market_wire
from sandbox.exchange.account import Position
from sandbox.exchange.book import Book, Side
from sandbox.exchange.catalogue import Event, Series, fill_in_dates
from sandbox.exchange.facts import EventFeesChanged
from sandbox.exchange.fees import FeeSchedule
from sandbox.exchange.market import Market, MarketStatus
from sandbox.exchange.orders import Fill
from sandbox.exchange.units import ONE, format_count, format_price, format_time

NO_PRICE = format_price(0)
TEN_YEARS_MS = 3_652 * 86_400_000


def trade(fill: Fill) -> market_wire.TradeView:
    """Show a fill as the public sees it."""
    taker = fill.side if fill.is_taker else fill.side.opposite
    return market_wire.TradeView(
        trade_id=fill.fill_id,
        ticker=fill.ticker,
        count_fp=format_count(fill.count),
        yes_price_dollars=format_price(fill.price),
        no_price_dollars=format_price(ONE - fill.price),
        taker_outcome_side=taker.outcome,
        taker_book_side=taker,
        created_time=format_time(fill.at_ms),
    )


def orderbook(book: Book, depth: int | None) -> market_wire.OrderbookView:
    """Show the best `depth` levels (all when None) of both outcomes as bids, the best last."""
    bids, asks = (book.depth(side)[:depth] for side in Side)
    yes = [(format_price(price), format_count(count)) for price, count in reversed(bids)]
    no = [(format_price(ONE - price), format_count(count)) for price, count in reversed(asks)]
    return market_wire.OrderbookView(orderbook_fp=market_wire.OrderbookCount(yes_dollars=yes, no_dollars=no))


def market(
    market: Market, book: Book, position: Position, timer_ms: int, now_ms: int
) -> market_wire.MarketView:
    """Show a market with the top of its book."""
    listing = market.listing
    bid, bid_size = next(iter(book.depth(Side.BID)), (0, 0))
    ask, ask_size = next(iter(book.depth(Side.ASK)), (ONE, 0))
    value = None if market.value is None else format_price(market.value)
    return market_wire.MarketView(
        ticker=listing.ticker,
        event_ticker=listing.event_ticker,
        market_type="binary",
        title=f"{fill_in_dates(listing.title, market.close_ms)}: {listing.yes_sub_title}",
        yes_sub_title=listing.yes_sub_title,
        no_sub_title=listing.no_sub_title,
        created_time=format_time(market.opened_ms),
        updated_time=format_time(market.updated_ms),
        open_time=format_time(market.opened_ms),
        close_time=format_time(market.close_ms),
        expected_expiration_time=format_time(market.close_ms),
        latest_expiration_time=format_time(market.close_ms),
        settlement_timer_seconds=timer_ms // 1000,
        status=market.status,
        yes_bid_dollars=format_price(bid),
        yes_bid_size_fp=format_count(bid_size),
        yes_ask_dollars=format_price(ask),
        yes_ask_size_fp=format_count(ask_size),
        no_bid_dollars=format_price(ONE - ask),
        no_ask_dollars=format_price(ONE - bid),
        last_price_dollars=format_price(market.last_price),
        volume_fp=format_count(market.volume),
        volume_24h_fp=format_count(market.volume_of_last_day(now_ms)),
        result=market.result or "",
        can_close_early=True,
        open_interest_fp=format_count(abs(position.net)),
        notional_value_dollars=format_price(ONE),
        previous_yes_bid_dollars=NO_PRICE,
        previous_yes_ask_dollars=NO_PRICE,
        previous_price_dollars=NO_PRICE,
        settlement_bounds_type="default",
        expiration_value=value or "",
        rules_primary=listing.rules,
        rules_secondary="",
        price_level_structure=listing.price_structure,
        price_ranges=[
            market_wire.PriceRangeView(
                start=format_price(tick.start), end=format_price(tick.end), step=format_price(tick.step)
            )
            for tick in listing.price_ranges
        ],
        fee_waiver_expiration_time=None
        if market.fee_waiver_ms is None
        else format_time(market.fee_waiver_ms),
        settlement_value_dollars=value,
        settlement_ts=format_time(market.settled_ms)
        if market.status is MarketStatus.FINALIZED and market.settled_ms
        else None,
    )


def event(
    event: Event,
    series: Series,
    close_ms: int,
    markets: list[market_wire.MarketView] | None,
    fees: FeeSchedule | None,
) -> market_wire.EventView:
    """Show an event, with its own fees where it has some."""
    return market_wire.EventView(
        event_ticker=event.ticker,
        series_ticker=event.series_ticker,
        sub_title=fill_in_dates(event.sub_title, close_ms),
        title=fill_in_dates(event.title, close_ms),
        collateral_return_type="",
        mutually_exclusive=event.mutually_exclusive,
        settlement_sources=_sources(series),
        category=series.category,
        markets=markets,
        fee_type_override=None if fees is None else fees.fee_type,
        fee_multiplier_override=None if fees is None else fees.multiplier_e3 / 1000,
    )


def event_fee_change(change: EventFeesChanged, series_ticker: str) -> market_wire.EventFeeChange:
    """Show what became of an event's own fees."""
    fees = change.fees
    return market_wire.EventFeeChange(
        id=change.change_id,
        event_ticker=change.event_ticker,
        series_ticker=series_ticker,
        fee_type_override=None if fees is None else fees.fee_type,
        fee_multiplier_override=None if fees is None else fees.multiplier_e3 / 1000,
        scheduled_ts=format_time(change.at_ms),
    )


def series(series: Series, volume: int | None) -> market_wire.SeriesView:
    """Show a series with its fee rule, and its volume where it was asked for."""
    return market_wire.SeriesView(
        ticker=series.ticker,
        frequency=series.frequency,
        title=series.title,
        category=series.category,
        categories=[series.category],
        tags=list(series.tags),
        settlement_sources=_sources(series),
        contract_url=series.source_url,
        contract_terms_url=series.source_url,
        fee_type=series.fees.fee_type,
        fee_multiplier=series.fees.multiplier_e3 / 1000,
        additional_prohibitions=[],
        volume_fp=None if volume is None else format_count(volume),
    )


def exchange_status(*, trading_active: bool) -> market_wire.ExchangeStatus:
    """Show whether the exchange and its one shard work."""
    return market_wire.ExchangeStatus(
        exchange_active=True,
        trading_active=trading_active,
        intra_exchange_transfers_active=False,
        exchange_index_statuses=[
            market_wire.ExchangeIndexStatus(
                exchange_index=0,
                description="Sandbox",
                exchange_active=True,
                trading_active=trading_active,
                intra_exchange_transfers_active=False,
            )
        ],
    )


def schedule(opened_ms: int) -> market_wire.OneSchedule:
    """Show the hours: all day, every day, for ten years from the opening."""
    day = [market_wire.DailyHours(open_time="00:00", close_time="24:00")]
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    week = market_wire.WeeklyHours(
        start_time=format_time(opened_ms),
        end_time=format_time(opened_ms + TEN_YEARS_MS),
        **dict.fromkeys(days, day),
    )
    return market_wire.OneSchedule(
        schedule=market_wire.Schedule(standard_hours=[week], maintenance_windows=[])
    )


def _sources(series: Series) -> list[market_wire.SettlementSource]:
    return [market_wire.SettlementSource(name=series.source_name, url=series.source_url)]
