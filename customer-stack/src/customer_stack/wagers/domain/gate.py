"""The product's gate: whether a wager can be placed now, as markets and funds stand. One pure function.

It is asked before compliance is (`customer_stack.gate`), and its facts and answer stand in the same record.
Given the same facts the function gives the same answer, so anyone can replay a decision years later.

Guaranteed:
- whatever is not explicitly clear is denied: an unknown customer, market or status is never let through;
- every reason that applies is recorded, in a fixed order; the first one is what the customer is told.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.boundary_client.domain import Action, MarketStatus, Side
from customer_stack.wagers.domain.amounts import (
    DOLLAR_E4,
    FEE_SCHEDULE_VERSION,
    MULTIPLIER_LIMIT_E4,
    bound_total,
)

GATE_VERSION: Final = 2
"""Stored with each decision. A change of `decide` that can change an answer is a new version. Version 1
judged the stake limit too, which now belongs to compliance."""


class Reason(StrEnum):
    """Why the gate says no, in the order in which reasons are told."""

    CUSTOMER_UNKNOWN = "customer_unknown"
    CUSTOMER_NOT_ACTIVE = "customer_not_active"
    CAPABILITY_INACTIVE = "capability_inactive"
    MARKET_UNKNOWN = "market_unknown"
    MARKET_NOT_OPEN = "market_not_open"
    PRICE_OFF_TICK = "price_off_tick"
    STAKE_LIMIT = "stake_limit"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    INSUFFICIENT_POSITION = "insufficient_position"


@dataclass(frozen=True, slots=True)
class Command:
    """What a customer asks for. Quantity in 0.01 contracts, price in 0.0001 USD on the wager's side."""

    wager_id: UUID
    tenant_id: UUID
    customer_id: UUID
    market_id: UUID
    side: Side
    action: Action
    quantity: int
    limit_price: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What the customer register says: a status, and why it forbids a wager, if it does."""

    status: str
    may_wager: bool


@dataclass(frozen=True, slots=True)
class MarketFacts:
    """What the gate needs to know of a market."""

    status: MarketStatus
    tick: int
    close_time: datetime
    fee_multiplier_e4: int


@dataclass(frozen=True, slots=True)
class StakeFacts:
    """Stakes of the last 24 hours and their limit, in micro-dollars, with the limit's version."""

    staked: int
    limit: int
    version: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision depends on. None: nothing is known, which is never a yes.

    `stake` stands in records of version 1 only.
    """

    command: Command
    standing: Standing | None
    is_capable: bool
    market: MarketFacts | None
    stake: StakeFacts | None
    funds: int
    contracts: int


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. Without a reason it is a yes, and `max_total` is to be held."""

    reasons: tuple[Reason, ...]
    max_total: int
    gate_version: int = GATE_VERSION
    fee_version: int = FEE_SCHEDULE_VERSION

    @property
    def is_allowed(self) -> bool:
        """Tell whether the wager may be placed."""
        return not self.reasons


def decide(facts: Facts, version: int = GATE_VERSION) -> Decision:
    """Allow or deny one wager; as version 1 did, where its record is replayed."""
    command = facts.command
    reasons: list[Reason] = []
    if facts.standing is None:
        reasons.append(Reason.CUSTOMER_UNKNOWN)
    elif not facts.standing.may_wager:
        reasons.append(Reason.CUSTOMER_NOT_ACTIVE)
    if not facts.is_capable:
        reasons.append(Reason.CAPABILITY_INACTIVE)
    reasons += _judge_market(facts.market, command)
    if facts.market is None or facts.market.fee_multiplier_e4 > MULTIPLIER_LIMIT_E4:
        return Decision(tuple(reasons), 0, version)
    max_total = bound_total(
        command.action, command.quantity, command.limit_price, facts.market.fee_multiplier_e4
    )
    if _is_beyond_limit(facts, max_total):
        reasons.append(Reason.STAKE_LIMIT)
    if max_total > facts.funds:
        reasons.append(Reason.INSUFFICIENT_FUNDS)
    if command.action is Action.SELL and command.quantity > facts.contracts:
        reasons.append(Reason.INSUFFICIENT_POSITION)
    return Decision(tuple(reasons), max_total, version)


def _is_beyond_limit(facts: Facts, max_total: int) -> bool:
    stake = facts.stake
    return stake is not None and facts.command.action is Action.BUY and stake.staked + max_total > stake.limit


def _judge_market(market: MarketFacts | None, command: Command) -> list[Reason]:
    if market is None:
        return [Reason.MARKET_UNKNOWN]
    reasons = []
    is_open = market.status is MarketStatus.OPEN and command.at < market.close_time
    if not is_open or market.fee_multiplier_e4 > MULTIPLIER_LIMIT_E4:
        reasons.append(Reason.MARKET_NOT_OPEN)
    is_on_tick = 0 < command.limit_price < DOLLAR_E4 and command.limit_price % market.tick == 0
    if not is_on_tick:
        reasons.append(Reason.PRICE_OFF_TICK)
    return reasons
