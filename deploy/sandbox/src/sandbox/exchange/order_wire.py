"""The shapes of commands on orders and groups, and of their answers.

What this sandbox does not have (subaccounts other than 0, exchange shards other than 0) may only be sent as
what everybody has.
"""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from sandbox.exchange.book import SelfTradePrevention, Side
from sandbox.exchange.orders import OrderRequest, TimeInForce
from sandbox.exchange.units import COUNT_DECIMALS, PRICE_DECIMALS
from sandbox.exchange.wire import CountText, PriceText, Wire
from sandbox.fixed_point import parse_fixed

BATCH_LIMIT = 1000

ClientId = Annotated[str, Field(max_length=64)]
Shard = Literal[-1, 0] | None
Primary = Literal[0] | None
UnixSeconds = Annotated[int, Field(ge=0, le=99_999_999_999)]


class CreateOrder(Wire):
    """Body of a new order."""

    ticker: str
    side: Side
    count: CountText
    price: PriceText
    time_in_force: TimeInForce
    self_trade_prevention_type: SelfTradePrevention
    client_order_id: ClientId = ""
    expiration_time: UnixSeconds | None = None
    post_only: bool | None = None
    reduce_only: bool | None = None
    cancel_order_on_pause: bool | None = None
    subaccount: Primary = None
    order_group_id: str | None = None
    exchange_index: Shard = None

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
            post_only=bool(self.post_only),
            reduce_only=bool(self.reduce_only),
            expires_ms=None if self.expiration_time is None else self.expiration_time * 1000,
            group_id=self.order_group_id or None,
        )


class AmendOrder(Wire):
    """What a resting order shall be. No `expiration_time` keeps the one it has, 0 takes it away."""

    ticker: str
    side: Side
    price: PriceText
    count: CountText
    client_order_id: ClientId | None = None
    updated_client_order_id: ClientId | None = None
    expiration_time: UnixSeconds | None = None
    exchange_index: Shard = None

    def to_request(self, before: OrderRequest) -> OrderRequest:
        expires_ms = before.expires_ms
        if self.expiration_time is not None:
            expires_ms = self.expiration_time * 1000 or None
        return replace(
            before,
            ticker=self.ticker,
            client_order_id=self.updated_client_order_id or before.client_order_id,
            side=self.side,
            count=parse_fixed(self.count, COUNT_DECIMALS),
            price=parse_fixed(self.price, PRICE_DECIMALS),
            expires_ms=expires_ms,
        )


class DecreaseOrder(Wire):
    """How much of a resting order goes, or how much of it stays."""

    reduce_by: CountText | None = None
    reduce_to: CountText | None = None
    exchange_index: Shard = None
    market_ticker: str | None = None


class BatchOfOrders(Wire):
    """New orders, each on its own."""

    orders: Annotated[list[CreateOrder], Field(min_length=1, max_length=BATCH_LIMIT)]


class CancelOne(Wire):
    """One order of a batch to cancel."""

    order_id: str
    subaccount: Primary = None
    exchange_index: Shard = None
    market_ticker: str | None = None


class BatchOfCancels(Wire):
    """Orders to cancel, each on its own."""

    orders: Annotated[list[CancelOne], Field(min_length=1, max_length=BATCH_LIMIT)]


class ItemError(BaseModel):
    """Why one item of a batch was refused."""

    code: str
    message: str
    details: str | None = None


class CreatedOrder(BaseModel):
    """Answer to a new order. `remaining_count` is what did not trade, also when it was canceled at once."""

    order_id: str
    client_order_id: str
    fill_count: str
    remaining_count: str
    ts_ms: int
    average_fill_price: str | None = None
    average_fee_paid: str | None = None


class AmendedOrder(CreatedOrder):
    """Answer to an amendment; what it filled counts with what was filled before."""


class DecreasedOrder(BaseModel):
    """Answer to a decrease."""

    order_id: str
    client_order_id: str
    remaining_count: str
    ts_ms: int


class CanceledOrder(BaseModel):
    """Answer to a cancel: `reduced_by` is what was really canceled."""

    order_id: str
    client_order_id: str
    reduced_by: str
    ts_ms: int


class CreatedItem(BaseModel):
    """One item of a batch of new orders: the order, or why there is none."""

    order_id: str | None = None
    client_order_id: str | None = None
    fill_count: str | None = None
    remaining_count: str | None = None
    ts_ms: int | None = None
    average_fill_price: str | None = None
    average_fee_paid: str | None = None
    error: ItemError | None = None


class CreatedBatch(BaseModel):
    """Answer to a batch of new orders, in the order of the request."""

    orders: list[CreatedItem]


class CanceledItem(BaseModel):
    """One item of a batch of cancels."""

    order_id: str
    client_order_id: str | None = None
    reduced_by: str
    ts_ms: int | None = None
    error: ItemError | None = None


class CanceledBatch(BaseModel):
    """Answer to a batch of cancels, in the order of the request."""

    orders: list[CanceledItem]


class GroupBody(Wire):
    """The limit of a group, in whole contracts or as a fixed-point count; where both are given they agree."""

    contracts_limit: Annotated[int, Field(ge=1, le=10**9)] | None = None
    contracts_limit_fp: CountText | None = None
    subaccount: Primary = None
    exchange_index: Shard = None


class CreatedGroup(BaseModel):
    """Answer to a new group."""

    order_group_id: str
    subaccount: int = 0
    exchange_index: int = 0


class GroupView(BaseModel):
    """A group in the list of all."""

    id: str
    contracts_limit_fp: str | None = None
    is_auto_cancel_enabled: bool
    exchange_index: int = 0


class GroupsView(BaseModel):
    """All groups."""

    order_groups: list[GroupView]


class OneGroup(BaseModel):
    """One group with its resting orders."""

    is_auto_cancel_enabled: bool
    contracts_limit_fp: str | None = None
    orders: list[str]
    exchange_index: int = 0
