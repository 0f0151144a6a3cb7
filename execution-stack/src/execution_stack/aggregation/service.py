"""The database's part of an order's way: close windows, record answers, allocate.

One method is one transaction. Exchange calls happen between the methods, never inside them: what is wished
is committed first, then asked, then the answer is recorded (`aggregation.tasks`).

All transactions take locks in one order, so that none waits for another in a circle: intents, then the
order, then books in id order, then the numbering of reports.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from execution_stack.accounts import service as accounts
from execution_stack.aggregation import low_float, store, window_store
from execution_stack.aggregation.domain import (
    OmnibusOrder,
    OrderState,
    Pressure,
    RecordedFill,
    RecordedOrder,
    Refused,
    Screened,
    commit_window,
    first_of_each_market,
    order_id_of,
    outcome_of,
    screen,
)
from execution_stack.aggregation.ending import RECHECKS, End, Superseded, end_orders
from execution_stack.aggregation.errors import OrderNotFound
from execution_stack.aggregation.late_fills import book_late
from execution_stack.aggregation.low_float import Shortage
from execution_stack.aggregation.together import Together
from execution_stack.aggregation.tracing import trace_order, trace_window
from execution_stack.allocation.domain import Manifest, allocate
from execution_stack.books import service as books
from execution_stack.control import service as control
from execution_stack.control.domain import Cause, TripPolicy
from execution_stack.exchange.domain import Action, Fill, Order
from execution_stack.intents import service as intents
from execution_stack.intents.domain import PooledGroup
from execution_stack.markets import service as markets
from execution_stack.markets.domain import Market
from execution_stack.reports.domain import Reason
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import HOUSE_TENANT, Ids
from shared.ledger.store import lock_books
from shared.operations import tracing

LEASE: Final = timedelta(seconds=10)
ORDERS_PER_STEP: Final = 64
PROBES: Final = "SET LOCAL enable_seqscan = off"
"""Plans of the statements that follow look rows up by key.

A plan is kept for the life of a connection: one made while intents were few would read all of them for ever.
"""
TENANTS_KEPT: Final = timedelta(seconds=1)
Recheck = store.Recheck
InFlight = dict[OrderState, tuple[int, datetime]]
"""State -> how many orders stand in it, and since when the oldest does at most."""


@dataclass(frozen=True, slots=True)
class WindowPolicy:
    """When a window closes: after `seconds`, or once it holds `max_size` intents; and what it may take.

    An intent waits for its tenant's float for `float_patience_seconds`. A market without a limit of its own
    takes `position_limit` contracts (0.01), net. A float below `float_low_water` micro-dollars is low.
    """

    seconds: float = 1.0
    max_size: int = 500
    float_patience_seconds: float = 60.0
    float_low_water: int = 0
    position_limit: int = 1_000_000_000
    trip: TripPolicy = field(default_factory=TripPolicy)


class _Tenants:
    """All tenants, read again once the list is `TENANTS_KEPT` old: a newer one's intents wait that long.

    Whoever takes over an order that somebody else made forgets the list: it may have newer tenants.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: list[UUID] = []
        self._read_at: datetime | None = None

    def forget(self) -> None:
        """Read the list before it is used again."""
        self._read_at = None

    async def known(self, at: datetime) -> list[UUID]:
        """Return all tenants that there were `TENANTS_KEPT` before `at`, and perhaps newer ones."""
        if self._read_at is None or not self._read_at <= at < self._read_at + TENANTS_KEPT:
            self._known, self._read_at = await accounts.list_tenants(self._database), at
        return self._known


class AggregationService:
    """Keeps windows and orders in the database."""

    def __init__(self, database: Database, clock: Clock, ids: Ids, policy: WindowPolicy) -> None:
        """Work on `database`; time and ids come from outside."""
        self._database = database
        self._clock = clock
        self._ids = ids
        self._policy = policy
        self._tenants = _Tenants(database)
        self._sendings = Together(self._record_sendings)
        self._acknowledgements = Together(self._record_acknowledgements)
        self._ends = Together(self._record_ends)

    async def close_windows(self, most: int = ORDERS_PER_STEP) -> list[OmnibusOrder]:
        """Close windows that are due, `most` at most, and store their orders; return what is to be sent.

        Of each market without an order in flight, and not halted, the group that waited longest; of those,
        the ones that waited longest. Nothing has left yet.
        """
        began = time.time_ns()
        try:
            orders = await self._close_due(most)
        except asyncpg.UniqueViolationError:
            return []  # another worker has closed a window of one of the markets: its order goes first
        for order in orders:
            trace_window(order, began)
        return orders

    async def _close_due(self, most: int) -> list[OmnibusOrder]:
        at = self._clock.now()
        tenants = await self._tenants.known(at)
        async with self._database.transaction(
            HOUSE_TENANT, *tenants, first=f"{PROBES}; {control.HOLD_HALTS}"
        ) as tx:
            halts = await control.load_halts(tx)
            if halts.is_global:
                return []
            patience = timedelta(seconds=self._policy.float_patience_seconds)
            shortage = await low_float.review(tx, at, patience)
            groups = await intents.claim_due(
                tx,
                now=at,
                window_seconds=self._policy.seconds,
                max_size=self._policy.max_size,
                blocked_markets={*await store.list_blocked_markets(tx), *halts.markets},
                short_of=shortage.short_of,
            )
            chosen = first_of_each_market(groups)[: min(most, ORDERS_PER_STEP)]
            if not chosen and not shortage.overdue and not shortage.recovered:
                return []
            known = await markets.load_many(tx, [group.market_id for group in chosen])
            screened = await self._screen(tx, chosen, known)
            await _lock_all_books(tx, screened, shortage.overdue)
            return await self._commit(tx, screened, known, shortage, at)

    async def _screen(
        self, tx: Transaction, chosen: Sequence[PooledGroup], known: Mapping[UUID, Market]
    ) -> list[Screened]:
        """Judge groups by their markets' terms and by what the house may hold of each market."""
        if not chosen:
            return []
        market_ids = [group.market_id for group in chosen]
        limits = await control.load_limits(tx, market_ids)
        nets = await books.load_net_positions(tx, market_ids)
        return [
            screen(group, known[group.market_id].terms if group.market_id in known else None).within(
                nets[group.market_id], limits.get(group.market_id, self._policy.position_limit)
            )
            for group in chosen
        ]

    async def _commit(
        self,
        tx: Transaction,
        screened: Sequence[Screened],
        known: Mapping[UUID, Market],
        shortage: Shortage,
        at: datetime,
    ) -> list[OmnibusOrder]:
        """Hold float for each window, store it with its order, and refuse what stays out."""
        orders: list[OmnibusOrder] = []
        holds: list[tuple[UUID, Mapping[UUID, int]]] = []
        refused: list[Refused] = [(each.intent_id, Reason.FLOAT_TOO_LOW) for each in shortage.overdue]
        left_behind: set[UUID] = set()
        free = await books.load_free_float(tx, _tenants_of(screened))
        for each in screened:
            carried = each.carried(free)
            refused.extend(each.refused)
            left_behind.update(carried.left_behind)
            if carried.screened.accepted:
                manifest = commit_window(self._ids.new(), carried.screened)
                order = _new_order(manifest, known[manifest.market_id], at)
                orders.append(order)
                holds.append((order.order_id, carried.held))
                free.update({tenant: free[tenant] - amount for tenant, amount in carried.held.items()})
        await books.hold_float(tx, holds)
        if orders:
            await store.insert_windows(tx, [order.manifest for order in orders], at)
            await store.insert_orders(tx, orders, at + LEASE)
            for order in orders:
                await intents.mark_pooled(tx, order.window_id, order.manifest.intent_ids)
            await append(tx, [_committed_record(order, at) for order in orders])
        await low_float.record(tx, shortage, left_behind, at)
        if refused:
            await intents.refuse(tx, refused, at)
        return orders

    async def take_over(self, driven: Collection[UUID] = ()) -> list[OmnibusOrder]:
        """Take orders in flight that nobody looks after: after a crash, or a failed step.

        Those in `driven` the caller looks after: one that waits its turn at the exchange stays his.
        One that stands as SUBMITTED may have been sent or not: it is UNKNOWN.
        """
        now = self._clock.now()
        async with self._database.transaction() as tx:
            await store.renew_due(tx, list(driven), now + LEASE / 2, now + LEASE)
            found = await store.take_over(tx, now, now + LEASE, ORDERS_PER_STEP)
            for order in found:
                await store.mark_unknown(tx, order.order_id, None)
            known = await markets.load_many(tx, [order.market_id for order in found])
        if found:
            self._tenants.forget()
        return [_resumed(order, known[order.market_id]) for order in found]

    async def renew(self, order: OmnibusOrder) -> None:
        """Keep looking after an order."""
        async with self._database.transaction() as tx:
            await store.renew(tx, order.order_id, self._clock.now() + LEASE)

    async def let_go(self, order: OmnibusOrder) -> None:
        """Leave an order to whoever takes it over, at once."""
        async with self._database.transaction() as tx:
            await store.renew(tx, order.order_id, self._clock.now())

    async def record_unknown(self, order: OmnibusOrder) -> None:
        """Record that a send got neither yes nor no; halt when that happens too often."""
        at = self._clock.now()
        async with self._database.transaction(HOUSE_TENANT) as tx:
            await control.lock_halts(tx)
            if await store.mark_unknown(tx, order.order_id, at):
                await _halt_when_repeated(tx, order.market_id, self._policy.trip, at)

    async def record_sending(self, order: OmnibusOrder) -> datetime | None:
        """Record that a SUBMITTED order is sent now; return when, or None while its market is halted.

        The lease begins anew and is longer than a sending takes, so that nobody else judges the order by
        what the exchange knew before it was sent. Raises Superseded.
        """
        return await self._sendings.ask(order)

    async def _record_sendings(self, orders: Sequence[OmnibusOrder]) -> list[datetime | Exception | None]:
        at = self._clock.now()
        async with self._database.transaction(first=f"{PROBES}; {control.HOLD_HALTS}") as tx:
            halts = await control.load_halts(tx)
            free = [order for order in orders if not halts.stops(order.market_id)]
            begun = await store.mark_sending(
                tx, [(order.order_id, order.attempts) for order in free], at, at + LEASE
            )
        allowed = {order.order_id: at if order.order_id in begun else Superseded() for order in free}
        return [allowed.get(order.order_id) for order in orders]

    async def record_sending_again(self, order: OmnibusOrder) -> datetime | None:
        """Record that an order will be sent again; return when, or None if it is not ours to send now."""
        at = self._clock.now()
        async with self._database.transaction(HOUSE_TENANT, first=control.HOLD_HALTS) as tx:
            if (await control.load_halts(tx)).stops(order.market_id):
                return None
            if not await store.mark_sent_again(tx, order.order_id, at):
                return None
            await store.renew(tx, order.order_id, at + LEASE)
            body = {"order": order.order_id, "attempt": order.attempts + 1}
            await append(tx, [AuditRecord(HOUSE_TENANT, "aggregation.order_sent_again", body, at, "system")])
        return at

    async def record_acknowledged(self, order: OmnibusOrder, exchange_order_id: UUID) -> None:
        """Record the id under which the exchange has the order."""
        await self._acknowledgements.ask((order.order_id, exchange_order_id))

    async def _record_acknowledgements(
        self, acknowledged: Sequence[tuple[UUID, UUID]]
    ) -> list[Exception | None]:
        async with self._database.transaction(first=PROBES) as tx:
            await store.mark_acked(tx, acknowledged)
        return [None] * len(acknowledged)

    async def record_refused(self, order: OmnibusOrder) -> None:
        """Record that the exchange does not have the order and never will: its intents end unfilled.

        Raises Superseded when a later sending, by somebody else, may have a better answer.
        """
        await self._end(order, (), OrderState.REFUSED)

    async def record_complete(self, order: OmnibusOrder, fills: Sequence[Fill]) -> OrderState:
        """Allocate a terminal order whose fills are complete; return its outcome.

        Fills, books, intents, audit and reports in one transaction; done before, it is not done again.
        """
        state = outcome_of(sum(fill.quantity for fill in fills), order.manifest.quantity)
        await self._end(order, fills, state)
        return state

    async def _end(self, order: OmnibusOrder, fills: Sequence[Fill], state: OrderState) -> None:
        with tracing.working(trace_order("order.end", order)) as work:
            if work is not None:
                work.attributes["bulkhead.outcome"] = state.value
            await self._ends.ask(End(order, tuple(fills), state, allocate(order.manifest, fills)))

    async def _record_ends(self, ends: Sequence[End]) -> list[Exception | None]:
        at = self._clock.now()
        tenants = await self._tenants.known(at)
        async with self._database.transaction(HOUSE_TENANT, *tenants, first=PROBES) as tx:
            return [*await end_orders(tx, ends, at)]

    async def list_rechecks(self) -> list[Recheck]:
        """Return ended orders whose fills are due to be read again."""
        async with self._database.transaction() as tx:
            return await store.list_rechecks(tx, self._clock.now(), ORDERS_PER_STEP)

    async def record_recheck(self, recheck: Recheck, found: Sequence[Fill]) -> int:
        """Book fills that came after the allocation; return how many. Nothing given is taken back."""
        at = self._clock.now()
        done = recheck.rechecks + 1
        following = recheck.ended_at + RECHECKS[done] if done < len(RECHECKS) else None
        async with self._database.transaction(HOUSE_TENANT) as tx:
            if not await store.take_recheck(tx, recheck, following):
                return 0
            return await book_late(tx, recheck.order_id, recheck.market_id, found, at)

    async def list_orders(self, states: Sequence[OrderState], limit: int) -> list[window_store.ListedOrder]:
        """Return orders in some states, the oldest first."""
        async with self._database.transaction() as tx:
            return await window_store.list_orders(tx, states, limit)

    async def load(self, order_id: UUID) -> OmnibusOrder:
        """Return one order as it stands. Raises OrderNotFound."""
        async with self._database.transaction() as tx:
            order = await store.load_order(tx, order_id)
            if order is None:
                raise OrderNotFound("No order has this id. List them with `execution-stack orders`.")
            known = await markets.load_many(tx, [order.market_id])
        self._tenants.forget()
        return _as_stored(order, known[order.market_id])

    async def measure_pressure(self) -> Pressure:
        """Return what waits for its window, its rate limit or its float."""
        tenants = await self._tenants.known(self._clock.now())
        async with self._database.transaction(*tenants, first=PROBES) as tx:
            windows, oldest = await intents.count_waiting(tx)
            paused = await store.load_paused(tx)
            free = await books.load_free_float(tx, tenants)
        age = 0 if oldest is None else max(0, int((self._clock.now() - oldest).total_seconds()))
        low = {tenant for tenant, amount in free.items() if amount < self._policy.float_low_water}
        return Pressure(windows, age, frozenset(paused), frozenset(low))

    async def count_in_flight(self) -> InFlight:
        """Return how many orders stand in each state in flight, and since when the oldest does at most."""
        async with self._database.transaction() as tx:
            return await store.count_in_flight(tx)


WindowRow = window_store.WindowRow


async def list_windows(
    tx: Transaction, after: UUID | None, limit: int, *, only: UUID | None = None
) -> list[WindowRow]:
    """Return windows in id order, or one, with what became of their orders."""
    return await window_store.list_windows(tx, after, limit, only)


async def list_ended(tx: Transaction, after: UUID | None, limit: int) -> list[store.EndedOrder]:
    """Return orders whose outcome is known, in id order."""
    return await store.list_ended(tx, after, limit)


async def count_open(tx: Transaction) -> int:
    """Return how many orders are in flight."""
    return sum(count for count, _ in (await store.count_in_flight(tx)).values())


async def list_busy_markets(tx: Transaction) -> list[UUID]:
    """Return the markets that have an order in flight."""
    return await store.list_blocked_markets(tx)


async def load_bounds(tx: Transaction) -> tuple[datetime | None, datetime | None]:
    """Return when the first of all orders was sent, and when the oldest in flight was made."""
    return await store.load_bounds(tx)


async def list_recorded(
    tx: Transaction, since: datetime, until: datetime, orders: Sequence[Order], fills: Sequence[Fill]
) -> tuple[list[RecordedOrder], list[RecordedFill]]:
    """Return our orders and fills of a time, and those that the exchange's lists name."""
    ids = [order.client_order_id for order in orders if order.client_order_id is not None]
    exchange_ids = {order.order_id for order in orders} | {fill.order_id for fill in fills}
    recorded = await store.list_recorded_orders(tx, since, until, ids, sorted(exchange_ids))
    return recorded, await store.list_recorded_fills(tx, since, until, [fill.fill_id for fill in fills])


async def list_late_fills(tx: Transaction, market_id: UUID) -> list[UUID]:
    """Return the fills of a market that showed after their order was shared out."""
    return await store.list_late_fills(tx, market_id)


async def sum_fills(tx: Transaction) -> dict[UUID, tuple[int, int, int]]:
    """Return window -> (contracts, cost, fees) of its order's fills, without late ones."""
    return await store.sum_fills(tx)


async def _halt_when_repeated(tx: Transaction, market_id: UUID, trip: TripPolicy, at: datetime) -> None:
    """Halt a market, or all, when too many orders became UNKNOWN. Needs the lock on halts."""
    since = trip.since(at, await control.last_lift(tx, market_id))
    if await store.count_unknown(tx, since, market_id) >= trip.unknown_in_market:
        await control.halt(tx, market_id, Cause.UNKNOWN_ORDERS, at)
    since = trip.since(at, await control.last_lift(tx, None))
    if await store.count_unknown(tx, since) >= trip.unknown_in_all:
        await control.halt(tx, None, Cause.UNKNOWN_ORDERS, at)


def _tenants_of(screened: Sequence[Screened]) -> set[UUID]:
    return {tenant for each in screened for tenant in each.accepted.tenants}


async def _lock_all_books(
    tx: Transaction, screened: Sequence[Screened], overdue: Sequence[intents.Waiting]
) -> None:
    """Lock the floats that may be held and the positions that may be freed, before any of them is."""
    wanted: set[UUID] = {each.account for each in overdue if each.action is Action.SELL}
    for each in screened:
        wanted.update(each.group.intents.tenants)
        if each.group.action is Action.SELL:
            wanted.update(each.group.intents.accounts)
    await lock_books(tx, wanted)


def _new_order(manifest: Manifest, market: Market, at: datetime) -> OmnibusOrder:
    return OmnibusOrder(
        order_id=order_id_of(manifest.window_id),
        window_id=manifest.window_id,
        market_id=manifest.market_id,
        ticker=market.ticker,
        manifest=manifest,
        state=OrderState.SUBMITTED,
        submitted_at=at,
        sent_at=at,
        attempts=1,
    )


def _resumed(order: store.StoredOrder, market: Market) -> OmnibusOrder:
    """Return an order that somebody left: one that stands as SUBMITTED may have been sent."""
    state = OrderState.UNKNOWN if order.state is OrderState.SUBMITTED else order.state
    return replace(_as_stored(order, market), state=state)


def _as_stored(order: store.StoredOrder, market: Market) -> OmnibusOrder:
    return OmnibusOrder(
        order_id=order.order_id,
        window_id=order.window_id,
        market_id=order.market_id,
        ticker=market.ticker,
        manifest=order.manifest,
        state=order.state,
        submitted_at=order.submitted_at,
        sent_at=order.sent_at,
        attempts=order.attempts,
        exchange_order_id=order.exchange_order_id,
    )


def _committed_record(order: OmnibusOrder, at: datetime) -> AuditRecord:
    body = {
        "window": order.window_id,
        "order": order.order_id,
        "market": order.market_id,
        "quantity": order.manifest.quantity,
        "intents": len(order.manifest.intent_ids),
        "manifest": order.manifest.digest().hex(),
    }
    return AuditRecord(HOUSE_TENANT, "aggregation.window_committed", body, at, "system")
