"""An exchange in memory that answers as a test tells it: late, twice, not at all. It keeps its promises."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4, uuid5

from execution_stack.exchange import errors
from execution_stack.exchange.domain import (
    Acknowledged,
    BucketLimit,
    Fill,
    MarketSnapshot,
    MarketStatus,
    NewOrder,
    Order,
    OrderStatus,
    RateLimits,
    Ticker,
)
from shared.clock import FixedClock


def snapshot(ticker: str, **changes: object) -> MarketSnapshot:
    market = MarketSnapshot(
        ticker=Ticker(ticker), title="Rain in Galle?", rules="If it rains, yes.", status=MarketStatus.OPEN,
        tick=100, yes_bid=5300, yes_ask=5500, close_time=datetime(2026, 12, 1, tzinfo=UTC),
        fee_multiplier_e4=10_000, yes_value=None,
    )  # fmt: skip
    return replace(market, **changes)


@dataclass(frozen=True)
class Trade:
    quantity: int
    yes_price: int
    fee: int


class ExchangeDouble:
    """`sends` is what happens to the next sendings: ok, lost_answer, lost_order, refused, not_received."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.snapshots = [snapshot("KX-1"), snapshot("KX-2")]
        self.trades: dict[str, list[Trade]] = defaultdict(list)
        self.sends: list[str] = []
        self.sent: list[NewOrder] = []
        self.orders: dict[UUID, Order] = {}
        self.by_id: dict[UUID, list[Fill]] = {}
        self.hidden_searches = 0
        self.hidden_fills = 0
        self.resting_reads = 0
        self.order_reads = 0
        self.fill_reads = 0
        self.behind = timedelta(0)
        self.skew = timedelta(0)
        self.unreadable = False

    async def list_markets(self):
        return tuple(self.snapshots)

    async def place_order(self, order: NewOrder) -> Acknowledged:
        self.sent.append(order)
        what = self.sends.pop(0) if self.sends else "ok"
        if what == "refused":
            raise errors.OrderRefused("no", status=400, reason="market_closed")
        if what == "not_received":
            raise errors.NotReceived("busy")
        if what == "lost_order":
            raise errors.OutcomeUnknown("timeout")
        if order.client_order_id in self.orders:
            return Acknowledged(self.orders[order.client_order_id].order_id)
        accepted = self._accept(order)
        if what == "lost_answer":
            raise errors.OutcomeUnknown("timeout")
        return Acknowledged(accepted.order_id)

    def _accept(self, order: NewOrder) -> Order:
        order_id = uuid4()
        fills = [
            Fill(uuid5(order_id, str(n)), order_id, order.ticker, order.book_side, trade.yes_price,
                 trade.quantity, trade.fee, True, self.clock.now())
            for n, trade in enumerate(self.trades[order.ticker])
        ]  # fmt: skip
        filled = sum(fill.quantity for fill in fills)
        status = OrderStatus.EXECUTED if filled == order.quantity else OrderStatus.CANCELED
        self.orders[order.client_order_id] = Order(
            order_id, order.client_order_id, order.ticker, order.book_side, status, filled, 0,
            self.clock.now(),
        )  # fmt: skip
        self.by_id[order_id] = fills
        return self.orders[order.client_order_id]

    async def find_order(self, client_order_id, ticker, since):
        self._fail()
        if self.hidden_searches:
            self.hidden_searches -= 1
            return None
        return self.orders.get(client_order_id)

    async def as_of(self):
        return self.clock.now() - self.behind

    async def orders_between(self, since, until):
        self._fail()
        return tuple(
            o for o in self.orders.values() if o.created_at is None or since <= o.created_at <= until
        )

    async def fills_between(self, since, until):
        self._fail()
        fills = [fill for order_fills in self.by_id.values() for fill in order_fills]
        return tuple(f for f in fills if f.created_at is None or since <= f.created_at <= until)

    async def clock_skew(self):
        return self.skew

    async def limits(self):
        self._fail()
        return RateLimits(read=BucketLimit(200, 200), write=BucketLimit(100, 100))

    async def order(self, order_id):
        self._fail()
        self.order_reads += 1
        order = next((order for order in self.orders.values() if order.order_id == order_id), None)
        if order is None:
            raise errors.NotThere("unknown")
        if self.resting_reads:
            self.resting_reads -= 1
            return replace(order, status=OrderStatus.RESTING)
        return order

    async def fills(self, order_id):
        self._fail()
        self.fill_reads += 1
        if self.resting_reads:  # what rests was not filled wholly
            return tuple(self.by_id[order_id][:-1])
        if self.hidden_fills:
            self.hidden_fills -= 1
            return tuple(self.by_id[order_id][:-1])
        return tuple(self.by_id[order_id])

    def _fail(self):
        if self.unreadable:
            raise errors.ExchangeUnavailable("down")
