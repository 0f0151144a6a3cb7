"""The order worker: sends what windows committed, finds out what came of it, and has it allocated.

Each order in flight is driven by one asyncio task through the states of the database; the exchange is asked
between transactions. Markets go in parallel, an order in flight blocks its market. A worker that dies
leaves its orders in the database; whoever sees their lease run out drives them on.

Guaranteed:
- an order whose send got neither yes nor no is searched for; it is sent again, under the same id, only
  after it was not found several times by data that the exchange states to be complete to well after the
  sending;
- a refusal of such an order counts only if the order still is not found after it;
- what is halted is not sent, and not sent again; it is still looked for and shared out;
- an order that cannot be understood stays in flight, blocks its market and is reported; it is never
  guessed at.
"""

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge, Histogram

from execution_stack.aggregation.domain import (
    Absence,
    AbsencePolicy,
    OmnibusOrder,
    OrderState,
    Pressure,
    fill_wholly,
    is_complete,
)
from execution_stack.aggregation.ending import Superseded
from execution_stack.aggregation.service import ORDERS_PER_STEP, AggregationService, Recheck
from execution_stack.aggregation.tracing import trace_order
from execution_stack.exchange.budget import Budget
from execution_stack.exchange.errors import (
    AnswerUnreadable,
    ExchangeUnavailable,
    NotReceived,
    OrderRefused,
    OutcomeUnknown,
)
from execution_stack.exchange.providers.contract import Exchange
from shared.clock import Clock
from shared.errors import Refusal, invariant
from shared.operations import tracing
from shared.operations.gauges import READ_AT
from shared.operations.spans import Kind

ORDERS_AT_ONCE: Final = 256
SENDINGS_AT_ONCE: Final = 8
"""Reads have places of their own, in the adapter: those wait for the rate limit, which no sending should."""
RECHECKS_AT_ONCE: Final = 2
SENDS_LIMIT: Final = 20
ROUNDS_PER_COUNT: Final = 5
"""Every so many rounds of housekeeping things are counted and ended orders looked back at: no hurry."""
HINTS_PER_ORDER: Final = 8
"""How often a hint may end a pause of one order: what hints too much is not listened to."""

_log = structlog.get_logger(__name__)
_ended = Counter("bulkhead_execution_orders_ended_total", "Omnibus orders by outcome", ["state"])
_failed = Counter(
    "bulkhead_execution_order_steps_failed_total", "Steps of orders that failed and are repeated"
)
_in_flight = Gauge("bulkhead_execution_orders_in_flight", "Omnibus orders in flight", ["state"])
_in_flight_oldest = Gauge(
    "bulkhead_execution_orders_oldest_seconds",
    "How long the oldest order has stood in a state, at most",
    ["state"],
)
_waiting = Gauge("bulkhead_execution_windows_waiting", "Windows that are not closed yet")
_oldest = Gauge("bulkhead_execution_oldest_window_seconds", "How long the oldest open window has waited")
_float = Gauge("bulkhead_execution_float_tenants", "Tenants whose float is too low, or low", ["is"])
_tokens = Gauge("bulkhead_execution_exchange_tokens", "What is left of the rate limit", ["bucket"])
_late = Counter("bulkhead_execution_late_fills_total", "Fills found after their order was allocated")
_seconds = Histogram("bulkhead_execution_order_seconds", "Seconds from closing a window to its allocation")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the worker looks, and how long it waits before it believes that an order never arrived."""

    poll_seconds: float = 0.1
    least_poll_seconds: float = 0.025
    housekeeping_seconds: float = 1.0
    first_pause_seconds: float = 0.05
    longest_pause_seconds: float = 2.0
    not_received_sends: int = 4
    absence: AbsencePolicy = field(default_factory=AbsencePolicy)


class OrderWorker:
    """Runs orders from the closing of their window to their allocation."""

    def __init__(
        self,
        service: AggregationService,
        exchange: Exchange,
        clock: Clock,
        pace: Pace | None = None,
        budget: Budget | None = None,
    ) -> None:
        """Drive the orders of `service` at `exchange`, no faster than `budget` lets them."""
        self._budget = budget
        self._paid: set[UUID] = set()
        self._low: frozenset[UUID] = frozenset()
        self._service = service
        self._exchange = exchange
        self._clock = clock
        self._pace = pace or Pace()
        self._sendings = asyncio.Semaphore(SENDINGS_AT_ONCE)
        self._driven: dict[UUID, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._hints: dict[UUID, asyncio.Event] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; then let every order finish its step and go."""
        housekeeping = [
            asyncio.create_task(self._keep_house(stop)),
            asyncio.create_task(self._look_back(stop)),
        ]
        try:
            while not stop.is_set():
                self._wake.clear()
                is_full = await self._try("windows", self._close_windows(stop))
                for task in housekeeping:
                    if task.done():
                        await task  # it failed: so does this task, to be started again
                if not is_full:
                    await self._await_windows(stop)
            await asyncio.gather(*self._driven.values())
            await asyncio.gather(*housekeeping)
        finally:
            left = [*housekeeping, *self._driven.values()]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _await_windows(self, stop: asyncio.Event) -> None:
        """Wait until windows may be due: soon after a market is free again, many of them being one look."""
        least = min(self._pace.least_poll_seconds, self._pace.poll_seconds)
        await self._sleep(stop, least)
        await self._sleep(stop, self._pace.poll_seconds - least, self._wake)

    def hint(self, order_id: UUID) -> None:
        """Say that an order may be worth reading now. It ends a pause early, and nothing else."""
        if order_id in self._hints:
            self._hints[order_id].set()

    async def drive(self, order: OmnibusOrder, stop: asyncio.Event) -> OmnibusOrder:
        """Bring one order as far as the exchange lets it, or until told to stop; return where it stands."""
        hinted = self._hints.setdefault(order.order_id, asyncio.Event())
        try:
            return await self._drive(order, stop, hinted)
        finally:
            self._hints.pop(order.order_id, None)

    async def _drive(self, order: OmnibusOrder, stop: asyncio.Event, hinted: asyncio.Event) -> OmnibusOrder:
        absence, hints = Absence(), HINTS_PER_ORDER
        pause = self._pace.first_pause_seconds
        while order.state.is_in_flight and not stop.is_set():
            before, is_hinted = order, hinted.is_set() and hints > 0
            hinted.clear()
            hints -= is_hinted
            if order.state is OrderState.SUBMITTED:
                order = await self._send(order)
            elif order.state is OrderState.ACKED:
                order = await self._collect(order)
            elif is_hinted:
                order = await self._look(order)
            else:
                order, absence = await self._search(order, absence)
            if order != before:
                pause = self._pace.first_pause_seconds
                continue
            await self._sleep(stop, pause, hinted if hints else None)
            pause = min(pause * 2, self._pace.longest_pause_seconds)
            await self._service.renew(order)
        if order.state.is_in_flight:
            await self._service.let_go(order)
        else:
            _ended.labels(order.state.value).inc()
            _seconds.observe((self._clock.now() - order.submitted_at).total_seconds())
        return order

    async def look_up(self, order: OmnibusOrder) -> OmnibusOrder:
        """Look for an order once and share it out if it is complete; never send it. Return where it stands.

        Safe beside the worker that drives the order: whoever finds it first records it, the other sees it.
        Raises ExchangeUnavailable, AnswerUnreadable.
        """
        if order.state in {OrderState.SUBMITTED, OrderState.UNKNOWN}:
            found = await self._find(order)
            if found is None:
                return order
            order = await self._acknowledge(order, found)
        return await self._collect(order) if order.state is OrderState.ACKED else order

    async def recheck(self) -> int:
        """Read the fills of orders that ended a while ago once more; return how many late ones there were.

        A few at a time, so that most of what may be asked of the exchange is left to orders in flight. An
        order that cannot be read is read again later; one that fails otherwise is raised after the others.
        """
        turns = asyncio.Semaphore(RECHECKS_AT_ONCE)
        rechecks = await self._service.list_rechecks()
        found = await asyncio.gather(
            *(self._recheck(each, turns) for each in rechecks), return_exceptions=True
        )
        _late.inc(sum(late for late in found if isinstance(late, int)))
        failed = [late for late in found if isinstance(late, BaseException)]
        if failed:
            raise failed[0]
        return sum(late for late in found if isinstance(late, int))

    async def _recheck(self, recheck: Recheck, turns: asyncio.Semaphore) -> int:
        async with turns:
            try:
                found = await self._exchange.fills(recheck.exchange_order_id)
            except (ExchangeUnavailable, AnswerUnreadable) as refusal:
                _log.warning("order.not_rechecked", order=str(recheck.order_id), code=refusal.code)
                return 0
            return await self._service.record_recheck(recheck, found)

    async def _send(self, order: OmnibusOrder) -> OmnibusOrder:
        """Send an order that the database knows as SUBMITTED, unless halted or out of the rate limit.

        What certainly did not arrive, however often it was sent, stays as it is. Raises Superseded.
        """
        for attempt in range(self._pace.not_received_sends):
            if attempt:
                await asyncio.sleep(self._pace.first_pause_seconds * 4**attempt)
            try:
                async with self._sendings:
                    if not self._may_send(order):
                        return order
                    sent_at = await self._service.record_sending(order)
                    if sent_at is None:
                        return order
                    self._paid.discard(order.order_id)
                    order = replace(order, sent_at=sent_at)
                    with tracing.working(trace_order("order.send", order, Kind.CLIENT)):
                        placed = await self._exchange.place_order(order.on_the_wire())
            except NotReceived:
                continue
            except OutcomeUnknown:
                return await self._leave_unknown(order)
            except OrderRefused as refusal:
                _log.warning(
                    "order.refused", order=str(order.order_id), status=refusal.status, reason=refusal.reason
                )
                return await self._judge_refusal(order)
            return await self._acknowledge(order, placed.order_id)
        return order

    def _may_send(self, order: OmnibusOrder) -> bool:
        """Tell whether the rate limit lets an order be sent now: its first sending is granted beforehand."""
        if self._budget is None or order.order_id in self._paid:
            return True
        if not self._budget.try_write():
            return False
        self._paid.add(order.order_id)
        return True

    async def _judge_refusal(self, order: OmnibusOrder) -> OmnibusOrder:
        """End a refused order, unless an earlier sending of it turns out to have arrived."""
        if order.attempts > 1:
            try:
                found = await self._find(order)
            except (ExchangeUnavailable, AnswerUnreadable):
                return await self._leave_unknown(order)
            if found is not None:
                return await self._acknowledge(order, found)
        await self._service.record_refused(order)
        return replace(order, state=OrderState.REFUSED)

    async def _search(self, order: OmnibusOrder, absence: Absence) -> tuple[OmnibusOrder, Absence]:
        """Look for an order whose sending got no answer; send it again once it is proven absent."""
        policy = self._pace.absence
        try:
            as_of = await self._exchange.as_of()
            found = await self._find(order)
        except (ExchangeUnavailable, AnswerUnreadable) as refusal:
            _log.warning("order.not_searched", order=str(order.order_id), code=refusal.code)
            return order, absence
        if found is not None:
            return await self._acknowledge(order, found), absence
        absence = absence.seen(as_of, order.sent_at, policy)
        if not absence.is_proven(policy):
            return order, absence
        if order.attempts >= SENDS_LIMIT:
            _log.error("order.sent_too_often", order=str(order.order_id), attempts=order.attempts)
            return order, absence
        sent_at = await self._service.record_sending_again(order)
        if sent_at is None:
            return order, absence
        again = replace(order, state=OrderState.SUBMITTED, sent_at=sent_at, attempts=order.attempts + 1)
        return await self._send(again), Absence()

    async def _look(self, order: OmnibusOrder) -> OmnibusOrder:
        """Look for an UNKNOWN order because a hint names it. What is not found proves nothing here."""
        try:
            found = await self._find(order)
        except (ExchangeUnavailable, AnswerUnreadable):
            return order
        return order if found is None else await self._acknowledge(order, found)

    async def _collect(self, order: OmnibusOrder) -> OmnibusOrder:
        """Allocate an order if it is terminal and all its fills show.

        Fills that add up to all that was asked say both: the order itself need not be read.
        """
        invariant(order.exchange_order_id is not None, "an acknowledged order has the exchange's id")
        if order.exchange_order_id is None:
            return order
        wire = order.on_the_wire()
        try:
            fills = await self._exchange.fills(order.exchange_order_id)
            there = None if fill_wholly(wire, fills) else await self._exchange.order(order.exchange_order_id)
        except (ExchangeUnavailable, AnswerUnreadable) as refusal:
            _log.warning("order.not_read", order=str(order.order_id), code=refusal.code)
            return order
        if there is not None:
            invariant(
                (there.ticker, there.book_side, there.client_order_id)
                == (wire.ticker, wire.book_side, wire.client_order_id),
                "the exchange shows our order as it was sent",
            )
            if not is_complete(there, fills):
                return order
        state = await self._service.record_complete(order, fills)
        return replace(order, state=state)

    async def _find(self, order: OmnibusOrder) -> UUID | None:
        found = await self._exchange.find_order(order.order_id, order.ticker, order.submitted_at)
        return None if found is None else found.order_id

    async def _acknowledge(self, order: OmnibusOrder, exchange_order_id: UUID) -> OmnibusOrder:
        await self._service.record_acknowledged(order, exchange_order_id)
        return replace(order, state=OrderState.ACKED, exchange_order_id=exchange_order_id)

    async def _leave_unknown(self, order: OmnibusOrder) -> OmnibusOrder:
        _log.warning("order.unknown", order=str(order.order_id), attempt=order.attempts)
        await self._service.record_unknown(order)
        return replace(order, state=OrderState.UNKNOWN)

    async def _close_windows(self, stop: asyncio.Event) -> bool:
        """Close what is due and drive it; tell whether there was as much as one step may take."""
        most = min(ORDERS_PER_STEP, ORDERS_AT_ONCE - len(self._driven))
        granted = most if self._budget is None else self._budget.grant_orders(most)
        if granted <= 0:
            return False
        orders: list[OmnibusOrder] = []
        try:
            orders = await self._service.close_windows(granted)
        finally:
            if self._budget is not None:
                self._budget.give_back(granted - len(orders))
        self._paid.update(order.order_id for order in orders)
        self._start(orders, stop)
        return len(orders) == granted

    async def _keep_house(self, stop: asyncio.Event) -> None:
        """Take over what was left alone, and count. Nothing here waits for the exchange: leases do not."""
        for number in itertools.count():
            if stop.is_set():
                return
            await self._try("take over", self._take_over(stop))
            if number % ROUNDS_PER_COUNT == 0:
                await self._try("count", self._count())
            await self._sleep(stop, self._pace.housekeeping_seconds)

    async def _look_back(self, stop: asyncio.Event) -> None:
        """Look for late fills of orders that have ended."""
        while not stop.is_set():
            await self._try("recheck", self.recheck())
            await self._sleep(stop, self._pace.housekeeping_seconds * ROUNDS_PER_COUNT)

    async def _take_over(self, stop: asyncio.Event) -> int:
        orders = await self._service.take_over(self._driven)
        self._start([order for order in orders if order.order_id not in self._driven], stop)
        return len(orders)

    async def _count(self) -> int:
        found, now = await self._service.count_in_flight(), self._clock.now()
        for state in OrderState:
            if state.is_in_flight:
                count, since = found.get(state, (0, now))
                _in_flight.labels(state.value).set(count)
                _in_flight_oldest.labels(state.value).set(max(0.0, (now - since).total_seconds()))
        self._show(await self._service.measure_pressure())
        READ_AT.labels("orders").set_to_current_time()
        return sum(count for count, _ in found.values())

    def _show(self, pressure: Pressure) -> None:
        """Show what waits and for what; who has little float is in the log, by id, when that changes."""
        _waiting.set(pressure.windows)
        _oldest.set(pressure.oldest_seconds)
        _float.labels("paused").set(len(pressure.paused))
        _float.labels("low").set(len(pressure.low))
        if pressure.low != self._low:
            self._low = pressure.low
            _log.warning("float.low", tenants=[str(tenant) for tenant in sorted(pressure.low)])
        for bucket, tokens in ({} if self._budget is None else self._budget.tokens()).items():
            _tokens.labels(bucket).set(tokens)

    def _start(self, orders: list[OmnibusOrder], stop: asyncio.Event) -> None:
        for order in orders:
            task = asyncio.create_task(self._drive_safely(order, stop), name=f"order {order.order_id}")
            self._driven[order.order_id] = task
            task.add_done_callback(self._forget(order.order_id))

    def _forget(self, order_id: UUID) -> Callable[[asyncio.Task[None]], None]:
        def done(_: asyncio.Task[None]) -> None:
            self._driven.pop(order_id, None)
            self._paid.discard(order_id)
            self._wake.set()  # the market is free for its next window

        return done

    async def _drive_safely(self, order: OmnibusOrder, stop: asyncio.Event) -> None:
        """Drive an order; a step that fails leaves it in flight, to be taken over when its lease ends."""
        try:
            await self.drive(order, stop)
        except Superseded:
            _log.warning("order.superseded", order=str(order.order_id), attempt=order.attempts)
        except Exception:  # noqa: BLE001 - whatever it was, other orders go on and this one is tried again
            _failed.inc()
            _log.exception("order.step_failed", order=str(order.order_id))

    async def _try(self, what: str, work: Coroutine[Any, Any, int]) -> int:
        """Do one piece of work; if the database or the exchange is away, it is done later."""
        try:
            return await work
        except Refusal as refusal:
            _log.warning("worker.step_skipped", step=what, code=refusal.code)
            return 0

    async def _sleep(self, stop: asyncio.Event, seconds: float, wake: asyncio.Event | None = None) -> None:
        """Sleep, but no longer than until told to stop or, with `wake`, until that happens."""
        waits = [asyncio.ensure_future(event.wait()) for event in (stop, wake) if event is not None]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
