"""The member's orders and their fills.

An order rests, is executed (filled entirely) or is canceled; a partly filled order is one of these three,
never a state of its own.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from sandbox.exchange.book import SelfTradePrevention, Side


class TimeInForce(StrEnum):
    """What happens to the part of an order that does not trade at once."""

    IMMEDIATE_OR_CANCEL = "immediate_or_cancel"
    FILL_OR_KILL = "fill_or_kill"
    GOOD_TILL_CANCELED = "good_till_canceled"


class OrderStatus(StrEnum):
    """Where an order stands."""

    RESTING = "resting"
    CANCELED = "canceled"
    EXECUTED = "executed"


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """What a member asks for; count in hundredths, price of YES in ten-thousandths."""

    ticker: str
    client_order_id: str
    side: Side
    count: int
    price: int
    time_in_force: TimeInForce
    prevention: SelfTradePrevention
    cancel_on_pause: bool = False
    post_only: bool = False
    reduce_only: bool = False
    expires_ms: int | None = None
    group_id: str | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """One trade of a member's order, with the parts of its fee. `maker_id` is the resting order."""

    fill_id: str
    order_id: str
    ticker: str
    side: Side
    price: int
    count: int
    is_taker: bool
    maker_id: str
    trade_fee: int
    rounding_fee: int
    rebate: int
    at_ms: int

    @property
    def cost(self) -> int:
        """What the contracts cost on the side that bought them, in micro-dollars."""
        return self.count * self.side.own_price(self.price)

    @property
    def net_fee(self) -> int:
        return self.trade_fee + self.rounding_fee - self.rebate


@dataclass(frozen=True, slots=True)
class Order:
    """A member's order. `gathered` is the rounding fee not yet given back."""

    order_id: str
    request: OrderRequest
    created_ms: int
    updated_ms: int
    sequence: int
    filled: int = 0
    canceled: int = 0
    taker_cost: int = 0
    maker_cost: int = 0
    taker_fees: int = 0
    maker_fees: int = 0
    gathered: int = 0

    @property
    def remaining(self) -> int:
        return self.request.count - self.filled - self.canceled

    @property
    def status(self) -> OrderStatus:
        if self.filled == self.request.count:
            return OrderStatus.EXECUTED
        return OrderStatus.CANCELED if self.remaining == 0 else OrderStatus.RESTING

    def with_fill(self, fill: Fill) -> "Order":
        """Return the order after one of its fills; one that comes after the cancel undoes it."""
        moved = replace(
            self,
            filled=self.filled + fill.count,
            canceled=min(self.canceled, self.request.count - self.filled - fill.count),
            gathered=self.gathered + fill.rounding_fee - fill.rebate,
            updated_ms=fill.at_ms,
        )
        if fill.is_taker:
            return replace(
                moved, taker_cost=self.taker_cost + fill.cost, taker_fees=self.taker_fees + fill.net_fee
            )
        return replace(
            moved, maker_cost=self.maker_cost + fill.cost, maker_fees=self.maker_fees + fill.net_fee
        )

    def without_rest(self, at_ms: int) -> "Order":
        """Return the order with its remaining count canceled."""
        return replace(self, canceled=self.canceled + self.remaining, updated_ms=at_ms)
