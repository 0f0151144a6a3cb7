"""Halts on a database: who may, once each, what they stop, and what goes on."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from execution_stack.aggregation.domain import OrderState
from execution_stack.aggregation.errors import OrderNotFound
from execution_stack.aggregation.service import AggregationService, WindowPolicy
from execution_stack.aggregation.tasks import OrderWorker
from execution_stack.cli import app
from execution_stack.control.domain import Cause, TripPolicy
from execution_stack.control.errors import NotHalted, NothingToLift
from execution_stack.control.service import ControlService, halt, hold_halts, load_halts
from execution_stack.exchange.domain import Action, Side
from execution_stack.intents.domain import CancelOutcome, Intent, required_max_total
from execution_stack.intents.service import IntentService
from execution_stack.reports.domain import NotPooled, Reason
from shared.ids import HOUSE_TENANT, SystemIds

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


async def unknown_order(world, market=None):
    """Let one order of a market become UNKNOWN, and end it afterwards as refused."""
    await world.submit("A", 10, market=market)
    world.clock.advance(timedelta(seconds=2))
    [order] = await world.service.close_windows()
    await world.service.record_unknown(order)
    placed = await world.exchange.place_order(order.on_the_wire())
    await world.service.record_acknowledged(order, placed.order_id)
    there = await world.service.load(order.order_id)
    await world.worker.drive(there, world.stop)


async def test_orders_that_become_unknown_again_and_again_halt_their_market(world, control):
    for _ in range(4):
        await unknown_order(world)
    await unknown_order(world, world.other_market)
    assert not (await control.load()).standing
    await unknown_order(world)
    [found] = (await control.load()).standing
    assert (found.market_id, found.cause, found.operator) == (world.market, Cause.UNKNOWN_ORDERS, None)
    # A person has judged them: lifted, they do not count again, and new ones do.
    await control.lift(world.market, OPERATOR)
    for _ in range(4):
        await unknown_order(world)
    assert not (await control.load()).standing
    await unknown_order(world)
    assert (await control.load()).markets == {world.market}


async def test_unknown_orders_of_long_ago_do_not_count(world, control):
    for _ in range(6):
        await unknown_order(world)
        world.clock.advance(timedelta(minutes=2))
    assert not (await control.load()).standing


async def test_many_unknown_orders_over_all_markets_halt_everything(world, control):
    world.service = AggregationService(
        world.database, world.clock, SystemIds(), WindowPolicy(trip=TripPolicy(100, 3, timedelta(minutes=5)))
    )
    world.worker = OrderWorker(world.service, world.exchange, world.clock)
    for market in (world.market, world.other_market, world.market):
        await unknown_order(world, market)
    assert (await control.load()).is_global


def intent_of(world, name="A", quantity=100):
    total = required_max_total(Action.BUY, quantity, 5600, 10_000)
    return Intent(
        uuid4(), world.accounts[name], world.market, Side.YES, Action.BUY, quantity, 5600, total
    )  # fmt: skip


async def test_an_intent_for_a_halted_market_is_refused_at_receipt_and_its_answer_stands(world, control):
    service, intent = IntentService(world.database, world.clock), intent_of(world)
    await control.halt(world.market, Cause.OPERATOR, OPERATOR)
    [verdict] = await service.submit(world.call(), [intent])
    assert verdict.refused is Reason.MARKET_HALTED
    await control.lift(world.market, OPERATOR)
    [again] = await service.submit(world.call(), [intent])
    assert (again.refused, again.is_new) == (Reason.MARKET_HALTED, False)


async def test_what_waits_in_a_halted_market_can_be_cancelled_or_refused_by_an_operator(world, control):
    service = IntentService(world.database, world.clock)
    cancelled, refused = await world.submit("A", 100), await world.submit("C", 100)
    other = await world.submit("B", 100, market=world.other_market)
    with pytest.raises(NotHalted):
        await service.refuse_halted(world.market, OPERATOR)
    await control.halt(world.market, Cause.OPERATOR, OPERATOR)
    assert await service.cancel(world.call(), [cancelled]) == [CancelOutcome.NOT_POOLED]
    assert await service.refuse_halted(world.market, OPERATOR) == 1
    told = [(r.intent_id, r.reason) for r in await world.reports() if isinstance(r, NotPooled)]
    assert told == [(cancelled, Reason.CANCELLED), (refused, Reason.MARKET_HALTED)]
    assert await world.value("SELECT state FROM intent WHERE id = $1", other) == "received"
    with pytest.raises(NotHalted):
        await service.refuse_halted(None, OPERATOR)


async def test_a_position_limit_refuses_what_would_exceed_it_and_lets_the_others_go(world, control, offer):
    await control.limit_position(world.market, 250, OPERATOR)
    first, large, small = [await world.submit("A", quantity) for quantity in (200, 100, 50)]
    offer(250, 5400, 0)
    [order] = await world.run_windows()
    assert [each.intent_id for each in order.manifest.intents] == [first, small]
    assert NotPooled(large, Reason.POSITION_LIMIT) in await world.reports()
    # The position now fills the limit: nothing more of YES, but NO up to the limit of the other side.
    more = await world.submit("A", 1)
    assert await world.run_windows() == []
    assert NotPooled(more, Reason.POSITION_LIMIT) in await world.reports()
    against = await world.submit("C", 500, side=Side.NO, limit=5000)
    [order] = await world.run_windows()
    assert [each.intent_id for each in order.manifest.intents] == [against]
    await control.limit_position(world.market, 100_000, OPERATOR)
    offer(1, 5400, 0)
    await world.submit("A", 1)
    assert len(await world.run_windows()) == 1


async def test_orders_are_listed_and_one_is_looked_up_without_being_sent(world, offer):
    offer(100, 5400, 7_000)
    await world.submit("A", 100)
    world.clock.advance(timedelta(seconds=2))
    [order] = await world.service.close_windows()
    await world.service.record_unknown(order)
    [listed] = await world.service.list_orders([OrderState.UNKNOWN], 10)
    assert (listed.order_id, listed.unknown_at) == (order.order_id, world.clock.now())
    there = await world.service.load(order.order_id)
    assert (await world.worker.look_up(there)).state is OrderState.UNKNOWN
    assert world.exchange.sent == []
    await world.exchange.place_order(order.on_the_wire())
    assert (await world.worker.look_up(there)).state is OrderState.FILLED
    assert await world.service.list_orders([OrderState.UNKNOWN], 10) == []
    with pytest.raises(OrderNotFound):
        await world.service.load(uuid4())
