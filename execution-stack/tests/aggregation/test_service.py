import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from execution_stack.accounts.domain import Registration
from execution_stack.accounts.service import AccountService
from execution_stack.aggregation.domain import OrderState, order_id_of
from execution_stack.aggregation.tasks import RECHECKS_AT_ONCE
from execution_stack.allocation.domain import read_manifest
from execution_stack.books import service as books
from execution_stack.exchange.domain import Action, BookSide, MarketStatus, Side
from execution_stack.exchange.errors import AnswerUnreadable
from execution_stack.markets.service import MarketService
from execution_stack.reports.domain import FillShare, Final, NotPooled, Reason
from shared.errors import InvariantViolated, invariant
from shared.ids import HOUSE_TENANT
from shared.ledger.store import lock_books

from .exchange_double import Trade, snapshot

THE_ORDER = [Trade(400, 5400, 70_000), Trade(350, 5500, 65_000), Trade(262, 5600, 42_800)]


async def test_the_window_of_the_money_flows_reference_goes_the_whole_way(world):
    a = await world.submit("A", 1000, max_total=5_892_480)
    c = await world.submit("C", 400, max_total=2_368_992)
    world.exchange.trades["KX-1"] = THE_ORDER
    before = await world.value("SELECT sum(posted) FROM ledger_balance WHERE account = 'float'")

    [order] = await world.run_windows()

    assert order.state is OrderState.PARTIAL
    [sent] = world.exchange.sent
    assert (sent.quantity, sent.price, sent.book_side) == (1400, 5600, BookSide.BID)
    shares = {r.intent_id: r for r in await world.reports() if isinstance(r, FillShare)}
    assert (shares[a].quantity, shares[a].cost, shares[a].fee) == (723, 3_966_641, 127_025)
    assert (shares[c].quantity, shares[c].cost, shares[c].fee) == (289, 1_585_559, 50_775)
    finals = {r.intent_id: r.filled for r in await world.reports() if isinstance(r, Final)}
    assert finals == {a: 723, c: 289}
    assert shares[a].manifest == order.manifest.digest()
    after = await world.value("SELECT sum(posted) FROM ledger_balance WHERE account = 'float'")
    assert after - before == 5_552_200 + 177_800
    assert await world.value("SELECT sum(held) FROM ledger_balance WHERE account = 'float'") == 0
    await world.check_ledger()


async def test_a_no_purchase_asks_on_the_wire_and_costs_its_own_sides_price(world):
    await world.submit("B", 500, side=Side.NO, limit=4800)
    world.exchange.trades["KX-1"] = [Trade(500, 5300, 90_000)]
    await world.run_windows()
    [sent] = world.exchange.sent
    assert (sent.book_side, sent.price) == (BookSide.ASK, 5200)
    [share] = [r for r in await world.reports() if isinstance(r, FillShare)]
    assert (share.quantity, share.cost, share.fee) == (500, 2_350_000, 90_000)


async def test_a_sale_gives_back_what_was_not_sold(world):
    await world.submit("A", 1000)
    world.exchange.trades["KX-1"] = [Trade(1000, 5400, 70_000)]
    await world.run_windows()
    await world.submit("A", 600, action=Action.SELL, limit=6000)
    world.exchange.trades["KX-1"] = [Trade(200, 6200, 40_000)]
    [order] = await world.run_windows()
    assert order.state is OrderState.PARTIAL
    [row] = await world.fetch("SELECT posted, held FROM ledger_balance WHERE account = 'position'")
    assert (row["posted"], row["held"]) == (800, 0)
    sale = (await world.reports())[-2]
    assert (sale.quantity, sale.cost, sale.fee) == (200, 1_240_000, 40_000)
    await world.check_ledger()


async def test_the_order_is_in_the_database_with_its_manifest_before_anything_is_sent(world):
    intent = await world.submit("A", 1000)
    world.clock.advance(timedelta(seconds=2))
    [order] = await world.service.close_windows()
    assert world.exchange.sent == []
    [row] = await world.fetch("SELECT * FROM aggregation_window")
    manifest = read_manifest(row["manifest"])
    assert [i.intent_id for i in manifest.intents] == [intent]
    assert row["digest"] == manifest.digest()
    assert order.order_id == order_id_of(row["id"])
    assert await world.state() == "submitted"
    assert await world.value("SELECT state FROM intent") == "pooled"


async def test_a_window_waits_its_time(world):
    await world.submit("A", 1000)
    assert await world.service.close_windows() == []
    world.clock.advance(timedelta(seconds=0.9))
    assert await world.service.close_windows() == []
    world.clock.advance(timedelta(seconds=0.2))
    assert len(await world.service.close_windows()) == 1


async def test_different_limits_and_sides_never_share_an_order_and_a_market_has_one_at_a_time(world):
    await world.submit("A", 100)
    await world.submit("B", 100, limit=5500)
    await world.submit("C", 100, side=Side.NO, limit=4400)
    await world.submit("D", 100, market=world.other_market)
    world.clock.advance(timedelta(seconds=2))
    first = await world.service.close_windows()
    assert {len(order.manifest.intents) for order in first} == {1}
    assert {order.market_id for order in first} == {world.market, world.other_market}
    assert await world.service.close_windows() == []
    for order in first:
        await world.worker.drive(order, world.stop)
    assert len(await world.run_windows()) == 1
    assert len(await world.run_windows()) == 1
    assert len(await world.run_windows()) == 0
    assert len(world.exchange.sent) == 4


async def test_two_workers_never_have_two_orders_in_one_market(world):
    await world.submit("A", 100)
    await world.submit("B", 100, limit=5500)
    world.clock.advance(timedelta(seconds=2))
    both = await asyncio.gather(world.service.close_windows(), world.new_service().close_windows())
    assert sum(map(len, both)) == 1


async def test_an_unfilled_order_ends_its_intents_with_nothing_and_frees_the_float(world):
    intent = await world.submit("A", 1000)
    [order] = await world.run_windows()
    assert order.state is OrderState.UNFILLED
    assert await world.reports() == [Final(intent, 0)]
    assert await world.value("SELECT sum(held) FROM ledger_balance") == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": MarketStatus.CLOSED}, Reason.MARKET_NOT_OPEN),
        ({"status": MarketStatus.HALTED}, Reason.MARKET_NOT_OPEN),
        ({"fee_multiplier_e4": 20_000}, Reason.MAX_TOTAL_TOO_SMALL),
        ({"tick": 1000}, Reason.PRICE_OFF_TICK),
    ],
)
async def test_a_market_that_changed_since_the_receipt_refuses(world, change, reason):
    intent = await world.submit("A", 1000)
    world.exchange.snapshots = [snapshot("KX-1", **change)]
    await MarketService(world.database, world.exchange, world.clock).refresh()
    assert await world.run_windows() == []
    assert await world.reports() == [NotPooled(intent, reason)]
    assert world.exchange.sent == []


async def test_two_orders_of_sales_never_wait_for_each_other_in_a_ring(world):
    """The end of an order locks every seller's book at once, also of those who sold nothing."""
    for name in ("A", "B"):
        await world.submit(name, 100)
    world.exchange.trades["KX-1"] = [Trade(200, 5400, 0)]
    await world.run_windows()
    first, second = sorted(("A", "B"), key=lambda name: world.accounts[name])
    # Of two sellers of one order the later book sells: it arrives first and gets the only unit.
    await world.submit(second, 100, action=Action.SELL, limit=5000)
    await world.submit(first, 1, action=Action.SELL, limit=5000)
    world.exchange.trades["KX-1"] = [Trade(1, 5200, 0)]
    world.clock.advance(timedelta(seconds=2))
    [order] = await world.service.close_windows()
    async with world.database.transaction(*world.tenants) as tx:
        await lock_books(tx, [world.accounts[first]])
        ending = asyncio.create_task(world.worker.drive(order, world.stop))
        await asyncio.sleep(0.3)
        # What the order's end holds while it waits for that book is nothing that comes after it.
        free = await tx.fetch(
            "SELECT id FROM ledger_book WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED", world.accounts[second]
        )
        assert len(free) == 1
    assert (await ending).state is OrderState.PARTIAL
    await world.check_ledger()


async def test_fees_above_the_caps_are_the_houses_and_a_break(world):
    await world.submit("A", 1000)
    world.exchange.trades["KX-1"] = [Trade(1000, 5600, 400_000)]
    await world.run_windows()
    [row] = await world.fetch("SELECT fees, excess FROM aggregation_order")
    assert (row["fees"], row["excess"]) == (400_000, 400_000 - 292_480)
    [found] = await world.fetch("SELECT kind, found FROM break_found")
    assert (found["kind"], found["found"]) == ("fee_excess", 107_520)
    await world.check_ledger()


async def test_a_late_fill_is_a_break_and_nothing_is_taken_back(world):
    await world.submit("A", 1000)
    world.exchange.trades["KX-1"] = [Trade(400, 5400, 70_000)]
    [order] = await world.run_windows()
    assert await world.worker.recheck() == 0
    reports = await world.reports()
    fills = world.exchange.by_id[order.exchange_order_id]
    world.exchange.trades["KX-1"] = []
    fills.append(type(fills[0])(
        order.order_id, order.exchange_order_id, fills[0].ticker, fills[0].book_side, 5500, 100, 0, True, None
    ))  # fmt: skip
    world.clock.advance(timedelta(seconds=31))
    assert await world.worker.recheck() == 1
    assert await world.worker.recheck() == 0
    [found] = await world.fetch("SELECT kind, subject, found FROM break_found")
    assert (found["kind"], found["subject"], found["found"]) == ("late_fill", order.order_id, 100)
    assert await world.value("SELECT sum(quantity) FROM aggregation_fill WHERE is_late") == 100
    assert await world.reports() == reports
    world.clock.advance(timedelta(minutes=11))
    assert await world.worker.recheck() == 0
    assert await world.value("SELECT rechecks FROM aggregation_order") == 2
    assert await world.value("SELECT recheck_at FROM aggregation_order") is None


async def test_an_order_that_cannot_be_read_or_booked_does_not_keep_late_fills_of_others_hidden(
    world, monkeypatch
):
    orders = []
    for _ in range(3):
        await world.submit("A", 100)
        world.exchange.trades["KX-1"] = [Trade(100, 5400, 0)]
        orders += await world.run_windows()
    unreadable, wrong, late = orders
    for order in (wrong, late):
        fills = world.exchange.by_id[order.exchange_order_id]
        fills.append(replace(fills[0], fill_id=uuid4(), quantity=7))
    answer = world.exchange.fills
    there = most = 0

    async def read(exchange_order_id):
        nonlocal there, most
        there += 1
        most = max(most, there)
        await asyncio.sleep(0.01)
        there -= 1
        if exchange_order_id == unreadable.exchange_order_id:
            raise AnswerUnreadable("not what is documented")
        invariant(exchange_order_id != wrong.exchange_order_id, "broken")
        return await answer(exchange_order_id)

    monkeypatch.setattr(world.exchange, "fills", read)
    world.clock.advance(timedelta(seconds=40))
    with pytest.raises(InvariantViolated):
        await world.worker.recheck()
    assert most == RECHECKS_AT_ONCE
    [found] = await world.fetch("SELECT order_id FROM aggregation_fill WHERE is_late")
    assert found["order_id"] == late.order_id
    monkeypatch.undo()
    assert await world.worker.recheck() == 1


async def test_rechecks_that_wait_for_the_exchange_do_not_keep_leases_from_being_looked_after(
    world, monkeypatch
):
    await world.submit("A", 100)
    world.exchange.trades["KX-1"] = [Trade(100, 5400, 0)]
    await world.run_windows()
    await world.submit("A", 100)
    world.clock.advance(timedelta(seconds=2))
    await world.service.close_windows()  # whoever closed it is gone
    asked = asyncio.Event()

    async def read(_):
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(world.exchange, "fills", read)
    world.clock.advance(timedelta(seconds=40))
    working = asyncio.create_task(world.worker.run(world.stop))
    await asyncio.wait_for(asked.wait(), 10)
    for _ in range(500):
        state = await world.state()  # read once: what is unknown may soon be sent again
        if state != "submitted":
            break
        await asyncio.sleep(0.02)
    assert state in {"unknown", "acked"}  # taken over
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def test_recording_an_outcome_twice_books_it_once(world):
    await world.submit("A", 1000)
    world.exchange.trades["KX-1"] = [Trade(400, 5400, 70_000)]
    [order] = await world.run_windows()
    before = await world.fetch("SELECT count(*) FROM ledger_transfer")
    fills = await world.exchange.fills(order.exchange_order_id)
    await world.service.record_complete(order, fills)
    assert await world.fetch("SELECT count(*) FROM ledger_transfer") == before


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE aggregation_order SET quantity = 1", "aggregation_order_facts"),
        ("UPDATE aggregation_order SET filled = 1", "aggregation_order_facts"),
        ("UPDATE aggregation_order SET exchange_order_id = gen_random_uuid()", "aggregation_order_facts"),
        ("UPDATE aggregation_order SET state = 'acked'", "aggregation_order_transition"),
        ("UPDATE aggregation_window SET quantity = 1", "append_only"),
        ("DELETE FROM aggregation_fill", "append_only"),
    ],
)
async def test_the_database_keeps_what_was_sent_and_what_came_of_it(
    world, execution_database, statement, rule
):
    await world.submit("A", 1000)
    world.exchange.trades["KX-1"] = [Trade(400, 5400, 70_000)]
    await world.run_windows()
    owner = await execution_database.connect("owner")
    with pytest.raises(asyncpg.PostgresError) as refused:
        await owner.execute(statement)
    assert refused.value.constraint_name == rule


async def test_the_database_refuses_a_digest_that_is_not_the_manifests(world, execution_database):
    owner = await execution_database.connect("owner")
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await owner.execute(
            "INSERT INTO aggregation_window (id, market_id, closed_at, quantity, limit_price, side, action, "
            "manifest, digest) "
            "SELECT gen_random_uuid(), id, now(), 1, 1, 'yes', 'buy', 'x', sha256('y') FROM market"
        )
    assert refused.value.constraint_name == "aggregation_window_digest_of_manifest"


async def join_tenant(world, name):
    """Make one more tenant known, with one account and float."""
    tenant = uuid4()
    world.accounts[name] = uuid4()
    world.tenants.append(tenant)
    registration = Registration(world.accounts[name], tenant)
    await AccountService(world.database).register(world.call(), [registration])
    async with world.database.transaction(tenant, HOUSE_TENANT) as tx:
        await books.deposit_float(tx, uuid4(), tenant, 1_000_000_000, world.clock.now())


async def test_an_order_is_taken_over_whole_also_with_a_tenant_newer_than_the_list_of_tenants(world):
    await join_tenant(world, "E")
    await world.submit("A", 100)
    await world.submit("E", 100)
    world.clock.advance(timedelta(seconds=1.5))
    other = world.new_service()
    other._tenants._known, other._tenants._read_at = world.tenants[:2], world.clock.now()
    [closed] = await world.service.close_windows()
    await world.service.let_go(closed)

    [order] = await other.take_over()
    await other.record_refused(order)

    assert [type(body) for body in await world.reports()] == [Final, Final]


async def test_a_tenant_that_came_after_the_list_was_read_is_pooled_once_the_list_is_a_second_old(world):
    world.clock.advance(timedelta(seconds=1.5))
    assert await world.service.close_windows() == []
    await join_tenant(world, "E")
    await world.submit("E", 100)

    [order] = await world.run_windows()

    assert order.manifest.quantity == 100


async def test_orders_are_stored_in_the_order_of_their_markets_so_that_two_workers_form_no_ring(world):
    for market in sorted((world.market, world.other_market), reverse=True):
        await world.submit("A", 100, market=market)
        world.clock.advance(timedelta(milliseconds=10))
    world.clock.advance(timedelta(seconds=2))
    assert len(await world.service.close_windows()) == 2
    stored = await world.fetch("SELECT market_id FROM aggregation_order ORDER BY ctid")
    assert [row["market_id"] for row in stored] == sorted((world.market, world.other_market))
