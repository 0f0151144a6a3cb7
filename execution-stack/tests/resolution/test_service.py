import asyncio
from datetime import timedelta

import pytest

from execution_stack.books import service as books
from execution_stack.exchange.domain import Action, Settlement, Side
from execution_stack.exchange.errors import AnswerUnreadable
from execution_stack.markets.service import MarketService
from execution_stack.reports.domain import NotPooled, Payout, Reason, Resolution
from execution_stack.resolution.service import ResolutionService
from shared.database import DatabaseBusy
from shared.errors import InvariantViolated


@pytest.fixture
def service(settling):
    return ResolutionService(settling.database, settling.exchange, settling.clock)


async def hold(settling, trade):
    """Bring the world to 4.12 YES of two accounts and 5.00 NO of a third."""
    await trade("A", 723, 5500)
    await trade("C", 289, 5500)
    await trade("B", 500, 5300, side=Side.NO, limit=4800)
    await trade("A", 600, 6200, action=Action.SELL, limit=6000)


async def finalize(settling, value, **changes):
    settling.exchange.resolve("KX-1", value, **changes)
    await MarketService(settling.database, settling.exchange, settling.clock).refresh()


async def payouts(settling):
    names = {account: name for name, account in settling.accounts.items()}
    return {names[r.account]: r.amount for r in await settling.reports() if isinstance(r, Payout)}


@pytest.mark.parametrize(
    ("value", "paid"),
    [
        (10_000, {"A": 1_230_000, "C": 2_890_000, "B": 0}),
        (0, {"A": 0, "C": 0, "B": 5_000_000}),
        (3_700, {"A": 455_100, "C": 1_069_300, "B": 3_150_000}),
        (5_000, {"A": 615_000, "C": 1_445_000, "B": 2_500_000}),
    ],
)
async def test_a_finalized_market_pays_everybody_once(settling, trade, service, value, paid):
    await hold(settling, trade)
    await finalize(settling, value)
    assert await service.resolve_due() == 1
    assert await payouts(settling) == paid
    assert await service.resolve_due() == 0
    await settling.check_ledger()
    assert (
        await settling.value("SELECT count(*) FROM ledger_balance WHERE account = 'position' AND posted <> 0")
        == 0
    )


async def test_two_workers_pay_a_market_once(settling, trade, service):
    await hold(settling, trade)
    await finalize(settling, 10_000)
    other = ResolutionService(settling.database, settling.exchange, settling.clock)
    assert sorted(await asyncio.gather(service.resolve_due(), other.resolve_due())) == [0, 1]
    assert sum(isinstance(report, Resolution) for report in await settling.reports()) == 1


async def test_a_net_position_of_zero_needs_no_settlement_of_the_exchange(settling, trade, service):
    await trade("A", 300, 5500)
    await trade("B", 300, 5300, side=Side.NO, limit=4800)
    await finalize(settling, 10_000)
    assert settling.exchange.settled == {}
    assert await service.resolve_due() == 1
    assert await payouts(settling) == {"A": 3_000_000, "B": 0}


async def test_nothing_is_paid_before_the_exchange_has_settled(settling, trade, service):
    await trade("A", 300, 5500)
    await finalize(settling, 10_000, pays=False)
    assert await service.resolve_due() == 0
    await finalize(settling, 10_000)
    assert await service.resolve_due() == 1


async def test_a_settlement_that_does_not_add_up_is_a_break_and_pays_nobody(settling, trade, service):
    await trade("A", 300, 5500)
    await finalize(settling, 10_000)
    settling.exchange.settled["KX-1"] = [Settlement("KX-1", 2_990_000, 0, settling.clock.now())]
    for _ in range(2):
        assert await service.resolve_due() == 0
    rows = await settling.fetch("SELECT kind, expected, found FROM break_found")
    assert [tuple(row) for row in rows] == [("resolution_cash", 3_000_000, 2_990_000)]
    assert await payouts(settling) == {}


async def test_what_still_waits_when_a_market_ends_is_refused(settling, trade, service):
    await trade("A", 300, 5500)
    waiting = await settling.submit("A", 100, action=Action.SELL)
    await finalize(settling, 10_000)
    assert await service.resolve_due() == 1
    assert NotPooled(waiting, Reason.MARKET_NOT_OPEN) in await settling.reports()
    assert await payouts(settling) == {"A": 3_000_000}


async def test_a_market_waits_for_its_orders_in_flight(settling, trade, service):
    await trade("A", 300, 5500)
    await settling.submit("C", 100)
    settling.exchange.resting_reads = 10**6
    settling.clock.advance(timedelta(seconds=2))
    [order] = await settling.service.close_windows()
    await finalize(settling, 10_000)
    assert await service.resolve_due() == 0
    settling.exchange.resting_reads = 0
    settling.exchange.trades["KX-1"] = []
    await settling.worker.drive(order, settling.stop)
    assert await service.resolve_due() == 1


async def test_a_market_in_which_nobody_had_an_intent_is_left_alone(settling, service):
    await finalize(settling, 10_000)
    assert await service.resolve_due() == 0
    assert await settling.reports() == []


async def test_a_market_that_cannot_be_read_does_not_keep_the_others_from_being_paid(
    settling, trade, service, monkeypatch
):
    await trade("A", 300, 5500)
    settling.exchange.trades["KX-2"] = settling.exchange.trades["KX-1"]
    await settling.submit("B", 300, market=settling.other_market)
    await settling.run_windows()
    settling.exchange.resolve("KX-2", 10_000)
    await finalize(settling, 10_000)
    first, second = sorted((settling.market, settling.other_market))
    unreadable = {settling.market: "KX-1", settling.other_market: "KX-2"}[first]
    answer = settling.exchange.settlements

    async def settlements(ticker):
        if ticker == unreadable:
            raise AnswerUnreadable("not what is documented")
        return await answer(ticker)

    monkeypatch.setattr(settling.exchange, "settlements", settlements)
    assert await service.resolve_due() == 1
    [paid] = await settling.fetch("SELECT market_id FROM resolution_market")
    assert paid["market_id"] == second


@pytest.mark.parametrize("error", [DatabaseBusy("held by somebody else"), InvariantViolated("broken")])
async def test_a_market_that_fails_does_not_keep_the_others_from_being_paid_and_is_heard_of_at_the_end(
    settling, trade, service, monkeypatch, error
):
    await trade("A", 300, 5500)
    settling.exchange.trades["KX-2"] = settling.exchange.trades["KX-1"]
    await settling.submit("B", 300, market=settling.other_market)
    await settling.run_windows()
    settling.exchange.resolve("KX-2", 10_000)
    await finalize(settling, 10_000)
    first, second = sorted((settling.market, settling.other_market))
    clear = books.clear_market

    async def clear_market(tx, market_id, movement):
        if market_id == first:
            raise error
        await clear(tx, market_id, movement)

    monkeypatch.setattr(books, "clear_market", clear_market)
    with pytest.raises(type(error)):
        await service.resolve_due()
    [paid] = await settling.fetch("SELECT market_id FROM resolution_market")
    assert paid["market_id"] == second
    monkeypatch.undo()
    assert await service.resolve_due() == 1
    await settling.check_ledger()


async def test_only_markets_that_are_due_are_read(settling, trade, service):
    async def due():
        return [each.market.market_id for each in await service._find_due(settling.tenants)]

    settling.exchange.resolve("KX-2", 10_000)  # nobody had an intent there
    await trade("A", 300, 5500)
    assert await due() == []
    await finalize(settling, 10_000)
    assert await due() == [settling.market]
    assert await service.resolve_due() == 1
    assert await due() == []
    await finalize(settling, 0)
    assert await due() == [settling.market]
