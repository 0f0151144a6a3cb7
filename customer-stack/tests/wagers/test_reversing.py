"""What execution takes back, on a real database: exact mirrors, debts first, and only what we know."""

from uuid import UUID

import orjson
import pytest

from customer_stack.boundary_client.domain import (
    Action,
    Basis,
    FillShare,
    Final,
    Payout,
    Resolution,
    Reversal,
    SettlementFee,
    Side,
    Totals,
)
from customer_stack.markets.domain import MarketOutcome
from customer_stack.markets.service import load_resolutions
from customer_stack.protection.domain.counting import Window
from customer_stack.protection.domain.limits import LimitKind
from customer_stack.protection.service import load_standings
from customer_stack.rebuild.counts import compare_counts
from customer_stack.wagers.service import reading, recompute
from customer_stack.wagers.store.recompute import load_filled, sum_fills
from shared.ledger.domain import USD, Hold, Movement
from shared.ledger.store import post, sum_unchecked

BOUGHT, FEE, SOLD = 5_600_000, 100_000, 2_500_000


class Told:
    """One customer with a buy of 10.00 and a sale of 4.00, and the reports about them."""

    def __init__(self, floor):
        self.floor = floor
        self.sequence = 0

    async def trade(self):
        floor = self.floor
        self.customer = await floor.add_customer()
        self.buy = await self._send("buy")
        self.fill = self.tell(FillShare, self.buy, *self._ids(), 1000, BOUGHT, FEE, bytes(32))
        self.tell(Final, self.buy, 1000)
        await floor.reports.fetch()
        self.sale = await self._send("sale", action=Action.SELL, quantity=400, price=6000)
        self.sold = self.tell(FillShare, self.sale, *self._ids(), 400, SOLD, FEE, bytes(32))
        self.tell(Final, self.sale, 400)
        await floor.reports.fetch()
        return self

    async def _send(self, key, **asked):
        (answer,) = await self.floor.place(self.floor.want(self.customer, key, **asked))
        await self.floor.sending.register_accounts()
        await self.floor.sending.dispatch()
        return UUID(orjson.loads(answer)["wager_id"])

    def _ids(self):
        return self.customer.account_id, self.floor.market_id, self.floor.ids.new()

    def tell(self, kind, *facts):
        self.sequence += 1
        self.floor.execution.reports.append(kind(self.sequence, self.floor.clock.now(), *facts))
        return self.sequence

    def resolve(self, value, revision=1, basis=Basis.VALUE):
        return self.tell(Resolution, self.floor.market_id, value, basis, revision)

    def pay(self, amount):
        return self.tell(Payout, self.customer.account_id, self.floor.market_id, Side.YES, 600, amount)

    def charge(self, amount):
        return self.tell(SettlementFee, self.customer.account_id, self.floor.market_id, amount)

    def take_back(self, reverses, side=Side.YES, quantity=0, amount=0, fee=0, **changes):
        account = changes.get("account", self.customer.account_id)
        market = changes.get("market", self.floor.market_id)
        return self.tell(Reversal, reverses, account, market, side, quantity, amount, fee)

    async def hold_all_but(self, keep):
        free = (await self.floor.wallet(self.customer)).available()
        hold = Hold(
            self.floor.ids.new(),
            self.floor.tenant_id,
            self.customer.id,
            USD,
            "wallet",
            free - keep,
            "withdrawal",
        )
        async with self.floor.database.transaction(self.floor.tenant_id) as tx:
            await post(tx, Movement(holds=(hold,)))

    async def free(self):
        return (await self.floor.wallet(self.customer)).available()

    async def debt(self):
        async with self.floor.database.transaction(self.floor.tenant_id) as tx:
            found = await sum_unchecked(tx, [self.customer.id], ["debt"])
        return -found.get((self.customer.id, USD, "debt"), 0)

    async def loss(self):
        customer, tenant = self.customer.id, self.floor.tenant_id
        async with self.floor.database.transaction(tenant) as tx:
            found = await load_standings(tx, {customer: tenant}, self.floor.clock.now())
        return found[customer].used(LimitKind.LOSS, Window.DAY)

    async def totals(self):
        async with self.floor.database.transaction(self.floor.tenant_id) as tx:
            return (await reading.sum_reports(tx, self.floor.tenant_id, 0, self.sequence))[self.customer.id]

    async def check(self):
        """The books hold, and what wagers keep follows from the reports that stand."""
        await self.floor.check_books()
        tenant = self.floor.tenant_id
        async with self.floor.database.transaction(tenant) as tx:
            kept = await reading.load_positions(tx, tenant)
            replayed = await recompute.recompute_positions(tx, tenant)
            assert kept == {key: each for key, each in replayed.items() if each.quantity}
            assert await load_filled(tx, tenant) == await sum_fills(tx, tenant)
            owed = await sum_unchecked(tx, [self.customer.id], ["execution", "exchange_fees"])
            for stands, should in (await compare_counts(tx, tenant)).values():
                assert stands == should
        totals = await self.totals()
        told = totals.cost_of_buys - totals.proceeds + totals.fees - totals.payouts
        undone = (
            totals.reversed_costs - totals.reversed_proceeds + totals.reversed_fees - totals.reversed_payouts
        )
        assert sum(amount for key, amount in owed.items() if key[1] == USD) == told - undone

    async def faults(self):
        await self.floor.reports.fetch()
        return await self.floor.column("SELECT fault FROM wager_break ORDER BY id")


@pytest.fixture
async def told(floor):
    return await Told(floor).trade()


@pytest.mark.parametrize("in_one_page", [True, False])
async def test_a_payout_is_taken_back_and_paid_again(told, in_one_page):
    before = await told.free()
    told.resolve(3_700)
    paid, charged = told.pay(2_220_000), told.charge(428)
    if not in_one_page:
        await told.floor.reports.fetch()
        assert await told.free() == before + 2_220_000 - 428
    told.take_back(charged, None, fee=428)
    told.take_back(paid, quantity=600, amount=2_220_000)
    told.resolve(10_000, 2)
    told.pay(6_000_000)
    assert await told.faults() == []
    assert await told.free() == before + 6_000_000
    assert await told.totals() == Totals(
        BOUGHT, SOLD, 2 * FEE + 428, 8_220_000, reversed_fees=428, reversed_payouts=2_220_000
    )
    await told.check()


async def test_what_the_wallet_lacks_is_a_debt_that_the_next_payout_pays_first(told):
    told.resolve(10_000)
    paid = told.pay(6_000_000)
    await told.floor.reports.fetch()
    await told.hold_all_but(4_000_000)
    told.take_back(paid, quantity=600, amount=6_000_000)
    assert await told.faults() == []
    assert (await told.free(), await told.debt()) == (0, 2_000_000)
    await told.check()
    told.resolve(5_000, 2)
    told.pay(3_000_000)
    assert await told.faults() == []
    assert (await told.free(), await told.debt()) == (1_000_000, 0)
    kinds = await told.floor.column("SELECT kind::text FROM ledger_transfer ORDER BY recorded_at")
    assert [kind for kind in kinds if "debt" in kind] == ["debt_cover", "debt_clearance"]
    await told.check()


@pytest.mark.parametrize("fee", [0, FEE])
async def test_cancelled_trades_bring_everything_back_newest_first(told, fee):
    told.resolve(0, 1, Basis.CANCELLED_TRADES)
    told.take_back(told.sold, quantity=400, amount=SOLD, fee=fee)
    told.take_back(told.fill, quantity=1000, amount=BOUGHT, fee=fee)
    assert await told.faults() == []
    assert await told.free() == 98_514_851 - 2 * (FEE - fee)
    assert await told.floor.value("SELECT count(*) FROM wager_position WHERE quantity > 0") == 0
    rows = await told.floor.column(
        "SELECT (reversed_quantity, reversed_cost, reversed_fee)::text FROM wager_order ORDER BY id"
    )
    assert rows == [f"(1000,{BOUGHT},{fee})", f"(400,{SOLD},{fee})"]
    linked = await told.floor.value("SELECT count(*) FROM ledger_transfer WHERE reverses IS NOT NULL")
    assert linked == (4 if fee else 2)
    assert await told.loss() == 2 * (FEE - fee)
    await told.check()


async def test_at_original_cost_the_position_is_paid_what_its_share_is(told):
    before = await told.free()
    told.resolve(0, 1, Basis.ORIGINAL_COST)
    told.pay(3_123_456)
    assert await told.faults() == []
    assert await told.free() == before + 3_123_456
    await told.check()


CONTRADICTIONS = {
    "a report that does not exist": (
        lambda t, paid: t.take_back(99, quantity=600, amount=6_000_000),
        "unknown_report",
    ),
    "another amount": (
        lambda t, paid: t.take_back(paid, quantity=600, amount=6_000_001),
        "reversal_mismatch",
    ),
    "other contracts": (
        lambda t, paid: t.take_back(paid, quantity=599, amount=6_000_000),
        "reversal_mismatch",
    ),
    "the other side": (
        lambda t, paid: t.take_back(paid, Side.NO, quantity=600, amount=6_000_000),
        "reversal_mismatch",
    ),
    "another market": (
        lambda t, paid: t.take_back(paid, quantity=600, amount=6_000_000, market=UUID(int=5)),
        "account_mismatch",
    ),
    "an end": (lambda t, paid: t.take_back(t.fill + 1, quantity=1000), "reversal_mismatch"),
    "a fill of a market that pays": (
        lambda t, paid: t.take_back(t.sold, quantity=400, amount=SOLD),
        "market_not_resolved",
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
async def test_a_reversal_that_contradicts_our_books_posts_nothing(told, name):
    take_back, fault = CONTRADICTIONS[name]
    told.resolve(10_000)
    paid = told.pay(6_000_000)
    await told.floor.reports.fetch()
    before = await told.free()
    take_back(told, paid)
    assert await told.faults() == [fault]
    assert await told.free() == before
    await told.check()


async def test_nothing_is_taken_back_twice(told):
    told.resolve(10_000)
    paid = told.pay(6_000_000)
    told.take_back(paid, quantity=600, amount=6_000_000)
    assert await told.faults() == []
    before = await told.free()
    told.take_back(paid, quantity=600, amount=6_000_000)
    assert await told.faults() == ["reversed_before"]
    assert await told.free() == before


async def test_an_outcome_changes_only_by_a_later_revision(told):
    async def outcome():
        await told.floor.reports.fetch()
        async with told.floor.database.transaction(told.floor.tenant_id) as tx:
            return (await load_resolutions(tx, [told.floor.market_id]))[told.floor.market_id]

    told.resolve(10_000)
    told.resolve(10_000)
    told.resolve(0)
    assert await outcome() == MarketOutcome(10_000)
    told.resolve(0, 2)
    assert await outcome() == MarketOutcome(0, revision=2)
    told.resolve(10_000)
    assert await outcome() == MarketOutcome(0, revision=2)


async def test_an_account_that_waited_through_an_amendment_is_resumed(told):
    """Its parked payout followed the outcome of its time, whatever was reported of the market since."""
    before = await told.free()
    stranger = told.floor.ids.new()
    broken = told.tell(FillShare, stranger, *told._ids(), 1, 1, 0, bytes(32))
    told.resolve(10_000)
    paid = told.pay(6_000_000)
    assert await told.faults() == ["unknown_intent"]
    told.take_back(paid, quantity=600, amount=6_000_000)
    told.resolve(4_000, 2)
    told.pay(2_400_000)
    assert await told.faults() == ["unknown_intent"]
    assert await told.free() == before
    async with told.floor.database.transaction(told.floor.tenant_id) as tx:
        await tx.execute("UPDATE wager_feed_stop SET since_sequence = $1", broken + 1)
    assert await told.floor.reports.resume(told.floor.tenant_id, told.customer.account_id, "staff:x") == 3
    assert await told.faults() == ["unknown_intent"]
    assert await told.free() == before + 2_400_000
    await told.check()
