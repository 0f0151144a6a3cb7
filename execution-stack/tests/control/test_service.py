"""Halts on a database: who may, once each, what they stop, and what goes on."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from execution_stack.aggregation.domain import OrderState
from execution_stack.cli import app
from execution_stack.control.domain import Cause
from execution_stack.control.errors import NothingToLift
from execution_stack.control.service import ControlService, halt, hold_halts, load_halts
from shared.ids import HOUSE_TENANT

OPERATOR = uuid4()


@pytest.fixture
def control(world):
    return ControlService(world.database, world.clock)


async def test_a_halt_stands_until_it_is_lifted_and_both_are_in_the_audit(world, control):
    assert await control.halt(world.market, Cause.REGULATOR, OPERATOR)
    assert not await control.halt(world.market, Cause.REGULATOR, OPERATOR)
    assert (await control.load()).markets == {world.market}
    assert await control.lift(world.market, OPERATOR) == 1
    assert not (await control.load()).stops(world.market)
    with pytest.raises(NothingToLift):
        await control.lift(world.market, OPERATOR)
    [listed] = await control.list(10)
    assert (listed.halt.cause, listed.halt.operator, listed.lifted_by) == (
        Cause.REGULATOR,
        OPERATOR,
        OPERATOR,
    )
    assert await control.list(10, only_standing=True) == []
    assert [row["kind"] for row in await world.fetch(
        "SELECT kind FROM audit_record WHERE kind LIKE 'control.%' ORDER BY id"
    )] == ["control.halted", "control.lifted"]  # fmt: skip


async def test_lifting_one_cause_leaves_the_others(world, control):
    await control.halt(None, Cause.OPERATOR, OPERATOR)
    async with world.database.transaction(HOUSE_TENANT) as tx:
        assert await halt(tx, None, Cause.CLOCK_SKEW, world.clock.now())
    assert await control.lift(None, OPERATOR, Cause.OPERATOR) == 1
    assert (await control.load()).is_global


async def test_the_machine_halts_for_what_it_can_find_only(world):
    with pytest.raises(asyncpg.CheckViolationError):
        async with world.database.transaction(HOUSE_TENANT) as tx:
            await halt(tx, None, Cause.SECURITY, world.clock.now())


async def test_no_window_of_a_halted_market_is_closed_and_others_are(world, control):
    await world.submit("A", 100)
    await world.submit("B", 100, market=world.other_market)
    await control.halt(world.market, Cause.OPERATOR, OPERATOR)
    world.clock.advance(timedelta(seconds=2))
    assert [order.market_id for order in await world.service.close_windows()] == [world.other_market]
    await control.lift(world.market, OPERATOR)
    assert [order.market_id for order in await world.service.close_windows()] == [world.market]


async def test_a_global_halt_closes_nothing(world, control):
    await world.submit("A", 100)
    await control.halt(None, Cause.OPERATOR, OPERATOR)
    world.clock.advance(timedelta(seconds=2))
    assert await world.service.close_windows() == []


async def drive_for_a_while(world, order, *, moves=60):
    task = asyncio.create_task(world.worker.drive(order, world.stop))
    for _ in range(moves):
        if task.done():
            break
        world.clock.advance(timedelta(seconds=1))
        await asyncio.sleep(0.003)
    world.stop.set()
    order = await task
    world.stop.clear()
    return order


async def until_sent(world):
    for _ in range(1000):
        if world.exchange.sent:
            return
        await asyncio.sleep(0.002)
    raise AssertionError("nothing was sent")


@pytest.fixture
async def order(world, offer):
    """An order of A that will be filled once it is sent."""
    offer(100, 5400, 7_000)
    await world.submit("A", 100)
    world.clock.advance(timedelta(seconds=2))
    [order] = await world.service.close_windows()
    return order


async def test_an_order_that_has_not_left_yet_waits_for_the_lift(world, control, order):
    await control.halt(world.market, Cause.OPERATOR, OPERATOR)
    waiting = await drive_for_a_while(world, order, moves=10)
    assert (waiting.state, world.exchange.sent) == (OrderState.SUBMITTED, [])
    await control.lift(world.market, OPERATOR)
    assert (await drive_for_a_while(world, waiting)).state is OrderState.FILLED


async def test_an_order_that_is_proven_absent_waits_too(world, control, order):
    world.exchange.sends = ["lost_order"]
    sent = asyncio.create_task(world.worker.drive(order, world.stop))
    await until_sent(world)
    await control.halt(None, Cause.OPERATOR, OPERATOR)
    world.clock.advance(timedelta(seconds=60))
    await asyncio.sleep(0.05)
    world.stop.set()
    order = await sent
    assert (order.state, len(world.exchange.sent)) == (OrderState.UNKNOWN, 1)
    world.stop.clear()
    await control.lift(None, OPERATOR)
    assert (await drive_for_a_while(world, order)).state is OrderState.FILLED


async def test_an_order_in_flight_is_driven_to_its_end(world, control, order):
    world.exchange.sends = ["lost_answer"]
    world.exchange.hidden_searches = 1
    sent = asyncio.create_task(drive_for_a_while(world, order))
    await until_sent(world)
    await control.halt(world.market, Cause.OPERATOR, OPERATOR)
    assert (await sent).state is OrderState.FILLED


async def test_a_halt_waits_for_who_closes_now_and_forbids_the_next(world, control):
    async with world.database.transaction() as tx:
        await hold_halts(tx)
        halting = asyncio.create_task(control.halt(None, Cause.OPERATOR, OPERATOR))
        await asyncio.sleep(0.05)
        assert not halting.done()
    assert await halting
    async with world.database.transaction() as tx:
        assert (await load_halts(tx)).is_global


async def test_the_commands_halt_list_and_lift(world, execution_database):
    settings = {"EXECUTION_ENVIRONMENT": "sandbox", "EXECUTION_DATABASE_URL": execution_database.dsn("app")}

    async def run(*arguments):
        shown = await asyncio.to_thread(CliRunner().invoke, app, [*arguments, "--json"], env=settings)
        assert shown.exit_code == 0, shown.output
        return json.loads(shown.stdout)

    who, market = ("--operator", str(OPERATOR)), ("--market", str(world.market))
    made = await run("halt", *market, *who, "--reason", "security")
    assert made == {"market": str(world.market), "reason": "security", "recorded": True}
    assert [(row["market"], row["cause"], row["lifted_at"]) for row in await run("halts", "--standing")] == [
        (str(world.market), "security", None)
    ]
    assert await run("lift", *market, *who) == {"market": str(world.market), "lifted": 1}
    assert [row["lifted_by"] for row in await run("halts")] == [str(OPERATOR)]
