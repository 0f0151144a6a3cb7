"""The bodies of reports and what they add up to. Pure.

Units: contracts 0.01, price 0.0001 USD per contract, money 0.000001 USD.
"""

import typing
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from execution_stack.exchange.domain import Action, Side
from shared.errors import InvariantViolated, invariant


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
HOLDINGS_PER_PAGE: typing.Final = 20_000
"""At 35 bytes each a third of what an answer may have."""


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


class Basis(StrEnum):
    """By what a market's outcome is computed: a value per contract, or one of two forms of void."""

    VALUE = "value"
    CANCELLED_TRADES = "cancelled_trades"
    ORIGINAL_COST = "original_cost"


@dataclass(frozen=True, slots=True)
class Resolution:
    """A market's outcome. `yes_value` is what a YES contract pays, NO the rest of a dollar; of a void 0.

    `revision` counts the outcomes of a market: 1, and more when one was taken back and another follows.
    """

    market_id: UUID
    yes_value: int
    basis: Basis = Basis.VALUE
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Payout:
    """An account's holding of one side left it, for `amount`; losers' too, for nothing.

    `revision` is that of the outcome; a reader knows it from the resolution that went before.
    """

    account: UUID
    market_id: UUID
    side: Side
    quantity: int
    amount: int
    revision: int = 1


@dataclass(frozen=True, slots=True)
class SettlementFee:
    """An account's part of what the exchange kept back when it settled a market."""

    account: UUID
    market_id: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Reversal:
    """What an earlier report told is taken back: `reverses` is its number in the recipient's sequence.

    Of a fill share: side, action, contracts, cost, and the fee if it was returned, else 0. Of a payout:
    side, contracts, amount. Of a settlement fee: the fee alone.
    """

    reverses: int
    account: UUID
    market_id: UUID
    side: Side | None
    action: Action | None
    quantity: int
    amount: int
    fee: int

    def __post_init__(self) -> None:
        """Refuse what no report can have told."""
        invariant(self.reverses > 0, "a reversal names a report")
        invariant(self.quantity >= 0 and self.amount >= 0 and self.fee >= 0, "nothing told is negative")


Body = FillShare | Final | NotPooled | Resolution | Payout | SettlementFee | Reversal


@dataclass(frozen=True, slots=True)
class Report:
    """One numbered report."""

    sequence: int
    recorded_at: datetime
    body: Body


@dataclass(frozen=True, slots=True)
class Told:
    """A report as it was told, so that it can be taken back: whose it is, and its number there."""

    tenant_id: UUID
    recipient_id: UUID
    sequence: int
    body: Body

    def reversal(self, *, fee_returned: bool = True) -> Reversal:
        """Return the report that takes this one back; a fill's fee only when it was returned."""
        number, body = self.sequence, self.body
        match body:
            case FillShare(account=account, market_id=market_id, side=side, action=action):
                fee = body.fee if fee_returned else 0
                return Reversal(number, account, market_id, side, action, body.quantity, body.cost, fee)
            case Payout(account=account, market_id=market_id, side=side):
                return Reversal(number, account, market_id, side, None, body.quantity, body.amount, 0)
            case SettlementFee(account=account, market_id=market_id):
                return Reversal(number, account, market_id, None, None, 0, 0, body.amount)
            case _:
                raise InvariantViolated("only fills, payouts and settlement fees are taken back")


@dataclass(frozen=True, slots=True)
class Totals:
    """What reports add up to, in micro-dollars."""

    cost_of_buys: int = 0
    proceeds: int = 0
    fees: int = 0
    payouts: int = 0
    reversed_costs: int = 0
    reversed_proceeds: int = 0
    reversed_fees: int = 0
    reversed_payouts: int = 0

    @property
    def cash(self) -> int:
        """Return what these reports add to the balance of `cash`; minus: it owes."""
        gained = self.proceeds + self.payouts - self.cost_of_buys
        return gained - (self.reversed_proceeds + self.reversed_payouts - self.reversed_costs)

    @property
    def net_fees(self) -> int:
        """Return the fees that were charged and not taken back."""
        return self.fees - self.reversed_fees

    @property
    def owed(self) -> int:
        """Return what the customer side owes for these reports; minus: execution owes."""
        return self.net_fees - self.cash


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
class Standing:
    """A tenant's `prefund` and `settled` now: no report says them."""

    prefund: int
    settled: int


@dataclass(frozen=True, slots=True)
class Statement:
    """All accounts of a tenant at a cut, one page of them in lines."""

    totals: Totals
    standing: Standing
    lines: tuple[StatementLine, ...]
    more: bool


def cut_page(lines: Sequence[StatementLine], limit: int) -> tuple[tuple[StatementLine, ...], bool]:
    """Return the lines that one answer has room for, `limit` at most, and whether more follow."""
    holdings, count = 0, 0
    for line in lines[:limit]:
        holdings += len(line.holdings)
        if count and holdings > HOLDINGS_PER_PAGE:
            break
        count += 1
    return tuple(lines[:count]), count < len(lines)


@dataclass(frozen=True, slots=True)
class IntentTold:
    """What reports said about one intent: how often it ended, and what its shares add up to."""

    finals: int = 0
    refusals: int = 0
    filled: int = 0
    quantity: int = 0
    cost: int = 0
    fee: int = 0
