"""A deposit on the gateway's page, over HTTP."""

import pytest

from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD


async def checkout(client, headers, quote_id):
    return await client.post("/v1/checkouts", json={"quote_id": quote_id}, headers=headers)


async def pay_ins(client, headers):
    found = (await client.get("/v1/pay-ins", headers=headers)).json()["items"]
    return [(one["state"], one["amount"], one["bank_reference"]) for one in found]


async def test_a_quote_is_paid_on_the_gateway_s_page_and_converted_once(
    client, ready, active_customer, quote, notify, wallet, services, tenant
):
    _, customer = await active_customer()
    locked = await quote(customer)
    answer = await checkout(client, customer, locked["id"])
    assert answer.status_code == 201
    form = answer.json()
    assert form == (await checkout(client, customer, locked["id"])).json()
    assert form["fields"]["order_id"] == locked["pay_reference"]
    assert form["fields"]["amount"] == "30000.00"
    assert "email" in form["customer_fields"]
    for status in ("0", "-1", "-2"):
        await notify(locked["pay_reference"], status)
    assert await pay_ins(client, customer) == []
    assert (await notify(locked["pay_reference"])).json() == {"new": True}
    assert (await notify(locked["pay_reference"])).json() == {"new": False}
    assert await pay_ins(client, customer) == [("converted", "30000.00", "320025157750")]
    assert (await wallet(customer)) == {"LKR": "0.00", "USD": "98.514851"}
    async with services.database.transaction(tenant.id) as tx:
        assert await ledger.trial_balance(tx) == [(LKR, 0), (USD, 0)]


async def test_a_second_payment_of_an_order_is_held_for_a_person(
    client, ready, active_customer, quote, notify, wallet, services, staff
):
    """`payment_id` is not under the signature: whoever saw one notification could name another payment."""
    _, customer = await active_customer()
    locked = await quote(customer)
    await notify(locked["pay_reference"])
    assert (await notify(locked["pay_reference"], payment="999")).status_code == 200
    assert len(await pay_ins(client, customer)) == 1
    (waiting,) = (await client.get("/staff/webhooks?state=waiting", headers=ready)).json()["items"]
    assert (waiting["event_id"], waiting["problem"]) == ("999.2", "checkouts.payment_differs")


async def test_a_chargeback_takes_back_also_when_it_comes_first(
    client, ready, active_customer, quote, notify, wallet
):
    _, customer = await active_customer()
    locked = await quote(customer)
    await notify(locked["pay_reference"], "-3")
    assert await pay_ins(client, customer) == []
    await notify(locked["pay_reference"], "2")
    await notify(locked["pay_reference"], "-3")
    assert (await wallet(customer)) == {"LKR": "0.00", "USD": "0.000000"}


async def test_a_chargeback_after_the_conversion_is_owed(
    client, ready, active_customer, quote, notify, wallet, services, tenant
):
    _, customer = await active_customer()
    locked = await quote(customer)
    await notify(locked["pay_reference"])
    await notify(locked["pay_reference"], "-3")
    assert [one[0] for one in await pay_ins(client, customer)] == ["taken_back"]
    assert (await wallet(customer))["USD"] == "98.514851"
    async with services.database.transaction(tenant.id) as tx:
        assert await ledger.sum_account(tx, "debt") == {LKR: -30_000_00}
        assert await ledger.trial_balance(tx) == [(LKR, 0), (USD, 0)]


async def test_a_short_payment_waits_whole(client, ready, active_customer, quote, notify, wallet):
    _, customer = await active_customer()
    locked = await quote(customer)
    await notify(locked["pay_reference"], amount="29000.00")
    assert (await wallet(customer)) == {"LKR": "29000.00", "USD": "0.000000"}


async def test_what_the_gateway_did_not_sign_is_refused(client, ready, active_customer, quote, notify):
    _, customer = await active_customer()
    locked = await quote(customer)
    answer = await notify(locked["pay_reference"], secret="another secret")
    assert (answer.status_code, answer.json()["code"]) == (401, "webhooks.signature_invalid")
    assert await pay_ins(client, customer) == []


async def test_only_a_live_deposit_quote_of_one_s_own_has_a_form(
    client, ready, active_customer, quote, notify
):
    _, first = await active_customer()
    _, second = await active_customer()
    locked = await quote(first)
    assert (await checkout(client, second, locked["id"])).json()["code"] == "fx.quote_not_found"
    assert (await checkout(client, ready, locked["id"])).status_code == 401
    await notify(locked["pay_reference"], amount="31000.00")
    waiting = await quote(first, "31000.00", "conversion", "q2")
    assert (await checkout(client, first, waiting["id"])).json()["code"] == "checkouts.quote_unsuitable"
    await quote(first, key="q3")
    assert (await checkout(client, first, locked["id"])).json()["code"] == "fx.quote_closed"


@pytest.mark.parametrize("body", [{}, {"quote_id": "x"}, {"quote_id": None, "more": 1}])
async def test_a_bad_body_is_a_problem(client, ready, active_customer, body):
    _, customer = await active_customer()
    answer = await client.post("/v1/checkouts", json=body, headers=customer)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
