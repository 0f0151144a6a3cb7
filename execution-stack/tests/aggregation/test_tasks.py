import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from execution_stack.aggregation.domain import OrderState
from execution_stack.aggregation.ending import Superseded
from execution_stack.aggregation.service import AggregationService, WindowPolicy
from execution_stack.aggregation.tasks import HINTS_PER_ORDER, SENDINGS_AT_ONCE, OrderWorker
from execution_stack.exchange.domain import BookSide
from execution_stack.reports.domain import FillShare, Final
from shared.database import Database
from shared.errors import InvariantViolated
from shared.ids import SystemIds

from .conftest import PACE
from .exchange_double import Trade


@pytest.fixture
async def ready(world):
    """One intent that will be filled once its order arrives."""
    await world.submit("A", 1000)
    world.exchange.trades["KX-1"] = [Trade(1000, 5400, 70_000)]
    return world


async def drive_while_time_passes(world, order, *, seconds=1.0, limit=400):
    """Drive an order while the clock moves; give up after `limit` moves."""
    task = asyncio.create_task(world.worker.drive(order, world.stop))
    for _ in range(limit):
        if task.done():
            break
        world.clock.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0.005)
    world.stop.set()
    return await task


async def close(world):
    world.clock.advance(timedelta(seconds=2))
    [order] = await world.service.close_windows()
    return order


async def test_an_answer_that_got_lost_is_found_and_nothing_is_sent_twice(ready):
    ready.exchange.sends = ["lost_answer"]
    ready.exchange.hidden_searches = 2
    order = await drive_while_time_passes(ready, await close(ready), seconds=0.1)
    assert order.state is OrderState.FILLED
    assert len(ready.exchange.sent) == 1


async def test_an_order_that_got_lost_is_sent_again_under_the_same_id_only_when_proven_absent(ready):
    ready.exchange.sends = ["lost_order"]
    order = await close(ready)
    sent_at = ready.clock.now()
    ended = await drive_while_time_passes(ready, order)
    assert ended.state is OrderState.FILLED
    first, second = ready.exchange.sent
    assert first == second
    assert (ended.sent_at - sent_at) >= timedelta(seconds=10)
    assert await ready.value("SELECT attempts FROM aggregation_order") == 2


async def test_not_found_by_data_that_are_behind_proves_nothing(ready):
    ready.exchange.sends = ["lost_order"]
    ready.exchange.behind = timedelta(days=1)
    order = await drive_while_time_passes(ready, await close(ready), limit=40)
    assert order.state is OrderState.UNKNOWN
    assert len(ready.exchange.sent) == 1


async def test_the_age_of_an_unknown_order_is_shown(ready):
    ready.exchange.sends = ["lost_order"]
    ready.exchange.behind = timedelta(days=1)
    await drive_while_time_passes(ready, await close(ready), limit=5)
    ready.clock.advance(timedelta(minutes=3))
    assert await ready.worker._count() == 1

    def shown(state, metric):
        return REGISTRY.get_sample_value(f"bulkhead_execution_orders_{metric}", {"state": state})

    assert shown("unknown", "in_flight") == 1
    assert shown("unknown", "oldest_seconds") == pytest.approx(180, abs=10)
    assert (shown("acked", "in_flight"), shown("acked", "oldest_seconds")) == (0, 0)


async def test_an_unknown_order_blocks_its_market_and_no_other(ready):
    ready.exchange.sends = ["lost_order"]
    ready.exchange.behind = timedelta(days=1)
    await drive_while_time_passes(ready, await close(ready), limit=5)
    assert await ready.state() == "unknown"
    await ready.submit("B", 100)
    await ready.submit("C", 100, market=ready.other_market)
    ready.clock.advance(timedelta(seconds=2))
    assert [order.market_id for order in await ready.service.close_windows()] == [ready.other_market]


async def test_an_exchange_that_is_down_proves_nothing(ready):
    ready.exchange.sends = ["lost_answer"]
    ready.exchange.unreadable = True
    order = await drive_while_time_passes(ready, await close(ready), limit=40)
    assert order.state is OrderState.UNKNOWN
    ready.stop.clear()
    ready.exchange.unreadable = False
    assert (await drive_while_time_passes(ready, order)).state is OrderState.FILLED
    assert len(ready.exchange.sent) == 1


async def test_a_refused_order_ends_its_intents_and_frees_the_float(ready):
    ready.exchange.sends = ["refused"]
    order = await ready.worker.drive(await close(ready), ready.stop)
    assert order.state is OrderState.REFUSED
    [report] = await ready.reports()
    assert isinstance(report, Final)
    assert report.filled == 0
    assert await ready.value("SELECT sum(held) FROM ledger_balance") == 0


async def test_a_refusal_after_a_lost_answer_counts_only_if_the_order_is_not_there(ready):
    ready.exchange.sends = ["lost_answer", "refused"]
    ready.exchange.hidden_searches = 3
    ready.exchange.behind = timedelta(seconds=-10)  # so that the very first search in vain counts
    order = await drive_while_time_passes(ready, await close(ready), seconds=20)
    assert order.state is OrderState.FILLED
    assert len(ready.exchange.sent) == 2


async def test_a_refusal_after_a_lost_order_ends_it(ready):
    ready.exchange.sends = ["lost_order", "refused"]
    order = await drive_while_time_passes(ready, await close(ready))
    assert order.state is OrderState.REFUSED


async def test_what_was_turned_away_is_sent_again_at_once(ready):
    ready.exchange.sends = ["not_received", "not_received"]
    order = await ready.worker.drive(await close(ready), ready.stop)
    assert order.state is OrderState.FILLED
    assert len({sent.client_order_id for sent in ready.exchange.sent}) == 1


async def test_fills_that_lag_behind_the_order_are_waited_for(ready):
    ready.exchange.trades["KX-1"] = [Trade(600, 5400, 40_000), Trade(400, 5400, 30_000)]
    ready.exchange.hidden_fills = 3
    ready.exchange.resting_reads = 2
    order = await ready.worker.drive(await close(ready), ready.stop)
    assert order.state is OrderState.FILLED
    [share] = [r for r in await ready.reports() if isinstance(r, FillShare)]
    assert (share.quantity, share.fee) == (1000, 70_000)


async def test_a_fill_beyond_the_limit_is_not_allocated_and_stays_in_flight(ready):
    ready.exchange.trades["KX-1"] = [Trade(1000, 5700, 0)]
    with pytest.raises(InvariantViolated):
        await ready.worker.drive(await close(ready), ready.stop)
    assert await ready.state() == "acked"
    assert await ready.reports() == []


async def supervise(worker, stop):
    """Start the worker again when the database failed it, as its process does."""
    while not stop.is_set():
        with contextlib.suppress(Exception):
            await worker.run(stop)
        await asyncio.sleep(0.01)


async def run_until_quiet(world, worker, *, rounds=600):
    """Run a whole worker until no intent is open, while the clock moves."""
    stop = asyncio.Event()
    task = asyncio.create_task(supervise(worker, stop))
    try:
        for _ in range(rounds):
            world.clock.advance(timedelta(seconds=0.5))
            await asyncio.sleep(0.005)
            if not await world.value("SELECT count(*) FROM intent WHERE state IN ('received', 'pooled')"):
                break
        else:
            raise AssertionError("intents are still open")
    finally:
        stop.set()
        await task


async def crash(world, point: str):
    """Bring an order to `point` and forget everything that is not in the database."""
    order = await close(world)
    if point == "before sending":
        return
    placed = await world.exchange.place_order(order.on_the_wire())
    if point == "after sending":
        return
    await world.service.record_acknowledged(order, placed.order_id)


@pytest.mark.parametrize("point", ["before sending", "after sending", "after the acknowledgement"])
async def test_a_crash_anywhere_loses_nothing_and_repeats_nothing(ready, point):
    await crash(ready, point)
    await run_until_quiet(ready, OrderWorker(ready.new_service(), ready.exchange, ready.clock, PACE))
    assert await ready.state() == "filled"
    assert len(ready.exchange.orders) == 1
    kinds = [type(report) for report in await ready.reports()]
    assert kinds == [FillShare, Final]
    assert await ready.value("SELECT sum(held) FROM ledger_balance") == 0
    await ready.check_ledger()


async def test_an_order_that_somebody_looks_after_is_not_taken_over(ready):
    await close(ready)
    assert await ready.new_service().take_over() == []
    ready.clock.advance(timedelta(seconds=11))
    [taken] = await ready.new_service().take_over()
    assert taken.state is OrderState.UNKNOWN
    assert await ready.new_service().take_over() == []


async def wait_until(world, sql, expected):
    for _ in range(1_000):
        if await world.value(sql) == expected:
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(sql)


async def test_an_order_that_waits_its_turn_at_the_exchange_stays_with_its_worker(ready):
    slots = [await ready.worker._sendings.acquire() for _ in range(SENDINGS_AT_ONCE)]
    working = asyncio.create_task(ready.worker.run(ready.stop))
    ready.clock.advance(timedelta(seconds=1.5))
    await wait_until(ready, "SELECT count(*) FROM aggregation_order", 1)
    lease = await ready.value("SELECT lease_until FROM aggregation_order")
    ready.clock.advance(timedelta(seconds=11))
    await wait_until(ready, f"SELECT count(*) FROM aggregation_order WHERE lease_until > '{lease}'", 1)
    assert await ready.state() == "submitted"
    for _ in slots:
        ready.worker._sendings.release()
    await wait_until(ready, "SELECT count(*) FROM aggregation_order WHERE state = 'filled'", 1)
    ready.stop.set()
    await working
    assert await ready.value("SELECT attempts FROM aggregation_order") == 1


async def test_reads_that_wait_keep_no_order_from_being_sent(ready, monkeypatch):
    stuck = await close(ready)
    waiting = asyncio.Event()

    async def wait(*_):
        await waiting.wait()

    monkeypatch.setattr(ready.exchange, "find_order", wait)
    stuck = replace(stuck, state=OrderState.UNKNOWN)
    reads = [asyncio.create_task(ready.worker.look_up(stuck)) for _ in range(SENDINGS_AT_ONCE)]
    await asyncio.sleep(0)
    ready.exchange.trades["KX-2"] = [Trade(100, 5500, 0)]
    await ready.submit("A", 100, market=ready.other_market)
    [ended] = await asyncio.wait_for(ready.run_windows(), 10)
    assert ended.state is OrderState.FILLED
    waiting.set()
    assert {each.state for each in await asyncio.gather(*reads)} == {OrderState.UNKNOWN}


async def test_a_database_that_drops_its_connections_costs_time_and_nothing_else(ready, execution_database):
    superuser = await execution_database.connect("superuser")

    async def drop_connections():
        for _ in range(8):
            await asyncio.sleep(0.03)
            await superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND usename = 'bulkhead_app'"
            )

    database = await Database.connect(execution_database.dsn("app"), name="worker", pool_size=4)
    service = AggregationService(database, ready.clock, SystemIds(), WindowPolicy())
    dropping = asyncio.create_task(drop_connections())
    stop = asyncio.Event()
    working = asyncio.create_task(supervise(OrderWorker(service, ready.exchange, ready.clock, PACE), stop))
    while not dropping.done():
        ready.clock.advance(timedelta(seconds=0.5))
        await asyncio.sleep(0.01)
    await dropping
    async with asyncio.timeout(30):
        while not await superuser.fetchval(
            "SELECT count(*) FROM aggregation_order WHERE ended_at IS NOT NULL"
        ):
            ready.clock.advance(timedelta(seconds=0.5))
            await asyncio.sleep(0.02)
    stop.set()
    await working
    await database.close()
    await ready.database.close()
    ready.database = await Database.connect(execution_database.dsn("app"), name="test", pool_size=2)
    assert await ready.state() == "filled"
    assert len(ready.exchange.orders) == 1
    assert [type(report) for report in await ready.reports()] == [FillShare, Final]
    await ready.check_ledger()
    await ready.database.close()


async def test_many_intents_of_many_markets_all_end_and_add_up(world):
    names = "ABCD"
    for number in range(24):
        await world.submit(
            names[number % 4], 100 + number * 7, limit=5600 if number % 3 else 5500,
            market=world.market if number % 2 else world.other_market,
        )  # fmt: skip
    for ticker in ("KX-1", "KX-2"):
        world.exchange.trades[ticker] = [Trade(33, 5400, 1_234), Trade(51, 5450, 5_678)]
    world.exchange.sends = ["ok", "lost_answer", "not_received"]
    await run_until_quiet(world, world.worker)

    [orders] = await world.fetch(
        "SELECT sum(filled) q, sum(cost) c, sum(fees) f, sum(excess) e FROM aggregation_order"
    )
    [fills] = await world.fetch("SELECT sum(quantity) q, sum(fee) f FROM aggregation_fill")
    shares = [r for r in await world.reports() if isinstance(r, FillShare)]
    assert orders["q"] == fills["q"] == sum(share.quantity for share in shares)
    assert orders["c"] == sum(share.cost for share in shares)
    assert orders["f"] - orders["e"] == sum(share.fee for share in shares)
    assert fills["f"] == orders["f"]
    finals = [r for r in await world.reports() if isinstance(r, Final)]
    assert len(finals) == 24
    assert await world.value("SELECT sum(held) FROM ledger_balance") == 0
    await world.check_ledger()


async def take_over_and_send_again(ready):
    """Let another worker find the lease over, and send the order again."""
    ready.clock.advance(timedelta(seconds=11))
    other = ready.new_service()
    [taken] = await other.take_over()
    assert await other.record_sending_again(taken) is not None
    return taken


async def test_a_worker_whose_lease_is_over_sends_nothing_any_more(ready):
    order = await close(ready)
    await take_over_and_send_again(ready)
    with pytest.raises(Superseded):
        await ready.worker.drive(order, ready.stop)
    assert ready.exchange.sent == []
    assert await ready.state() == "submitted"


async def test_a_refusal_does_not_end_an_order_that_another_worker_has_sent_again(ready):
    order = await close(ready)
    taken = await take_over_and_send_again(ready)
    placed = await ready.exchange.place_order(taken.on_the_wire())
    with pytest.raises(Superseded):
        await ready.service.record_refused(order)
    await ready.service.record_acknowledged(taken, placed.order_id)
    with pytest.raises(Superseded):
        await ready.service.record_refused(order)
    assert await ready.state() == "acked"
    assert await ready.reports() == []


async def flood(worker, order_ids):
    while True:
        for order_id in order_ids:
            worker.hint(order_id)
        await asyncio.sleep(0)


async def test_hints_that_lie_change_nothing(ready):
    ready.exchange.sends = ["lost_order"]
    ready.exchange.resting_reads = 5
    order = await close(ready)
    lies = asyncio.create_task(flood(ready.worker, [order.order_id, uuid4()]))
    try:
        ended = await drive_while_time_passes(ready, order)
    finally:
        lies.cancel()
    assert ended.state is OrderState.FILLED
    assert (ended.sent_at - order.sent_at) >= timedelta(seconds=10)
    assert [type(report) for report in await ready.reports()] == [FillShare, Final]
    assert len(ready.exchange.sent) == 2


async def test_fills_of_all_that_was_asked_end_an_order_that_is_not_read_itself(ready):
    ready.exchange.trades["KX-1"] = [Trade(400, 5400, 30_000), Trade(600, 5500, 40_000)]
    ready.exchange.hidden_fills = 1
    order = await ready.worker.drive(await close(ready), ready.stop)
    assert order.state is OrderState.FILLED
    assert (ready.exchange.fill_reads, ready.exchange.order_reads) == (2, 1)  # once some were missing


@pytest.mark.parametrize("trades", [[], [Trade(999, 5400, 70_000)]])
async def test_an_order_whose_fills_are_less_than_it_asked_for_is_read_before_it_ends(ready, trades):
    ready.exchange.trades["KX-1"] = trades
    order = await ready.worker.drive(await close(ready), ready.stop)
    assert order.state is (OrderState.PARTIAL if trades else OrderState.UNFILLED)
    assert (ready.exchange.fill_reads, ready.exchange.order_reads) == (1, 1)


@pytest.mark.parametrize("change", [{"book_side": BookSide.ASK}, {"ticker": "KX-2"}])
async def test_fills_of_another_market_or_side_are_never_shared_out(ready, change):
    order = await ready.worker._send(await close(ready))
    fills = ready.exchange.by_id[order.exchange_order_id]
    fills[0] = replace(fills[0], **change)
    with pytest.raises(InvariantViolated):
        await ready.worker.drive(order, ready.stop)
    assert await ready.state() == "acked"


async def test_a_hint_ends_a_pause_and_only_a_few_hints_are_listened_to(ready):
    slow = replace(PACE, first_pause_seconds=60, longest_pause_seconds=60)
    ready.worker = OrderWorker(ready.service, ready.exchange, ready.clock, slow)
    order = await close(ready)
    ready.exchange.resting_reads = 5
    hints = asyncio.create_task(flood(ready.worker, [order.order_id]))
    async with asyncio.timeout(20):
        assert (await ready.worker.drive(order, ready.stop)).state is OrderState.FILLED
    hints.cancel()


async def test_an_order_that_is_hinted_at_too_often_is_read_in_its_own_time(ready):
    slow = replace(PACE, first_pause_seconds=60, longest_pause_seconds=60)
    ready.worker = OrderWorker(ready.service, ready.exchange, ready.clock, slow)
    order = await close(ready)
    ready.exchange.resting_reads = 10**6
    hints = asyncio.create_task(flood(ready.worker, [order.order_id]))
    driving = asyncio.create_task(ready.worker.drive(order, ready.stop))
    await asyncio.sleep(1)
    ready.stop.set()
    assert (await driving).state is OrderState.ACKED
    hints.cancel()
    assert 10**6 - ready.exchange.resting_reads <= HINTS_PER_ORDER + 2


async def test_a_hint_at_an_unknown_order_finds_it_at_once(ready):
    ready.exchange.sends = ["lost_answer"]
    ready.exchange.behind = timedelta(days=1)
    slow = replace(PACE, first_pause_seconds=60, longest_pause_seconds=60)
    ready.worker = OrderWorker(ready.service, ready.exchange, ready.clock, slow)
    ready.exchange.hidden_searches = 2
    order = await close(ready)
    hints = asyncio.create_task(flood(ready.worker, [order.order_id]))
    async with asyncio.timeout(20):
        assert (await ready.worker.drive(order, ready.stop)).state is OrderState.FILLED
    hints.cancel()
    assert len(ready.exchange.sent) == 1
