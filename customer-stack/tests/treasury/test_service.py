"""The openings of the money flows, section 2, and what the house cannot do."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from customer_stack.fx.domain.stock import Stock
from customer_stack.fx.service import load_stock
from customer_stack.ledger.domain import Account
from customer_stack.ledger.errors import DepartmentNotFound
from customer_stack.treasury.domain import Relocation
from customer_stack.treasury.errors import (
    BillTooLarge,
    IncomeTooLow,
    PlacesInvalid,
    PlaceTooLow,
    ReferenceUsed,
    StockTooLow,
    TillTooLow,
)
from customer_stack.treasury.service import Request, TreasuryService, load_bookings
from shared.clock import FixedClock
from shared.idempotency import Claim, digest_of, key_of
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Movement, Posting, Transfer
from shared.money import Currency

IDS = SystemIds()
UNCHECKED = ["collection", "nostro", "prefund", "cash", "expense", "payable", "fx_revenue"]
ACTOR = f"staff:{IDS.new()}"


class House:
    def __init__(self, database: Any) -> None:
        self.database = database.app
        self.clock = FixedClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
        self.service = TreasuryService(self.database, self.clock, IDS)
        self.tenant, self.department = IDS.new(), IDS.new()

    async def open(self) -> None:
        async with self.database.transaction(self.tenant) as tx:
            await ledger.open_books(tx, [(self.department, self.tenant, "department")])

    def request(self, reference: str = "", key: str = "", department: UUID | None = None) -> Request:
        claim = Claim(department or self.department, key_of(key or str(IDS.new())), digest_of("test", b""))
        return Request(self.tenant, ACTOR, claim, reference or str(IDS.new()))

    async def contribute(self, reference: str = "", key: str = "") -> UUID:
        return await self.service.contribute(self.request(reference, key), lkr=2_000_000_00)

    async def purchase(self, usd: int = 5_000_000000, lkr: int = 1_492_500_00) -> UUID:
        return await self.service.purchase_stock(self.request(), usd=usd, lkr=lkr)

    async def prefund(self, usd: int = 1_000_000000) -> UUID:
        return await self.service.prefund(self.request(), usd=usd)

    async def standing(self) -> dict[str, int]:
        names = [(LKR, "till"), (USD, "stock"), (USD, "treasury")]
        keys = [(self.department, asset, name) for asset, name in names]
        async with self.database.transaction(self.tenant) as tx:
            checked = await ledger.load_balances(tx, keys)
            unchecked = await ledger.sum_unchecked(tx, [self.department], UNCHECKED)
        posted = {key[2]: balance.posted for key, balance in checked.items()}
        return posted | {key[2]: amount for key, amount in unchecked.items()}


@pytest.fixture
async def house(customer_database: Any) -> House:
    made = House(customer_database)
    await made.open()
    return made


async def test_the_opening_of_the_money_flows(house: House):
    await house.contribute()
    await house.purchase()
    await house.prefund()
    assert await house.standing() == {
        "till": 507_500_00,
        "stock": 4_000_000000,
        "treasury": 1_000_000000,
        "collection": -507_500_00,
        "nostro": -4_000_000000,
        "prefund": -1_000_000000,
    }
    async with house.database.transaction(house.tenant) as tx:
        assert (await load_stock(tx, house.department))[0] == Stock(4_000_000000, 1_194_000_00)
        assert await ledger.trial_balance(tx) == [(LKR, 0), (USD, 0)]
        kinds = await tx.fetch("SELECT kind FROM audit_record ORDER BY id")
    assert [row["kind"] for row in kinds] == [
        "treasury.contribution",
        "treasury.stock_purchase",
        "treasury.prefund",
    ]


async def test_a_repeated_contribution_counts_once(house: House):
    assert await house.contribute("R1", "key") == await house.contribute("R1", "key")
    assert (await house.standing())["till"] == 2_000_000_00


async def test_a_bank_reference_counts_once(house: House):
    await house.contribute("R1")
    with pytest.raises(ReferenceUsed):
        await house.contribute("R1")


async def test_bookings_are_signed_as_the_collection_account_sees_them(house: House):
    await house.contribute("R1")
    await house.purchase()
    await house.prefund()
    async with house.database.transaction(house.tenant) as tx:
        bookings = await load_bookings(tx)
    assert bookings["R1"] == 2_000_000_00
    assert sorted(bookings.values()) == [-1_492_500_00, 2_000_000_00]


async def test_usd_is_bought_with_lkr_that_the_house_has(house: House):
    await house.contribute()
    with pytest.raises(TillTooLow):
        await house.purchase(lkr=2_000_000_01)


async def test_usd_is_lent_only_from_stock(house: House):
    await house.contribute()
    await house.purchase()
    with pytest.raises(StockTooLow):
        await house.prefund(5_000_000001)


async def test_another_tenants_department_is_not_found(house: House):
    with pytest.raises(DepartmentNotFound):
        await house.service.contribute(house.request(department=IDS.new()), lkr=1)


async def test_stock_sold_to_a_bank_brings_its_profit(house: House):
    await house.contribute()
    await house.purchase()
    await house.service.sell_stock(house.request(), usd=1_000_000000, lkr=301_000_00)
    standing = await house.standing()
    assert (standing["stock"], standing["till"]) == (4_000_000000, 507_500_00 + 301_000_00)
    assert (standing["nostro"], standing["collection"]) == (-4_000_000000, -808_500_00)
    async with house.database.transaction(house.tenant) as tx:
        assert (await load_stock(tx, house.department))[0] == Stock(4_000_000000, 1_194_000_00)
        profit = await tx.fetch_value("SELECT profit FROM ledger_entry WHERE profit IS NOT NULL")
    assert profit == 301_000_00 - 298_500_00
    with pytest.raises(StockTooLow):
        await house.service.sell_stock(house.request(), usd=4_000_000001, lkr=1)


async def test_money_moves_between_places_where_it_lies(house: House):
    await house.contribute()
    to_cash = Relocation(Currency.LKR, Account.COLLECTION, Account.CASH, 500_00)
    await house.service.relocate(house.request("cash-1"), to_cash)
    standing = await house.standing()
    assert (standing["collection"], standing["cash"], standing["till"]) == (
        -1_999_500_00,
        -500_00,
        2_000_000_00,
    )
    more = Relocation(Currency.LKR, Account.CASH, Account.EWALLET, 500_01)
    with pytest.raises(PlaceTooLow):
        await house.service.relocate(house.request(), more)
    for source, target in ((Account.CASH, Account.CASH), (Account.NOSTRO, Account.CASH)):
        with pytest.raises(PlacesInvalid):
            await house.service.relocate(house.request(), Relocation(Currency.LKR, source, target, 1))
    async with house.database.transaction(house.tenant) as tx:
        assert (await load_bookings(tx))["cash-1"] == -500_00


async def test_bills_are_paid_from_recognised_income(house: House):
    await house.contribute()
    with pytest.raises(IncomeTooLow):
        await house.service.record_bill(house.request(), lkr=1)
    async with house.database.transaction(house.tenant) as tx:
        earned = Posting(LKR, "till", "fx_revenue", 886_64, "recognition")
        await ledger.post(
            tx,
            Movement(
                (
                    Transfer(
                        IDS.new(),
                        IDS.new(),
                        house.tenant,
                        house.department,
                        "revenue_recognition",
                        house.clock.now(),
                        (earned,),
                    ),
                )
            ),
        )
    await house.service.record_bill(house.request(), lkr=800_00)
    with pytest.raises(IncomeTooLow):
        await house.service.record_bill(house.request(), lkr=86_65)
    with pytest.raises(BillTooLarge):
        await house.service.pay_bill(house.request(), lkr=800_01)
    await house.service.pay_bill(house.request("rent-1"), lkr=800_00)
    standing = await house.standing()
    assert (standing["expense"], standing.get("payable", 0)) == (-800_00, 0)
    assert standing["till"] + standing["fx_revenue"] + standing["expense"] == -standing["collection"]
    movements = await house.service.list_movements(house.tenant, None, 10)
    assert [each.kind.value for each in movements] == ["bill_payment", "bill", "contribution"]
    assert [each.lkr for each in movements] == [-800_00, 0, 2_000_000_00]


@pytest.mark.parametrize("role", ["app", "owner"])
async def test_the_database_lets_one_standing_movement_have_a_bank_reference(
    house: House, customer_database: Any, role: str
):
    await house.contribute("R1")
    connection = await customer_database.connect(role)
    await connection.execute(f"SET app.tenants = '{{{house.tenant}}}'")
    again = (
        "INSERT INTO ledger_item (id, tenant_id, book_id, deal_id, version, state, kind, get_asset, "
        "get_amount, reference, effective_at, made_by, made_at, activated_by, activated_at) "
        "SELECT $1, tenant_id, book_id, $1, 1, 'active', $2, get_asset, get_amount, reference, effective_at, "
        "made_by, made_at, activated_by, activated_at FROM ledger_item"
    )
    for kind in ("contribution", "bill_payment"):
        with pytest.raises(asyncpg.UniqueViolationError, match="ledger_item_bank_deal_once"):
            await connection.execute(again, IDS.new(), kind)
