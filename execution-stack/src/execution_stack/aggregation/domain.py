"""What a window takes, what its order is, and what its answers mean. Pure.

Units: contracts 0.01, price 0.0001 USD per contract, money 0.000001 USD.
"""

import itertools
import operator
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import numpy as np

from execution_stack.allocation.domain import Allocation, IntentShare, Manifest
from execution_stack.books.domain import BookedAllocation, Share
from execution_stack.columns import column
from execution_stack.control.domain import carry, fit_position
from execution_stack.exchange.domain import BookSide, Fill, NewOrder, Order, Ticker, book_side_of, price_on
from execution_stack.intents.domain import OpenIntent, OpenIntents, PooledGroup, required_max_totals
from execution_stack.markets.domain import MarketTerms
from execution_stack.reports.domain import Body, FillShare, Final, Reason
from shared.errors import invariant
from shared.ids import uuid_from_name


class OrderState(StrEnum):
    """Where an omnibus order stands. The first three are in flight, the others are for ever."""

    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    ACKED = "acked"
    FILLED = "filled"
    PARTIAL = "partial"
    UNFILLED = "unfilled"
    REFUSED = "refused"

    @property
    def is_in_flight(self) -> bool:
        """Tell whether the outcome is still open."""
        return self in {OrderState.SUBMITTED, OrderState.UNKNOWN, OrderState.ACKED}


@dataclass(frozen=True, slots=True)
class OmnibusOrder:
    """An omnibus order in flight, with what is needed to send or to find it."""

    order_id: UUID
    window_id: UUID
    market_id: UUID
    ticker: Ticker
    manifest: Manifest
    state: OrderState
    submitted_at: datetime
    sent_at: datetime
    attempts: int
    exchange_order_id: UUID | None = None

    def on_the_wire(self) -> NewOrder:
        """Return the order as the exchange takes it: always the same, however often it is sent."""
        manifest = self.manifest
        return NewOrder(
            client_order_id=self.order_id,
            ticker=self.ticker,
            book_side=book_side_of(manifest.side, manifest.action),
            price=price_on(manifest.side, manifest.limit_price),
            quantity=manifest.quantity,
            since=self.submitted_at,
        )


@dataclass(frozen=True, slots=True)
class Pressure:
    """What waits: windows, the oldest of them, and tenants whose float is too low for it, or only low."""

    windows: int
    oldest_seconds: int
    paused: frozenset[UUID]
    low: frozenset[UUID]


Refused = tuple[UUID, Reason]


@dataclass(frozen=True, slots=True)
class Screened:
    """A group's intents that the market takes now, and those that it does not."""

    group: PooledGroup
    accepted: OpenIntents
    refused: tuple[Refused, ...]

    def within(self, net: int, limit: int) -> "Screened":
        """Refuse what could take the house's position of the market, now `net`, beyond its limit.

        At worst all of the order fills. No other order of the market is in flight: it would block it.
        """
        buys_yes = book_side_of(self.group.side, self.group.action) is BookSide.BID
        fits = fit_position(self.accepted.quantities, limit - net if buys_yes else limit + net)
        if all(fits):
            return self
        beyond = itertools.compress(self.accepted.ids, map(operator.not_, fits))
        refused = tuple((intent_id, Reason.POSITION_LIMIT) for intent_id in beyond)
        return Screened(self.group, self.accepted.keep(fits), self.refused + refused)

    def carried(self, free: Mapping[UUID, int]) -> "Carried":
        """Keep what the tenants' float carries; the rest is neither taken nor refused: it waits."""
        carried, held = carry(self.accepted.tenants, self.accepted.max_totals, free)
        if all(carried):
            return Carried(self, held, frozenset())
        left = frozenset(itertools.compress(self.accepted.tenants, map(operator.not_, carried)))
        return Carried(Screened(self.group, self.accepted.keep(carried), self.refused), held, left)


@dataclass(frozen=True, slots=True)
class Carried:
    """What of a group can be pooled, what each tenant's float holds for it, and who has to wait."""

    screened: Screened
    held: Mapping[UUID, int]
    left_behind: frozenset[UUID]


def first_of_each_market(groups: Sequence[PooledGroup]) -> list[PooledGroup]:
    """Return the group that waited longest of each market: one order per market is sent at a time."""
    first: dict[UUID, PooledGroup] = {}
    for group in groups:
        known = first.get(group.market_id)
        if known is None or group.intents.arrivals[0] < known.intents.arrivals[0]:
            first[group.market_id] = group
    return sorted(first.values(), key=lambda group: group.intents.arrivals[0])


def screen(group: PooledGroup, terms: MarketTerms | None) -> Screened:
    """Judge a group's intents by the market as it is now, which may not be as it was at their receipt."""
    fault = _find_fault(group, terms)
    intents = group.intents
    if fault is not None or terms is None:
        reason = fault or Reason.UNKNOWN_MARKET
        return Screened(group, OpenIntents.of(()), tuple((intent_id, reason) for intent_id in intents.ids))
    needed = required_max_totals(
        group.action, column(intents.quantities), group.limit_price, terms.fee_multiplier
    )
    covered = column(intents.max_totals) >= needed
    if covered.all():
        return Screened(group, intents, ())
    refused = tuple(
        (intents.ids[place], Reason.MAX_TOTAL_TOO_SMALL) for place in np.flatnonzero(~covered).tolist()
    )
    return Screened(group, intents.keep(covered.tolist()), refused)


def _find_fault(group: PooledGroup, terms: MarketTerms | None) -> Reason | None:
    if terms is None:
        return Reason.UNKNOWN_MARKET
    if not terms.is_open:
        return Reason.MARKET_NOT_OPEN
    return Reason.PRICE_OFF_TICK if group.limit_price % terms.tick else None


def order_id_of(window_id: UUID) -> UUID:
    """Return the id of a window's order; it follows from the window, so there is never a second one."""
    return uuid_from_name(window_id, "omnibus-order")


def commit_window(window_id: UUID, screened: Screened) -> Manifest:
    """Return what the window commits itself to."""
    group, accepted = screened.group, screened.accepted
    return Manifest(
        window_id=window_id,
        market_id=group.market_id,
        side=group.side,
        action=group.action,
        limit_price=group.limit_price,
        intent_ids=accepted.ids,
        quantities=accepted.quantities,
        max_totals=accepted.max_totals,
        arrivals=accepted.arrivals,
    )


def fill_wholly(order: NewOrder, fills: Sequence[Fill]) -> bool:
    """Tell whether fills of an order are all that it asked for: then nothing of it can trade any more."""
    invariant(
        all((fill.ticker, fill.book_side) == (order.ticker, order.book_side) for fill in fills),
        "the exchange fills our order as it was sent",
    )
    return sum(fill.quantity for fill in fills) == order.quantity


def is_complete(order: Order, fills: Sequence[Fill]) -> bool:
    """Tell whether an order can no longer trade and all its fills are known."""
    if not order.status.is_terminal:
        return False
    shown = sum(fill.quantity for fill in fills)
    invariant(shown <= order.filled, "an order's fills never exceed its fill count")
    return shown == order.filled


def outcome_of(filled: int, ordered: int) -> OrderState:
    """Return what became of a terminal order that the exchange knows."""
    invariant(0 <= filled <= ordered, "an order is never filled beyond its quantity")
    if filled == ordered:
        return OrderState.FILLED
    return OrderState.PARTIAL if filled else OrderState.UNFILLED


@dataclass(frozen=True, slots=True)
class AbsencePolicy:
    """When an order that nobody finds may be taken as never received."""

    settle: timedelta = timedelta(seconds=10)
    proofs: int = 3


@dataclass(frozen=True, slots=True)
class Absence:
    """How often an order was looked for in vain, by data that include the time of its sending."""

    proofs: int = 0

    def seen(self, as_of: datetime, sent_at: datetime, policy: AbsencePolicy) -> "Absence":
        """Count a search in vain, if the exchange's data were complete to well after the sending."""
        return Absence(self.proofs + 1) if as_of >= sent_at + policy.settle else self

    def is_proven(self, policy: AbsencePolicy) -> bool:
        """Tell whether the order may be sent again, under the same id."""
        return self.proofs >= policy.proofs


Pair = tuple[OpenIntent, IntentShare]


def pair_shares(pooled: OpenIntents, allocation: Allocation) -> list[Pair]:
    """Put each share beside its intent; both come in the order of the manifest."""
    invariant(pooled.ids == allocation.intent_ids, "a window's intents are those of its manifest")
    return list(zip(pooled, allocation.shares, strict=True))


def book_of(order: OmnibusOrder, shares: Sequence[Pair], excess: int, at: datetime) -> BookedAllocation:
    """Return what is posted; an intent that got nothing is in it too, so that its float is freed."""
    return BookedAllocation(
        order_id=order.order_id,
        market_id=order.market_id,
        side=order.manifest.side,
        action=order.manifest.action,
        at=at,
        shares=tuple(
            Share(intent.intent_id, intent.account, intent.tenant_id, share.quantity, share.cost, share.fee)
            for intent, share in shares
        ),
        excess=excess,
    )


def report_bodies(manifest: Manifest, shares: Sequence[Pair]) -> list[tuple[UUID, Body]]:
    """Tell each tenant's recipient what its intents got, then that nothing more will come."""
    digest = manifest.digest()
    bodies: list[tuple[UUID, Body]] = []
    for intent, share in shares:
        if share.quantity:
            filled = FillShare(
                intent_id=intent.intent_id,
                account=intent.account,
                market_id=manifest.market_id,
                window_id=manifest.window_id,
                side=manifest.side,
                action=manifest.action,
                quantity=share.quantity,
                cost=share.cost,
                fee=share.fee,
                manifest=digest,
            )
            bodies.append((intent.tenant_id, filled))
        bodies.append((intent.tenant_id, Final(intent.intent_id, share.quantity)))
    return bodies


def late_fills(found: Sequence[Fill], recorded: Collection[UUID]) -> list[Fill]:
    """Return the fills that were not there when the order was allocated."""
    return [fill for fill in found if fill.fill_id not in recorded]


@dataclass(frozen=True, slots=True)
class RecordedOrder:
    """An order as we recorded it, for those who compare. `filled` counts late fills; None while in flight."""

    order_id: UUID
    exchange_order_id: UUID | None
    market_id: UUID
    sent_at: datetime
    filled: int | None
    was_sent_once: bool
    """Sent once and not refused: the exchange made it when we say that it was sent."""


@dataclass(frozen=True, slots=True)
class RecordedFill:
    """A fill as we recorded it."""

    fill_id: UUID
    order_id: UUID
    quantity: int
    yes_price: int
    fee: int
    traded_at: datetime | None
