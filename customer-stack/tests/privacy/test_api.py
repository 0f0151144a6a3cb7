"""Consents over HTTP, and who may do what."""

from dataclasses import replace
from datetime import timedelta

import pytest

from customer_stack.privacy.configuration import load_texts
from customer_stack.privacy.domain.consents import Purpose, Texts
from customer_stack.privacy.domain.retention import day_of


async def test_nobody_registers_without_agreeing_to_what_an_account_rests_on(client, registration):
    texts = (await client.get("/v1/privacy/texts?language=si")).json()["texts"]
    assert [each["purpose"] for each in texts if each["required"]] == [
        "terms",
        "privacy_notice",
        "identity_vendor",
    ]
    agreed = {each["purpose"]: each["version"] for each in texts if each["required"]}
    for consents, code in (
        ({}, "privacy.consent_missing"),
        ({**agreed, "terms": 9}, "privacy.text_unknown"),
        ({**agreed, "soul": 1}, "privacy.text_unknown"),
        ({"terms": 1, "privacy_notice": 1}, "privacy.consent_missing"),
    ):
        answer = await client.post("/v1/customers", json=registration(consents=consents))
        assert answer.json()["code"] == code, consents
    assert (await client.post("/v1/customers", json=registration(consents=agreed))).status_code == 201


async def test_a_consent_is_given_and_taken_back_and_each_word_is_kept(client, active_customer, staff):
    customer_id, headers = await active_customer()

    async def say(**body):
        return await client.post("/v1/privacy/consents", json=body, headers=headers)

    def good(answer, purpose):
        return next(each["good"] for each in answer.json()["consents"] if each["purpose"] == purpose)

    given = await say(purpose="marketing", version=1, given=True)
    assert good(given, "marketing")
    await say(purpose="marketing", version=1, given=True)
    back = await say(purpose="marketing", version=1, given=False)
    assert not good(back, "marketing")
    refused = await say(purpose="terms", version=1, given=False)
    assert (refused.status_code, refused.json()["code"]) == (409, "privacy.consent_required")
    wrong = await say(purpose="marketing", version=2, given=True)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "privacy.text_unknown")
    path = f"/staff/privacy/customers/{customer_id}/consents"
    words = (await client.get(path, headers=await staff("auditor"))).json()["items"]
    assert [(each["number"], each["purpose"], each["given"]) for each in words[3:]] == [
        (4, "marketing", True),
        (5, "marketing", False),
    ]


async def test_a_version_that_asks_again_stops_new_money_until_it_is_agreed_to(
    services, privacy, tenant, active_customer, clock
):
    customer_id, _ = await active_customer()
    consents, known = privacy.consents, load_texts()
    first = known.versions[Purpose.TERMS][0]
    second = replace(first, version=2, from_day=day_of(clock.now()) + timedelta(days=1))
    consents._texts = Texts({**known.versions, Purpose.TERMS: (first, second)}, known.required)
    asked = []

    async def require_deposit(_tx, _customer_id, amount):
        asked.append(amount)

    require = privacy.before_deposit(require_deposit)

    async def deposit(amount):
        async with services.database.transaction(tenant.id) as tx:
            await require(tx, customer_id, amount)

    await deposit(1)
    clock.advance(timedelta(days=1))
    with pytest.raises(Exception, match="terms first"):
        await deposit(2)
    assert asked == [1]


async def test_a_deposit_is_quoted_only_to_who_agreed(client, house, active_customer, customer_database):
    customer_id, headers = await active_customer()
    body = {"purpose": "deposit", "amount": "30000.00"}
    keyed = {**headers, "Idempotency-Key": "q1"}
    connection = await customer_database.connect("superuser")
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("DELETE FROM privacy_consent WHERE customer_id = $1", customer_id)
    refused = await client.post("/v1/quotes", json=body, headers=keyed)
    assert (refused.status_code, refused.json()["code"]) == (403, "privacy.consent_missing")
    for purpose in ("terms", "privacy_notice", "identity_vendor"):
        word = {"purpose": purpose, "version": 1, "given": True}
        assert (await client.post("/v1/privacy/consents", json=word, headers=headers)).status_code == 200
    assert (await client.post("/v1/quotes", json=body, headers=keyed)).status_code == 201


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("auditor", {"read", "looks"}),
        ("compliance", {"read", "operate", "export"}),
        ("compliance_approver", {"read", "decide", "looks"}),
        ("treasurer", set()),
    ],
)
async def test_who_of_staff_may_do_what(client, staff, active_customer, role, allowed):
    customer_id, _ = await active_customer()
    headers = await staff(role)
    path = f"/staff/privacy/customers/{customer_id}"
    hold = {"wish": "hold", "basis": "dispute", "reference": "D/1"}
    asked = {
        "read": [("GET", path, None), ("GET", "/staff/privacy/inventory", None)],
        "operate": [("POST", f"{path}/proposals", hold), ("POST", f"{path}/erasure-requests", None)],
        "decide": [("POST", f"/staff/privacy/proposals/{customer_id}/decision", {"outcome": "approved"})],
        "export": [("POST", f"{path}/exports", None)],
        "looks": [("GET", f"{path}/disclosures", None)],
    }
    for what, requests in asked.items():
        for method, where, body in requests:
            answer = await client.request(method, where, json=body, headers=headers)
            is_denied = answer.json().get("code") == "access.permission_missing"
            assert is_denied == (what not in allowed), (what, where, answer.text)


async def test_a_person_of_another_operator_is_nobody(client, services, staff, active_customer):
    customer_id, _ = await active_customer()
    other, _ = await services.tenancy.ensure_tenant("other", "Other", ())
    await services.access.ensure_staff(other.id, "compliance", "compliance", "a long password")
    session = await services.access.sign_in("other", "compliance", "a long password")
    headers = {"Authorization": f"Bearer {session.token}"}
    path = f"/staff/privacy/customers/{customer_id}"
    for method, where in (("GET", path), ("POST", f"{path}/closure"), ("POST", f"{path}/exports")):
        answer = await client.request(method, where, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "customers.not_found"), where
