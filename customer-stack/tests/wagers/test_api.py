"""The routes of wagers and markets: shapes, refusals, and nobody else's data."""

from datetime import timedelta
from ipaddress import ip_network
from uuid import UUID

import httpx
import orjson
import pytest
import pytest_asyncio

from customer_stack.boundary_client.domain import Final
from customer_stack.edge.application import create_app
from customer_stack.edge.principals import CustomerPrincipal, StaffPrincipal
from customer_stack.geography.countries import Countries
from customer_stack.geography.domain.addresses import Trusted
from customer_stack.geography.domain.policies import Mode, State
from customer_stack.geography.service import PolicyDesk, Wish
from customer_stack.markets.api import build_router as build_markets_router
from customer_stack.wagers.api import build_router, build_staff_router
from customer_stack.wagers.service.reading import WagerReading
from customer_stack.wiring.standing import SANDBOX_TABLE
from shared.lanes import Lane, Lanes

from ..routes import watched  # noqa: TID252 - the folder of tests has no name of its own


class Sessions:
    """Tokens of this test: a customer's id is the token."""

    def __init__(self, floor):
        self.floor = floor
        self.principals = {}
        self.staff = Staff(floor)

    def admit(self, customer):
        self.principals[str(customer.id)] = CustomerPrincipal(
            customer.session_id, customer.id, customer.tenant_id, self.floor.department_id
        )
        return {"Authorization": f"Bearer {customer.id}"}

    async def authenticate(self, token):
        return self.principals.get(token)

    route = authenticate


class Staff:
    """Staff of this test, with the permissions that it gives."""

    def __init__(self, floor):
        self.floor = floor
        self.principals = {}

    def employ(self, *permissions):
        token = f"staff-{len(self.principals)}"
        self.principals[token] = StaffPrincipal(
            self.floor.ids.new(), self.floor.ids.new(), self.floor.tenant_id, None, frozenset(permissions)
        )
        return {"Authorization": f"Bearer {token}"}

    async def authenticate(self, token):
        return self.principals.get(token)


@pytest_asyncio.fixture
async def door(floor):
    lanes = Lanes(
        [Lane("wagers", floor.database, floor.placement.handle, tenant_of=lambda command: command.tenant_id)]
    )
    await lanes.start()
    sessions = Sessions(floor)
    reading = WagerReading(floor.database)
    app = create_app(
        [
            build_router(lanes, floor.sending, reading),
            build_staff_router(floor.reports, reading),
            build_markets_router(floor.markets),
        ],
        customer_sessions=sessions,
        staff_sessions=sessions.staff,
        ids=floor.ids,
        show_documentation=True,
        origins=Countries(SANDBOX_TABLE, Trusted((ip_network("127.0.0.0/8"),))).load(),
    )
    transport = httpx.ASGITransport(app=watched(app, None))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        client.admit, client.employ = sessions.admit, sessions.staff.employ
        yield client
    await lanes.stop()


def wish(floor, **changes):
    return {
        "market_id": str(floor.market_id),
        "side": "yes",
        "action": "buy",
        "quantity": "10.00",
        "limit_price": "0.56",
        **changes,
    }


async def test_who_asks_from_a_country_that_the_policy_blocks_is_denied_whatever_they_claim(floor, door):
    desk = PolicyDesk(floor.database, floor.clock, floor.ids)
    wanted = Wish(Mode.ALLOW, frozenset({"IN"}), allows_unknown=False)
    policy = await desk.propose(floor.tenant_id, wanted, "staff:1")
    await desk.decide(floor.tenant_id, policy.id, State.APPROVED, "staff:2")
    mine = door.admit(await floor.add_customer())
    cases = [
        ("198.51.100.7", "placed"),
        ("192.0.2.7, 198.51.100.7", "placed"),
        ("198.51.100.7, 192.0.2.7", "gate.country_blocked"),
        ("198.51.100.7, 8.8.8.8", "gate.country_unknown"),
        ("198.51.100.7, unknown", "gate.country_unknown"),
        ("", "gate.country_unknown"),
        (None, "gate.country_blocked"),
    ]
    for number, (forwarded, _) in enumerate(cases):
        headers = {**mine, "Idempotency-Key": f"from {number}"}
        headers |= {} if forwarded is None else {"X-Forwarded-For": forwarded}
        answer = await door.post("/v1/wagers", json=wish(floor, quantity="1.00"), headers=headers)
        assert "country" not in answer.text
    async with floor.database.transaction(floor.tenant_id) as tx:
        rows = await tx.fetch("SELECT answer::text, reason FROM gate_decision ORDER BY id")
    assert [row["reason"] or "placed" for row in rows] == [wanted for _, wanted in cases]


async def test_a_wager_is_placed_read_listed_and_cancelled(floor, door):
    mine = door.admit(await floor.add_customer())
    placed = await door.post("/v1/wagers", json=wish(floor), headers={**mine, "Idempotency-Key": "1"})
    assert placed.status_code == 201
    body = placed.json()
    assert body["max_total"] == "5.892480"
    again = await door.post("/v1/wagers", json=wish(floor), headers={**mine, "Idempotency-Key": "1"})
    assert again.content == placed.content
    address = f"/v1/wagers/{body['wager_id']}"
    read = (await door.get(address, headers=mine)).json()
    assert (read["state"], read["filled_quantity"], read["limit_price"]) == ("pending", "0.00", "0.5600")
    cancelled = await door.post(f"{address}/cancellation", headers=mine)
    assert (cancelled.status_code, cancelled.json()["is_cancelled"]) == (200, True)
    page = (await door.get("/v1/wagers", headers=mine)).json()
    assert [item["state"] for item in page["items"]] == ["cancelled"]
    assert page["next_cursor"] is None


async def test_pages_follow_each_other_without_gap_or_repeat(floor, door):
    mine = door.admit(await floor.add_customer())
    for key in range(5):
        headers = {**mine, "Idempotency-Key": str(key)}
        assert (await door.post("/v1/wagers", json=wish(floor), headers=headers)).status_code == 201
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await door.get("/v1/wagers", params=query, headers=mine)).json()
        seen += [item["wager_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


async def test_nobody_reads_or_cancels_somebody_elses_wager(floor, door):
    mine, theirs = door.admit(await floor.add_customer()), door.admit(await floor.add_customer())
    placed = await door.post("/v1/wagers", json=wish(floor), headers={**mine, "Idempotency-Key": "1"})
    address = f"/v1/wagers/{placed.json()['wager_id']}"
    for answer in (
        await door.get(address, headers=theirs),
        await door.post(f"{address}/cancellation", headers=theirs),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "wagers.unknown")
    assert (await door.get("/v1/wagers", headers=theirs)).json()["items"] == []
    assert (await door.get("/v1/wagers")).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": "0"},
        {"quantity": "1.001"},
        {"quantity": 10},
        {"quantity": "1000000.01"},
        {"quantity": "1e3"},
        {"limit_price": "1.00"},
        {"limit_price": "0"},
        {"limit_price": "0.00000"},
        {"side": "maybe"},
        {"market_id": "x"},
        {"extra": 1},
    ],
)
async def test_a_shape_that_is_not_ours_is_refused_with_advice(floor, door, changes):
    headers = {**door.admit(await floor.add_customer()), "Idempotency-Key": "1"}
    answer = await door.post("/v1/wagers", json=wish(floor, **changes), headers=headers)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"] == "request.invalid"
    assert problem["errors"][0]["field"] == next(iter(changes))


async def test_text_that_is_no_json_and_a_missing_key_are_refused(floor, door):
    mine = door.admit(await floor.add_customer())
    garbled = await door.post("/v1/wagers", content=b"{", headers={**mine, "Idempotency-Key": "1"})
    assert garbled.json()["code"] == "request.invalid"
    keyless = await door.post("/v1/wagers", json=wish(floor), headers=mine)
    assert keyless.json()["code"] == "idempotency.key_missing"


async def test_a_denial_answers_with_its_code_and_the_same_again(floor, door):
    headers = {**door.admit(await floor.add_customer(funds=5)), "Idempotency-Key": "1"}
    first = await door.post("/v1/wagers", json=wish(floor), headers=headers)
    again = await door.post("/v1/wagers", json=wish(floor), headers=headers)
    assert (first.status_code, first.json()["code"]) == (422, "wagers.insufficient_funds")
    assert again.json() == first.json()
    other = await door.post("/v1/wagers", json=wish(floor, quantity="1"), headers=headers)
    assert other.json()["code"] == "idempotency.mismatch"
    frozen = {**door.admit(await floor.add_customer(status="frozen")), "Idempotency-Key": "1"}
    assert (await door.post("/v1/wagers", json=wish(floor), headers=frozen)).status_code == 403


async def test_a_session_that_ended_a_moment_ago_places_nothing(floor, door):
    headers = {**door.admit(await floor.add_customer()), "Idempotency-Key": "1"}
    floor.clock.advance(timedelta(hours=13))
    answer = await door.post("/v1/wagers", json=wish(floor), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "session.ended")


async def test_staff_sees_breaks_and_resumes_an_account(floor, door):
    customer = await floor.add_customer()
    (answer,) = await floor.place(floor.want(customer))
    wager_id = UUID(orjson.loads(answer)["wager_id"])
    await floor.sending.register_accounts()
    await floor.sending.dispatch()
    floor.execution.reports.append(Final(1, floor.clock.now(), wager_id, 5))
    await floor.reports.fetch()
    staff = door.employ("tenant.reconciliation.read", "tenant.wagers.resume")
    page = (await door.get("/staff/wagers/breaks", headers=staff)).json()
    assert [(item["fault"], item["stops_feed"]) for item in page["items"]] == [("filled_mismatch", True)]
    address = f"/staff/wagers/accounts/{customer.account_id}/resumption"
    assert (await door.post(address, headers=staff)).json()["applied"] == 0
    unknown = await door.post(f"/staff/wagers/accounts/{UUID(int=1)}/resumption", headers=staff)
    assert unknown.json()["code"] == "wagers.feed_not_stopped"
    assert (await door.post(address, headers=door.employ("tenant.reconciliation.read"))).status_code == 403


async def test_markets_are_listed_and_shown(floor, door):
    mine = door.admit(await floor.add_customer())
    page = (await door.get("/v1/markets", headers=mine)).json()
    assert [item["ticker"] for item in page["items"]] == ["RAIN-1"]
    assert page["items"][0]["tick"] == "0.0100"
    shown = await door.get(f"/v1/markets/{floor.market_id}", headers=mine)
    assert shown.json()["status"] == "open"
    assert (await door.get(f"/v1/markets/{UUID(int=1)}", headers=mine)).json()["code"] == "markets.unknown"
    silent = await door.get(f"/v1/markets/{floor.market_id}/order-book", headers=mine)
    assert (silent.status_code, silent.json()["code"]) == (503, "boundary.outcome_unknown")


async def test_the_documentation_describes_the_hot_route(door):
    document = orjson.loads((await door.get("/openapi.json")).content)
    operation = document["paths"]["/v1/wagers"]["post"]
    assert "requestBody" in operation
