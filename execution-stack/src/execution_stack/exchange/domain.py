"""What passes between us and the exchange, as frozen values. Pure.

The exchange has one YES book per market. An intent of either side becomes a bid or an ask on it, and a
fill's price becomes the price on the side of the intent again. Cost is always computed from that price,
never from balances or from the exchange's own cost fields, which know only the net
(docs/money-flows.md, section 6).

Units: contracts 0.01, price 0.0001 USD per contract, money 0.000001 USD. So price times contracts is
money, without rounding.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from shared.errors import invariant

ONE_DOLLAR: Final = 10_000
"""What a YES and a NO contract are worth together, in units of price."""

Ticker = NewType("Ticker", str)


class Side(StrEnum):
    """Which of the two contracts of a market."""

    YES = "yes"
    NO = "no"


class Action(StrEnum):
    """What is done with the contract."""

    BUY = "buy"
    SELL = "sell"


class BookSide(StrEnum):
    """Where an order stands in the exchange's YES book."""

    BID = "bid"
    ASK = "ask"


class MarketStatus(StrEnum):
    """What can be done in a market. Only OPEN takes orders; RESOLVED is final and has a value."""

    UPCOMING = "upcoming"
    OPEN = "open"
    HALTED = "halted"
    CLOSED = "closed"
    RESOLVED = "resolved"


class OrderStatus(StrEnum):
    """Where an order stands at the exchange. A cancelled order may have fills."""

    RESTING = "resting"
    CANCELED = "canceled"
    EXECUTED = "executed"

    @property
    def is_terminal(self) -> bool:
        """Tell whether the order can no longer trade."""
        return self is not OrderStatus.RESTING


def price_on(side: Side, yes_price: int) -> int:
    """Return the price of a contract of `side` when YES costs `yes_price`; its own inverse."""
    invariant(0 <= yes_price <= ONE_DOLLAR, "a price lies between zero and one dollar")
    return yes_price if side is Side.YES else ONE_DOLLAR - yes_price


def book_side_of(side: Side, action: Action) -> BookSide:
    """Return where an intent stands in the YES book: buying YES and selling NO bid, the others ask."""
    return BookSide.BID if (side is Side.YES) == (action is Action.BUY) else BookSide.ASK


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An immediate-or-cancel order to be sent; `price` is that of YES."""

    client_order_id: UUID
    ticker: Ticker
    book_side: BookSide
    price: int
    quantity: int
    since: datetime
    """A moment before the first time this order was sent: where a search for it begins."""

    def __post_init__(self) -> None:
        """Refuse what the exchange could only refuse."""
        invariant(0 < self.price < ONE_DOLLAR, "an order's price lies inside the dollar")
        invariant(self.quantity > 0, "an order is for something")


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The exchange has the order; what became of it is read with `order` and `fills`."""

    order_id: UUID


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the exchange lists it."""

    order_id: UUID
    client_order_id: UUID | None
    ticker: Ticker
    book_side: BookSide
    status: OrderStatus
    filled: int
    remaining: int
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fill:
    """One trade of one order. `fee` is net of rebates, so one fill's may be negative, an order's never."""

    fill_id: UUID
    order_id: UUID
    ticker: Ticker
    book_side: BookSide
    yes_price: int
    quantity: int
    fee: int
    is_taker: bool
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class MarketSnapshot:
    """A market as the exchange describes it now. `yes_value` is there once it is resolved."""

    ticker: Ticker
    title: str
    rules: str
    status: MarketStatus
    tick: int
    yes_bid: int
    yes_ask: int
    close_time: datetime
    fee_multiplier_e4: int
    yes_value: int | None


@dataclass(frozen=True, slots=True)
class Level:
    """Contracts on offer at one price."""

    price: int
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderBook:
    """Bids of both sides, best first. A NO bid at p is a YES ask at one dollar minus p."""

    yes_bids: tuple[Level, ...]
    no_bids: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class BucketLimit:
    """A token bucket of the exchange: it holds `capacity` tokens at most and gains some every second."""

    refill_per_second: int
    capacity: int

    def share(self, percent: int) -> "BucketLimit":
        """Return the part of it that one of several users may take."""
        return BucketLimit(self.refill_per_second * percent // 100, self.capacity * percent // 100)


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What the account may ask for: a bucket for reads and one for writes."""

    read: BucketLimit
    write: BucketLimit


MICRO: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """What a bucket holds at a moment. Tokens are counted in millionths, time in microseconds.

    So a refill of n tokens a second is n millionths a microsecond, and nothing is ever rounded.
    """

    limit: BucketLimit
    micro_tokens: int
    at_us: int

    def refilled(self, now_us: int) -> "TokenBucket":
        """Return the bucket as it is now; time that goes back adds nothing."""
        now_us = max(now_us, self.at_us)
        gained = (now_us - self.at_us) * self.limit.refill_per_second
        return TokenBucket(self.limit, min(self.limit.capacity * MICRO, self.micro_tokens + gained), now_us)

    def tokens(self, now_us: int) -> int:
        """Return how many whole tokens are there now."""
        return self.refilled(now_us).micro_tokens // MICRO

    def take(self, tokens: int, now_us: int) -> "TokenBucket | None":
        """Return the bucket without so many tokens, or None when they are not there."""
        invariant(tokens >= 0, "nobody takes less than nothing")
        full = self.refilled(now_us)
        if full.micro_tokens < tokens * MICRO:
            return None
        return TokenBucket(self.limit, full.micro_tokens - tokens * MICRO, full.at_us)

    def wait_us(self, tokens: int, now_us: int) -> int:
        """Return how long so many tokens still lack; a second, if the bucket can never hold them."""
        missing = tokens * MICRO - self.refilled(now_us).micro_tokens
        refill = self.limit.refill_per_second
        return max(0, -(-missing // refill)) if refill and tokens <= self.limit.capacity else MICRO

    def refunded(self, tokens: int) -> "TokenBucket":
        """Return the bucket with tokens that were taken and not used."""
        held = min(self.limit.capacity * MICRO, self.micro_tokens + tokens * MICRO)
        return TokenBucket(self.limit, held, self.at_us)

    def drained(self, now_us: int) -> "TokenBucket":
        """Return the bucket as it is when the exchange says that nothing is left."""
        return TokenBucket(self.limit, 0, max(now_us, self.at_us))

    def limited(self, limit: BucketLimit, now_us: int) -> "TokenBucket":
        """Return the bucket under another limit."""
        full = self.refilled(now_us)
        return TokenBucket(limit, min(limit.capacity * MICRO, full.micro_tokens), full.at_us)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the exchange paid for the net position of a market. Pairs were paid before (X6)."""

    ticker: Ticker
    revenue: int
    fee: int
    settled_at: datetime
