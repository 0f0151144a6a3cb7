"""Cards over HTTP: who may, what is answered, and that providers' messages come through their doors."""

import hashlib
import hmac
import time
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
import pytest_asyncio
from pydantic import SecretStr, ValidationError

from customer_stack.cards.providers import sandbox as adapter
from customer_stack.cards.service.working import CardWork
from customer_stack.main import open_services
from customer_stack.settings import Settings
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import root_department_of
from sandbox.acquirer.app import create_app
from sandbox.settings import AcquirerSettings

ACQUIRER_SECRET = "the secret of the acquirer"
ISSUER_SECRET = "the secret of the issuer"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "acquirer_url": "http://acquirer.test",
            "acquirer_api_key": SecretStr("the key of the acquirer"),
            "acquirer_secret": SecretStr(ACQUIRER_SECRET),
            "issuer_secret": SecretStr(ISSUER_SECRET),
        }
    )


@pytest.fixture
def acquirer() -> Any:
    settings = AcquirerSettings(acquirer_api_key=SecretStr("the key of the acquirer"), acquirer_delay_ms=0)
    return create_app(settings)


@pytest_asyncio.fixture
async def services(settings: Settings, acquirer: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Services whose acquirer is the sandbox's, in this process."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(app=acquirer))
        )
        build = adapter.SandboxAcquirer
        monkeypatch.setattr(
            "customer_stack.wiring.cards.SandboxAcquirer", lambda url, key, _: build(url, key, client)
        )
        yield await open_services(settings, stack, name="test")


@pytest_asyncio.fixture
async def house(client: httpx.AsyncClient, services: Any, tenant: Any, staff: Any) -> dict[str, str]:
    """Open till, stock and terms; return the treasurer's headers with the department."""
    headers = await staff("treasurer")
    async with services.database.transaction(tenant.id) as tx:
        department = str((await root_department_of(tx, tenant.id)).id)

    async def post(path: str, **body: str | int) -> None:
        keyed = {**headers, "Idempotency-Key": str(uuid4())}
        answer = await client.post(path, json={"department_id": department, **body}, headers=keyed)
        assert answer.status_code == 201, answer.text

    basis = {"sell_spread_basis": 100, "buy_spread_basis": 100, "fee_basis": 50, "stock_share_basis": 10_000}
    bounds = {"fee_fixed": "0.00", "minimum_amount": "100.00", "maximum_amount": "1000000.00"}
    await post("/staff/fx/terms", **basis, **bounds)
    await post("/staff/treasury/contributions", lkr="2000000.00", bank_reference="O1")
    await post("/staff/treasury/stock-purchases", lkr="1492500.00", usd="5000.000000", bank_reference="O2")
    return {"department": department, **headers}


@pytest.fixture
def charge(client: httpx.AsyncClient) -> Any:
    async def do(headers: dict[str, str], card: str = "tok_approve", key: str | None = None) -> Any:
        quoted = await client.post(
            "/v1/quotes",
            json={"purpose": "deposit", "amount": "30000.00"},
            headers={**headers, "Idempotency-Key": str(uuid4())},
        )
        assert quoted.status_code == 201, quoted.text
        body = {"quote_id": quoted.json()["id"], "card_token": card}
        return await client.post(
            "/v1/card-charges", json=body, headers={**headers, "Idempotency-Key": key or str(uuid4())}
        )

    return do


async def run(services: Any, acquirer: Any, rounds: int = 6) -> None:
    work: CardWork = services.cards.work
    for _ in range(rounds):
        async with services.database.transaction(*await services.tenancy.list_tenant_ids()) as tx:
            await tx.execute("UPDATE cards_task SET due_at = now() WHERE due_at IS NOT NULL")
        await work.work()
        acquirer.state.acquirer.advance(2**50)


def sign(secret: str, header: str, raw: bytes) -> dict[str, str]:
    moment = str(int(time.time()))
    digest = hmac.new(secret.encode(), moment.encode() + b"." + raw, hashlib.sha256).hexdigest()
    return {header: f"t={moment},v1={digest}"}


async def deliver(client: httpx.AsyncClient, services: Any, acquirer: Any) -> None:
    """Send the acquirer's events through their door, each twice, and let the worker handle them."""
    for event in list(acquirer.state.acquirer.outbox.values()) * 2:
        raw = event.body.encode()
        headers = sign(ACQUIRER_SECRET, "Acquirer-Signature", raw)
        answer = await client.post("/webhooks/acquirer", content=raw, headers=headers)
        assert answer.status_code == 200, answer.text
    while await services.webhooks.deliver():
        pass


async def test_a_customer_pays_with_a_card_and_reads_what_became_of_it(
    client: Any, services: Any, acquirer: Any, house: Any, active_customer: Any, charge: Any
):
    _, headers = await active_customer()
    made = await charge(headers)
    assert (made.status_code, made.json()["state"]) == (201, "created")
    await run(services, acquirer)
    await deliver(client, services, acquirer)
    shown = (await client.get(f"/v1/card-charges/{made.json()['id']}", headers=headers)).json()
    assert (shown["state"], shown["outcome"], shown["reason"]) == ("captured", "converted", "as_quoted")
    (listed,) = (await client.get("/v1/card-charges", headers=headers)).json()["items"]
    assert listed == shown
    wallet = (await client.get("/v1/wallet", headers=headers)).json()["balances"]
    assert {one["currency"]: one["posted"] for one in wallet} == {"LKR": "0.00", "USD": "98.514851"}


async def test_a_message_of_the_acquirer_alone_is_enough(
    client: Any, services: Any, acquirer: Any, house: Any, active_customer: Any, charge: Any
):
    _, headers = await active_customer()
    made = (await charge(headers, "tok_decline")).json()
    await services.cards.work.work()
    acquirer.state.acquirer.advance(2**50)
    await deliver(client, services, acquirer)
    shown = (await client.get(f"/v1/card-charges/{made['id']}", headers=headers)).json()
    assert (shown["state"], shown["refusal"]) == ("declined", "do_not_honour")


async def test_a_message_that_is_not_signed_is_refused(client: Any, services: Any, house: Any):
    for path in ("/webhooks/acquirer", "/webhooks/issuer", "/webhooks/issuer/authorisations"):
        answer = await client.post(path, content=b"{}")
        assert (answer.status_code, answer.json()["code"]) == (401, "webhooks.signature_invalid")


async def test_another_customer_and_another_tenant_see_no_charge_and_refund_none(
    client: Any, services: Any, acquirer: Any, house: Any, active_customer: Any, charge: Any
):
    _, headers = await active_customer()
    made = (await charge(headers)).json()
    _, other = await active_customer()
    assert (await client.get("/v1/card-charges", headers=other)).json()["items"] == []
    assert (await client.get(f"/v1/card-charges/{made['id']}", headers=other)).status_code == 404
    refund = await client.post(
        f"/v1/card-charges/{made['id']}/refund",
        json={"amount": "1.00"},
        headers={**other, "Idempotency-Key": "k"},
    )
    assert (refund.status_code, refund.json()["code"]) == (404, "cards.charge_not_found")
    await services.tenancy.ensure_tenant("serendib", "Serendib Forecasts", tuple(Capability))
    second = await services.tenancy.find_tenant("serendib")
    await services.access.ensure_staff(second.id, "elsewhere", "treasurer", "a long password")
    session = await services.access.sign_in("serendib", "elsewhere", "a long password")
    elsewhere = {"Authorization": f"Bearer {session.token}", "Idempotency-Key": "k"}
    assert (await client.get("/staff/cards/charges", headers=elsewhere)).json()["items"] == []
    refund = await client.post(
        f"/staff/cards/charges/{made['id']}/refund", json={"amount": "1.00"}, headers=elsewhere
    )
    assert refund.status_code == 404


async def test_money_that_waits_goes_back_to_the_card_by_the_customer_and_by_staff(
    client: Any, services: Any, acquirer: Any, house: Any, active_customer: Any, charge: Any
):
    _, headers = await active_customer()
    made = (await charge(headers)).json()
    wanted = {"purpose": "deposit", "amount": "500.00"}
    await client.post("/v1/quotes", json=wanted, headers={**headers, "Idempotency-Key": "replaces the first"})
    await run(services, acquirer)
    place = f"/v1/card-charges/{made['id']}"
    shown = (await client.get(place, headers=headers)).json()
    assert (shown["outcome"], shown["reason"], shown["refundable"]) == ("waiting", "quote_closed", "30000.00")
    keyed = {**headers, "Idempotency-Key": "r1"}
    for _ in range(2):
        asked = await client.post(f"{place}/refund", json={"amount": "10000.00"}, headers=keyed)
        assert asked.status_code == 202, asked.text
    assert [one["state"] for one in asked.json()["refunds"]] == ["pending"]
    staff = {"Authorization": house["Authorization"], "Idempotency-Key": "r2"}
    path = f"/staff/cards/charges/{made['id']}/refund"
    assert (await client.post(path, json={"amount": "20000.00"}, headers=staff)).status_code == 202
    await run(services, acquirer)
    await deliver(client, services, acquirer)
    (listed,) = (await client.get("/staff/cards/charges", headers=staff)).json()["items"]
    assert (listed["state"], [one["state"] for one in listed["refunds"]]) == ("refunded", ["refunded"] * 2)
    refused = await client.post(path, json={"amount": "0.00"}, headers={**staff, "Idempotency-Key": "r3"})
    assert refused.json()["code"] == "cards.nothing_to_refund"
    again = await client.post(f"/staff/cards/charges/{made['id']}/ask-again", headers=staff)
    assert again.json()["state"] == "refunded"


async def test_staff_without_the_permission_are_refused(client: Any, house: Any, staff: Any):
    compliance = await staff("compliance")
    auditor = await staff("auditor")
    for path in ("charges", "settlements", "shadow", "breaks"):
        assert (await client.get(f"/staff/cards/{path}", headers=compliance)).status_code == 403
        assert (await client.get(f"/staff/cards/{path}", headers=auditor)).status_code == 200
    body = {"customer_id": str(uuid4()), "card_token": "crd_kandy"}
    refused = await client.post("/staff/cards/issued", json=body, headers=auditor)
    assert (refused.status_code, refused.json()["code"]) == (403, "access.permission_missing")


async def test_a_settlement_is_recorded_once(client: Any, house: Any):
    body = {
        "department_id": house["department"],
        "gross": "30000.00",
        "fee": "750.00",
        "bank_reference": "AQ1",
    }
    headers = {"Authorization": house["Authorization"], "Idempotency-Key": "s1"}
    first = await client.post("/staff/cards/settlements", json=body, headers=headers)
    again = await client.post("/staff/cards/settlements", json=body, headers=headers)
    assert (first.status_code, first.json()) == (201, again.json())
    other = {**headers, "Idempotency-Key": "s2"}
    refused = await client.post("/staff/cards/settlements", json=body, headers=other)
    assert (refused.status_code, refused.json()["code"]) == (409, "cards.settlement_reference_used")
    (shown,) = (await client.get("/staff/cards/settlements", headers=headers)).json()["items"]
    assert (shown["gross"], shown["fee"], shown["net"]) == ("30000.00", "750.00", "29250.00")


@pytest.mark.parametrize("token", ["4111111111111111", "tok_4111111111111111", "tok_a4111111111111111", "x"])
async def test_a_card_number_is_refused_and_not_repeated(
    client: Any, house: Any, active_customer: Any, charge: Any, token: str
):
    _, headers = await active_customer()
    answer = await charge(headers, token)
    assert answer.status_code in (400, 422)
    assert "4111111111111111" not in answer.text


async def test_a_money_request_needs_a_key(client: Any, house: Any, active_customer: Any):
    _, headers = await active_customer()
    body = {"quote_id": str(uuid4()), "card_token": "tok_approve"}
    answer = await client.post("/v1/card-charges", json=body, headers=headers)
    assert answer.json()["code"] == "idempotency.key_missing"


async def test_the_card_network_hears_no_and_staff_see_the_shadow_decision(
    client: Any, services: Any, house: Any, active_customer: Any, tenant: Any
):
    customer_id, _ = await active_customer()
    headers = {"Authorization": house["Authorization"]}
    body = {"customer_id": str(customer_id), "card_token": "crd_kandy"}
    assert (await client.post("/staff/cards/issued", json=body, headers=headers)).status_code == 201
    async with services.database.transaction(tenant.id) as tx:
        await tx.execute(
            "INSERT INTO tenancy_capability_switch (tenant_id, id, capability, is_on, switched_at) "
            "VALUES ($1, $2, 'card_issuing', false, now())",
            tenant.id,
            services.ids.new(),
        )
    question = {
        "event_id": "e1",
        "type": "authorisation.requested",
        "card_token": "crd_kandy",
        "authorisation_id": "a1",
        "amount": "12.50",
        "currency": "USD",
        "merchant_category": "5812",
    }
    raw = orjson.dumps(question)
    signature = sign(ISSUER_SECRET, "Issuer-Signature", raw)
    answer = await client.post("/webhooks/issuer/authorisations", content=raw, headers=signature)
    assert answer.json() == {"decision": "decline", "reason": "not_live"}
    report = (await client.get("/staff/cards/shadow", headers=headers)).json()
    assert report["totals"] == [
        {"decision": "decline", "reason": "not_enough_usd", "count": 1, "amount": "12.500000"}
    ]
    assert report["items"][0]["answered"] == "decline: not_live"


async def test_without_an_acquirer_the_route_says_so(
    client: Any, services: Any, house: Any, active_customer: Any, charge: Any
):
    _, headers = await active_customer()
    object.__setattr__(services.cards.charges, "_provider", None)
    answer = await charge(headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "cards.funding_unavailable")


def test_half_an_acquirer_and_a_sandbox_s_in_production_are_refused(settings: Settings):
    whole = settings.model_dump()
    with pytest.raises(ValidationError, match="together"):
        Settings.model_validate(whole | {"acquirer_secret": None})
    refused = Settings.model_validate(whole | {"environment": "production"}).production_problems()
    assert "production.sandbox_acquirer" in {each.code for each in refused}
