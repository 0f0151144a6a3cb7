"""What can happen at the exchange: the entries of its journal.

A fact carries everything that was decided (ids, times, fees), so folding the facts again decides nothing.
"""

from dataclasses import dataclass

from sandbox.exchange.book import Side
from sandbox.exchange.fees import FeeSchedule
from sandbox.exchange.market import Result, VoidForm
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
class OrderAmended:
    """A resting order asks for something else. One that keeps its place was only made smaller."""

    order_id: str
    request: OrderRequest
    keeps_place: bool
    at_ms: int


@dataclass(frozen=True, slots=True)
class CancelAllAsked:
    """Every order of the member goes, and for a minute every new one that comes to rest."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class GroupCreated:
    """A group of orders exists; `limit` is what may match in it within fifteen seconds, None for no limit."""

    group_id: str
    limit: int | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class GroupLimited:
    """A group has another limit."""

    group_id: str
    limit: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class GroupTriggered:
    """A group takes no orders until it is reset; its resting orders were canceled with this."""

    group_id: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class GroupReset:
    """A group counts from zero and takes orders again."""

    group_id: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class GroupDeleted:
    """A group is gone; its resting orders were canceled with this."""

    group_id: str
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
class MarketPaused:
    """One market does not trade for a while."""

    ticker: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class MarketResumed:
    """A paused market trades again."""

    ticker: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class MarketDisputed:
    """The result is in doubt: nothing is paid until it is confirmed or amended."""

    ticker: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class MarketAmended:
    """The result was wrong. A market that was paid already is paid again by the difference."""

    ticker: str
    result: Result
    value: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class MarketVoided:
    """A market ended without a result: its trades were undone, or its net position's cost was given back."""

    ticker: str
    form: VoidForm
    fees_returned: bool
    at_ms: int


@dataclass(frozen=True, slots=True)
class EventFeesChanged:
    """An event has fees of its own in the place of those of its series, or no longer (None)."""

    change_id: str
    event_ticker: str
    fees: FeeSchedule | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class FeesWaived:
    """A market takes no trade fee until a time."""

    ticker: str
    until_ms: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class CutoffMoved:
    """What is older than this left the live endpoints for the historical ones."""

    cutoff_ms: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class MarketFinalized:
    """Net positions were paid, or what was paid was put right."""

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
    | OrderAmended
    | CancelAllAsked
    | GroupCreated
    | GroupLimited
    | GroupTriggered
    | GroupReset
    | GroupDeleted
    | HouseQuoted
    | MarketPaused
    | MarketResumed
    | MarketClosed
    | MarketDetermined
    | MarketDisputed
    | MarketAmended
    | MarketFinalized
    | MarketVoided
    | MarketListed
    | EventFeesChanged
    | FeesWaived
    | CutoffMoved
)

FACT_KINDS: tuple[type, ...] = (
    ExchangeOpened,
    Deposited,
    Withdrawn,
    OrderAccepted,
    OrderFilled,
    OrderRested,
    OrderCanceled,
    OrderAmended,
    CancelAllAsked,
    GroupCreated,
    GroupLimited,
    GroupTriggered,
    GroupReset,
    GroupDeleted,
    HouseQuoted,
    MarketPaused,
    MarketResumed,
    MarketClosed,
    MarketDetermined,
    MarketDisputed,
    MarketAmended,
    MarketFinalized,
    MarketVoided,
    MarketListed,
    EventFeesChanged,
    FeesWaived,
    CutoffMoved,
)
