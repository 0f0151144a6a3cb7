from dataclasses import replace

import pytest

from execution_stack.exchange.domain import Action, Side
from execution_stack.markets.service import MarketService
from execution_stack.reconciliation.service import ReconciliationService
from execution_stack.resolution.service import ResolutionService


@pytest.fixture
def service(settling):
    return ReconciliationService(settling.database, settling.exchange, settling.clock)


async def wrong(service):
    return {check.name for check in await service.run() if not check.held}


async def test_every_check_holds_through_a_whole_history(settling, trade, service):
    assert await wrong(service) == set()
    await trade("A", 723, 5500)
    await trade("C", 289, 5500)
    await trade("B", 500, 5300, side=Side.NO, limit=4800)
    assert await wrong(service) == set()
    await trade("A", 600, 6200, action=Action.SELL, limit=6000)
    assert await wrong(service) == set()
    settling.exchange.resolve("KX-1", 3_700)
    await MarketService(settling.database, settling.exchange, settling.clock).refresh()
    await ResolutionService(settling.database, settling.exchange, settling.clock).resolve_due()
    assert await wrong(service) == set()


async def test_a_cent_that_is_missing_at_the_exchange_is_seen(settling, trade, service):
    await trade("A", 100, 5500)
    settling.exchange.deposits -= 10_000
    assert await wrong(service) == {"x3_exchange_balance"}


async def test_a_fill_that_only_the_exchange_knows_is_seen(settling, trade, service):
    await trade("A", 100, 5500)
    [(order_id, fills)] = settling.exchange.by_id.items()
    settling.exchange.by_id[order_id] = [replace(fills[0], quantity=101)]
    assert await wrong(service) == {"x1_exchange", "x3_exchange_balance"}


async def test_a_settlement_that_the_exchange_corrects_is_seen(settling, trade, service):
    await trade("A", 100, 5500)
    settling.exchange.resolve("KX-1", 10_000)
    await MarketService(settling.database, settling.exchange, settling.clock).refresh()
    await ResolutionService(settling.database, settling.exchange, settling.clock).resolve_due()
    [paid] = settling.exchange.settled["KX-1"]
    settling.exchange.settled["KX-1"] = [replace(paid, revenue=paid.revenue - 10_000)]
    assert await wrong(service) == {"x3_exchange_balance", "x6_resolutions"}


async def test_a_silent_exchange_holds_nothing(settling, service):
    settling.exchange.silent = True
    assert await wrong(service) == {"x1_exchange", "x3_exchange_balance"}


async def test_a_rewritten_report_or_order_is_seen(settling, trade, service, execution_database):
    await trade("A", 100, 5500)
    superuser = await execution_database.connect("superuser")
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("UPDATE report SET fee = fee + 1 WHERE kind = 'fill_share'")
    assert await wrong(service) == {"statements", "x5_windows"}
    await superuser.execute("UPDATE report SET fee = fee - 1 WHERE kind = 'fill_share'")
    await superuser.execute("UPDATE intent SET filled = 99 WHERE state = 'final'")
    assert await wrong(service) == {"intents"}
    await superuser.execute("UPDATE intent SET filled = 100 WHERE state = 'final'")
    await superuser.execute("UPDATE ledger_balance SET posted = posted - 1 WHERE account = 'position'")
    assert {"ledger_rebuild", "trial_balance"} <= await wrong(service)


async def test_a_difference_that_stays_becomes_one_break(settling, trade, service):
    await trade("A", 100, 5500)
    settling.exchange.deposits -= 10_000
    await service.watch()
    assert await settling.value("SELECT count(*) FROM break_found") == 0
    for _ in range(3):
        await service.watch()
    assert await settling.value("SELECT count(*) FROM break_found WHERE kind = 'check'") == 1
