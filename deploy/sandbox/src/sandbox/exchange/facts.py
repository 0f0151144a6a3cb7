"""What can happen at the exchange: the entries of its journal.

A fact carries everything that was decided (ids, times, fees), so folding the facts again decides nothing.
"""

from dataclasses import dataclass

from sandbox.exchange.book import Side
from sandbox.exchange.market import Result
from sandbox.exchange.orders import Fill, OrderRequest


@dataclass(frozen=True, slots=True)
class ExchangeOpened:
    """The exchange opened for the first time; close times count from here."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Deposited:
    """The member brought money. The reference makes it happen once."""

    amount: int
    reference: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The member took money out. The reference makes it happen once."""

    amount: int
    reference: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class OrderAccepted:
    """The member's order exists; its fills and its end follow in the same batch."""

    order_id: str
    request: OrderRequest
    at_ms: int


@dataclass(frozen=True, slots=True)
class OrderFilled:
    """One trade."""

    fill: Fill


@dataclass(frozen=True, slots=True)
class OrderRested:
    """What did not trade waits in the book."""

    order_id: str


@dataclass(frozen=True, slots=True)
class OrderCanceled:
    """What did not trade is gone. `reason` is one word for people."""

    order_id: str
    reason: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class HouseQuote:
    """One explicit order of the house."""

    order_id: str
    side: Side
    price: int
    count: int


@dataclass(frozen=True, slots=True)
class HouseQuoted:
    """The house's liquidity in one market was replaced by hand."""

    ticker: str
    quotes: tuple[HouseQuote, ...]
    frozen: bool


@dataclass(frozen=True, slots=True)
class MarketClosed:
    """Trading ended; resting orders were canceled before this."""

    ticker: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class MarketDetermined:
    """The event came to a result; one YES is worth `value`."""

    ticker: str
    result: Result
    value: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class MarketFinalized:
    """Net positions were paid."""

    ticker: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class MarketListed:
    """A market of the catalogue came again: `first_ticker` is that of its first round, which is number 1."""

    first_ticker: str
    round_number: int
    close_ms: int
    at_ms: int


Fact = (
    ExchangeOpened
    | Deposited
    | Withdrawn
    | OrderAccepted
    | OrderFilled
    | OrderRested
    | OrderCanceled
    | HouseQuoted
    | MarketClosed
    | MarketDetermined
    | MarketFinalized
    | MarketListed
)

FACT_KINDS: tuple[type, ...] = (
    ExchangeOpened,
    Deposited,
    Withdrawn,
    OrderAccepted,
    OrderFilled,
    OrderRested,
    OrderCanceled,
    HouseQuoted,
    MarketClosed,
    MarketDetermined,
    MarketFinalized,
    MarketListed,
)
