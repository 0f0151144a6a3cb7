"""Outcomes that are taken back, on a real database: amended results and declared voids."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from execution_stack.books import service as books
from execution_stack.exchange.domain import Action, Side
from execution_stack.markets.service import MarketService
from execution_stack.reconciliation.service import ReconciliationService
from execution_stack.reports.domain import Basis, FillShare, Payout, Resolution, Reversal, SettlementFee
from execution_stack.resolution.errors import (
    VoidDecided,
    VoidDiffers,
    VoidNeedsAnother,
    VoidNotPossible,
    VoidPending,
)
from execution_stack.resolution.service import Declaration, ResolutionService, VoidService
from shared.ids import HOUSE_TENANT, SystemIds
from shared.ledger.store import lock_books

MAKER, CHECKER = uuid4(), uuid4()
RETURNED = 76_400
"""Costs 7.916000 - proceeds 3.720000 - pairs 4.120000, and fees of 0.000400."""


@pytest.fixture
def service(settling):
    return ResolutionService(settling.database, settling.exchange, settling.clock)


@pytest.fixture
def voids(settling):
    return VoidService(settling.database, settling.clock, SystemIds())


@pytest.fixture
async def held(settling, trade):
    """Bring the world to 4.12 YES of two accounts and 5.00 NO of a third; one of them sold before."""
    await trade("A", 723, 5500)
    await trade("C", 289, 5500)
    await trade("B", 500, 5300, side=Side.NO, limit=4800)
    await trade("A", 600, 6200, action=Action.SELL, limit=6000)
    return settling


async def refresh(settling):
    await MarketService(settling.database, settling.exchange, settling.clock).refresh()


async def finalize(settling, value):
    settling.exchange.resolve("KX-1", value)
    await refresh(settling)


async def cash(settling):
    async with settling.database.transaction(HOUSE_TENANT, *settling.tenants) as tx:
        totals = await books.load_reference_totals(tx, list(settling.accounts.values()))
    return {
        name: (totals[account].cash, totals[account].fees)
        for name, account in settling.accounts.items()
        if account in totals
    }


async def require_checks(settling):
    await settling.check_ledger()
    checks = await ReconciliationService(settling.database, settling.exchange, settling.clock).run()
    assert [check for check in checks if not check.held] == []


async def declare(settling, voids, form=Basis.CANCELLED_TRADES, returned=RETURNED, **changes):
    fees = changes.pop("fees_returned", form is Basis.CANCELLED_TRADES)
    return await voids.declare(Declaration(settling.market, form, fees, returned, MAKER))


async def test_an_amended_result_reverses_every_transfer_and_pays_again(held, service):
    await finalize(held, 10_000)
    assert await service.resolve_due() == 1
    paid = await cash(held)
    held.exchange.amend("KX-1")
    await refresh(held)
    assert await service.resolve_due() == 0
    await finalize(held, 3_700)
    assert await service.resolve_due() == 1
    assert await service.resolve_due() == 0

    after = await cash(held)
    gained = {name: after[name][0] - paid[name][0] for name in "ABC"}
    assert gained == {"A": 455_100 - 1_230_000, "B": 3_150_000, "C": 1_069_300 - 2_890_000}
    reversed_ = await held.value("SELECT count(*) FROM ledger_transfer WHERE reverses IS NOT NULL")
    first = await held.value(
        "SELECT count(*) FROM ledger_transfer WHERE movement_id = (SELECT movement_id "
        "FROM ledger_transfer WHERE kind = 'resolution_pairs' ORDER BY recorded_at LIMIT 1)"
    )
    assert reversed_ == first > 0
    rows = await held.fetch(
        "SELECT revision, yes_value, exchange_cash FROM resolution_market ORDER BY revision"
    )
    assert [tuple(row) for row in rows] == [(1, 10_000, 0), (2, 3_700, 550_000)]
    await require_checks(held)


async def test_reports_take_back_by_number_then_tell_the_revision_then_pay(held, service):
    await finalize(held, 3_700)
    await service.resolve_due()
    told = dict(enumerate(await held.reports(), start=1))
    await finalize(held, 10_000)
    await service.resolve_due()
    fresh = (await held.reports())[len(told) :]
    taken_back = [body for body in fresh if isinstance(body, Reversal)]
    ends = [body for body in told.values() if isinstance(body, Payout | SettlementFee)]
    assert [told[each.reverses] for each in taken_back] == list(reversed(ends))
    assert fresh[len(taken_back)] == Resolution(held.market, 10_000, Basis.VALUE, 2)
    assert [type(body) for body in fresh[len(taken_back) + 1 :]] == [Payout] * 3
    for each in taken_back:
        body = told[each.reverses]
        expected = (0, 0, body.amount) if isinstance(body, SettlementFee) else (body.quantity, body.amount, 0)
        assert (each.account, each.quantity, each.amount, each.fee) == (body.account, *expected)


async def test_a_result_can_be_amended_again(held, service):
    for value in (10_000, 0, 5_000, 10_000):
        await finalize(held, value)
        assert await service.resolve_due() == 1
    assert [r.revision for r in await held.reports() if isinstance(r, Resolution)] == [1, 2, 3, 4]
    await require_checks(held)


async def test_an_amended_result_is_a_break_while_nothing_replaces_it(held, service):
    await finalize(held, 10_000)
    await service.resolve_due()
    held.exchange.amend("KX-1")
    await refresh(held)
    for _ in range(2):
        await service.resolve_due()
    rows = await held.fetch("SELECT kind, expected, found FROM break_found")
    assert [tuple(row) for row in rows] == [("resolution_amended", 10_000, -1)]


async def test_a_float_that_lacks_what_is_taken_back_lets_it_wait(held, service):
    await finalize(held, 10_000)
    await service.resolve_due()
    _, c = held.tenants
    free = -await held.value("SELECT posted FROM ledger_balance WHERE book_id = $1 AND account = 'float'", c)
    async with held.database.transaction(HOUSE_TENANT, c) as tx:
        await books.receive_settlement(tx, uuid4(), c, books.Direction.RECEIVE, free, held.clock.now())
    held.exchange.deposits -= free
    before = await held.reports()
    await finalize(held, 0)
    assert await service.resolve_due() == 0
    assert await held.reports() == before
    rows = await held.fetch("SELECT subject, expected, found FROM break_found WHERE kind = 'reversal_float'")
    assert [tuple(row) for row in rows] == [(c, 2_890_000, 0)]
    async with held.database.transaction(HOUSE_TENANT, c) as tx:
        await books.deposit_float(tx, uuid4(), c, 3_000_000, held.clock.now())
    held.exchange.deposits += 3_000_000
    assert await service.resolve_due() == 1
    await require_checks(held)


async def test_two_workers_revise_a_market_once(held, service):
    await finalize(held, 10_000)
    await service.resolve_due()
    await finalize(held, 0)
    other = ResolutionService(held.database, held.exchange, held.clock)
    assert sorted(await asyncio.gather(service.resolve_due(), other.resolve_due())) == [0, 1]
    assert sum(isinstance(report, Resolution) for report in await held.reports()) == 2


async def test_cancelled_trades_take_every_fill_back_closed_positions_too(held, service, voids):
    held.exchange.void("KX-1", RETURNED)
    await refresh(held)
    void = await declare(held, voids)
    await voids.approve(void.id, CHECKER)
    assert await service.resolve_due() == 1
    assert await service.resolve_due() == 0
    assert await cash(held) == dict.fromkeys("ABC", (0, 0))
    fresh = [body for body in await held.reports() if isinstance(body, Reversal)]
    fills = [body for body in await held.reports() if isinstance(body, FillShare)]
    assert [(each.quantity, each.amount, each.fee) for each in fresh] == [
        (each.quantity, each.cost, each.fee) for each in reversed(fills)
    ]
    assert Resolution(held.market, 0, Basis.CANCELLED_TRADES, 1) in await held.reports()
    await require_checks(held)


async def test_fees_stay_when_the_exchange_keeps_them(held, service, voids):
    held.exchange.void("KX-1", RETURNED - 400)
    await refresh(held)
    void = await declare(held, voids, returned=RETURNED - 400, fees_returned=False)
    await voids.approve(void.id, CHECKER)
    assert await service.resolve_due() == 1
    assert await cash(held) == {"A": (0, -200), "B": (0, -100), "C": (0, -100)}
    await require_checks(held)


async def test_cancelled_trades_after_a_payout_take_the_payout_back_first(held, service, voids):
    await finalize(held, 0)
    await service.resolve_due()
    held.exchange.void("KX-1", RETURNED)
    await refresh(held)
    void = await declare(held, voids)
    await voids.approve(void.id, CHECKER)
    assert await service.resolve_due() == 1
    assert await cash(held) == dict.fromkeys("ABC", (0, 0))
    await require_checks(held)


@pytest.mark.parametrize("is_paid", [False, True])
async def test_original_cost_shares_the_pool_on_open_cost_and_creates_nothing(held, service, voids, is_paid):
    if is_paid:
        await finalize(held, 10_000)
        await service.resolve_due()
    before = await cash(held) if not is_paid else None
    held.exchange.void("KX-1", 334_400)
    await refresh(held)
    void = await declare(held, voids, Basis.ORIGINAL_COST, 334_400)
    await voids.approve(void.id, CHECKER)
    assert await service.resolve_due() == 1
    names = {account: name for name, account in held.accounts.items()}
    paid = {names[r.account]: r.amount for r in (await held.reports())[-3:] if isinstance(r, Payout)}
    assert sum(paid.values()) == 4_120_000 + 334_400
    cost = {"A": 3_976_500 - 3_300_000, "C": 1_589_500, "B": 2_350_000}
    whole = sum(cost.values())
    for name, share in paid.items():
        assert abs(share * whole - 4_454_400 * cost[name]) < whole
    if before is not None:
        after = await cash(held)
        assert {name: after[name][0] - before[name][0] for name in paid} == paid
    await require_checks(held)


async def test_what_is_declared_is_compared_with_our_books_to_the_micro_dollar(held, voids):
    held.exchange.void("KX-1", RETURNED)
    await refresh(held)
    for returned in (RETURNED - 1, RETURNED + 1, -RETURNED):
        with pytest.raises(VoidDiffers, match=r"0\.076400"):
            await declare(held, voids, returned=returned)
    for returned in (-1, 880_001):  # 0.88 NO is worth at most 0.88 USD
        with pytest.raises(VoidDiffers):
            await declare(held, voids, Basis.ORIGINAL_COST, returned)


async def test_a_void_needs_two_operators(held, voids, service):
    held.exchange.void("KX-1", RETURNED)
    await refresh(held)
    void = await declare(held, voids)
    with pytest.raises(VoidNeedsAnother):
        await voids.approve(void.id, MAKER)
    with pytest.raises(VoidPending):
        await declare(held, voids)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="another person"):
        await held.fetch(
            "INSERT INTO resolution_void_decision VALUES ($1, $2, now(), 'approved')", void.id, MAKER
        )
    assert await service.resolve_due() == 0
    await voids.approve(void.id, CHECKER)
    with pytest.raises(VoidDecided):
        await voids.reject(void.id, CHECKER)
    kinds = await held.fetch("SELECT kind FROM audit_record WHERE kind LIKE 'resolution.void%'")
    assert {row["kind"] for row in kinds} == {"resolution.void_declared", "resolution.void_approved"}


async def test_a_declared_void_keeps_a_value_from_being_paid_until_it_is_rejected(held, voids, service):
    await finalize(held, 10_000)
    void = await declare(held, voids)
    assert await service.resolve_due() == 0
    await voids.reject(void.id, MAKER)
    assert await service.resolve_due() == 1


async def test_a_market_that_may_trade_again_is_not_voided(held, voids):
    with pytest.raises(VoidNotPossible):
        await declare(held, voids)


async def test_a_voided_market_stays_voided_whatever_value_shows(held, voids, service):
    held.exchange.void("KX-1", RETURNED)
    await refresh(held)
    await voids.approve((await declare(held, voids)).id, CHECKER)
    await service.resolve_due()
    await finalize(held, 10_000)
    assert await service.resolve_due() == 0
    with pytest.raises(VoidNotPossible):
        await declare(held, voids)


async def test_declaring_a_void_holds_no_numbering_of_reports_while_it_waits_for_books(held, voids):
    await held.submit("A", 100, limit=5500)
    held.exchange.void("KX-1", RETURNED)
    await refresh(held)
    async with held.database.transaction(HOUSE_TENANT, *held.tenants) as allocating:
        await lock_books(allocating, held.tenants)
        declaring = asyncio.create_task(declare(held, voids))
        for _ in range(500):
            if not await held.value("SELECT count(*) FROM intent WHERE state = 'received'"):
                break
            await asyncio.sleep(0.02)
        await allocating.fetch("SELECT FROM report_cursor FOR NO KEY UPDATE NOWAIT")
    await declaring
