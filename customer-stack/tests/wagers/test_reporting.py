"""Applying reports on a real database: the money flows' numbers, once each, and what contradicts them."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import orjson
import pytest

from customer_stack.boundary_client.domain import (
    Action,
    FillShare,
    Final,
    NotPooled,
    Payout,
    Reason,
    Resolution,
    SettlementFee,
    Side,
    Totals,
)
from customer_stack.markets.domain import MarketOutcome
from customer_stack.markets.service import load_resolutions
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.errors import FeedNotStopped
from customer_stack.wagers.service import reading
from shared.boundary.errors import OutcomeUnknown
from shared.ids import HOUSE_TENANT
from shared.ledger import store as ledger
from shared.ledger.domain import USD


class Story:
    """Wagers that were sent, and the reports about them."""

    def __init__(self, floor):
        self.floor = floor
        self.sequence = 0

    async def send(self, customer, key="k", **asked):
        (answer,) = await self.floor.place(self.floor.want(customer, key, **asked))
        await self.floor.sending.register_accounts()
        await self.floor.sending.dispatch()
        return UUID(orjson.loads(answer)["wager_id"])

    def _next(self):
        self.sequence += 1
        return self.sequence, self.floor.clock.now()

    def fill(self, customer, wager_id, quantity, cost, fee):
        share = FillShare(
            *self._next(),
            wager_id,
            customer.account_id,
            self.floor.market_id,
            self.floor.ids.new(),
            quantity,
            cost,
            fee,
            bytes(32),
        )
        self.floor.execution.reports.append(share)

    def final(self, wager_id, filled):
        self.floor.execution.reports.append(Final(*self._next(), wager_id, filled))

    def not_pooled(self, wager_id, reason):
        self.floor.execution.reports.append(NotPooled(*self._next(), wager_id, reason))

    def resolve(self, yes_value):
        self.floor.execution.reports.append(Resolution(*self._next(), self.floor.market_id, yes_value))

    def pay(self, customer, side, quantity, amount):
        self.floor.execution.reports.append(
            Payout(*self._next(), customer.account_id, self.floor.market_id, side, quantity, amount)
        )

    def charge(self, customer, amount):
        self.floor.execution.reports.append(
            SettlementFee(*self._next(), customer.account_id, self.floor.market_id, amount)
        )


@pytest.fixture
def story(floor):
    return Story(floor)


async def test_the_journey_of_the_money_flows_ends_with_their_numbers(floor, story):
    a, c, b = [await floor.add_customer(funds) for funds in (98_514_851, 49_257_425, 49_257_425)]
    wager_a = await story.send(a)
    wager_c = await story.send(c, quantity=400)
    story.fill(a, wager_a, 723, 3_966_641, 127_025)
    story.fill(c, wager_c, 289, 1_585_559, 50_775)
    story.final(wager_a, 723)
    story.final(wager_c, 289)
    assert await floor.reports.fetch() == 4
    assert (await floor.wallet(a)).available() == 94_421_185
    assert await floor.state(wager_a) == "partly_filled"
    wager_b = await story.send(b, side=Side.NO, quantity=500, price=4800)
    story.fill(b, wager_b, 500, 2_350_000, 90_000)
    story.final(wager_b, 500)
    await floor.reports.fetch()
    assert await floor.state(wager_b) == "filled"
    sale = await story.send(a, "sale", action=Action.SELL, quantity=600, price=6000)
    story.fill(a, sale, 600, 3_720_000, 100_000)
    story.final(sale, 600)
    await floor.reports.fetch()
    wallets = [(await floor.wallet(customer)).available() for customer in (a, c, b)]
    assert wallets == [98_041_185, 47_621_091, 46_817_425]
    await floor.check_books()

    async with floor.database.transaction(floor.tenant_id) as tx:
        sums = await reading.sum_reports(tx, floor.tenant_id, 0, story.sequence)
        assert sums[a.id] == Totals(3_966_641, 3_720_000, 227_025, 0)
        assert sum(one.cost_of_buys - one.proceeds + one.fees for one in sums.values()) == 4_550_000
        owed = await ledger.sum_unchecked(tx, [a.id, b.id, c.id], ["execution", "exchange_fees"])
        assert sum(amount for key, amount in owed.items() if key[1] == USD) == 4_550_000
        assert await reading.applied_through(tx) == story.sequence
        held = await reading.load_positions(tx, floor.tenant_id)
        assert held[a.id, floor.market_id, Side.YES] == PositionCost(123, 674_823)

    story.resolve(10_000)
    story.pay(a, Side.YES, 123, 1_230_000)
    story.pay(c, Side.YES, 289, 2_890_000)
    story.pay(b, Side.NO, 500, 0)
    await floor.reports.fetch()
    wallets = [(await floor.wallet(customer)).posted for customer in (a, c, b)]
    assert wallets == [98_041_185 + 1_230_000, 47_621_091 + 2_890_000, 46_817_425]
    assert await floor.value("SELECT count(*) FROM wager_position WHERE quantity > 0") == 0
    assert await floor.value("SELECT count(*) FROM wager_break") == 0
    async with floor.database.transaction(floor.tenant_id) as tx:
        assert await load_resolutions(tx, [floor.market_id]) == {floor.market_id: MarketOutcome(10_000)}
        left = await ledger.sum_unchecked(tx, [a.id, b.id, c.id], ["execution"])
        assert {asset for _, asset, _ in left} == {USD}
    await floor.check_books()


async def test_a_scalar_resolution_charges_the_exchanges_fee(floor, story):
    customer = await floor.add_customer()
    wager_id = await story.send(customer)
    story.fill(customer, wager_id, 1000, 5_600_000, 100_000)
    story.final(wager_id, 1000)
    story.resolve(3_700)
    story.pay(customer, Side.YES, 1000, 3_700_000)
    story.charge(customer, 428)
    await floor.reports.fetch()
    assert (await floor.wallet(customer)).posted == 98_514_851 - 5_700_000 + 3_700_000 - 428
    await floor.check_books()


async def test_a_settlement_fee_beyond_what_the_market_paid_is_not_charged(floor, story):
    customer = await floor.add_customer()
    wager_id = await story.send(customer)
    story.fill(customer, wager_id, 1000, 5_600_000, 100_000)
    story.final(wager_id, 1000)
    story.resolve(3_700)
    story.pay(customer, Side.YES, 1000, 3_700_000)
    story.charge(customer, 3_000_000)
    await floor.reports.fetch()
    charged = (await floor.wallet(customer)).posted
    story.charge(customer, 700_001)
    await floor.reports.fetch()
    assert (await floor.wallet(customer)).posted == charged == 98_514_851 - 5_700_000 + 700_000
    assert await floor.column("SELECT fault FROM wager_break") == ["payout_mismatch"]
    await floor.check_books()


async def test_a_payout_of_contracts_that_are_offered_stops_one_account_and_no_other(floor, story):
    seller, other = await floor.add_customer(), await floor.add_customer()
    for customer in (seller, other):
        bought = await story.send(customer)
        story.fill(customer, bought, 1000, 5_600_000, 100_000)
        story.final(bought, 1000)
    await floor.reports.fetch()
    sale = await story.send(seller, "sale", action=Action.SELL, quantity=400)
    story.resolve(10_000)
    story.pay(seller, Side.YES, 1000, 10_000_000)
    story.pay(other, Side.YES, 1000, 10_000_000)
    await floor.reports.fetch()
    assert (await floor.wallet(other)).posted == 98_514_851 - 5_700_000 + 10_000_000
    assert await floor.column("SELECT fault FROM wager_break") == ["position_too_small"]
    assert await floor.state(sale) == "submitted"
    await floor.check_books()


async def test_a_payout_after_the_end_of_a_sale_in_the_same_page_is_paid(floor, story):
    customer = await floor.add_customer()
    bought = await story.send(customer)
    story.fill(customer, bought, 1000, 5_600_000, 100_000)
    story.final(bought, 1000)
    await floor.reports.fetch()
    sale = await story.send(customer, "sale", action=Action.SELL, quantity=400)
    story.fill(customer, sale, 100, 600_000, 0)
    story.final(sale, 100)
    story.resolve(10_000)
    story.pay(customer, Side.YES, 900, 9_000_000)
    await floor.reports.fetch()
    assert (await floor.wallet(customer)).posted == 98_514_851 - 5_700_000 + 600_000 + 9_000_000
    await floor.check_books()


async def test_a_page_that_comes_twice_takes_effect_once(floor, story):
    customer = await floor.add_customer()
    wager_id = await story.send(customer)
    story.fill(customer, wager_id, 723, 3_966_641, 127_025)
    page = tuple(floor.execution.reports)
    assert await floor.reports.apply(page)
    assert not await floor.reports.apply(page)
    assert (await floor.wallet(customer)).posted == 98_514_851 - 3_966_641 - 127_025
    async with floor.database.transaction() as tx:
        await tx.execute("UPDATE wager_report_cursor SET sequence = 0")
    with pytest.raises(asyncpg.UniqueViolationError):
        await floor.reports.apply(page)
    await floor.check_books()


async def test_a_failed_page_leaves_neither_effect_nor_cursor(floor, story):
    customer = await floor.add_customer()
    wager_id = await story.send(customer)
    story.fill(customer, wager_id, 723, 3_966_641, 127_025)

    async def no_tenants():
        return (floor.ids.new(),)

    right, floor.reports._tenant_ids = floor.reports._tenant_ids, no_tenants
    await floor.reports.fetch()
    floor.reports._tenant_ids = right
    async with floor.database.transaction(HOUSE_TENANT) as tx:
        breaks = await reading.list_breaks(tx, None, 10)
    assert [found.fault for found in breaks] == ["unknown_intent"]
    assert (await floor.wallet(customer)).posted == 98_514_851


async def test_a_contradiction_stops_one_account_until_a_person_resumes_it(floor, story):
    bad, good = await floor.add_customer(), await floor.add_customer()
    wager_bad, wager_good = await story.send(bad), await story.send(good)
    story.final(wager_bad, 5)
    story.fill(good, wager_good, 1000, 5_600_000, 100_000)
    await floor.reports.fetch()
    story.fill(bad, wager_bad, 5, 28_000, 500)
    story.final(wager_good, 1000)
    await floor.reports.fetch()
    assert await floor.state(wager_good) == "filled"
    assert await floor.state(wager_bad) == "submitted"
    assert (await floor.wallet(bad)).posted == 98_514_851
    async with floor.database.transaction(floor.tenant_id) as tx:
        (found,) = await reading.list_breaks(tx, None, 10)
        assert (found.fault, found.sequence, found.stops_feed) == ("filled_mismatch", 1, True)
        assert await reading.applied_through(tx) == 0

    assert await floor.reports.resume(floor.tenant_id, bad.account_id, "staff:x") == 0
    assert await floor.value("SELECT count(*) FROM wager_feed_stop") == 1
    assert await floor.value("SELECT count(*) FROM wager_break") == 2
    await floor.check_books()


async def test_what_was_parked_takes_effect_after_the_break_is_cleared(floor, story):
    customer = await floor.add_customer()
    wager_id = await story.send(customer)
    story.pay(customer, Side.YES, 723, 7_230_000)
    story.fill(customer, wager_id, 723, 3_966_641, 127_025)
    await floor.reports.fetch()
    assert (await floor.wallet(customer)).posted == 98_514_851
    async with floor.database.transaction(floor.tenant_id) as tx:
        await tx.execute("UPDATE wager_feed_stop SET since_sequence = 2")
    with pytest.raises(FeedNotStopped):
        await floor.reports.resume(floor.ids.new(), customer.account_id, "staff:x")
    assert await floor.reports.resume(floor.tenant_id, customer.account_id, "staff:x") == 1
    assert (await floor.wallet(customer)).posted == 98_514_851 - 3_966_641 - 127_025
    with pytest.raises(FeedNotStopped):
        await floor.reports.resume(floor.tenant_id, customer.account_id, "staff:x")
    await floor.check_books()


async def test_a_report_about_nobody_of_ours_is_kept_and_is_a_break_of_the_house(floor, story):
    customer = await floor.add_customer()
    wager_id = await story.send(customer)
    story.not_pooled(floor.ids.new(), Reason.FLOAT_TOO_LOW)
    story.not_pooled(wager_id, Reason.FLOAT_TOO_LOW)
    await floor.reports.fetch()
    assert await floor.state(wager_id) == "refused"
    assert await floor.value("SELECT refusal::text FROM wager_order") == "float_too_low"
    async with floor.database.transaction(HOUSE_TENANT) as tx:
        (found,) = await reading.list_breaks(tx, None, 10)
        assert found.fault == "unknown_intent"
        assert not found.stops_feed
    await floor.check_books()


async def test_numbers_beyond_every_column_are_breaks_of_their_reports_and_the_feed_goes_on(floor, story):
    customers = [await floor.add_customer() for _ in range(6)]
    wagers = [await story.send(customer) for customer in customers]
    most = 2**64 - 1
    story.resolve(2**32 - 1)
    story.resolve(10_001)
    story.fill(customers[0], wagers[0], most, 1, 0)
    story.fill(customers[1], wagers[1], 1, most, 0)
    story.fill(customers[2], wagers[2], 1, 5_600, most)
    story.final(wagers[3], most)
    story.pay(customers[4], Side.YES, most, most)
    story.charge(customers[4], most)
    story.not_pooled(wagers[5], Reason.FLOAT_TOO_LOW)
    assert await floor.reports.fetch() == 9
    assert await floor.value("SELECT sequence FROM wager_report_cursor") == 9
    assert await floor.state(wagers[5]) == "refused"
    assert await floor.column("SELECT fault::text FROM wager_break ORDER BY sequence") == [
        "quantity_over_intent",
        "cost_beyond_limit",
        "total_over_cap",
        "filled_mismatch",
        "market_not_resolved",
    ]
    async with floor.database.transaction(HOUSE_TENANT) as tx:
        found = await reading.list_breaks(tx, None, 10)
    assert [each.fault for each in found] == ["market_not_resolved"] * 2
    for customer in customers[:5]:
        assert await floor.reports.resume(floor.tenant_id, customer.account_id, "staff:x") == 0
    assert await floor.value("SELECT count(*) FROM wager_feed_stop") == 5
    await floor.check_books()


async def test_reports_about_an_account_that_is_not_prepared_are_breaks_and_the_feed_goes_on(floor, story):
    stranger, customer = await floor.add_customer(is_prepared=False), await floor.add_customer()
    (answer,) = await floor.place(floor.want(stranger))
    strange = UUID(orjson.loads(answer)["wager_id"])
    wager_id = await story.send(customer)
    story.final(strange, 0)
    story.not_pooled(strange, Reason.FLOAT_TOO_LOW)
    story.fill(stranger, strange, 723, 3_966_641, 127_025)
    story.final(wager_id, 0)
    assert await floor.reports.fetch() == 4
    story.fill(stranger, strange, 1, 1, 0)
    assert await floor.reports.fetch() == 1
    assert await floor.value("SELECT sequence FROM wager_report_cursor") == 5
    assert await floor.state(strange) == "pending"
    assert await floor.state(wager_id) == "unfilled"
    async with floor.database.transaction(HOUSE_TENANT) as tx:
        found = await reading.list_breaks(tx, None, 10)
    assert [(each.sequence, each.fault) for each in found] == [
        (number, "unknown_account") for number in (1, 2, 3)
    ]
    await floor.check_books()


async def test_every_change_of_state_has_its_audit_record(floor, story):
    customer = await floor.add_customer()
    wager_id = await story.send(customer)
    story.fill(customer, wager_id, 1000, 5_600_000, 100_000)
    story.final(wager_id, 1000)
    await floor.reports.fetch()
    async with floor.database.transaction(customer.tenant_id) as tx:
        rows = await tx.fetch(
            "SELECT kind, body FROM audit_record WHERE kind LIKE 'wagers.%' ORDER BY txid, id"
        )
    told = [(row["kind"], orjson.loads(row["body"])["data"]) for row in rows]
    assert [kind for kind, _ in told] == [
        "wagers.placed", "wagers.account_registered", "wagers.dispatched", "wagers.submitted",
        "wagers.filled", "wagers.ended",
    ]  # fmt: skip
    wager, manifest = str(wager_id), floor.execution.reports[0].manifest.hex()
    assert [data for _, data in told[2:]] == [
        {"wagers": [wager]},
        {"wagers": [wager]},
        {"fills": [[1, wager, "submitted", 1000, 5_600_000, 100_000, manifest]]},
        {"ends": [[2, wager, "filled"]]},
    ]


async def test_silence_of_execution_is_no_report(floor):
    floor.execution.is_silent = True
    with pytest.raises(OutcomeUnknown):
        await floor.reports.fetch()
    floor.clock.advance(timedelta(seconds=1))
    floor.execution.is_silent = False
    assert await floor.reports.fetch() == 0
