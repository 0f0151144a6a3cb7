"""A fill that shows after its order was shared out is the house's, to the end of the market."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from execution_stack.aggregation.late_fills import book_late, keep
from execution_stack.breaks import errors
from execution_stack.breaks import service as breaks
from execution_stack.breaks.domain import Break, Closing, Kind
from execution_stack.exchange.domain import Action, Side
from execution_stack.markets.service import MarketService
from execution_stack.reconciliation.service import ReconciliationService
from execution_stack.reports.domain import Basis, Payout
from execution_stack.resolution.service import Declaration, ResolutionService, VoidService
from shared.ids import HOUSE_TENANT, SystemIds


async def show_late(world, *, quantity=100, yes_price=5500, fee=1_000):
    """Let the newest order show one more fill, and find it."""
    fills = list(world.exchange.by_id.values())[-1]
    fills.append(
        replace(fills[0], fill_id=uuid4(), quantity=quantity, yes_price=yes_price, fee=fee, created_at=None)
    )
    world.clock.advance(timedelta(seconds=31))
    found = await world.worker.recheck()
    world.clock.advance(timedelta(minutes=10))
    return found


async def wrong(world):
    service = ReconciliationService(world.database, world.exchange, world.clock)
    return {check.name for check in await service.run() if not check.held}


async def house(world):
    rows = await world.fetch(
        "SELECT account, asset_id > 2 AS contract, sum(amount)::bigint AS amount FROM ledger_leg "
        "WHERE book_id = $1 GROUP BY 1, 2",
        HOUSE_TENANT,
    )
    return {(row["account"], row["contract"]): row["amount"] for row in rows if row["amount"]}


async def resolve(world, value):
    world.exchange.resolve("KX-1", value)
    await MarketService(world.database, world.exchange, world.clock).refresh()
    return await ResolutionService(world.database, world.exchange, world.clock).resolve_due()


async def test_a_late_purchase_is_the_houses_and_every_identity_holds(settling, trade):
    await trade("A", 300, 5500)
    reports = await settling.reports()
    assert await show_late(settling) == 1
    assert await wrong(settling) == set()
    assert await settling.reports() == reports
    held = await house(settling)
    assert held["suspense", False] == -(100 * 5500 + 1_000)
    assert held["position", True] == 100
    assert await resolve(settling, 10_000) == 1
    assert await wrong(settling) == set()
    paid = [report.amount for report in await settling.reports() if isinstance(report, Payout)]
    assert paid == [3_000_000]
    assert (await house(settling))["own", False] == 1_000_000


async def test_a_late_sale_gives_the_house_the_other_side_and_pairs_it(settling, trade):
    await trade("A", 300, 5500)
    await trade("A", 200, 6200, action=Action.SELL, limit=6000)
    assert await show_late(settling, yes_price=6200) == 1
    assert await wrong(settling) == set()
    assert (await house(settling))["suspense", False] == -(100 * 3800 + 1_000)
    assert await settling.value("SELECT no_gross FROM book_market") == 100
    assert await resolve(settling, 3_755) == 1
    assert await wrong(settling) == set()


async def test_a_late_fill_of_a_no_order_and_a_loss_of_the_house(settling, trade):
    await trade("A", 300, 5500)
    await trade("B", 200, 5300, side=Side.NO, limit=4800)
    assert await show_late(settling, yes_price=5300) == 1
    assert await wrong(settling) == set()
    assert await resolve(settling, 10_000) == 1
    assert await wrong(settling) == set()
    assert ("own", False) not in await house(settling)


async def test_a_late_fill_in_a_paid_market_posts_only_money(settling, trade):
    await trade("A", 300, 5500)
    assert await resolve(settling, 0) == 1
    assert await show_late(settling) == 1
    assert await wrong(settling) == set()
    assert ("position", True) not in await house(settling)


async def test_a_person_lets_the_house_keep_a_late_fill_and_the_break_ends(settling, trade):
    await trade("A", 300, 5500)
    await show_late(settling)
    operator = uuid4()
    async with settling.database.transaction(HOUSE_TENANT) as tx:
        [found] = await breaks.list_found(tx, only_open=True)
        with pytest.raises(errors.BreakNotYours):
            await keep(tx, found.break_id, operator, settling.clock.now())
        await breaks.take(tx, found.break_id, operator, settling.clock.now())
        transfer_id = await keep(tx, found.break_id, operator, settling.clock.now())
        with pytest.raises(errors.BreakClosed):
            await keep(tx, found.break_id, operator, settling.clock.now())
        [ended] = await breaks.list_found(tx)
    assert (ended.closing, ended.transfer_id) == (Closing.CORRECTED_BY_TRANSFER, transfer_id)
    assert await settling.value("SELECT count(*) FROM ledger_transfer WHERE id = $1", transfer_id) == 1
    held = await house(settling)
    assert ("suspense", False) not in held
    assert held["own", False] == -(100 * 5500 + 1_000)
    assert await wrong(settling) == set()


async def test_what_a_closed_break_left_in_suspense_can_still_be_kept(settling, trade):
    await trade("A", 300, 5500)
    await show_late(settling)
    operator = uuid4()
    async with settling.database.transaction(HOUSE_TENANT) as tx:
        [found] = await breaks.list_found(tx, only_open=True)
        await breaks.take(tx, found.break_id, operator, settling.clock.now())
        await breaks.close(tx, found.break_id, operator, Closing.EXPLAINED, None, settling.clock.now())
    assert ("suspense", False) in await house(settling)
    async with settling.database.transaction(HOUSE_TENANT) as tx:
        assert await keep(tx, found.break_id, operator, settling.clock.now())
        kept = await tx.fetch_value("SELECT count(*) FROM audit_record WHERE kind = 'books.late_fill_kept'")
    assert kept == 1
    assert ("suspense", False) not in await house(settling)
    assert await wrong(settling) == set()


async def approve_void(world, operator):
    """Let the exchange cancel all trades of the market with one late fill, and two people say so."""
    returned = 400 * 5500 + 100 + 1_000
    world.exchange.void("KX-1", returned)
    await MarketService(world.database, world.exchange, world.clock).refresh()
    voids = VoidService(world.database, world.clock, SystemIds())
    declared = Declaration(world.market, Basis.CANCELLED_TRADES, True, returned, operator)
    await voids.approve((await voids.declare(declared)).id, uuid4())


async def until_somebody_waits_for_a_lock(world):
    for _ in range(500):
        if await world.value(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock'"
        ):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody waits")


async def test_a_void_takes_back_what_was_kept_while_it_waited_for_the_books(settling, trade):
    await trade("A", 300, 5500)
    await show_late(settling)
    operator = uuid4()
    await approve_void(settling, operator)
    resolution = ResolutionService(settling.database, settling.exchange, settling.clock)
    async with settling.database.transaction(HOUSE_TENANT) as tx:
        [found] = await breaks.list_found(tx, only_open=True)
        await breaks.take(tx, found.break_id, operator, settling.clock.now())
        assert await keep(tx, found.break_id, operator, settling.clock.now()) is not None
        resolving = asyncio.create_task(resolution.resolve_due())
        await until_somebody_waits_for_a_lock(settling)
    assert await resolving == 1
    held = await house(settling)
    assert ("suspense", False) not in held
    assert ("own", False) not in held
    assert await wrong(settling) == set()


async def test_a_void_takes_back_a_late_fill_that_was_booked_while_it_waited_for_the_books(settling, trade):
    await trade("A", 300, 5500)
    fills = list(settling.exchange.by_id.values())[-1]
    late = replace(fills[0], fill_id=uuid4(), quantity=100, fee=1_000)
    order_id = await settling.value("SELECT id FROM aggregation_order")
    fills.append(late)
    async with settling.database.transaction(HOUSE_TENANT) as tx:
        assert await book_late(tx, order_id, settling.market, [late], settling.clock.now()) == 1
        approving = asyncio.create_task(approve_void(settling, uuid4()))
        await until_somebody_waits_for_a_lock(settling)
    await approving
    assert await ResolutionService(settling.database, settling.exchange, settling.clock).resolve_due() == 1
    assert await house(settling) == {}
    assert await wrong(settling) == set()


async def test_a_late_fill_that_was_taken_back_with_its_market_leaves_nothing_to_keep(settling, trade):
    await trade("A", 300, 5500)
    await show_late(settling)
    operator = uuid4()
    await approve_void(settling, operator)
    assert await ResolutionService(settling.database, settling.exchange, settling.clock).resolve_due() == 1
    assert ("suspense", False) not in await house(settling)
    async with settling.database.transaction(HOUSE_TENANT) as tx:
        [found] = await breaks.list_found(tx, only_open=True)
        await breaks.take(tx, found.break_id, operator, settling.clock.now())
        assert await keep(tx, found.break_id, operator, settling.clock.now()) is None
    assert ("suspense", False) not in await house(settling)
    assert await wrong(settling) == set()


async def test_only_a_late_fill_can_be_kept(settling):
    at = settling.clock.now()
    async with settling.database.transaction(HOUSE_TENANT) as tx:
        await breaks.record(tx, [Break(Kind.CHECK, uuid4(), 1, 0)], at)
        [found] = await breaks.list_found(tx)
        with pytest.raises(errors.NotALateFill):
            await keep(tx, found.break_id, uuid4(), at)
