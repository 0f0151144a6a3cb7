"""A deposit that the customer agrees to at their own bank, over HTTP and the sandbox bank."""

import asyncio
import hashlib
import hmac
import time
from datetime import timedelta
from uuid import UUID

import orjson
import pytest

from customer_stack.open_banking.domain import GRACE, LIFETIME
from shared.clock import FixedClock

pytestmark = pytest.mark.usefixtures("open_bank")


def keyed(headers, key="c1"):
    return {**headers, "Idempotency-Key": key}


async def ask(client, headers, quote_id=None, key="c1"):
    body = {} if quote_id is None else {"quote_id": quote_id}
    return await client.post("/v1/bank-consents", json=body, headers=keyed(headers, key))


async def state(client, headers, consent_id):
    return (await client.get(f"/v1/bank-consents/{consent_id}", headers=headers)).json()["state"]


@pytest.fixture
def clock(services):
    """A clock that the test moves, for open banking only."""
    made = FixedClock(services.clock.now())
    services.channels.open_banking._clock = made
    return made


@pytest.fixture
def work(services, clock):
    """Return a function that lets the worker look after all consents, a little later each time."""

    async def do(rounds=4):
        for _ in range(rounds):
            clock.advance(timedelta(seconds=2))
            await services.channels.open_banking.advance_due()

    return do


@pytest.fixture
def tell(client, services, settings):
    """Return a function that delivers the bank's announcement, signed with the secret that we share."""

    async def do(raw):
        moment, key = str(int(time.time())), settings.bank_secret.get_secret_value().encode()
        digest = hmac.new(key, moment.encode() + b"." + raw, hashlib.sha256).hexdigest()
        assert orjson.loads(raw)["type"] == "pay_in.received"
        headers = {"Bank-Signature": f"t={moment},v1={digest}"}
        assert (await client.post("/webhooks/bank", content=raw, headers=headers)).status_code == 200
        await services.webhooks.deliver()

    return do


async def test_a_deposit_is_agreed_to_at_the_bank_and_arrives_as_an_ordinary_pay_in(
    client, ready, active_customer, quote, wallet, open_bank, work, tell
):
    _, customer = await active_customer()
    locked = await quote(customer)
    asked = await ask(client, customer, locked["id"])
    assert asked.status_code == 201, asked.text
    consent = asked.json()
    assert (consent["state"], consent["amount"]) == ("asked", "30000.00")
    assert (await ask(client, customer, locked["id"])).json() == consent
    await work()
    assert await state(client, customer, consent["id"]) == "asked"
    await open_bank.decide(consent["authorise_url"])
    await work()
    assert await state(client, customer, consent["id"]) == "paying"
    open_bank.advance()
    await work()
    assert await state(client, customer, consent["id"]) == "paid"
    assert (await wallet(customer))["USD"] == "0.000000"  # a word about a payment is not money
    (event,) = open_bank.events
    await tell(event)
    assert (await wallet(customer)) == {"LKR": "0.00", "USD": "98.514851"}
    (pay_in,) = (await client.get("/v1/pay-ins", headers=customer)).json()["items"]
    shown = (await client.get(f"/v1/bank-consents/{consent['id']}", headers=customer)).json()
    assert pay_in["bank_reference"] == shown["bank_reference"]
    await work()
    assert len([entry for entry in open_bank.entries() if entry.kind == "pay_in"]) == 1


async def test_a_refusal_at_the_bank_pays_nothing_and_frees_the_quote(
    client, ready, active_customer, quote, open_bank, work
):
    _, customer = await active_customer()
    locked = await quote(customer)
    first = (await ask(client, customer, locked["id"])).json()
    busy = await ask(client, customer, locked["id"], "c2")
    assert (busy.status_code, busy.json()["code"]) == (409, "open_banking.quote_has_consent")
    await open_bank.decide(first["authorise_url"], "reject")
    await work()
    assert await state(client, customer, first["id"]) == "rejected"
    assert (await ask(client, customer, locked["id"], "c3")).status_code == 201
    assert open_bank.entries() == []


async def test_an_account_without_money_fails_and_says_so(
    client, ready, active_customer, quote, open_bank, work
):
    _, customer = await active_customer()
    consent = (await ask(client, customer, (await quote(customer))["id"])).json()
    await open_bank.decide(consent["authorise_url"], account="8001110000")
    await work()
    open_bank.advance()
    await work()
    shown = (await client.get(f"/v1/bank-consents/{consent['id']}", headers=customer)).json()
    assert (shown["state"], shown["reason"]) == ("failed", "insufficient_funds")


async def test_no_payment_is_started_for_a_rate_that_is_gone(
    client, ready, active_customer, quote, open_bank, work, clock
):
    _, customer = await active_customer()
    consent = (await ask(client, customer, (await quote(customer))["id"])).json()
    await open_bank.decide(consent["authorise_url"])
    clock.advance(timedelta(minutes=5))
    await work()
    shown = (await client.get(f"/v1/bank-consents/{consent['id']}", headers=customer)).json()
    assert (shown["state"], shown["reason"]) == ("failed", "fx_quote_expired")
    open_bank.advance()
    assert open_bank.entries() == []


async def test_a_consent_that_nobody_gives_ends(client, ready, active_customer, quote, work, clock):
    _, customer = await active_customer()
    consent = (await ask(client, customer, (await quote(customer))["id"])).json()
    await work()
    clock.advance(LIFETIME + GRACE)
    await work()
    assert await state(client, customer, consent["id"]) == "expired"


async def test_a_bank_that_does_not_answer_leaves_everything_as_it_was(
    client, ready, active_customer, quote, services, open_bank, work
):
    _, customer = await active_customer()
    locked = await quote(customer)
    bank, service = services.channels.open_banking._bank, services.channels.open_banking
    service._bank = type(bank)("http://bank.invalid", "another key", open_bank.http)
    refused = await ask(client, customer, locked["id"])
    assert (refused.status_code, refused.json()["code"]) == (503, "payments.bank_unavailable")
    service._bank = bank
    asked = await ask(client, customer, locked["id"])
    assert asked.status_code == 201
    assert len((await client.get("/v1/bank-consents", headers=customer)).json()["items"]) == 1
    await open_bank.decide(asked.json()["authorise_url"])
    service._bank = type(bank)("http://bank.invalid", "another key", open_bank.http)
    await work()
    assert await state(client, customer, asked.json()["id"]) == "asked"


async def test_two_workers_at_once_start_one_payment(
    client, ready, active_customer, quote, open_bank, services, clock, tenant
):
    _, customer = await active_customer()
    consent = (await ask(client, customer, (await quote(customer))["id"])).json()
    await open_bank.decide(consent["authorise_url"])
    service = services.channels.open_banking
    for _ in range(4):
        clock.advance(timedelta(minutes=1))
        await asyncio.gather(*(service.advance_due() for _ in range(3)))
    # A lease that ran out while a worker still worked: both go on from the same state.
    other = (await ask(client, customer, (await quote(customer, key="q2"))["id"], "c2")).json()
    await open_bank.decide(other["authorise_url"])
    for _ in range(3):
        await asyncio.gather(*(service._advance(tenant.id, UUID(other["id"])) for _ in range(3)))
    open_bank.advance()
    open_bank.advance()
    assert len([entry for entry in open_bank.entries() if entry.kind == "pay_in"]) == 2


async def test_an_account_shown_at_the_bank_can_receive_withdrawals(
    client, ready, active_customer, open_bank, work
):
    _, customer = await active_customer()
    consent = (await ask(client, customer)).json()
    assert (consent["purpose"], consent["amount"]) == ("verification", None)
    await open_bank.decide(consent["authorise_url"], account="8009998887")
    await work()
    shown = (await client.get(f"/v1/bank-consents/{consent['id']}", headers=customer)).json()
    assert (shown["state"], "yours" in shown["next_step"]) == ("authorised", True)
    accounts = (await client.get("/v1/payout-accounts", headers=customer)).json()["items"]
    assert [one["account_number"][-4:] for one in accounts] == ["8887"]
    open_bank.advance()
    assert open_bank.entries() == []


async def test_a_consent_is_its_customer_s_alone_and_needs_a_key(client, ready, active_customer, quote):
    _, first = await active_customer()
    _, second = await active_customer()
    locked = await quote(first)
    assert (await ask(client, second, locked["id"])).json()["code"] == "fx.quote_not_found"
    consent = (await ask(client, first, locked["id"])).json()
    other = await client.get(f"/v1/bank-consents/{consent['id']}", headers=second)
    assert (other.status_code, other.json()["code"]) == (404, "open_banking.consent_not_found")
    assert (await client.get("/v1/bank-consents", headers=second)).json()["items"] == []
    unkeyed = await client.post("/v1/bank-consents", json={"quote_id": locked["id"]}, headers=first)
    assert unkeyed.json()["code"] == "idempotency.key_missing"
    assert (await ask(client, ready, locked["id"])).status_code == 401


async def test_the_account_that_was_chosen_is_not_readable_in_the_database(
    client, ready, active_customer, quote, open_bank, work, services, tenant
):
    _, customer = await active_customer()
    consent = (await ask(client, customer, (await quote(customer))["id"])).json()
    await open_bank.decide(consent["authorise_url"])
    await work()
    async with services.database.transaction(tenant.id) as tx:
        rows = await tx.fetch("SELECT account_sealed FROM open_banking_step WHERE account_sealed IS NOT NULL")
    assert len(rows) == 1
    assert b"8001112223" not in rows[0]["account_sealed"]
