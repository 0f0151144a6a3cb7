"""What crosses the wall, as frozen values in the customer stack's own words. Pure.

Units: contracts 0.01, USD 0.000001, prices 0.0001 USD per contract on the side of the intent.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Side(StrEnum):
    """Which outcome a contract pays for."""

    YES = "yes"
    NO = "no"


class Action(StrEnum):
    """Whether contracts are bought or sold."""

    BUY = "buy"
    SELL = "sell"


class MarketStatus(StrEnum):
    """Where a market stands."""

    UPCOMING = "upcoming"
    OPEN = "open"
    HALTED = "halted"
    CLOSED = "closed"
    RESOLVED = "resolved"


class Reason(StrEnum):
    """Why execution did not take an intent. The closed list of the wire."""

    CANCELLED = "cancelled"
    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_MARKET = "unknown_market"
    MARKET_NOT_OPEN = "market_not_open"
    PRICE_OFF_TICK = "price_off_tick"
    MAX_TOTAL_TOO_SMALL = "max_total_too_small"
    FLOAT_TOO_LOW = "float_too_low"
    POSITION_TOO_SMALL = "position_too_small"
    CONFLICTING_INTENT = "conflicting_intent"
    OUT_OF_BOUNDS = "out_of_bounds"
    MARKET_HALTED = "market_halted"
    POSITION_LIMIT = "position_limit"


class CancelOutcome(StrEnum):
    """What execution answered to a cancel. Only `not_pooled` promises that nothing will be filled."""

    NOT_POOLED = "not_pooled"
    POOLED = "pooled"
    ENDED = "ended"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    """Which side of the wall pays a settlement."""

    PAY = "pay"
    RECEIVE = "receive"


@dataclass(frozen=True, slots=True)
class Account:
    """An opaque account reference and the tenant that it belongs to."""

    account_id: UUID
    tenant_id: UUID


@dataclass(frozen=True, slots=True)
class Intent:
    """A wager as execution sees it."""

    intent_id: UUID
    account_id: UUID
    market_id: UUID
    side: Side
    action: Action
    quantity: int
    limit_price: int
    max_total: int


@dataclass(frozen=True, slots=True)
class IntentAnswer:
    """The signed answer for one intent. `reason` is None when it was received."""

    intent_id: UUID
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class CancelAnswer:
    """The signed answer for one cancel."""

    intent_id: UUID
    outcome: CancelOutcome


@dataclass(frozen=True, slots=True)
class MarketListing:
    """One market of the catalogue. `yes_value` is set once it is resolved."""

    market_id: UUID
    ticker: str
    title: str
    rules: str
    status: MarketStatus
    tick: int
    yes_bid: int | None
    yes_ask: int | None
    close_time: datetime
    fee_multiplier_e4: int
    yes_value: int | None


@dataclass(frozen=True, slots=True)
class Level:
    """Contracts wanted at one price."""

    price: int
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderBook:
    """Bids of both sides, best first."""

    yes_bids: tuple[Level, ...]
    no_bids: tuple[Level, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class FillShare:
    """An intent's share of what its window filled. `cost` is paid by a buy and received by a sale."""

    sequence: int
    recorded_at: datetime
    intent_id: UUID
    account_id: UUID
    market_id: UUID
    window_id: UUID
    quantity: int
    cost: int
    fee: int
    manifest: bytes


@dataclass(frozen=True, slots=True)
class Final:
    """Nothing more will happen to this intent."""

    sequence: int
    recorded_at: datetime
    intent_id: UUID
    filled: int


@dataclass(frozen=True, slots=True)
class NotPooled:
    """The intent never entered a window and never will."""

    sequence: int
    recorded_at: datetime
    intent_id: UUID
    reason: Reason


class Basis(StrEnum):
    """By what a market's outcome is computed: a value per contract, or one of two forms of void."""

    VALUE = "value"
    CANCELLED_TRADES = "cancelled_trades"
    ORIGINAL_COST = "original_cost"


@dataclass(frozen=True, slots=True)
class Resolution:
    """A market's outcome: `yes_value` per YES, one dollar minus it per NO; of a void nothing per contract.

    Revision 1 is the first outcome of a market; each later one follows reversals of the one before.
    """

    sequence: int
    recorded_at: datetime
    market_id: UUID
    yes_value: int
    basis: Basis = Basis.VALUE
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Payout:
    """A holding taken out of the books after a resolution; losers' with an amount of zero."""

    sequence: int
    recorded_at: datetime
    account_id: UUID
    market_id: UUID
    side: Side
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class SettlementFee:
    """A fee that the exchange took at a resolution."""

    sequence: int
    recorded_at: datetime
    account_id: UUID
    market_id: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Reversal:
    """The report `reverses` is taken back, with its numbers.

    Of a fill: contracts, cost, and the fee if it was returned, else 0. Of a payout: contracts and amount.
    Of a settlement fee: the fee alone, and no side.
    """

    sequence: int
    recorded_at: datetime
    reverses: int
    account_id: UUID
    market_id: UUID
    side: Side | None
    quantity: int
    amount: int
    fee: int


Report = FillShare | Final | NotPooled | Resolution | Payout | SettlementFee | Reversal


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of reports, in micro-dollars. What was taken back is not subtracted: it is stated beside."""

    cost_of_buys: int = 0
    proceeds: int = 0
    fees: int = 0
    payouts: int = 0
    reversed_costs: int = 0
    reversed_proceeds: int = 0
    reversed_fees: int = 0
    reversed_payouts: int = 0

    @property
    def owed(self) -> int:
        """Return what the customer side owes for all of it, settlements apart."""
        made = self.cost_of_buys - self.proceeds + self.fees - self.payouts
        undone = self.reversed_costs - self.reversed_proceeds + self.reversed_fees - self.reversed_payouts
        return made - undone


@dataclass(frozen=True, slots=True)
class Holding:
    """Contracts of one account, in hundredths."""

    market_id: UUID
    side: Side
    quantity: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One account at a report sequence. `cash` below zero: its side owes execution."""

    account_id: UUID
    cash: int
    fees: int
    holdings: tuple[Holding, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The tenant's `prefund` and `settled` with execution now, by execution's signs: an owner is positive."""

    prefund: int
    settled: int


@dataclass(frozen=True, slots=True)
class StatementPage:
    """The tenant's totals and one page of its accounts. `standing` is None from an older execution stack."""

    totals: Totals
    lines: tuple[StatementLine, ...]
    more: bool
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class SettlementProposal:
    """A period's totals, to be agreed by both sides. `amount` in whole cents; `digest` of 32 bytes."""

    settlement_id: UUID
    tenant_id: UUID
    after_sequence: int
    to_sequence: int
    direction: Direction
    amount: int
    totals: Totals
    digest: bytes


@dataclass(frozen=True, slots=True)
class SettlementAnswer:
    """Whether execution has the same totals, and what it has."""

    agreed: bool
    totals: Totals
