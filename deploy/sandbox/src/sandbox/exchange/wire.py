"""The shapes of the portfolio; those of its commands are in order_wire.py.

Answers carry every field that the official client requires. Numbers are strings except where the protocol
says otherwise (`revenue` and `balance` are integer cents).
"""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

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
    expiration_time: str | None = None
    order_group_id: str | None = None
    cancel_order_on_pause: bool
    subaccount_number: int = 0
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
    subaccount_number: int = 0
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


class QueuePosition(BaseModel):
    """What has to trade before one order does."""

    order_id: str
    market_ticker: str
    queue_position_fp: str


class QueuePositions(BaseModel):
    """The queue positions of all resting orders that were asked for."""

    queue_positions: list[QueuePosition]


class OneQueuePosition(BaseModel):
    """The queue position of one order."""

    queue_position_fp: str


class CashMove(BaseModel):
    """A deposit or a withdrawal, in integer cents."""

    id: str
    status: str = "applied"
    type: str = "wire"
    amount_cents: int
    fee_cents: int = 0
    created_ts: int
    finalized_ts: int


class DepositsPage(BaseModel):
    """One page of deposits."""

    deposits: list[CashMove]
    cursor: str


class WithdrawalsPage(BaseModel):
    """One page of withdrawals."""

    withdrawals: list[CashMove]
    cursor: str


class RestingValue(BaseModel):
    """What resting orders would cost, in integer cents."""

    total_resting_order_value: int
    resting_order_value_breakdown: list[IndexedBalance]


class BucketLimit(BaseModel):
    """One token bucket."""

    refill_rate: int
    bucket_capacity: int


class Grant(BaseModel):
    """Why the member has its usage level."""

    exchange_instance: str = "event_contract"
    level: str
    source: str = "manual"


class AccountLimits(BaseModel):
    """How fast the member may ask."""

    usage_tier: str
    read: BucketLimit
    write: BucketLimit
    grants: list[Grant]


class EndpointTokenCost(BaseModel):
    """An endpoint whose cost is not the default."""

    method: str
    path: str
    cost: int


class EndpointCosts(BaseModel):
    """What requests cost."""

    default_cost: int
    endpoint_costs: list[EndpointTokenCost]
