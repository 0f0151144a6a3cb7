"""The bodies of reports and what they add up to. Pure.

Units: contracts 0.01, price 0.0001 USD per contract, money 0.000001 USD.
"""

import typing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from execution_stack.exchange.domain import Action, Side
from shared.errors import invariant


class Reason(StrEnum):
    """Why an intent was not taken: the closed list of the boundary."""

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


MANIFEST_DIGEST_SIZE: typing.Final = 32


@dataclass(frozen=True, slots=True)
class FillShare:
    """An intent's part of an order's fills; `cost` is what was paid, or what a sale brought in."""

    intent_id: UUID
    account: UUID
    market_id: UUID
    window_id: UUID
    side: Side
    action: Action
    quantity: int
    cost: int
    fee: int
    manifest: bytes
    """SHA-256 of the window's manifest."""

    def __post_init__(self) -> None:
        """Refuse a share that nobody could have."""
        invariant(self.quantity > 0, "a fill share has contracts")
        invariant(self.cost >= 0 and self.fee >= 0, "a fill share's money is not negative")
        invariant(len(self.manifest) == MANIFEST_DIGEST_SIZE, "a manifest's digest is a SHA-256")


@dataclass(frozen=True, slots=True)
class Final:
    """Nothing more will happen to an intent; `filled` is the sum of its fill shares."""

    intent_id: UUID
    filled: int


@dataclass(frozen=True, slots=True)
class NotPooled:
    """An intent never was and never will be part of an order."""

    intent_id: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a YES contract of a market is worth; a NO contract pays the rest of a dollar."""

    market_id: UUID
    yes_value: int


@dataclass(frozen=True, slots=True)
class Payout:
    """An account's holding of one side left it, for `amount`; losers' too, for nothing."""

    account: UUID
    market_id: UUID
    side: Side
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class SettlementFee:
    """An account's part of what the exchange kept back when it settled a market."""

    account: UUID
    market_id: UUID
    amount: int


Body = FillShare | Final | NotPooled | Resolution | Payout | SettlementFee


@dataclass(frozen=True, slots=True)
class Report:
    """One numbered report."""

    sequence: int
    recorded_at: datetime
    body: Body


@dataclass(frozen=True, slots=True)
class Totals:
    """What reports add up to, in micro-dollars."""

    cost_of_buys: int = 0
    proceeds: int = 0
    fees: int = 0
    payouts: int = 0

    @property
    def owed(self) -> int:
        """Return what the customer side owes for these reports; minus: execution owes."""
        return self.cost_of_buys - self.proceeds + self.fees - self.payouts


@dataclass(frozen=True, slots=True)
class Holding:
    """Contracts that an account holds at a cut."""

    market_id: UUID
    side: Side
    quantity: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One account at a cut: its balances of `cash` and `fees` (minus: it owes), and what it holds."""

    account: UUID
    cash: int
    fees: int
    holdings: tuple[Holding, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """All accounts of a tenant at a cut, one page of them in lines."""

    totals: Totals
    lines: tuple[StatementLine, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class IntentTold:
    """What reports said about one intent: how often it ended, and what its shares add up to."""

    finals: int = 0
    refusals: int = 0
    filled: int = 0
    quantity: int = 0
    cost: int = 0
    fee: int = 0
