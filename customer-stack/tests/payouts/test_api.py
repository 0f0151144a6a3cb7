"""Withdrawals and refunds over HTTP: what a customer does with the API documentation alone."""

import pytest

TERMS = {"fee": "100.00", "minimum_amount": "500.00", "maximum_amount": "1000000.00"}
ACCOUNT = {"account_number": "8001 2345-6789", "holder_name": "Nimal Perera"}


def keyed(headers, key="k1"):
    return {**headers, "Idempotency-Key": key}


async def lkr(client, headers):
    balances = (await client.get("/v1/wallet", headers=headers)).json()["balances"]
    (line,) = [line for line in balances if line["currency"] == "LKR"]
    return line["posted"], line["held"]


@pytest.fixture
async def open_house(client, house, department):
    answer = await client.post(
        "/staff/payouts/terms", json={"department_id": department, **TERMS}, headers=house
    )
    assert answer.status_code == 201, answer.text
    return house


@pytest.fixture
async def customer(client, open_house, active_customer, bank_says):
    """Somebody with 98.514851 USD and an account of their own."""
    _, headers = await active_customer()
    body = {"purpose": "deposit", "amount": "30000.00"}
    quote = (await client.post("/v1/quotes", json=body, headers=keyed(headers, "q1"))).json()
    await bank_says(quote["pay_reference"])
    return headers


async def add_account(client, headers):
    answer = await client.post("/v1/payout-accounts", json=ACCOUNT, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def withdraw(client, headers, key="w1"):
    account = await add_account(client, headers)
    body = {"purpose": "withdrawal", "usd": "50.00"}
    quote = (await client.post("/v1/quotes", json=body, headers=keyed(headers, f"q-{key}"))).json()
    body = {"quote_id": quote["id"], "payout_account_id": account["id"]}
    return await client.post("/v1/withdrawals", json=body, headers=keyed(headers, key))


async def test_a_customer_withdraws_with_the_documentation_alone(client, customer, bank_tells):
    assert (await client.get("/v1/payout-terms", headers=customer)).json()["fee"] == "100.00"
    asked = await withdraw(client, customer)
    assert asked.status_code == 201, asked.text
    shown = asked.json()
    assert (shown["state"], shown["gross"], shown["fee"], shown["amount"]) == (
        "requested",
        "14850.00",
        "100.00",
        "14750.00",
    )
    assert await lkr(client, customer) == ("14850.00", "14850.00")
    word = {"payout_id": shown["id"], "bank_reference": "OUT1", "currency": "LKR", "amount": "14750.00"}
    paid = await bank_tells(event_id="p1", type="payout.succeeded", **word)
    assert paid.json() == {"new": True}
    found = (await client.get(f"/v1/withdrawals/{shown['id']}", headers=customer)).json()
    assert (found["state"], found["bank_reference"]) == ("paid", "OUT1")
    assert await lkr(client, customer) == ("0.00", "0.00")
    await bank_tells(event_id="p2", type="payout.returned", return_reference="RT1", reason="closed", **word)
    (found,) = (await client.get("/v1/withdrawals", headers=customer)).json()["items"]
    assert (found["state"], found["reason"]) == ("returned", "closed")
    assert await lkr(client, customer) == ("14850.00", "0.00")


async def test_a_withdrawal_is_cancelled_before_it_is_sent(client, customer):
    shown = (await withdraw(client, customer)).json()
    path = f"/v1/withdrawals/{shown['id']}/cancel"
    cancelled = await client.post(path, json={}, headers=customer)
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert await lkr(client, customer) == ("14850.00", "0.00")


async def test_a_pay_in_that_waits_is_refunded(client, customer, bank_says, bank_tells):
    await bank_says("", "700.00", "IN9", "e9")
    body = {"purpose": "deposit", "amount": "1000.00"}
    quote = (await client.post("/v1/quotes", json=body, headers=keyed(customer, "q5"))).json()
    await bank_says(quote["pay_reference"], "900.00", "IN5", "e5")
    pay_in = (await client.get("/v1/pay-ins", headers=customer)).json()["items"][0]
    assert (pay_in["state"], pay_in["refund_proposed_at"]) == ("waiting", None)
    body = {"pay_in_id": pay_in["id"]}
    refund = await client.post("/v1/refunds", json=body, headers=keyed(customer, "r1"))
    assert (refund.status_code, refund.json()["amount"], refund.json()["fee"]) == (201, "900.00", "0.00")
    again = await client.post("/v1/refunds", json=body, headers=keyed(customer, "r2"))
    assert (again.status_code, again.json()["code"]) == (409, "payouts.not_refundable")


async def test_accounts_are_masked_listed_and_removed(client, customer):
    account = await add_account(client, customer)
    assert (account["account_number"], account["holder_name"]) == ("********6789", "Nimal Perera")
    assert (await add_account(client, customer))["id"] == account["id"]
    removed = await client.delete(f"/v1/payout-accounts/{account['id']}", headers=customer)
    assert removed.status_code == 204
    assert (await client.get("/v1/payout-accounts", headers=customer)).json()["items"] == []


async def test_nobody_else_sees_or_stops_a_withdrawal(client, customer, active_customer):
    shown = (await withdraw(client, customer)).json()
    _, stranger = await active_customer()
    seen = await client.get(f"/v1/withdrawals/{shown['id']}", headers=stranger)
    stopped = await client.post(f"/v1/withdrawals/{shown['id']}/cancel", json={}, headers=stranger)
    assert (seen.status_code, stopped.status_code) == (404, 404)
    assert (await client.get("/v1/withdrawals", headers=stranger)).json()["items"] == []
    body = {"amount_lkr": "600.00", "payout_account_id": shown["payout_account_id"]}
    taken = await client.post("/v1/withdrawals", json=body, headers=keyed(stranger, "x"))
    assert (taken.status_code, taken.json()["code"]) == (404, "payouts.account_not_found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "request.invalid"),
        (
            {"amount_lkr": "600.00", "quote_id": "01a1fbd1-0983-760b-ae8c-faf46a3ce88a"},
            422,
            "request.invalid",
        ),
        ({"amount_lkr": "600.001"}, 400, "money.inexact_amount"),
        ({"amount_lkr": "-5.00"}, 422, "request.invalid"),
        ({"amount_lkr": "600.00"}, 422, "payouts.not_enough_waiting"),
        ({"quote_id": "01a1fbd1-0983-760b-ae8c-faf46a3ce88a"}, 404, "fx.quote_not_found"),
    ],
)
async def test_a_bad_withdrawal_is_a_problem_with_a_code(client, customer, body, status, code):
    account = await add_account(client, customer)
    body = {"payout_account_id": account["id"], **body}
    answer = await client.post("/v1/withdrawals", json=body, headers=keyed(customer, "w9"))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("number", ["1234", "80 01 $", "8" * 35, "--------", ""])
async def test_a_text_that_is_no_account_number_is_refused(client, customer, number):
    body = {"account_number": number, "holder_name": "Nimal Perera"}
    answer = await client.post("/v1/payout-accounts", json=body, headers=customer)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")


async def test_staff_sees_payouts_and_only_who_may(client, customer, open_house, staff):
    shown = (await withdraw(client, customer)).json()
    (seen,) = (await client.get("/staff/payouts?state=requested", headers=open_house)).json()["items"]
    assert (seen["id"], seen["is_held"], seen["provider"]) == (shown["id"], False, "sandbox-bank")
    assert (await client.get("/staff/payouts?held=true", headers=open_house)).json()["items"] == []
    compliance = await staff("compliance")
    for method, path, body in (
        ("GET", "/staff/payouts", None),
        ("POST", f"/staff/payouts/{shown['id']}/resume", {}),
        ("POST", "/staff/payouts/terms", TERMS | {"department_id": shown["id"]}),
        ("POST", "/staff/payouts/refunds", {"pay_in_id": shown["id"]}),
        ("GET", "/staff/webhooks", None),
        ("POST", f"/staff/webhooks/{shown['id']}/replay", None),
        ("GET", f"/staff/pay-ins/suspense/{shown['id']}/payer", None),
        ("POST", f"/staff/pay-ins/suspense/{shown['id']}/return", {}),
        ("POST", f"/staff/pay-ins/suspense-proposals/{shown['id']}/approval", {}),
    ):
        answer = await client.request(method, path, json=body, headers=keyed(compliance, "k"))
        assert answer.status_code == 403, path
    held = await client.post(f"/staff/payouts/{shown['id']}/resume", json={}, headers=open_house)
    assert (held.status_code, held.json()["code"]) == (409, "payouts.not_held")


async def test_suspense_is_cleared_by_two_members_of_staff(
    client, open_house, active_customer, staff, bank_says
):
    customer_id, headers = await active_customer()
    await bank_says("rent of Kumari")
    (found,) = (await client.get("/staff/pay-ins/suspense", headers=open_house)).json()["items"]
    assert (found["state"], found["proposal"]) == ("open", None)
    payer = await client.get(f"/staff/pay-ins/suspense/{found['id']}/payer", headers=open_house)
    assert payer.json() == {"account": "8001112223", "text": "rent of Kumari"}
    proposed = await client.post(
        f"/staff/pay-ins/suspense/{found['id']}/assignment",
        json={"customer_id": str(customer_id)},
        headers=open_house,
    )
    assert (proposed.status_code, proposed.json()["state"]) == (201, "proposed")
    proposal = proposed.json()["proposal"]["id"]
    path = f"/staff/pay-ins/suspense-proposals/{proposal}/approval"
    assert (await client.post(path, json={}, headers=open_house)).status_code == 403
    approved = await client.post(path, json={}, headers=await staff("controller"))
    assert (approved.status_code, approved.json()["state"]) == (200, "assigned")
    assert await lkr(client, headers) == ("30000.00", "0.00")


async def test_a_message_that_failed_is_replayed_by_staff(client, open_house, bank_tells):
    unknown = "01a1fbd1-0983-760b-ae8c-faf46a3ce88a"
    word = {"payout_id": unknown, "bank_reference": "OUT1"}
    await bank_tells(event_id="p1", type="payout.succeeded", **word)
    (message,) = (await client.get("/staff/webhooks?state=waiting", headers=open_house)).json()["items"]
    assert (message["kind"], message["problem"]) == ("payout.succeeded", "payouts.not_found")
    replayed = await client.post(f"/staff/webhooks/{message['id']}/replay", headers=open_house)
    assert (replayed.status_code, replayed.json()["state"]) == (200, "waiting")
    gone = await client.post(f"/staff/webhooks/{unknown}/replay", headers=open_house)
    assert (gone.status_code, gone.json()["code"]) == (404, "webhooks.message_not_found")


async def test_nobody_known_at_the_door_is_told_nothing(client, open_house):
    for provider in ("bank", "nobody", "01a1fbd1-0983-760b-ae8c-faf46a3ce88a"):
        answer = await client.post(f"/webhooks/{provider}", content=b"{}")
        assert (answer.status_code, answer.json()["code"]) == (401, "webhooks.signature_invalid")
