"""The account at the exchange is watched piece by piece; what differs is a break and is never put right."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from execution_stack.aggregation.domain import OrderState
from execution_stack.breaks import service as breaks
from execution_stack.breaks.domain import Kind
from execution_stack.control.domain import Cause
from execution_stack.control.service import load_halts
from execution_stack.exchange.domain import BookSide, Order, OrderStatus, Side, Ticker
from execution_stack.exchange.errors import OutcomeUnknown
from execution_stack.markets.domain import market_id_of
from execution_stack.markets.service import MarketService
from execution_stack.reconciliation.account import AccountReconciliation
from execution_stack.reconciliation.service import ReconciliationService
from execution_stack.resolution.service import ResolutionService
from shared.ids import HOUSE_TENANT


@pytest.fixture
def account(settling):
    return AccountReconciliation(settling.database, settling.exchange, settling.clock)


async def watch(settling, account, *, times=1):
    for _ in range(times):
        settling.clock.advance(timedelta(minutes=1))
        await account.watch()


async def found(settling):
    async with settling.database.transaction(HOUSE_TENANT) as tx:
        listed = await breaks.list_found(tx)
    return {each.what.kind: (each.what.expected, each.what.found) for each in listed}


async def halted(settling):
    async with settling.database.transaction() as tx:
        return {(halt.market_id, halt.cause) for halt in (await load_halts(tx)).standing}


async def test_a_whole_history_differs_in_nothing_and_the_cursor_follows(settling, trade, account):
    await watch(settling, account)
    await trade("A", 300, 5500)
    await trade("B", 200, 5300, side=Side.NO, limit=4800)
    await watch(settling, account, times=3)
    assert await found(settling) == {}
    assert await halted(settling) == set()
    cursor = await settling.value("SELECT reconciled_to FROM reconciliation_cursor")
    assert settling.clock.now() - cursor < timedelta(minutes=1)
    assert await settling.value("SELECT count(*) FROM reconciliation_reading") == 2


async def test_a_fill_that_shows_after_all_rechecks_is_booked_as_the_houses(settling, trade, account):
    await trade("A", 300, 5500)
    await watch(settling, account)
    [(_, fills)] = settling.exchange.by_id.items()
    fills.append(replace(fills[0], fill_id=uuid4(), quantity=50))
    [key] = settling.exchange.orders
    settling.exchange.orders[key] = replace(settling.exchange.orders[key], filled=350)
    await watch(settling, account)
    assert await found(settling) == {Kind.LATE_FILL: (0, 50)}
    await watch(settling, account, times=2)
    assert await settling.value("SELECT count(*) FROM aggregation_fill WHERE is_late") == 1
    complete = ReconciliationService(settling.database, settling.exchange, settling.clock)
    assert {check.name for check in await complete.run() if not check.held} == set()


async def test_an_order_that_we_did_not_send_is_a_break_and_its_market_is_halted(settling, trade, account):
    await trade("A", 300, 5500)
    stranger = Order(
        uuid4(), uuid4(), Ticker("KX-2"), BookSide.BID, OrderStatus.EXECUTED, 100, 0, settling.clock.now()
    )  # fmt: skip
    [(_, fills)] = settling.exchange.by_id.items()
    settling.exchange.orders[stranger.client_order_id] = stranger
    settling.exchange.by_id[stranger.order_id] = [
        replace(fills[0], fill_id=uuid4(), order_id=stranger.order_id, ticker=stranger.ticker, quantity=100)
    ]
    await watch(settling, account)
    assert await found(settling) == {}
    assert await halted(settling) == set()
    await watch(settling, account)
    unknown = {kind: (await found(settling))[kind] for kind in (Kind.ORDER_UNKNOWN, Kind.FILL_UNKNOWN)}
    assert set(unknown.values()) == {(0, 100)}
    drifting = market_id_of(stranger.ticker)
    assert (await found(settling))[Kind.POSITION_DRIFT] == (0, 100)
    assert await halted(settling) == {(drifting, Cause.POSITION_DRIFT)}


async def test_a_position_that_differs_once_is_only_late(settling, trade, account):
    await trade("A", 300, 5500)
    [(_, fills)] = settling.exchange.by_id.items()
    hidden, fills[0] = fills[0], replace(fills[0], quantity=299)
    await account.compare_positions()
    fills[0] = hidden
    await account.compare_positions()
    assert await found(settling) == {}


async def test_a_market_with_an_order_in_flight_is_not_judged(settling, account):
    await settling.submit("A", 100)
    settling.clock.advance(timedelta(seconds=2))
    [order] = await settling.service.close_windows()
    settling.exchange.trades["KX-1"] = []
    await settling.exchange.place_order(order.on_the_wire())
    await watch(settling, account, times=3)
    assert await found(settling) == {}
    assert await settling.value("SELECT count(*) FROM reconciliation_reading") == 0


async def test_money_that_moved_for_no_reason_is_a_break_once_with_its_amount(settling, trade, account):
    await watch(settling, account)
    await trade("A", 300, 5500)
    settling.exchange.deposits -= 10_000
    await watch(settling, account)
    assert Kind.BALANCE_DELTA not in await found(settling)
    await watch(settling, account, times=3)
    spent = -(300 * 5500 + 100)
    assert await found(settling) == {Kind.BALANCE_DELTA: (spent, spent - 10_000)}
    settling.exchange.deposits += 10_000
    await watch(settling, account, times=3)
    assert await settling.value("SELECT count(*) FROM break_found WHERE kind = 'balance_delta'") == 2


@pytest.mark.parametrize("seconds", [6, -6])
async def test_a_clock_that_is_twice_too_far_from_ours_halts_everything(settling, account, seconds):
    settling.exchange.skew = timedelta(seconds=seconds)
    await account.compare_clock()
    assert await halted(settling) == set()
    await account.compare_clock()
    assert await halted(settling) == {(None, Cause.CLOCK_SKEW)}


async def test_a_clock_that_is_right_again_in_between_halts_nothing(settling, account):
    for seconds in (6, 0, 6, 5):
        settling.exchange.skew = timedelta(seconds=seconds)
        await account.compare_clock()
    assert await halted(settling) == set()


async def test_a_silent_exchange_moves_no_cursor_and_finds_nothing(settling, trade, account):
    await trade("A", 300, 5500)
    settling.exchange.unreadable = settling.exchange.silent = True
    await watch(settling, account, times=2)
    assert await found(settling) == {}
    assert await settling.value("SELECT count(*) FROM reconciliation_cursor") == 0


async def test_a_list_that_cannot_be_read_keeps_no_other_comparison_waiting(settling, trade, account):
    await trade("A", 300, 5500)
    settling.exchange.unreadable = True
    [(_, fills)] = settling.exchange.by_id.items()
    fills[0] = replace(fills[0], quantity=301)
    await watch(settling, account, times=2)
    assert await found(settling) == {Kind.POSITION_DRIFT: (300, 301)}


async def send_unanswered(settling):
    """Commit a window and send its order; the exchange takes it, and its answer is lost."""
    await settling.submit("A", 100)
    settling.clock.advance(timedelta(seconds=2))
    [order] = await settling.service.close_windows()
    settling.exchange.offer("KX-1", (5500, 100))
    settling.exchange.sends = ["lost_answer"]
    with pytest.raises(OutcomeUnknown):
        await settling.exchange.place_order(order.on_the_wire())
    await settling.service.record_unknown(order)
    return order


@pytest.mark.parametrize("behind", [0, 20, 90], ids=lambda seconds: f"stamped_{seconds}_s_ago")
async def test_an_order_made_between_the_two_lists_is_never_a_strangers(settling, trade, account, behind):
    await trade("B", 100, 5500)
    await watch(settling, account)
    listing = settling.exchange.orders_between

    sent = []

    async def list_then_send(since, until):
        listed = await listing(since, until)
        settling.exchange.orders_between = listing
        sent.append(await send_unanswered(settling))
        made = settling.exchange.orders[sent[0].order_id]
        stamp = made.created_at - timedelta(seconds=behind)
        settling.exchange.orders[sent[0].order_id] = replace(made, created_at=stamp)
        fills = settling.exchange.by_id[made.order_id]
        fills[:] = [replace(fill, created_at=stamp) for fill in fills]
        return listed

    settling.exchange.orders_between = list_then_send
    await watch(settling, account, times=3)
    await settling.worker.drive(replace(sent[0], state=OrderState.UNKNOWN), asyncio.Event())
    await watch(settling, account, times=3)
    assert await found(settling) == {}
    assert await settling.state() == "filled"


async def test_an_order_that_no_list_shows_but_its_fills_do_is_asked_for_by_its_id(settling, trade, account):
    await trade("B", 100, 5500)
    await watch(settling, account)
    order = await send_unanswered(settling)
    hidden, listing = order.order_id, settling.exchange.orders_between

    async def list_without(since, until):
        return tuple(each for each in await listing(since, until) if each.client_order_id != hidden)

    settling.exchange.orders_between = list_without
    await watch(settling, account, times=4)
    assert await found(settling) == {}


async def test_a_fill_whose_order_the_exchange_does_not_know_is_a_break(settling, trade, account):
    await trade("A", 300, 5500)
    [(_, fills)] = settling.exchange.by_id.items()
    settling.exchange.by_id[uuid4()] = [replace(fills[0], fill_id=uuid4(), order_id=uuid4(), quantity=1)]
    await watch(settling, account)
    assert Kind.FILL_UNKNOWN not in await found(settling)
    await watch(settling, account)
    assert (await found(settling))[Kind.FILL_UNKNOWN] == (0, 1)


async def test_a_difference_that_is_gone_at_the_second_look_is_none_and_holds_the_cursor_once(
    settling, trade, account
):
    await trade("A", 300, 5500)
    [key] = settling.exchange.orders
    right = settling.exchange.orders[key]
    settling.exchange.orders[key] = replace(right, filled=299)
    await watch(settling, account)
    assert await cursors(settling) == {}
    settling.exchange.orders[key] = right
    await watch(settling, account)
    assert set(await cursors(settling)) == {"trading"}
    assert await found(settling) == {}


async def test_an_order_that_stays_in_flight_keeps_nothing_else_from_being_compared(settling, trade, account):
    stuck = await send_unanswered(settling)
    sent_at = settling.clock.now()
    settling.clock.advance(timedelta(hours=3))
    settling.exchange.offer("KX-2", (5500, 300))
    await settling.submit("B", 300, market=settling.other_market)
    await settling.run_windows()
    await watch(settling, account, times=2)
    assert await found(settling) == {}
    reached = await cursors(settling)
    assert reached["trading"] < sent_at
    assert settling.clock.now() - reached["trading_ahead"] < timedelta(minutes=1)
    other = next(one for one in settling.exchange.orders.values() if one.ticker == "KX-2")
    settling.exchange.orders[other.client_order_id] = replace(other, filled=299)
    await watch(settling, account, times=2)
    assert await found(settling) == {Kind.ORDER_DIFFERS: (300, 299)}
    await settling.worker.drive(replace(stuck, state=OrderState.UNKNOWN), asyncio.Event())
    mine = settling.exchange.orders[stuck.order_id]
    settling.exchange.orders[stuck.order_id] = replace(mine, filled=99)
    await watch(settling, account, times=5)
    assert await settling.value("SELECT count(*) FROM break_found") == 2
    assert settling.clock.now() - (await cursors(settling))["trading"] < timedelta(minutes=2)


async def cursors(settling):
    return dict(await settling.fetch("SELECT list::text, reconciled_to FROM reconciliation_cursor "
                                     "WHERE list::text LIKE 'trading%'"))  # fmt: skip


async def finalize(settling, *, pay=True):
    settling.exchange.resolve("KX-1", 10_000)
    await MarketService(settling.database, settling.exchange, settling.clock).refresh()
    if pay:
        assert (
            await ResolutionService(settling.database, settling.exchange, settling.clock).resolve_due() == 1
        )


async def test_a_market_that_was_paid_as_the_exchange_settled_it_differs_in_nothing(settling, trade, account):
    await trade("A", 300, 5500)
    await watch(settling, account)
    await finalize(settling, pay=False)
    await watch(settling, account, times=3)
    assert await halted(settling) == set()
    assert await ResolutionService(settling.database, settling.exchange, settling.clock).resolve_due() == 1
    await watch(settling, account, times=3)
    assert await found(settling) == {}


async def test_a_settlement_that_the_exchange_corrects_afterwards_is_a_break_once_it_stands(
    settling, trade, account
):
    await trade("A", 300, 5500)
    await finalize(settling)
    await watch(settling, account, times=2)
    [paid] = settling.exchange.settled["KX-1"]
    settling.exchange.settled["KX-1"].append(replace(paid, revenue=10_000, settled_at=settling.clock.now()))
    await account.compare_settlements()
    assert Kind.SETTLEMENT_DIFFERS not in await found(settling)
    for _ in range(3):
        settling.clock.advance(timedelta(minutes=10))
        await account.compare_settlements()
    assert (await found(settling))[Kind.SETTLEMENT_DIFFERS] == (3_000_000, 3_010_000)
    assert await settling.value("SELECT count(*) FROM break_found WHERE kind = 'settlement_differs'") == 1
