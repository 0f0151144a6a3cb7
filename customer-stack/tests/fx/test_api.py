"""Rates, withdrawals' quotes, conversions, stock and proposals over HTTP; and who may not."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
import pytest_asyncio

from customer_stack.fx.service import load_quote_standing, require_funds, require_usable, use_quote
from customer_stack.tenancy.service import root_department_of
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Movement, Posting, Transfer

IDS = SystemIds()
TERMS = {
    "sell_spread_basis": 100,
    "buy_spread_basis": 100,
    "fee_basis": 50,
    "fee_fixed": "0.00",
    "minimum_amount": "100.00",
    "maximum_amount": "1000000.00",
    "stock_share_basis": 10_000,
    "till_share_basis": 10_000,
}


def keyed(headers, key):
    return {**headers, "Idempotency-Key": key}


class House:
    """A department over HTTP, with stock and till; its treasurer's headers."""

    def __init__(self, client, services, tenant, department, headers):
        self.client, self.services, self.tenant = client, services, tenant
        self.department, self.headers = department, headers

    async def post(self, path, body, key):
        body = {"department_id": str(self.department), **body}
        answer = await self.client.post(path, json=body, headers=keyed(self.headers, key))
        assert answer.status_code == 201, answer.text

    async def open(self):
        await self.post("/staff/fx/terms", TERMS, "terms")
        await self.post("/staff/treasury/contributions", {"lkr": "2000000", "bank_reference": "O1"}, "o1")
        purchase = {"lkr": "1492500.00", "usd": "5000.000000", "bank_reference": "O2"}
        await self.post("/staff/treasury/stock-purchases", purchase, "o2")
        await self.post("/staff/treasury/prefunds", {"usd": "1000", "bank_reference": "O3"}, "o3")

    async def give(self, customer_id, asset, amount):
        """Money comes in: LKR by a pay-in, USD by a payout of a wager."""
        source, kind = ("collection", "pay_in") if asset == LKR else ("execution", "resolution_payout")
        posting = Posting(asset, source, "wallet", amount, "inflow" if asset == LKR else "payout")
        now = self.services.clock.now()
        transfer = Transfer(IDS.new(), IDS.new(), self.tenant.id, customer_id, kind, now, (posting,))
        async with self.services.database.transaction(self.tenant.id) as tx:
            await ledger.post(tx, Movement(transfers=(transfer,)))

    async def withdraw(self, customer_id, quote_id):
        """Use a quote for a withdrawal, as the withdrawal does in its own transaction."""
        async with self.services.database.transaction(self.tenant.id) as tx:
            await ledger.lock_books(tx, [customer_id, self.department])
            standing = await load_quote_standing(tx, customer_id, UUID(quote_id))
            require_usable(standing.quote, standing.outcome, self.services.clock.now())
            await require_funds(tx, standing.quote)
            return await use_quote(tx, standing.quote, self.services.clock, self.services.ids)


@pytest_asyncio.fixture
async def house(client, services, tenant, staff):
    async with services.database.transaction(tenant.id) as tx:
        department = (await root_department_of(tx, tenant.id)).id
    made = House(client, services, tenant, department, await staff("treasurer"))
    await made.open()
    return made


async def quote(client, headers, key="q", **body):
    return await client.post("/v1/quotes", json=body, headers=keyed(headers, key))


async def convert(client, house, customer_id, headers, amount="30000.00"):
    await house.give(customer_id, LKR, int(Decimal(amount) * 100))
    locked = (await quote(client, headers, f"q{amount}", purpose="conversion", amount=amount)).json()
    accepted = await client.post(
        "/v1/conversions", json={"quote_id": locked["id"]}, headers=keyed(headers, f"c{amount}")
    )
    assert accepted.status_code == 201, accepted.text
    return accepted.json()["id"]


async def test_a_customer_sees_what_we_buy_and_sell_at(client, house, active_customer):
    _, headers = await active_customer()
    rates = (await client.get("/v1/rates", headers=headers)).json()
    assert (rates["buy"], rates["sell"], rates["source"]) == ("297.0000", "303.0000", "sandbox")
    assert (await client.get("/v1/rates")).status_code == 401


async def test_a_withdrawal_is_quoted_by_its_usd(client, house, active_customer):
    customer_id, headers = await active_customer()
    await house.give(customer_id, USD, 50_000000)
    answer = await quote(client, headers, purpose="withdrawal", usd="50.00")
    assert answer.status_code == 201, answer.text
    locked = answer.json()
    shown = {
        name: locked[name] for name in ("purpose", "direction", "amount", "fee", "usd", "agreed", "state")
    }
    assert shown == {
        "purpose": "withdrawal",
        "direction": "buy",
        "amount": "14850.00",
        "fee": "0.00",
        "usd": "50.000000",
        "agreed": "297.0000",
        "state": "live",
    }
    assert locked["pay_reference"] is None
    again = await quote(client, headers, purpose="withdrawal", usd="50.00")
    assert again.json()["id"] == locked["id"]
    more = await quote(client, headers, "q2", purpose="withdrawal", usd="50.000001")
    assert (more.status_code, more.json()["code"]) == (422, "fx.not_enough_usd")
    accepted = await client.post(
        "/v1/conversions", json={"quote_id": locked["id"]}, headers=keyed(headers, "c")
    )
    assert (accepted.status_code, accepted.json()["code"]) == (404, "fx.quote_not_found")


@pytest.mark.parametrize(
    "body",
    [
        {"purpose": "withdrawal", "amount": "50.00"},
        {"purpose": "withdrawal", "amount": "50.00", "usd": "50.00"},
        {"purpose": "withdrawal"},
        {"purpose": "deposit", "usd": "50.00"},
        {"purpose": "conversion"},
        {"purpose": "deposit", "amount": "100.001"},
        {"purpose": "withdrawal", "usd": "50.0000001"},
        {"purpose": "withdrawal", "usd": "-50"},
        {"purpose": "gift", "amount": "100.00"},
    ],
)
async def test_a_quote_fixes_one_side_in_its_own_unit(client, house, active_customer, body):
    _, headers = await active_customer()
    assert (await quote(client, headers, **body)).status_code in (400, 422)


async def test_a_customer_sees_an_own_conversion_with_its_residue_and_nobody_else_s(
    client, house, active_customer
):
    customer_id, headers = await active_customer()
    made = await convert(client, house, customer_id, headers)
    shown = (await client.get(f"/v1/conversions/{made}", headers=headers)).json()
    assert (shown["direction"], shown["amount"], shown["fee"], shown["usd"]) == (
        "sell",
        "30000.00",
        "150.00",
        "98.514851",
    )
    assert (shown["mid"], shown["buy"], shown["sell"], shown["agreed"]) == (
        "300.0000",
        "297.0000",
        "303.0000",
        "303.0000",
    )
    assert shown["residue"] == "0.00014700000000"
    assert "posted nowhere" in shown["residue_note"]
    assert not {"cost", "profit", "margin", "customer_id"} & set(shown)
    _, other = await active_customer()
    for wrong, path in ((other, made), (headers, IDS.new())):
        answer = await client.get(f"/v1/conversions/{path}", headers=wrong)
        assert (answer.status_code, answer.json()["code"]) == (404, "fx.conversion_not_found")


async def test_staff_see_cost_profit_and_margin_line_by_line_in_both_directions(
    client, house, active_customer, staff
):
    customer_id, headers = await active_customer()
    sold = await convert(client, house, customer_id, headers)
    locked = (await quote(client, headers, "w", purpose="withdrawal", usd="50.00")).json()
    bought = str((await house.withdraw(customer_id, locked["id"])).id)
    auditor = await staff("auditor")
    shown = (await client.get(f"/staff/fx/conversions/{sold}", headers=auditor)).json()
    assert (shown["cost"], shown["cost_rate"], shown["profit"]) == ("29406.68", "298.5000", "443.32")
    assert shown["settlement"] == "298.5000"
    assert shown["margin"] == {
        "spread": "295.544553",
        "holding": "147.772277",
        "rounding": "0.003170",
        "is_profit": True,
    }
    shown = (await client.get(f"/staff/fx/conversions/{bought}", headers=auditor)).json()
    assert (shown["direction"], shown["cost"], shown["profit"]) == ("buy", "14850.00", "0.00")
    assert shown["margin"] == {
        "spread": "150.000000",
        "holding": "0.000000",
        "rounding": "0.000000",
        "is_profit": False,
    }
    path = f"/staff/fx/conversions?customer_id={customer_id}&limit=1"
    first = (await client.get(path, headers=auditor)).json()
    rest = (await client.get(f"{path}&cursor={first['next_cursor']}", headers=auditor)).json()
    assert [one["id"] for one in (*first["items"], *rest["items"])] == [bought, sold]
    assert rest["next_cursor"] is None


async def test_the_stock_report_of_the_money_flows_over_http(client, house, active_customer):
    customer_id, headers = await active_customer()
    await convert(client, house, customer_id, headers)
    await quote(client, headers, "w", purpose="withdrawal", usd="50.00")
    path = f"/staff/fx/stock?department_id={house.department}"
    shown = (await client.get(path, headers=house.headers)).json()
    flows = [(one["kind"], one["usd"], one["cost"], one["profit"]) for one in shown.pop("items")]
    assert flows == [
        ("fx_conversion", "-98.514851", "-29406.68", "443.32"),
        ("prefund_allocation", "-1000.000000", "-298500.00", "0.00"),
        ("stock_purchase", "5000.000000", "1492500.00", None),
    ]
    assert shown.pop("settlement_movement_id") is not None
    assert shown == {
        "department_id": str(house.department),
        "quantity": "3901.485149",
        "cost": "1164593.32",
        "average": "298.50000077",
        "held": "0.000000",
        "reserved_by_quotes": "0.000000",
        "anticipated_inflow": "50.000000",
        "available": "3901.485149",
        "profit_to_date": "443.32",
        "profit_recognised": "0.00",
        "settlement": "298.5000",
        "next_cursor": None,
    }


async def test_staff_see_the_rates_of_a_department_and_what_it_posted(client, house, active_customer):
    _, headers = await active_customer()
    await quote(client, headers, purpose="deposit", amount="1000.00")
    path = f"/staff/fx/rates?department_id={house.department}"
    shown = (await client.get(path, headers=house.headers)).json()
    assert (shown["source"], shown["mid"], shown["buy"], shown["sell"], shown["is_fresh"]) == (
        "sandbox",
        "300.0000",
        "297.0000",
        "303.0000",
        True,
    )
    (posted,) = shown["items"]
    assert (posted["buy"], posted["sell"], posted["terms_version"]) == ("297.0000", "303.0000", 1)


NOBODYS = "01900000-0000-7000-8000-000000000000"
READS = ["rates", "stock", "conversions", f"conversions/{NOBODYS}", "rate-proposals"]


@pytest.mark.parametrize("path", READS)
async def test_fx_is_read_by_those_who_may(client, house, active_customer, staff, path):
    _, customer = await active_customer()
    address = f"/staff/fx/{path}?department_id={house.department}"
    for headers, status in ((customer, 401), (await staff("compliance"), 403), ({}, 401)):
        assert (await client.get(address, headers=headers)).status_code == status


@pytest.mark.parametrize("path", READS[:3])
async def test_staff_of_one_department_do_not_read_another_s(
    client, house, services, staff, monkeypatch, path
):
    known = services.access.authenticate

    async def elsewhere(token):
        return replace(await known(token), department_id=IDS.new())

    monkeypatch.setattr(services.access, "authenticate", elsewhere)
    address = f"/staff/fx/{path}?department_id={house.department}"
    answer = await client.get(address, headers=house.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "access.department_out_of_reach")
    answer = await client.post(
        "/staff/fx/terms",
        json={"department_id": str(house.department), **TERMS},
        headers=keyed(house.headers, "t"),
    )
    assert answer.status_code == 403


# Rates by hand.


class TestByHand:
    """The same stack with rates that staff state."""

    @pytest.fixture
    def settings(self, settings):
        return settings.model_copy(update={"rate_source": "manual"})

    async def propose(self, client, headers, **changes):
        body = {"mid": "300.0000", "reference": "cbsl.gov.lk 20 Nov"} | changes
        return await client.post("/staff/fx/rate-proposals", json=body, headers=headers)

    async def test_a_rate_counts_when_a_second_person_approved_it(
        self, client, house, active_customer, staff
    ):
        _, customer = await active_customer()
        none = await client.get("/v1/rates", headers=customer)
        assert (none.status_code, none.json()["code"]) == (503, "fx.rate_unavailable")
        proposed = await self.propose(client, house.headers)
        assert proposed.status_code == 201, proposed.text
        path = f"/staff/fx/rate-proposals/{proposed.json()['id']}/approval"
        assert (await client.post(path, headers=house.headers)).status_code == 403
        assert (await client.get("/v1/rates", headers=customer)).status_code == 503
        controller = await staff("controller")
        approved = (await client.post(path, headers=controller)).json()
        assert (approved["state"], approved["mid"]) == ("approved", "300.0000")
        assert approved["decided_by"] != approved["proposed_by"]
        rates = (await client.get("/v1/rates", headers=customer)).json()
        assert (rates["buy"], rates["sell"], rates["source"]) == ("297.0000", "303.0000", "manual")
        again = await client.post(path, headers=controller)
        assert (again.status_code, again.json()["code"]) == (409, "fx.proposal_decided")
        (listed,) = (await client.get("/staff/fx/rate-proposals", headers=controller)).json()["items"]
        assert listed == approved

    async def test_a_rejected_rate_is_never_used(self, client, house, active_customer, staff):
        _, customer = await active_customer()
        proposed = (await self.propose(client, house.headers)).json()
        path = f"/staff/fx/rate-proposals/{proposed['id']}/rejection"
        rejected = await client.post(path, headers=await staff("controller"))
        assert rejected.json()["state"] == "rejected"
        assert (await client.get("/v1/rates", headers=customer)).status_code == 503

    @pytest.mark.parametrize(
        "changes",
        [
            {"mid": "0"},
            {"mid": "300,00"},
            {"mid": "-300"},
            {"mid": 300.25},
            {"reference": ""},
            {"as_of": "2026-11-20T12:00:00"},
            {"as_of": "2099-01-01T00:00:00Z"},
            {"as_of": "2020-01-01T00:00:00Z"},
        ],
    )
    async def test_what_is_no_rate_of_now_is_refused(self, client, house, changes):
        assert (await self.propose(client, house.headers, **changes)).status_code in (400, 422)

    async def test_whoever_approves_does_not_propose(self, client, house, staff):
        assert (await self.propose(client, await staff("controller"))).status_code == 403


async def test_with_a_feed_nobody_states_a_rate(client, house):
    body = {"mid": "300.0000", "reference": "x"}
    answer = await client.post("/staff/fx/rate-proposals", json=body, headers=house.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "fx.rates_not_manual")


async def test_a_department_of_another_tenant_is_not_found(client, house, services):
    other, _ = await services.tenancy.ensure_tenant("serendib", "Serendib Forecasts", ())
    await services.access.ensure_staff(other.id, "auditor", "auditor", "a long password")
    session = await services.access.sign_in("serendib", "auditor", "a long password")
    headers = {"Authorization": f"Bearer {session.token}"}
    for path in ("rates", "stock"):
        answer = await client.get(f"/staff/fx/{path}?department_id={house.department}", headers=headers)
        assert answer.status_code == 404
    listed = await client.get("/staff/fx/conversions", headers=headers)
    assert listed.json() == {"items": [], "next_cursor": None}


async def test_every_route_of_fx_says_what_it_does(client):
    paths = (await client.get("/openapi.json")).json()["paths"]
    ours = {path: methods for path, methods in paths.items() if "/fx/" in path or "/v1/rates" in path}
    assert len(ours) == 9
    assert all(method.get("description") for methods in ours.values() for method in methods.values())
