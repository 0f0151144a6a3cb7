"""Low float pauses its tenant's windows, for a while, and nobody else's."""

from datetime import timedelta
from uuid import uuid4

import pytest

from execution_stack.books import service as books
from execution_stack.exchange.domain import Side
from execution_stack.intents.domain import CancelOutcome
from execution_stack.intents.service import IntentService
from execution_stack.reports.domain import FillShare, NotPooled, Reason
from shared.ids import HOUSE_TENANT

from .exchange_double import Trade


@pytest.fixture
async def poor(new_world):
    """Each tenant's float carries three dollars: a hundredth-lot intent of 4.00 contracts, not 10.00."""
    world = await new_world().open(float_each=3_000_000)
    world.exchange.trades["KX-1"] = [Trade(100, 5400, 7_000)]
    return world


async def deposit(world, amount):
    async with world.database.transaction(world.tenants[0], HOUSE_TENANT) as tx:
        await books.deposit_float(tx, uuid4(), world.tenants[0], amount, world.clock.now())


async def told(world):
    return [r for r in await world.reports() if isinstance(r, NotPooled)]


async def records(world):
    found = await world.fetch(
        "SELECT kind FROM audit_record WHERE kind LIKE 'aggregation.float%' ORDER BY id"
    )
    return [row["kind"] for row in found]


async def test_what_the_float_cannot_carry_waits_and_others_of_the_window_go_on(poor):
    large = await poor.submit("A", 1000)
    small = await poor.submit("B", 50)
    rich = await poor.submit("C", 50)
    [order] = await poor.run_windows()
    assert {intent.intent_id for intent in order.manifest.intents} == {small, rich}
    assert await poor.value("SELECT state FROM intent WHERE id = $1", large) == "received"
    assert await told(poor) == []
    assert await records(poor) == ["aggregation.float_paused"]
    pressure = await poor.service.measure_pressure()
    assert pressure.paused == {poor.tenants[0]}
    assert (pressure.windows, pressure.oldest_seconds) == (1, 1)


async def test_a_paused_tenant_blocks_nobody_in_its_market(poor):
    await poor.submit("A", 1000, limit=5500)
    poor.clock.advance(timedelta(seconds=0.1))
    await poor.submit("C", 100)
    await poor.submit("D", 100, side=Side.NO, limit=5000)
    sent = [order for _ in range(4) for order in await poor.run_windows()]
    assert len(sent) == 2


async def test_what_waits_for_float_can_be_cancelled_and_ends_the_pause(poor):
    intent = await poor.submit("A", 1000)
    assert await poor.run_windows() == []
    outcome = await IntentService(poor.database, poor.clock).cancel(poor.call(), [intent])
    assert outcome == [CancelOutcome.NOT_POOLED]
    assert await poor.run_windows() == []
    assert await records(poor) == ["aggregation.float_paused", "aggregation.float_resumed"]


async def test_a_deposit_ends_the_pause_and_what_waited_goes(poor):
    intent = await poor.submit("A", 1000)
    assert await poor.run_windows() == []
    await deposit(poor, 10_000_000)
    [order] = await poor.run_windows()
    assert [each.intent_id for each in order.manifest.intents] == [intent]
    assert await records(poor) == ["aggregation.float_paused", "aggregation.float_resumed"]
    assert isinstance((await poor.reports())[0], FillShare)


async def test_patience_is_bounded_and_counted_from_the_receipt_or_the_pause(poor):
    first = await poor.submit("A", 1000)
    await poor.run_windows()
    poor.clock.advance(timedelta(seconds=40))
    second = await poor.submit("B", 1000)
    assert await poor.run_windows() == []
    assert await told(poor) == []
    poor.clock.advance(timedelta(seconds=20))
    assert await poor.run_windows() == []
    assert await told(poor) == [NotPooled(first, Reason.FLOAT_TOO_LOW)]
    poor.clock.advance(timedelta(seconds=40))
    await poor.run_windows()
    assert await told(poor) == [NotPooled(each, Reason.FLOAT_TOO_LOW) for each in (first, second)]
    await poor.run_windows()
    assert await records(poor) == ["aggregation.float_paused", "aggregation.float_resumed"]


async def test_an_intent_that_waited_long_for_its_market_still_has_its_patience(poor):
    blocked = await poor.submit("C", 100)
    poor.clock.advance(timedelta(seconds=2))
    [order] = await poor.service.close_windows()
    late = await poor.submit("A", 1000)
    poor.clock.advance(timedelta(seconds=300))
    await poor.worker.drive(order, poor.stop)
    assert await poor.value("SELECT state FROM intent WHERE id = $1", blocked) == "final"
    await poor.run_windows()
    await poor.run_windows()
    assert await told(poor) == []
    assert await poor.value("SELECT state FROM intent WHERE id = $1", late) == "received"


async def test_two_markets_never_hold_more_than_the_float(poor):
    for market in (poor.market, poor.other_market):
        await poor.submit("A", 400, market=market)
    assert len(await poor.run_windows()) == 1
    assert await poor.value("SELECT min(posted * -1 - held) FROM ledger_balance WHERE account = 'float'") >= 0
