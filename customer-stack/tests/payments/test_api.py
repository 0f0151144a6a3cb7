"""A deposit over HTTP: treasury, quote, signed webhook, wallet; and who may not."""

import pytest


def keyed(headers, key="k1"):
    return {**headers, "Idempotency-Key": key}


async def quote(client, headers, amount="30000.00", purpose="deposit", key="q1"):
    body = {"purpose": purpose, "amount": amount}
    return await client.post("/v1/quotes", json=body, headers=keyed(headers, key))


async def wallet(client, headers):
    answer = (await client.get("/v1/wallet", headers=headers)).json()
    return {line["currency"]: line for line in answer["balances"]}


async def test_a_deposit_of_the_money_flows_over_http(client, house, active_customer, bank_says):
    _, customer = await active_customer()
    locked = (await quote(client, customer)).json()
    shown = {name: locked[name] for name in ("amount", "fee", "usd", "mid", "buy", "sell", "agreed", "state")}
    assert shown == {
        "amount": "30000.00",
        "fee": "150.00",
        "usd": "98.514851",
        "mid": "300.0000",
        "buy": "297.0000",
        "sell": "303.0000",
        "agreed": "303.0000",
        "state": "live",
    }
    assert (await bank_says(locked["pay_reference"])).json() == {"new": True}
    assert (await bank_says(locked["pay_reference"])).json() == {"new": False}
    assert await wallet(client, customer) == {
        "LKR": {"currency": "LKR", "posted": "0.00", "held": "0.00", "available": "0.00"},
        "USD": {"currency": "USD", "posted": "98.514851", "held": "0.000000", "available": "98.514851"},
    }
    used = (await client.get(f"/v1/quotes/{locked['id']}", headers=customer)).json()
    assert used["state"] == "used"
    (pay_in,) = (await client.get("/v1/pay-ins", headers=customer)).json()["items"]
    assert (pay_in["state"], pay_in["amount"], pay_in["quote_id"]) == ("converted", "30000.00", locked["id"])
    entries = (await client.get("/v1/wallet/entries?currency=LKR&limit=2", headers=customer)).json()
    assert [(entry["amount"], entry["kind"]) for entry in entries["items"]] == [
        ("-29850.00", "fx_conversion"),
        ("-150.00", "fx_fee"),
    ]
    rest = (
        await client.get(
            f"/v1/wallet/entries?currency=LKR&limit=2&cursor={entries['next_cursor']}", headers=customer
        )
    ).json()
    assert [(entry["amount"], entry["balance_after"]) for entry in rest["items"]] == [
        ("30000.00", "30000.00")
    ]
    assert rest["next_cursor"] is None


async def test_a_short_pay_in_says_what_to_do_and_is_converted_on_consent(
    client, house, active_customer, bank_says
):
    _, customer = await active_customer()
    locked = (await quote(client, customer)).json()
    await bank_says(locked["pay_reference"], "29000.00")
    (pay_in,) = (await client.get("/v1/pay-ins", headers=customer)).json()["items"]
    assert (pay_in["state"], pay_in["reason"]) == ("waiting", "amount_short")
    assert "conversion quote" in pay_in["next_step"]
    waiting = (await quote(client, customer, "29000.00", "conversion", "q2")).json()
    assert waiting["pay_reference"] is None
    accepted = await client.post(
        "/v1/conversions", json={"quote_id": waiting["id"]}, headers=keyed(customer, "c1")
    )
    assert accepted.status_code == 201
    assert (await wallet(client, customer))["USD"]["posted"] == waiting["usd"]


async def test_a_message_that_the_bank_did_not_sign_is_refused(client, house, bank_says):
    answer = await bank_says("anything", secret="another secret")
    assert (answer.status_code, answer.json()["code"]) == (401, "webhooks.signature_invalid")


@pytest.mark.parametrize("form", [str.lower, lambda text: f" {text[:6]} {text[6:].lower()} "])
async def test_a_reference_in_small_letters_or_with_blanks_is_the_customer_s(
    client, house, active_customer, bank_says, form
):
    _, customer = await active_customer()
    locked = (await quote(client, customer)).json()
    assert (await bank_says(form(locked["pay_reference"]))).json() == {"new": True}
    (pay_in,) = (await client.get("/v1/pay-ins", headers=customer)).json()["items"]
    assert (pay_in["state"], pay_in["quote_id"]) == ("converted", locked["id"])


async def test_another_content_under_a_known_event_is_a_conflict(client, house, active_customer, bank_says):
    _, customer = await active_customer()
    locked = (await quote(client, customer)).json()
    await bank_says(locked["pay_reference"])
    altered = await bank_says(locked["pay_reference"], amount="40000.00", reference="IN2")
    assert (altered.status_code, altered.json()["code"]) == (409, "webhooks.event_altered")
    assert (await bank_says(locked["pay_reference"])).json() == {"new": False}
    assert len((await client.get("/v1/pay-ins", headers=customer)).json()["items"]) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"event_id": "e\x001"},
        {"event_id": "e 1"},
        {"bank_reference": "IN\x001"},
        {"bank_reference": "IN1\n"},
        {"booked_at": "0001-01-01T00:00:00+14:00"},
    ],
)
async def test_a_signed_notice_without_the_agreed_form_is_refused(client, house, bank_says, changes):
    answer = await bank_says("rent", **changes)
    assert (answer.status_code, answer.json()["code"]) == (400, "webhooks.message_invalid")


async def test_money_of_nobody_known_is_listed_for_staff_only(client, house, bank_says, staff):
    await bank_says("rent")
    listed = (await client.get("/staff/pay-ins/suspense", headers=house)).json()
    assert [item["reason"] for item in listed["items"]] == ["unknown_reference"]
    compliance = await staff("compliance")
    assert (await client.get("/staff/pay-ins/suspense", headers=compliance)).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"purpose": "deposit", "amount": "99.99"}, 422, "fx.amount_out_of_bounds"),
        ({"purpose": "deposit", "amount": "100.001"}, 400, "money.inexact_amount"),
        ({"purpose": "deposit", "amount": "-100"}, 422, "request.invalid"),
        ({"purpose": "deposit", "amount": 30000}, 422, "request.invalid"),
        ({"purpose": "gift", "amount": "100.00"}, 422, "request.invalid"),
        ({"purpose": "deposit", "amount": "100.00", "rate": "1"}, 422, "request.invalid"),
        ({"purpose": "conversion", "amount": "100.00"}, 422, "fx.not_enough_waiting"),
    ],
)
async def test_a_bad_quote_request_is_a_problem_with_a_code(
    client, house, active_customer, body, status, code
):
    _, customer = await active_customer()
    answer = await client.post("/v1/quotes", json=body, headers=keyed(customer))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_quote_needs_a_session_an_active_customer_and_a_key(
    client, house, registration, sign_in, active_customer
):
    assert (await client.post("/v1/quotes", json={})).status_code in (401, 422)
    body = registration()
    await client.post("/v1/customers", json=body)
    fresh = {"Authorization": f"Bearer {await sign_in(body)}"}
    assert (await quote(client, fresh)).json()["code"] == "fx.customer_not_active"
    _, customer = await active_customer()
    answer = await client.post(
        "/v1/quotes", json={"purpose": "deposit", "amount": "30000.00"}, headers=customer
    )
    assert answer.json()["code"] == "idempotency.key_missing"


async def test_somebody_elses_quote_is_not_found(client, house, active_customer):
    _, first = await active_customer()
    _, second = await active_customer()
    locked = (await quote(client, first)).json()
    answer = await client.get(f"/v1/quotes/{locked['id']}", headers=second)
    assert (answer.status_code, answer.json()["code"]) == (404, "fx.quote_not_found")
