"""Deals of the house that were wrong: corrected or reversed by two people, in all books at once."""

from datetime import timedelta
from uuid import UUID

import pytest

from customer_stack.fx.domain.stock import Stock
from customer_stack.fx.service import load_stock
from customer_stack.fx.service.stock import load_stock_account
from customer_stack.periods.service import Person
from customer_stack.reconciliation.store.runs import load_stock_facts
from customer_stack.treasury.service import Request, TreasuryService, load_bookings
from shared.clock import FixedClock
from shared.idempotency import Claim, digest_of, key_of
from shared.ledger import store as kernel
from shared.ledger.domain import LKR, USD, Movement, Posting, Transfer
from shared.ledger.rebuild import rebuild_differences

LEDGER = "/staff/ledger"
UNCHECKED = ["collection", "nostro", "prefund", "cash", "expense", "payable", "fx_revenue"]


class Desk:
    """A department with people who propose and approve."""

    def __init__(self, services, tenant, client, department, proposer, approver):
        self.services, self.tenant, self.client = services, tenant, client
        self.department, self.proposer, self.approver = department, proposer, approver
        self.count = 0

    async def post(self, path, reference=None, expect=201, **body):
        self.count += 1
        answer = await self.client.post(
            f"/staff/treasury/{path}",
            json={
                "department_id": str(self.department),
                "bank_reference": reference or f"R{self.count}",
                **body,
            },
            headers={**self.proposer, "Idempotency-Key": f"k{self.count}"},
        )
        assert answer.status_code == expect, answer.text
        return answer.json().get("movement_id") or answer.json()["code"]

    async def propose(self, deal, **body):
        answer = await self.client.post(
            f"{LEDGER}/deals/{deal}/corrections", json=body, headers=self.proposer
        )
        return answer.json()

    async def approve(self, item_id):
        answer = await self.client.post(f"{LEDGER}/corrections/{item_id}/approval", headers=self.approver)
        return answer.json()

    async def correct(self, deal, **body):
        draft = await self.propose(deal, **body)
        assert "item_id" in draft, draft
        return await self.approve(draft["item_id"])

    async def reverse(self, movement, reason="wrong_amount"):
        proposal = await self.client.post(
            f"{LEDGER}/movements/{movement}/reversals", json={"reason": reason}, headers=self.proposer
        )
        assert proposal.status_code == 201, proposal.text
        path = f"{LEDGER}/reversals/{proposal.json()['reversal_id']}/approval"
        return (await self.client.post(path, headers=self.approver)).json()

    async def standing(self):
        """What stands; and nothing disagrees with anything."""
        names = [(LKR, "till"), (USD, "stock"), (USD, "treasury")]
        async with self.services.database.transaction(self.tenant.id) as tx:
            checked = await kernel.load_balances(tx, [(self.department, *name) for name in names])
            unchecked = await kernel.sum_unchecked(tx, [self.department], UNCHECKED)
            assert all(total == 0 for _, total in await kernel.trial_balance(tx))
            assert not await rebuild_differences(tx)
            for facts in await load_stock_facts(tx, self.tenant.id):
                # B5 of the money flows, section 12.
                assert facts.till + facts.stock_cost + facts.treasury_cost == (
                    facts.contributions + facts.profit - facts.recognised
                )
        posted = {key[2]: balance.posted for key, balance in checked.items() if balance.posted}
        return posted | {key[2]: amount for key, amount in unchecked.items()}

    async def stock(self):
        async with self.services.database.transaction(self.tenant.id) as tx:
            return (await load_stock(tx, self.department))[0]

    async def bookings(self):
        async with self.services.database.transaction(self.tenant.id) as tx:
            return await load_bookings(tx)

    async def earn(self, lkr):
        """Recognise income, as the close of a period does."""
        ids = self.services.ids
        earned = Posting(LKR, "till", "fx_revenue", lkr, "recognition")
        transfer = Transfer(
            ids.new(),
            ids.new(),
            self.tenant.id,
            self.department,
            "revenue_recognition",
            self.services.clock.now(),
            (earned,),
        )
        async with self.services.database.transaction(self.tenant.id) as tx:
            await kernel.post(tx, Movement((transfer,)))


@pytest.fixture
async def desk(services, tenant, client, staff):
    (root,) = await services.tenancy.list_departments(tenant.id)
    made = Desk(services, tenant, client, root.id, await staff("treasurer"), await staff("controller"))
    await made.post("contributions", "C1", lkr="2000000.00")
    return made


async def purchase(desk):
    return await desk.post("stock-purchases", "P1", usd="5000.00", lkr="1492500.00")


async def test_a_wrong_rate_of_a_bank_deal_is_corrected_in_all_books_at_once(desk, client):
    deal = await purchase(desk)
    await desk.post("stock-sales", "S1", usd="1000.00", lkr="301000.00")
    at_14_05 = desk.services.clock.now()
    approved = await desk.correct(deal, rate="299.50")
    assert (approved["give"]["amount"], approved["rate"]) == ("1497500.00", "299.50000000")
    assert await desk.standing() == {
        "till": (2_000_000 - 1_497_500 + 301_000) * 100,
        "stock": 4_000_000000,
        "collection": -(2_000_000 - 1_497_500 + 301_000) * 100,
        "nostro": -4_000_000000,
    }
    # What the sold part cost too little is in what is left: neither made nor lost.
    assert await desk.stock() == Stock(4_000_000000, 1_194_000_00 + 5_000_00)
    assert await desk.bookings() == {"C1": 2_000_000_00, "P1": -1_497_500_00, "S1": 301_000_00}

    params = {"at": at_14_05.isoformat()}
    then = (await client.get(f"{LEDGER}/deals/{deal}", params=params, headers=desk.approver)).json()
    assert [(each["version"], each["give"]["amount"]) for each in then["versions"]] == [(1, "1492500.00")]
    now = (await client.get(f"{LEDGER}/deals/{deal}", headers=desk.approver)).json()
    old, new = now["versions"]
    assert (old["state"], old["replaced_by"], new["state"]) == ("superseded", new["item_id"], "active")
    assert old["replaced_actor"] == new["activated_by"] != new["made_by"]
    newest = (await client.get("/staff/treasury/movements", headers=desk.proposer)).json()["items"]
    assert [(each["bank_reference"], each["version"], each["lkr"]) for each in newest] == [
        ("S1", 1, "301000.00"),
        ("P1", 2, "-1497500.00"),
        ("C1", 1, "2000000.00"),
    ]


async def test_a_quantity_is_corrected_even_when_most_of_it_was_sold(desk):
    deal = await purchase(desk)
    await desk.post("stock-sales", "S1", usd="4999.00", lkr="1500000.00")
    assert (await desk.correct(deal, get="5001.00"))["state"] == "active"
    assert await desk.stock() == Stock(2_000000, 298_50)
    assert (await desk.correct(deal, get="5000.50"))["state"] == "active"
    assert (await desk.stock()).quantity == 1_500000
    assert (await desk.standing())["nostro"] == -1_500000


async def test_what_was_sold_meanwhile_is_not_taken_back(desk):
    deal = await purchase(desk)
    await desk.post("stock-sales", "S1", usd="4999.00", lkr="1500000.00")
    before = await desk.standing()
    assert (await desk.correct(deal, get="4998.00"))["code"] == "ledger.correction_not_covered"
    assert await desk.standing() == before


async def test_a_stock_that_is_gone_carries_no_difference(desk):
    deal = await purchase(desk)
    await desk.post("stock-sales", "S1", usd="5000.00", lkr="1500000.00")
    assert (await desk.correct(deal, rate="299.50"))["code"] == "treasury.stock_too_low"
    assert (await desk.reverse(deal))["code"] == "ledger.correction_not_covered"


async def test_a_till_that_is_spent_refuses_clearly(desk):
    deal = await purchase(desk)
    assert (await desk.correct(deal, give="2000000.01"))["code"] == "ledger.correction_not_covered"


async def test_a_corrected_sale_keeps_its_cost_and_changes_its_profit(desk):
    await purchase(desk)
    deal = await desk.post("stock-sales", "S1", usd="1000.00", lkr="301000.00")
    await desk.post("stock-purchases", "P2", usd="1000.00", lkr="310000.00")
    assert (await desk.correct(deal, get="302000.00"))["rate"] == "302.00000000"
    assert await desk.stock() == Stock(5_000_000000, 1_194_000_00 + 310_000_00)
    async with desk.services.database.transaction(desk.tenant.id) as tx:
        profit = await tx.fetch_value("SELECT sum(profit)::bigint FROM ledger_entry")
    assert profit == (302_000 - 298_500) * 100
    assert (await desk.correct(deal, give="900.00"))["state"] == "active"
    assert (await desk.stock()).quantity == 5_100_000000


async def test_rate_and_amounts_of_a_correction_belong_together(desk):
    deal = await purchase(desk)
    wrong = await desk.propose(deal, rate="299.50", give="1497500.01")
    assert wrong["code"] == "ledger.correction_not_possible"
    assert (await desk.propose(deal, give="0.00"))["code"] == "ledger.correction_not_possible"
    assert (await desk.propose(deal, reference="a:b"))["code"] == "ledger.correction_not_possible"
    right = await desk.propose(deal, get="4000.00", rate="300.00")
    assert (right["give"]["amount"], right["get"]["amount"]) == ("1200000.00", "4000.000000")


async def test_the_newest_bank_deal_stays_the_newest_when_an_older_one_is_corrected(desk):
    older = await desk.post("stock-purchases", "P1", usd="100.00", lkr="29850.00")
    newer = await desk.post("stock-purchases", "P2", usd="100.00", lkr="30000.00")

    async def settlement():
        async with desk.services.database.transaction(desk.tenant.id) as tx:
            account, _ = await load_stock_account(tx, desk.department)
            return str(account.deal.movement_id), account.deal.rate_e8

    assert await settlement() == (newer, 300 * 10**8)
    assert (await desk.correct(older, rate="299.00"))["state"] == "active"
    assert await settlement() == (newer, 300 * 10**8)
    approved = await desk.correct(newer, rate="301.00")
    assert await settlement() == (approved["movement_id"], 301 * 10**8)


async def test_a_bank_reference_can_be_corrected_but_not_to_one_that_stands(desk):
    deal = await purchase(desk)
    assert (await desk.correct(deal, reference="C1"))["code"] == "treasury.reference_used"
    (waiting,) = (await desk.client.get(f"{LEDGER}/corrections", headers=desk.approver)).json()["items"]
    await desk.client.post(f"{LEDGER}/corrections/{waiting['item_id']}/rejection", headers=desk.approver)
    assert (await desk.correct(deal, reference="P-1"))["state"] == "active"
    assert await desk.bookings() == {"C1": 2_000_000_00, "P-1": -1_492_500_00}
    assert await desk.post("contributions", "P-1", lkr="1.00", expect=409) == "treasury.reference_used"
    await desk.post("contributions", "P1", lkr="1.00")


async def test_a_reversed_deal_frees_its_reference_and_stands_nowhere(desk):
    before = await desk.standing()
    deal = await purchase(desk)
    assert (await desk.reverse(deal, "wrong_book"))["outcome"] == "approved"
    assert await desk.standing() == before
    assert await desk.stock() == Stock(0, 0)
    assert await desk.bookings() == {"C1": 2_000_000_00}
    listed = (await desk.client.get("/staff/treasury/movements", headers=desk.proposer)).json()["items"]
    assert [(each["bank_reference"], each["stands"]) for each in listed] == [("P1", False), ("C1", True)]
    assert (await desk.propose(deal, rate="300.00"))["code"] == "ledger.correction_not_possible"
    await purchase(desk)


async def test_a_corrected_deal_can_be_reversed_and_its_first_movement_cannot(desk):
    deal = await purchase(desk)
    second = (await desk.correct(deal, rate="299.50"))["movement_id"]
    body = {"reason": "duplicate"}
    path = f"{LEDGER}/movements/{deal}/reversals"
    again = (await desk.client.post(path, json=body, headers=desk.proposer)).json()
    assert again["code"] == "ledger.movement_reversed"
    assert (await desk.reverse(second))["outcome"] == "approved"
    assert await desk.standing() == {"till": 2_000_000_00, "collection": -2_000_000_00}
    assert await desk.bookings() == {"C1": 2_000_000_00}


async def test_the_other_kinds_are_corrected_too(desk):
    (first,) = (await desk.client.get("/staff/treasury/movements", headers=desk.proposer)).json()["items"]
    assert (await desk.correct(first["movement_id"], get="1999000.00"))["state"] == "active"
    await purchase(desk)
    lent = await desk.post("prefunds", "F1", usd="1000.00")
    assert (await desk.correct(lent, give="900.00"))["state"] == "active"
    assert await desk.stock() == Stock(4_100_000000, 4_100 * 298_50)
    moved = await desk.post(
        "relocations", "M1", currency="LKR", source="collection", target="cash", amount="500.00"
    )
    assert (await desk.correct(moved, get="400.00"))["give"]["amount"] == "400.00"
    await desk.earn(1_000_00)
    bill = await desk.post("bills", "B1", lkr="800.00")
    paid = await desk.post("bill-payments", "B2", lkr="800.00")
    assert (await desk.correct(bill, give="700.00"))["code"] == "treasury.bill_too_large"
    assert (await desk.correct(paid, give="600.00"))["state"] == "active"
    (waiting,) = (await desk.client.get(f"{LEDGER}/corrections", headers=desk.approver)).json()["items"]
    assert (await desk.approve(waiting["item_id"]))["state"] == "active"
    assert (await desk.correct(bill, give="1000.01"))["code"] == "treasury.income_too_low"
    assert await desk.standing() == {
        "till": (1_999_000 - 1_492_500 - 1_000) * 100,
        "stock": 4_100_000000,
        "treasury": 900_000000,
        "nostro": -4_100_000000,
        "prefund": -900_000000,
        "cash": -400_00,
        "fx_revenue": 1_000_00,
        "expense": -700_00,
        "payable": 100_00,
        "collection": -(1_999_000 - 1_492_500 - 400 - 600) * 100,
    }
    assert await desk.bookings() == {"C1": 1_999_000_00, "P1": -1_492_500_00, "M1": -400_00, "B2": -600_00}


async def test_cash_that_left_again_is_not_taken_back(desk):
    moved = await desk.post(
        "relocations", "M1", currency="LKR", source="collection", target="cash", amount="500.00"
    )
    await desk.post("relocations", "M2", currency="LKR", source="cash", target="ewallet", amount="500.00")
    assert (await desk.correct(moved, give="499.00"))["code"] == "treasury.place_too_low"
    assert (await desk.reverse(moved))["code"] == "treasury.place_too_low"


async def test_a_correction_of_a_closed_period_lands_in_the_open_one(desk):
    services, ids = desk.services, desk.services.ids
    now = services.clock.now()
    earlier = TreasuryService(services.database, FixedClock(now - timedelta(hours=1)), ids)
    claim = Claim(desk.department, key_of(str(ids.new())), digest_of("test", b""))
    deal = await earlier.contribute(Request(desk.tenant.id, f"staff:{ids.new()}", claim, "OLD"), lkr=1_000_00)
    proposed = await services.periods.propose(Person(desk.tenant.id, ids.new()), now - timedelta(minutes=10))
    await services.periods.close(
        Person(desk.tenant.id, ids.new()), proposed.proposal.id, proposed.report.digest
    )
    approved = await desk.correct(deal, get="900.00")
    assert await desk.bookings() == {"C1": 2_000_000_00, "OLD": 900_00}
    async with services.database.transaction(desk.tenant.id) as tx:
        made = await tx.fetch(
            "SELECT t.effective_at, p.ends_at FROM ledger_transfer t, period_closed p "
            "WHERE t.movement_id = $1 OR t.reverses IS NOT NULL",
            UUID(approved["movement_id"]),
        )
    assert len(made) == 2
    assert all(row["effective_at"] > row["ends_at"] for row in made)
    closed = await services.periods.get_closed(desk.tenant.id, 1)
    assert {line.account: line.closing for line in closed.lines} == {
        "till": 1_000_00,
        "collection": -1_000_00,
    }
