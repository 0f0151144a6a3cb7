"""The stock and its cost: the table of the money flows, section 11, and what the database refuses."""

from datetime import timedelta

import asyncpg
import pytest

from customer_stack.fx.domain.stock import BankDeal, Stock, StockAccount
from customer_stack.fx.errors import StockTooLow
from customer_stack.fx.service import load_profit_to_date, load_stock, record_stock
from customer_stack.fx.store.stock import insert_stock
from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.ledger.errors import CursorUnknown, DepartmentNotFound
from shared.database import Transaction
from shared.errors import InvariantViolated
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Hold, Movement, Posting

IDS = SystemIds()


async def report(desk, limit=50, cursor=None):
    return await desk.reading.report_stock(desk.tenant, desk.department, limit, cursor)


async def standing(desk):
    found = await report(desk)
    stock = found.account.stock
    till = (await desk.balances())["till LKR"][0]
    return stock.quantity, stock.cost, stock.rate_e8 // 10_000, till, found.account.profit_to_date


async def deposit(desk, customer, amount):
    await desk.add_lkr(amount, customer)
    await desk.use(await desk.quote(amount, customer=customer))


async def test_the_stock_table_of_the_money_flows(desk):
    rows = [await standing(desk)]
    await deposit(desk, desk.customer, 30_000_00)
    rows.append(await standing(desk))
    for customer in (await desk.new_customer(), await desk.new_customer()):
        await deposit(desk, customer, 15_000_00)
    rows.append(await standing(desk))
    await desk.use(await desk.quote(50_000000, "withdrawal"))
    rows.append(await standing(desk))
    assert rows == [
        (4_000_000000, 1_194_000_00, 298_5000, 507_500_00, 0),
        (3_901_485149, 1_164_593_32, 298_5000, 537_350_00, 443_32),
        (3_802_970299, 1_135_186_64, 298_5000, 567_200_00, 886_64),
        (3_852_970299, 1_150_036_64, 298_4805, 552_350_00, 886_64),
    ]
    # till + V + cost of treasury = contributions + profit - recognised
    assert 552_350_00 + 1_150_036_64 + 298_500_00 == 2_000_000_00 + 886_64
    found = await report(desk)
    assert [(flow.quantity, flow.cost, flow.profit) for flow in found.flows] == [
        (50_000000, 14_850_00, None),
        (-49_257425, -14_703_34, 221_66),
        (-49_257425, -14_703_34, 221_66),
        (-98_514851, -29_406_68, 443_32),
        (4_000_000000, 1_194_000_00, None),
    ]
    assert sum(flow.cost for flow in found.flows) == found.account.stock.cost
    assert (found.recognised, found.account.deal.rate_e8) == (0, 298_50000000)
    async with desk.database.app.transaction(desk.tenant) as tx:
        assert await load_profit_to_date(tx, desk.department) == 886_64


async def test_the_report_tells_what_quotes_reserve_from_what_else_is_held(desk):
    await desk.add_usd(50_000000)
    await desk.quote()
    await desk.quote(50_000000, "withdrawal")
    hold = Hold(IDS.new(), desk.tenant, desk.department, USD, "stock", 1_000000, TransferKind.STOCK_SALE)
    async with desk.database.app.transaction(desk.tenant) as tx:
        await ledger.post(tx, Movement(holds=(hold,)))
    found = await report(desk)
    assert (found.reserved, found.anticipated) == (98_514851, 50_000000)
    assert (found.balance.held, found.balance.available()) == (99_514851, 3_900_485149)
    desk.clock.advance(timedelta(minutes=5))
    await desk.service.expire_quotes(frozenset({desk.tenant}))
    found = await report(desk)
    assert (found.reserved, found.anticipated, found.balance.held) == (0, 0, 1_000000)


async def test_recognised_profit_is_what_became_revenue(desk):
    await deposit(desk, desk.customer, 30_000_00)
    taken = Posting(LKR, Account.TILL, Account.FX_REVENUE, 443_32, Action.RECOGNITION)
    await desk.post(desk.transfer(desk.department, TransferKind.REVENUE_RECOGNITION, taken))
    found = await report(desk)
    assert (found.account.profit_to_date, found.recognised) == (443_32, 443_32)


async def test_flows_come_by_pages(desk):
    await desk.add_lkr(1_000_00)
    for _ in range(4):
        await desk.use(await desk.quote(100_00))
    first = await report(desk, 3)
    rest = await report(desk, 3, first.next_cursor)
    assert [flow.version for flow in (*first.flows, *rest.flows)] == [5, 4, 3, 2, 1]
    assert rest.next_cursor is None
    with pytest.raises(CursorUnknown):
        await report(desk, 3, "x")


async def test_the_stock_of_another_tenant_is_not_found(desk):
    with pytest.raises(DepartmentNotFound):
        await desk.reading.report_stock(IDS.new(), desk.department, 10, None)


async def test_more_than_the_stock_is_neither_quoted_nor_sold(desk):
    with pytest.raises(StockTooLow):
        await desk.quote(1_218_090_47)
    assert (await desk.quote(1_218_090_46)).usd == 4_000_000000
    out = Posting(USD, Account.STOCK, Account.DESK, 1, Action.STOCK_OUT, cost=-1, profit=0)
    with pytest.raises(asyncpg.CheckViolationError) as caught:
        await desk.post(desk.transfer(desk.department, TransferKind.FX_CONVERSION, out))
    assert caught.value.constraint_name == "ledger_balance_floor"


async def test_a_till_never_gives_what_a_quote_for_a_withdrawal_reserves(desk):
    await desk.add_usd(1_700_000000)
    await desk.quote(1_700_000000, "withdrawal")
    out = Posting(LKR, Account.TILL, Account.COLLECTION, 2_600_01, Action.OUTFLOW)
    with pytest.raises(asyncpg.CheckViolationError):
        await desk.post(desk.transfer(desk.department, TransferKind.STOCK_PURCHASE, out))


async def test_a_reversal_takes_its_cost_back_and_leaves_the_newest_deal(desk):
    bought = Posting(USD, Account.NOSTRO, Account.STOCK, 100_000000, Action.STOCK_IN, cost=29_000_00)
    back = Posting(USD, Account.STOCK, Account.NOSTRO, 100_000000, Action.STOCK_IN_REVERT, cost=-29_000_00)
    purchase = desk.transfer(desk.department, TransferKind.STOCK_PURCHASE, bought)
    for transfer, sign in (
        (purchase, 1),
        (desk.transfer(desk.department, TransferKind.REVERSAL, back), -1),
    ):
        async with desk.database.app.transaction(desk.tenant) as tx:
            await ledger.lock_books(tx, [desk.department])
            stock, before = await load_stock(tx, desk.department)
            await ledger.post(tx, Movement(transfers=(transfer,)))
            after = stock.moved(sign * 100_000000, sign * 29_000_00)
            await record_stock(tx, desk.tenant, desk.department, before, after)
    found = await report(desk)
    assert found.account.stock == Stock(4_000_000000, 1_194_000_00)
    assert found.account.deal == BankDeal(290_00000000, purchase.movement_id)


@pytest.mark.parametrize(
    "wrong",
    [
        StockAccount(Stock(4_000_000000, 1_194_000_01), 1),
        StockAccount(Stock(4_000_000001, 1_194_000_00), 1),
        StockAccount(Stock(4_000_000000, 1_194_000_00), 2),
        StockAccount(Stock(4_000_000000, 1_194_000_00), 1, profit_to_date=1),
    ],
)
async def test_the_database_refuses_a_cost_that_its_entry_does_not_have(desk, wrong):
    bare = IDS.new()
    async with desk.database.app.transaction(desk.tenant) as tx:
        await ledger.open_books(tx, [(bare, desk.tenant, "department")])
    bought = Posting(USD, Account.NOSTRO, Account.STOCK, 4_000_000000, Action.STOCK_IN, cost=1_194_000_00)
    await desk.post(desk.transfer(bare, TransferKind.STOCK_PURCHASE, bought))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as caught:
        async with desk.database.app.transaction(desk.tenant) as tx:
            await insert_stock(tx, desk.tenant, bare, wrong)
    assert caught.value.constraint_name == "fx_stock_cost_follows"
    owner = Transaction(await desk.database.connect("owner"), frozenset())
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await insert_stock(owner, desk.tenant, bare, wrong)


async def test_a_stock_whose_entry_was_not_recorded_sells_nothing(desk):
    bought = Posting(USD, Account.NOSTRO, Account.STOCK, 1, Action.STOCK_IN, cost=1)
    await desk.post(desk.transfer(desk.department, TransferKind.STOCK_PURCHASE, bought))
    with pytest.raises(InvariantViolated):
        async with desk.database.app.transaction(desk.tenant) as tx:
            await load_stock(tx, desk.department)
