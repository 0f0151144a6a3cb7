"""A crash before or after every await between the stored manifest and the written reports.

What a worker awaits on its way is each method of the service and each call of the exchange. They are not
listed here: a run without a crash records them, in their order, and the sweep then crashes before and after
each one. A crash is a BaseException: nothing of the worker goes on, and only the database stays. Then a
fresh worker, with a service of its own, takes over and runs until no intent is open.

Whatever the point: one order at the exchange, exact sums, every report once.
"""

import asyncio
import contextlib
from datetime import timedelta

import pytest

from execution_stack.aggregation.service import AggregationService, WindowPolicy
from execution_stack.aggregation.tasks import OrderWorker
from execution_stack.control.domain import TripPolicy
from shared.ids import HOUSE_TENANT, SystemIds
from shared.ledger.store import trial_balance

from .conftest import PACE
from .exchange_double import ExchangeDouble, Trade

FILLS = [Trade(400, 5400, 70_000), Trade(350, 5500, 65_000), Trade(262, 5600, 42_800)]
SHARES = [(289, 1_585_559, 50_775), (723, 3_966_641, 127_025)]
POINTS = {"ok": 13, "not_received": 17, "lost_answer": 19, "lost_order": 37}
"""How many places each way has at which a worker can die, once its window is stored."""
NEVER_HALT = TripPolicy(10**6, 10**6)
ROUNDS = 50
FLOAT = 10**11
"""Enough for every run of the longest sweep: each one buys anew."""


class Crash(BaseException):
    """The process is gone."""


class Crashing:
    """Lets calls through and notes them, before and after; dies at one place of that sequence."""

    def __init__(self, point=None):
        self.point = point
        self.passed = []

    def wrap(self, target):
        return Wrapped(self, target)

    def step(self, when, name):
        self.passed.append((when, name))
        if len(self.passed) - 1 == self.point:
            raise Crash


class Wrapped:
    """The same object, but every coroutine of it is a place to die before and after."""

    def __init__(self, crashing, target):
        self._crashing = crashing
        self._target = target

    def __getattr__(self, name):
        found = getattr(self._target, name)
        if not asyncio.iscoroutinefunction(found):
            return found

        async def call(*arguments, **named):
            self._crashing.step("before", name)
            try:
                answer = await found(*arguments, **named)
            except Exception:
                self._crashing.step("after", name)  # a refusal is an answer too
                raise
            self._crashing.step("after", name)
            return answer

        return call


class Sweep:
    """One world in which the same window is run again and again, and crashes somewhere else each time."""

    def __init__(self, world, way):
        self.world = world
        self.way = way
        self.runs = 0
        self.intents = []

    def worker(self, crashing):
        policy = WindowPolicy(seconds=1.0, max_size=50, trip=NEVER_HALT)
        service = crashing.wrap(
            AggregationService(self.world.database, self.world.clock, SystemIds(), policy)
        )
        return service, OrderWorker(service, crashing.wrap(self.world.exchange), self.world.clock, PACE)

    async def begin(self):
        """Two intents of two tenants in one due window, at an exchange that answers in this way."""
        world = self.world
        world.exchange = ExchangeDouble(world.clock)
        world.exchange.trades["KX-1"] = FILLS
        world.exchange.sends = [self.way]
        world.exchange.behind = timedelta(seconds=-10)  # so that every search in vain is a proof
        self.intents = [
            await world.submit("A", 1000, max_total=5_892_480),
            await world.submit("C", 400, max_total=2_368_992),
        ]
        self.runs += 1
        world.clock.advance(timedelta(seconds=2))

    async def run(self, crashing):
        """Close the window and drive its order; tell whether it came to its end."""
        service, worker = self.worker(crashing)
        with contextlib.suppress(Crash):
            for order in await service.close_windows():
                await worker.drive(order, self.world.stop)
            return True
        return False

    async def resume(self, crashing):
        """Take over what was left until nothing is open; tell whether it came to its end."""
        service, worker = self.worker(crashing)
        with contextlib.suppress(Crash):
            for _ in range(ROUNDS):
                if not await self.count_open():
                    return True
                self.world.clock.advance(timedelta(seconds=11))
                for order in [*await service.take_over(), *await service.close_windows()]:
                    await worker.drive(order, self.world.stop)
            raise AssertionError("intents are still open")
        return False

    async def count_open(self):
        return await self.world.value(
            "SELECT count(*) FROM intent WHERE id = ANY($1::uuid[]) AND state IN ('received', 'pooled')",
            self.intents,
        )

    async def check(self, *points):
        """One order at the exchange, exact sums, every report once."""
        world, exchange = self.world, self.world.exchange
        assert len(exchange.orders) == 1, points
        assert len({(each.client_order_id, each.quantity) for each in exchange.sent}) == 1, points
        told = await world.fetch(
            "SELECT kind, quantity, amount, fee FROM report WHERE intent_id = ANY($1::uuid[]) ORDER BY 1, 2",
            self.intents,
        )
        shares = [(row["quantity"], row["amount"], row["fee"]) for row in told if row["kind"] == "fill_share"]
        assert shares == SHARES, points
        assert [row["quantity"] for row in told if row["kind"] == "final"] == [289, 723], points
        assert len(told) == 4, points
        [row] = await world.fetch(
            "SELECT (SELECT count(*) FROM aggregation_order) AS orders, "
            "(SELECT sum(quantity) FROM aggregation_fill) AS filled, "
            "(SELECT sum(held) FROM ledger_balance) AS held, "
            "(SELECT sum(posted) FROM ledger_balance WHERE account = 'position') AS positions"
        )
        contracts = 1012 * self.runs
        expected = {"orders": self.runs, "filled": contracts, "held": 0, "positions": contracts}
        assert dict(row) == expected, points
        async with world.database.transaction(HOUSE_TENANT, *world.tenants) as tx:
            assert all(total == 0 for _, total in await trial_balance(tx)), points

    async def crash_at(self, *points):
        """Crash a run at the first point and its resumption at the second, if any; then let it end."""
        await self.begin()
        first = Crashing(points[0])
        assert not await self.run(first)
        for point in points[1:]:
            assert not await self.resume(Crashing(point))
        last = Crashing()
        assert await self.resume(last)
        await self.check(first.passed[-1], *points)
        return last.passed


async def record(sweep):
    """Return the places of a run without a crash; the first is before the window is stored."""
    await sweep.begin()
    crashing = Crashing()
    assert await sweep.run(crashing)
    await sweep.check("no crash")
    assert crashing.passed[:2] == [("before", "close_windows"), ("after", "close_windows")]
    assert crashing.passed[-1] == ("after", "record_complete")
    return crashing.passed


@pytest.fixture(params=POINTS)
async def sweep(new_world, request):
    return Sweep(await new_world().open(float_each=FLOAT), request.param)


async def test_a_crash_at_any_point_ends_in_one_order_and_exact_sums(sweep):
    passed = await record(sweep)
    for point in range(1, len(passed)):
        await sweep.crash_at(point)
    assert len(passed) - 1 == POINTS[sweep.way], passed


@pytest.mark.long
async def test_two_crashes_at_any_two_points_end_the_same(sweep):
    passed = await record(sweep)
    pairs = 0
    for first in range(1, len(passed)):
        resumed = await sweep.crash_at(first)
        for second in range(len(resumed)):
            await sweep.crash_at(first, second)
            pairs += 1
    assert pairs > 10 * POINTS[sweep.way]
