"""The shapes of the Trade API: what arrives, and what is answered.

Answers carry every field that the official client requires. Numbers are strings except where the protocol
says otherwise (`revenue` and `balance` are integer cents).
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sandbox.exchange.book import SelfTradePrevention, Side
from sandbox.exchange.orders import OrderRequest, TimeInForce
from sandbox.exchange.units import COUNT_DECIMALS, MONEY_DECIMALS, PRICE_DECIMALS
from sandbox.fixed_point import parse_fixed


def _fixed(decimals: int) -> AfterValidator:
    def check(text: str) -> str:
        parse_fixed(text, decimals)
        return text

    return AfterValidator(check)


CountText = Annotated[str, _fixed(COUNT_DECIMALS)]
PriceText = Annotated[str, _fixed(PRICE_DECIMALS)]
MoneyText = Annotated[str, _fixed(MONEY_DECIMALS)]


class Wire(BaseModel):
    """Base of everything that arrives: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class CreateOrder(Wire):
    """Body of a new order. What this sandbox does not offer may only be sent switched off."""

    ticker: str
    side: Side
    count: CountText
    price: PriceText
    time_in_force: TimeInForce
    self_trade_prevention_type: SelfTradePrevention
    client_order_id: str = Field(default="", max_length=64)
    post_only: Literal[False] | None = None
    reduce_only: Literal[False] | None = None
    cancel_order_on_pause: bool | None = None
    subaccount: Literal[0] | None = None
    exchange_index: Literal[0] | None = None

    def to_request(self) -> OrderRequest:
        return OrderRequest(
            ticker=self.ticker,
            client_order_id=self.client_order_id,
            side=self.side,
            count=parse_fixed(self.count, COUNT_DECIMALS),
            price=parse_fixed(self.price, PRICE_DECIMALS),
            time_in_force=self.time_in_force,
            prevention=self.self_trade_prevention_type,
            cancel_on_pause=bool(self.cancel_order_on_pause),
        )


class CreatedOrder(BaseModel):
    """Answer to a new order. `remaining_count` is what did not trade, also when it was canceled at once."""

    order_id: str
    client_order_id: str
    fill_count: str
    remaining_count: str
    ts_ms: int
    average_fill_price: str | None = None
    average_fee_paid: str | None = None


class CanceledOrder(BaseModel):
    """Answer to a cancel."""

    order_id: str
    client_order_id: str
    reduced_by: str
    ts_ms: int


class OrderView(BaseModel):
    """An order as the portfolio shows it."""

    order_id: str
    user_id: str
    client_order_id: str
    ticker: str
    outcome_side: str
    book_side: str
    type: str
    status: str
    yes_price_dollars: str
    no_price_dollars: str
    fill_count_fp: str
    remaining_count_fp: str
    initial_count_fp: str
    taker_fill_cost_dollars: str
    maker_fill_cost_dollars: str
    taker_fees_dollars: str
    maker_fees_dollars: str
    self_trade_prevention_type: str
    created_time: str
    last_update_time: str
    exchange_index: int = 0


class OrdersPage(BaseModel):
    """One page of orders; an empty cursor ends the list."""

    orders: list[OrderView]
    cursor: str


class OneOrder(BaseModel):
    """One order."""

    order: OrderView


class FillView(BaseModel):
    """A fill; `fee_cost` is the net fee in dollars."""

    fill_id: str
    trade_id: str
    order_id: str
    ticker: str
    market_ticker: str
    outcome_side: str
    book_side: str
    count_fp: str
    yes_price_dollars: str
    no_price_dollars: str
    is_taker: bool
    fee_cost: str
    created_time: str
    ts: int
    exchange_index: int = 0


class FillsPage(BaseModel):
    """One page of fills."""

    fills: list[FillView]
    cursor: str


class IndexedBalance(BaseModel):
    """The balance of one exchange instance."""

    exchange_index: int
    balance: str


class BalanceView(BaseModel):
    """Cash in integer cents and in dollars."""

    balance: int
    balance_dollars: str
    portfolio_value: int
    updated_ts: int
    balance_breakdown: list[IndexedBalance]


class MarketPositionView(BaseModel):
    """The signed net position of one market."""

    ticker: str
    exchange_index: int
    total_traded_dollars: str
    position_fp: str
    market_exposure_dollars: str
    realized_pnl_dollars: str
    fees_paid_dollars: str
    last_updated_ts: str


class EventPositionView(BaseModel):
    """The positions of an event together."""

    event_ticker: str
    total_cost_dollars: str
    total_cost_shares_fp: str
    event_exposure_dollars: str
    realized_pnl_dollars: str
    fees_paid_dollars: str


class PositionsPage(BaseModel):
    """One page of positions, with the events they belong to."""

    market_positions: list[MarketPositionView]
    event_positions: list[EventPositionView]
    cursor: str


class SettlementView(BaseModel):
    """What a net position received: `revenue` in cents, `value` in cents per YES where they are whole."""

    ticker: str
    exchange_index: int
    event_ticker: str
    market_result: str
    yes_count_fp: str
    yes_total_cost_dollars: str
    no_count_fp: str
    no_total_cost_dollars: str
    revenue: int
    settled_time: str
    fee_cost: str
    value: int | None = None


class SettlementsPage(BaseModel):
    """One page of settlements."""

    settlements: list[SettlementView]
    cursor: str
