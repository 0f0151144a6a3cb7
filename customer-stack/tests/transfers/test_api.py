"""Transfers and QR codes as customers and staff use them."""

from uuid import uuid4

import pytest
import pytest_asyncio
from defusedxml.ElementTree import fromstring

from customer_stack.transfers.domain.codes import make_code, read_code
from customer_stack.transfers.domain.qr import compute_crc
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Movement, Posting, Transfer


@pytest_asyncio.fixture(autouse=True)
async def lanes(services):
    await services.transfer_lanes.start()
    yield
    await services.transfer_lanes.stop()


@pytest.fixture
def person(active_customer, services, tenant, client):
    """Return a function that makes an active customer with money and an account code."""

    async def do(lkr=50_000_00):
        customer_id, headers = await active_customer()
        transfers = tuple(
            Transfer(
                uuid4(),
                uuid4(),
                tenant.id,
                customer_id,
                "pay_in",
                services.clock.now(),
                (Posting(asset, source, "wallet", amount, "inflow"),),
            )
            for asset, source, amount in ((LKR, "collection", lkr), (USD, "execution", 25_000_000))
        )
        async with services.database.transaction(tenant.id) as tx:
            await ledger.post(tx, Movement(transfers=transfers))
        code = (await client.get("/v1/account-code", headers=headers)).json()["account_code"]
        return customer_id, headers, code

    return do


def keyed(headers, key="first"):
    return headers | {"Idempotency-Key": key}


async def wallet(client, headers):
    answer = await client.get("/v1/wallet", headers=headers)
    return {each["currency"]: each["available"] for each in answer.json()["balances"]}


async def test_a_customer_sends_money_by_account_code(client, person):
    (_, nimal, nimals), (_, kamala, kamalas) = await person(), await person()
    assert read_code(kamalas) == kamalas
    body = {"to": kamalas.lower(), "currency": "LKR", "amount": "2500.00", "note": "For the rice"}
    sent = await client.post("/v1/transfers", json=body, headers=keyed(nimal))
    assert sent.status_code == 201, sent.text
    again = await client.post("/v1/transfers", json=body, headers=keyed(nimal))
    assert again.json() == sent.json()
    assert (await wallet(client, nimal))["LKR"] == "47500.00"
    assert (await wallet(client, kamala))["LKR"] == "52500.00"
    (seen,) = (await client.get("/v1/transfers", headers=kamala)).json()["items"]
    assert seen == {
        "transfer_id": sent.json()["transfer_id"],
        "state": "made",
        "kind": "transfer",
        "direction": "received",
        "counterparty": nimals,
        "currency": "LKR",
        "amount": "2500.00",
        "note": "For the rice",
        "is_reversed": False,
        "qr_code_id": None,
        "made_at": seen["made_at"],
        "next_step": None,
    }
    one = await client.get(f"/v1/transfers/{seen['transfer_id']}", headers=nimal)
    assert (one.json()["direction"], one.json()["counterparty"]) == ("sent", kamalas)


async def test_another_body_with_the_same_key_is_refused(client, person):
    (_, nimal, _), (_, _, code) = await person(), await person()
    body = {"to": code, "currency": "USD", "amount": "1.000001", "note": "a"}
    assert (await client.post("/v1/transfers", json=body, headers=keyed(nimal))).status_code == 201
    for change in ({"amount": "2"}, {"note": "b"}, {"currency": "LKR", "amount": "1.00"}):
        other = await client.post("/v1/transfers", json=body | change, headers=keyed(nimal))
        assert other.json()["code"] == "idempotency.mismatch"


async def test_what_cannot_be_sent_says_why(client, person):
    (_, nimal, own), (_, _, code) = await person(), await person()
    good = {"to": code, "currency": "LKR", "amount": "1.00"}
    cases = [
        ({"to": make_code(4)}, 404, "transfers.recipient_unknown"),
        ({"to": code[:-1] + ("0" if code[-1] != "0" else "1")}, 400, "transfers.account_code_mistyped"),
        ({"to": own}, 422, "transfers.recipient_is_sender"),
        ({"amount": "0.00"}, 400, "transfers.amount_missing"),
        ({"amount": "1.005"}, 400, "money.inexact_amount"),
        ({"amount": "-1.00"}, 422, "request.invalid"),
        ({"amount": "500000.01"}, 422, "transfers.amount_over_limit"),
        ({"amount": "60000.00"}, 422, "transfers.insufficient_funds"),
        ({"currency": "EUR"}, 422, "request.invalid"),
        ({"note": "x" * 141}, 422, "request.invalid"),
        ({"surprise": "x"}, 422, "request.invalid"),
    ]
    for number, (change, status, wanted) in enumerate(cases):
        answer = await client.post("/v1/transfers", json=good | change, headers=keyed(nimal, f"k{number}"))
        assert (answer.status_code, answer.json()["code"]) == (status, wanted), answer.text
        assert code not in answer.text
    no_key = await client.post("/v1/transfers", json=good, headers=nimal)
    assert no_key.json()["code"] == "idempotency.key_missing"
    assert (await wallet(client, nimal))["LKR"] == "50000.00"


async def test_a_frozen_recipient_gets_nothing_and_a_frozen_sender_sends_nothing(client, person, staff):
    (nimal_id, nimal, nimals), (_, kamala, kamalas) = await person(), await person()
    compliance = await staff("compliance")
    frozen = await client.post(f"/staff/customers/{nimal_id}/freeze", headers=compliance)
    if frozen.status_code == 404:
        frozen = await client.put(f"/staff/customers/{nimal_id}/freeze", headers=compliance)
    assert frozen.status_code < 300, frozen.text
    body = {"currency": "LKR", "amount": "1.00"}
    to = await client.post("/v1/transfers", json=body | {"to": nimals}, headers=keyed(kamala))
    back = await client.post("/v1/transfers", json=body | {"to": kamalas}, headers=keyed(nimal))
    assert to.json()["code"] == "transfers.recipient_not_active"
    assert back.json()["code"] == "transfers.customer_not_active"


async def test_pages_of_transfers_lead_from_one_to_the_next(client, person):
    (_, nimal, nimals), (_, kamala, kamalas) = await person(), await person()
    for number in range(5):
        sender, to = (nimal, kamalas) if number % 2 else (kamala, nimals)
        body = {"to": to, "currency": "LKR", "amount": f"{number + 1}.00"}
        assert (await client.post("/v1/transfers", json=body, headers=keyed(sender, f"p{number}"))).is_success
    amounts, cursor = [], ""
    while cursor is not None:
        page = (await client.get(f"/v1/transfers?limit=2{cursor}", headers=nimal)).json()
        amounts += [item["amount"] for item in page["items"]]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert amounts == ["5.00", "4.00", "3.00", "2.00", "1.00"]


async def test_a_merchant_shows_a_code_and_a_customer_pays_it_once(client, person):
    (_, shop, code), (_, nimal, _) = await person(), await person()
    body = {"amount": "750.00", "name": "Kandy Tea", "city": "Kandy", "reference": "INV-7"}
    issued = await client.post("/v1/qr-codes", json=body, headers=shop)
    assert issued.status_code == 201, issued.text
    payload = issued.json()["payload"]
    seen = (await client.post("/v1/qr-codes/parse", json={"payload": payload}, headers=nimal)).json()
    assert (seen["state"], seen["amount"], seen["name"], seen["city"], seen["reference"]) == (
        "payable",
        "750.00",
        "Kandy Tea",
        "Kandy",
        "INV-7",
    )
    assert seen["account_code"] == code
    wrong = await client.post(
        "/v1/qr-payments", json={"payload": payload, "amount": "1"}, headers=keyed(nimal)
    )
    assert wrong.json()["code"] == "transfers.amount_not_wanted"
    paid = await client.post("/v1/qr-payments", json={"payload": payload}, headers=keyed(nimal))
    assert paid.status_code == 201, paid.text
    assert (paid.json()["kind"], paid.json()["amount"]) == ("qr_payment", "750.00")
    again = await client.post("/v1/qr-payments", json={"payload": payload}, headers=keyed(nimal))
    assert again.json() == paid.json()
    twice = await client.post("/v1/qr-payments", json={"payload": payload}, headers=keyed(nimal, "twice"))
    assert (twice.status_code, twice.json()["code"]) == (409, "transfers.qr_code_paid")
    assert (await wallet(client, shop))["LKR"] == "50750.00"
    (shown,) = (await client.get("/v1/qr-codes", headers=shop)).json()["items"]
    assert (shown["is_paid"], shown["payload"]) == (True, payload)
    seen = (await client.post("/v1/qr-codes/parse", json={"payload": payload}, headers=nimal)).json()
    assert seen["state"] == "paid"
    entries = (await client.get("/v1/wallet/entries?currency=LKR", headers=shop)).json()["items"]
    assert entries[0]["kind"] == "qr_payment"


async def test_a_static_code_takes_any_amount_from_anybody(client, person):
    (_, shop, _), (_, nimal, _), (_, kamala, _) = await person(), await person(), await person()
    issued = await client.post("/v1/qr-codes", json={"name": "Kandy Tea", "city": "Kandy"}, headers=shop)
    payload = issued.json()["payload"]
    missing = await client.post("/v1/qr-payments", json={"payload": payload}, headers=keyed(nimal))
    assert missing.json()["code"] == "transfers.amount_missing"
    for payer, amount in ((nimal, "10.00"), (kamala, "20.50"), (nimal, "10.00")):
        body = {"payload": payload, "amount": amount}
        assert (
            await client.post("/v1/qr-payments", json=body, headers=keyed(payer, str(uuid4())))
        ).status_code == 201
    assert (await wallet(client, shop))["LKR"] == "50040.50"


async def test_the_image_of_a_code_is_its_owners(client, person):
    (_, shop, _), (_, nimal, _) = await person(), await person()
    issued = (await client.post("/v1/qr-codes", json={"name": "A", "city": "B"}, headers=shop)).json()
    image = await client.get(issued["image"], headers=shop)
    assert image.headers["content-type"] == "image/svg+xml"
    assert fromstring(image.content).tag == "{http://www.w3.org/2000/svg}svg"
    assert (await client.get(issued["image"], headers=nimal)).json()["code"] == "transfers.qr_code_unknown"
    one = await client.get(f"/v1/qr-codes/{issued['qr_code_id']}", headers=nimal)
    assert one.status_code == 404


async def test_foreign_damaged_and_altered_codes_are_told_apart(client, person):
    (_, shop, _), (_, nimal, _) = await person(), await person()
    body = {"amount": "750.00", "name": "Kandy Tea", "city": "Kandy"}
    payload = (await client.post("/v1/qr-codes", json=body, headers=shop)).json()["payload"]
    changed = payload.replace("750.00", "100.00")[:-4]
    renamed = payload.replace("Kandy Tea", "Galle Tea")[:-4]
    foreign = payload.replace("lk.bulkhead.pay", "lk.bulkhead.pax")[:-4]
    cases = [
        (payload.replace("750.00", "100.00"), 400, "transfers.qr_code_unreadable"),
        (changed + compute_crc(changed), 422, "transfers.qr_code_altered"),
        (renamed + compute_crc(renamed), 422, "transfers.qr_code_altered"),
        (foreign + compute_crc(foreign), 422, "transfers.qr_code_foreign"),
        ("https://example.com", 400, "transfers.qr_code_unreadable"),
    ]
    for number, (scanned, status, code) in enumerate(cases):
        answer = await client.post(
            "/v1/qr-payments", json={"payload": scanned}, headers=keyed(nimal, f"q{number}")
        )
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        seen = await client.post("/v1/qr-codes/parse", json={"payload": scanned}, headers=nimal)
        assert (seen.status_code, seen.json()["code"]) == (status, code)
    assert (await wallet(client, nimal))["LKR"] == "50000.00"


async def test_the_operator_bounds_transfers(client, person, staff):
    (_, nimal, _), (_, _, code) = await person(), await person()
    treasurer, auditor = await staff("treasurer"), await staff("auditor")
    standing = (await client.get("/staff/transfers/terms", headers=auditor)).json()
    assert standing == {"version": 0, "maximum_lkr": "500000.00", "maximum_usd": "1500.000000"}
    wanted = {"version": 0, "maximum_lkr": "100.00", "maximum_usd": "1"}
    denied = await client.put("/staff/transfers/terms", json=wanted, headers=auditor)
    assert denied.json()["code"] == "access.permission_missing"
    assert (await client.put("/staff/transfers/terms", json=wanted, headers=nimal)).status_code == 401
    done = await client.put("/staff/transfers/terms", json=wanted, headers=treasurer)
    assert done.json() == {"version": 1, "maximum_lkr": "100.00", "maximum_usd": "1.000000"}
    late = await client.put(
        "/staff/transfers/terms", json=wanted | {"maximum_lkr": "9.00"}, headers=treasurer
    )
    assert (late.status_code, late.json()["code"]) == (409, "transfers.terms_conflict")
    body = {"to": code, "currency": "LKR", "amount": "100.01"}
    over = await client.post("/v1/transfers", json=body, headers=keyed(nimal))
    assert over.json()["code"] == "transfers.amount_over_limit"


async def test_without_a_session_there_is_nothing(client):
    for method, path in (
        ("GET", "/v1/account-code"),
        ("POST", "/v1/transfers"),
        ("GET", "/v1/transfers"),
        ("POST", "/v1/qr-codes"),
        ("POST", "/v1/qr-payments"),
        ("POST", "/v1/qr-codes/parse"),
        ("GET", f"/v1/qr-codes/{uuid4()}.svg"),
        ("GET", "/staff/transfers/terms"),
    ):
        answer = await client.request(method, path, json={} if method == "POST" else None)
        assert answer.status_code == 401, path
