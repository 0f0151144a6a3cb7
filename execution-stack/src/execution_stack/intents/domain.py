"""What an intent must be to be received. Pure.

Units: contracts 0.01, price 0.0001 USD per contract, money 0.000001 USD, fee multiplier 0.0001.
"""

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

import numpy as np

from execution_stack.columns import Column, multiply_divide
from execution_stack.exchange.domain import ONE_DOLLAR, Action, Side
from execution_stack.markets.domain import MarketTerms
from execution_stack.reports.domain import Reason
from shared.money import divide_ceil

QUANTITY_LIMIT: Final = 100_000_000
ROUND_UP_PER_UNIT: Final = 100
"""Each fill's fee is rounded up to 0.0001 USD, and a fill has at least 0.01 contract."""
ROUNDING_FEE: Final = 20_000
"""What one order's balance changes may be rounded by: 0.02 USD."""


class State(StrEnum):
    """Where an intent stands."""

    RECEIVED = "received"
    POOLED = "pooled"
    FINAL = "final"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class CancelOutcome(StrEnum):
    """What a cancel found. Only NOT_POOLED and ENDED free anything on the other side."""

    NOT_POOLED = "not_pooled"
    POOLED = "pooled"
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Intent:
    """What an account wants, as it crossed the boundary."""

    intent_id: UUID
    account: UUID
    market_id: UUID
    side: Side
    action: Action
    quantity: int
    limit_price: int
    max_total: int


@dataclass(frozen=True, slots=True)
class Known:
    """An intent that was handed over before, and the answer that it got."""

    intent: Intent
    refused: Reason | None


@dataclass(frozen=True, slots=True)
class World:
    """All that a batch of intents is judged by."""

    tenants: Mapping[UUID, UUID]
    """Account -> tenant."""
    markets: Mapping[UUID, MarketTerms]
    known: Mapping[UUID, Known]
    positions: Mapping[tuple[UUID, UUID, Side], int]
    """(account, market, side) -> contracts that are free to be sold."""
    halted: Collection[UUID] = frozenset()
    """Markets in which nothing is taken now."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one intent. `is_new` says that it is to be stored; `refused` why it was not taken."""

    intent: Intent
    refused: Reason | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class OpenIntent:
    """A waiting intent as a window takes it. `arrival` breaks ties: smaller came first."""

    intent_id: UUID
    account: UUID
    tenant_id: UUID
    quantity: int
    max_total: int
    arrival: int


@dataclass(frozen=True, slots=True)
class OpenIntents:
    """Waiting intents as a window takes them, in their order of arrival: one column for each value."""

    ids: tuple[UUID, ...]
    accounts: tuple[UUID, ...]
    tenants: tuple[UUID, ...]
    quantities: tuple[int, ...]
    max_totals: tuple[int, ...]
    arrivals: tuple[int, ...]

    @classmethod
    def of(cls, intents: Iterable[OpenIntent]) -> "OpenIntents":
        """Return single intents, in whatever order they come, as columns."""
        arrived = sorted(intents, key=lambda intent: intent.arrival)
        return cls(
            ids=tuple(intent.intent_id for intent in arrived),
            accounts=tuple(intent.account for intent in arrived),
            tenants=tuple(intent.tenant_id for intent in arrived),
            quantities=tuple(intent.quantity for intent in arrived),
            max_totals=tuple(intent.max_total for intent in arrived),
            arrivals=tuple(intent.arrival for intent in arrived),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[OpenIntent]:
        return map(
            OpenIntent,
            self.ids,
            self.accounts,
            self.tenants,
            self.quantities,
            self.max_totals,
            self.arrivals,
        )

    def keep(self, wanted: Sequence[bool]) -> "OpenIntents":
        """Leave out the intents that are not wanted."""
        return OpenIntents(
            ids=tuple(itertools.compress(self.ids, wanted)),
            accounts=tuple(itertools.compress(self.accounts, wanted)),
            tenants=tuple(itertools.compress(self.tenants, wanted)),
            quantities=tuple(itertools.compress(self.quantities, wanted)),
            max_totals=tuple(itertools.compress(self.max_totals, wanted)),
            arrivals=tuple(itertools.compress(self.arrivals, wanted)),
        )


@dataclass(frozen=True, slots=True)
class Received:
    """An intent that was received, and where it stands now."""

    intent_id: UUID
    action: Action
    state: State
    quantity: int
    max_total: int
    filled: int


@dataclass(frozen=True, slots=True)
class PooledGroup:
    """Waiting intents that may share an order: same market, side, action and limit."""

    market_id: UUID
    side: Side
    action: Action
    limit_price: int
    intents: OpenIntents


def bound_fee(quantity: int, limit_price: int, fee_multiplier: int) -> int:
    """Return the most that the exchange's fee can be at the limit (money flows, section 4).

    The quadratic fee at the limit, the round-up of each fill's fee, and the order's rounding fee.
    """
    quadratic = divide_ceil(7 * fee_multiplier * quantity * limit_price * (ONE_DOLLAR - limit_price), 10**10)
    return quadratic + ROUND_UP_PER_UNIT * quantity + ROUNDING_FEE


def required_max_total(action: Action, quantity: int, limit_price: int, fee_multiplier: int) -> int:
    """Return the smallest `max_total` with which an intent can be taken.

    A buy reserves cost and fee at the limit; a sale what its fee may exceed its proceeds by.
    """
    fee, value = bound_fee(quantity, limit_price, fee_multiplier), quantity * limit_price
    return value + fee if action is Action.BUY else max(0, fee - value)


def required_max_totals(action: Action, quantities: Column, limit_price: int, fee_multiplier: int) -> Column:
    """Return `required_max_total` of a whole column of quantities."""
    factor = 7 * fee_multiplier * limit_price * (ONE_DOLLAR - limit_price)
    quadratic, rest = multiply_divide(quantities, factor, 10**10)
    fees = quadratic + (rest > 0) + ROUND_UP_PER_UNIT * quantities + ROUNDING_FEE
    values = quantities * limit_price
    return values + fees if action is Action.BUY else np.maximum(0, fees - values)


def judge(intents: Sequence[Intent], world: World) -> list[Verdict]:
    """Answer each intent, in order; a batch that offers contracts twice can sell them once."""
    seen: dict[UUID, Known | Verdict] = dict(world.known)
    free = dict(world.positions)
    verdicts = []
    for intent in intents:
        before = seen.get(intent.intent_id)
        if before is not None:
            refused = before.refused if before.intent == intent else Reason.CONFLICTING_INTENT
            verdicts.append(Verdict(intent, refused, is_new=False))
            continue
        refused = _find_fault(intent, world, free)
        if refused is None and intent.action is Action.SELL:
            free[intent.account, intent.market_id, intent.side] -= intent.quantity
        # Without a tenant or within no bounds nothing can be stored; the same answer will come again.
        is_new = refused is None or refused not in (Reason.UNKNOWN_ACCOUNT, Reason.OUT_OF_BOUNDS)
        verdict = Verdict(intent, refused, is_new)
        if is_new:
            seen[intent.intent_id] = verdict
        verdicts.append(verdict)
    return verdicts


def _find_fault(intent: Intent, world: World, free: Mapping[tuple[UUID, UUID, Side], int]) -> Reason | None:
    """Return why an intent cannot be taken, or None."""
    if not (0 < intent.quantity <= QUANTITY_LIMIT and 0 < intent.limit_price < ONE_DOLLAR):
        return Reason.OUT_OF_BOUNDS
    if intent.account not in world.tenants:
        return Reason.UNKNOWN_ACCOUNT
    terms = world.markets.get(intent.market_id)
    if terms is None:
        return Reason.UNKNOWN_MARKET
    if intent.market_id in world.halted:
        return Reason.MARKET_HALTED
    is_sale = intent.action is Action.SELL
    held = free.get((intent.account, intent.market_id, intent.side), 0) if is_sale else 0
    return _find_fault_in_market(intent, terms, held)


def _find_fault_in_market(intent: Intent, terms: MarketTerms, held: int) -> Reason | None:
    """Return why a market's terms, or what the account holds there, forbid an intent, or None."""
    if not terms.is_open:
        return Reason.MARKET_NOT_OPEN
    if intent.limit_price % terms.tick:
        return Reason.PRICE_OFF_TICK
    needed = required_max_total(intent.action, intent.quantity, intent.limit_price, terms.fee_multiplier)
    if intent.max_total < needed:
        return Reason.MAX_TOTAL_TOO_SMALL
    if intent.action is Action.SELL and held < intent.quantity:
        return Reason.POSITION_TOO_SMALL
    return None


def answer_cancel(state: State | None) -> CancelOutcome:
    """Return what a cancel is answered once it has taken effect, by the state that stands now."""
    match state:
        case None | State.RECEIVED:
            return CancelOutcome.UNKNOWN
        case State.CANCELLED:
            return CancelOutcome.NOT_POOLED
        case State.POOLED:
            return CancelOutcome.POOLED
        case State.FINAL | State.REFUSED:
            return CancelOutcome.ENDED
