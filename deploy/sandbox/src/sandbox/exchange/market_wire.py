"""The shapes of the public routes: markets, books, trades, events, series, status."""

from pydantic import BaseModel


class PriceRangeView(BaseModel):
    """Prices between start and end go in steps."""

    start: str
    end: str
    step: str


class MarketView(BaseModel):
    """A market. `previous_*` are zero: the sandbox keeps no prices of the day before."""

    ticker: str
    event_ticker: str
    market_type: str
    title: str
    yes_sub_title: str
    no_sub_title: str
    created_time: str
    updated_time: str
    open_time: str
    close_time: str
    expected_expiration_time: str
    latest_expiration_time: str
    settlement_timer_seconds: int
    status: str
    yes_bid_dollars: str
    yes_bid_size_fp: str
    yes_ask_dollars: str
    yes_ask_size_fp: str
    no_bid_dollars: str
    no_ask_dollars: str
    last_price_dollars: str
    volume_fp: str
    volume_24h_fp: str
    result: str
    can_close_early: bool
    open_interest_fp: str
    notional_value_dollars: str
    previous_yes_bid_dollars: str
    previous_yes_ask_dollars: str
    previous_price_dollars: str
    settlement_bounds_type: str
    expiration_value: str
    rules_primary: str
    rules_secondary: str
    price_level_structure: str
    price_ranges: list[PriceRangeView]
    fee_waiver_expiration_time: str | None = None
    settlement_value_dollars: str | None = None
    settlement_ts: str | None = None
    exchange_index: int = 0


class MarketsPage(BaseModel):
    """One page of markets."""

    markets: list[MarketView]
    cursor: str


class OneMarket(BaseModel):
    """One market."""

    market: MarketView


class OrderbookCount(BaseModel):
    """Bids only, worst first, best last; the asks of one outcome are the bids of the other."""

    yes_dollars: list[tuple[str, str]]
    no_dollars: list[tuple[str, str]]


class OrderbookView(BaseModel):
    """The book of one market."""

    orderbook_fp: OrderbookCount


class OrderbookOfMarket(BaseModel):
    """The book of one market among several."""

    ticker: str
    orderbook_fp: OrderbookCount


class OrderbooksView(BaseModel):
    """The books of several markets."""

    orderbooks: list[OrderbookOfMarket]


class TradeView(BaseModel):
    """A public trade."""

    trade_id: str
    ticker: str
    count_fp: str
    yes_price_dollars: str
    no_price_dollars: str
    taker_outcome_side: str
    taker_book_side: str
    created_time: str
    is_block_trade: bool = False


class TradesPage(BaseModel):
    """One page of trades."""

    trades: list[TradeView]
    cursor: str


class SettlementSource(BaseModel):
    """Who says what an event came to."""

    name: str
    url: str


class EventView(BaseModel):
    """An event. No collateral is returned across its markets."""

    event_ticker: str
    series_ticker: str
    sub_title: str
    title: str
    collateral_return_type: str
    mutually_exclusive: bool
    settlement_sources: list[SettlementSource]
    category: str
    markets: list[MarketView] | None = None
    fee_type_override: str | None = None
    fee_multiplier_override: float | None = None
    exchange_index: int = 0


class EventsPage(BaseModel):
    """One page of events; milestones are there when asked for, and there are none."""

    events: list[EventView]
    milestones: list[dict[str, str]] | None = None
    cursor: str


class EventFeeChange(BaseModel):
    """An event got fees of its own, or lost them (null)."""

    id: str
    event_ticker: str
    series_ticker: str
    fee_type_override: str | None
    fee_multiplier_override: float | None
    scheduled_ts: str


class EventFeeChanges(BaseModel):
    """One page of changes of events' fees."""

    event_fee_changes: list[EventFeeChange]
    cursor: str


class OneEvent(BaseModel):
    """An event with its markets."""

    event: EventView
    markets: list[MarketView]


class SeriesView(BaseModel):
    """A series with its fee rule. `fee_multiplier` is a JSON number in the protocol."""

    ticker: str
    frequency: str
    title: str
    category: str
    categories: list[str]
    tags: list[str]
    settlement_sources: list[SettlementSource]
    contract_url: str
    contract_terms_url: str
    fee_type: str
    fee_multiplier: float
    additional_prohibitions: list[str]
    volume_fp: str | None = None


class SeriesFeeChanges(BaseModel):
    """Changes of the fees of series."""

    series_fee_change_arr: list[dict[str, str]]


class SeriesPage(BaseModel):
    """All series."""

    series: list[SeriesView]


class OneSeries(BaseModel):
    """One series."""

    series: SeriesView


class ExchangeIndexStatus(BaseModel):
    """Whether one shard of the exchange works."""

    exchange_index: int
    description: str
    exchange_active: bool
    trading_active: bool
    intra_exchange_transfers_active: bool


class ExchangeStatus(BaseModel):
    """Whether the exchange works."""

    exchange_active: bool
    trading_active: bool
    intra_exchange_transfers_active: bool
    exchange_index_statuses: list[ExchangeIndexStatus]


class DailyHours(BaseModel):
    """Hours of one day, in the exchange's time."""

    open_time: str
    close_time: str


class WeeklyHours(BaseModel):
    """The hours of a week, from one time to another."""

    start_time: str
    end_time: str
    monday: list[DailyHours]
    tuesday: list[DailyHours]
    wednesday: list[DailyHours]
    thursday: list[DailyHours]
    friday: list[DailyHours]
    saturday: list[DailyHours]
    sunday: list[DailyHours]


class Maintenance(BaseModel):
    """A time without trading."""

    start_datetime: str
    end_datetime: str


class Schedule(BaseModel):
    """When the exchange trades."""

    standard_hours: list[WeeklyHours]
    maintenance_windows: list[Maintenance]


class OneSchedule(BaseModel):
    """The schedule."""

    schedule: Schedule


class UserDataTimestamp(BaseModel):
    """How fresh the portfolio is."""

    as_of_time: str
