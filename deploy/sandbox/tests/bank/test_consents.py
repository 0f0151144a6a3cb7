"""Open banking at the bank, as a real process: a person agrees on a page, then one payment is made."""

import time

import pytest

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def bank(start):
    program = start("bank", SANDBOX_BANK_PAYOUT_DELAY_MS="50")
    program.http.headers.update({"Authorization": "Bearer bank-key"})
    return program


def ask(bank, consent_id, **changes):
    body = {
        "consent_id": consent_id,
        "purpose": "funding",
        "amount": "30000.00",
        "currency": "LKR",
        "pay_reference": "BH0123456789ABC",
        "return_url": "http://back.example/",
    }
    return bank.http.post("/v1/consents", json=body | changes)


def decide(bank, url, decision="approve", account="8001112223"):
    return bank.http.post(url, data={"decision": decision, "account": account}, headers={"Authorization": ""})


def pay(bank, consent_id, payment_id):
    return bank.http.post(f"/v1/consents/{consent_id}/payments", json={"payment_id": payment_id})


def ended(bank, payment_id):
    deadline = time.monotonic() + 10
    while (found := bank.http.get(f"/v1/consent-payments/{payment_id}").json())["status"] == "pending":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def entries(bank):
    return bank.http.get("/v1/statement", params={"limit": 1000}).json()["entries"]


def test_a_person_agrees_and_the_money_arrives_once_also_over_a_crash(bank):
    asked = ask(bank, "c-1").json()
    assert (asked["status"], asked["account"]) == ("awaiting_authorisation", None)
    assert ask(bank, "c-1").json() == asked
    assert ask(bank, "c-1", amount="1.00").status_code == 409
    assert pay(bank, "c-1", "p-1").json()["error"]["code"] == "consent_not_usable"
    page = bank.http.get(asked["authorise_url"], headers={"Authorization": ""})
    assert "LKR 30000.00" in page.text
    back = decide(bank, asked["authorise_url"])
    assert (back.status_code, back.headers["location"]) == (303, "http://back.example/")
    assert decide(bank, asked["authorise_url"]).status_code == 409
    assert bank.http.get("/v1/consents/c-1").json()["status"] == "authorised"
    assert pay(bank, "c-1", "p-1").json()["status"] == "pending"
    bank.kill()
    bank.start()
    pay(bank, "c-1", "p-1")
    paid = ended(bank, "p-1")
    assert paid["status"] == "completed"
    assert pay(bank, "c-1", "p-1").json() == paid
    assert pay(bank, "c-1", "p-2").status_code == 409
    booked = [entry for entry in entries(bank) if entry["bank_reference"] == paid["bank_reference"]]
    assert [(entry["amount"], entry["reference"]) for entry in booked] == [("30000.00", "BH0123456789ABC")]


def test_a_refusal_and_an_account_without_money_pay_nothing(bank):
    before = len(entries(bank))
    refused = ask(bank, "c-2").json()
    decide(bank, refused["authorise_url"], "reject")
    assert bank.http.get("/v1/consents/c-2").json()["status"] == "rejected"
    assert pay(bank, "c-2", "p-3").status_code == 409
    poor = ask(bank, "c-3").json()
    decide(bank, poor["authorise_url"], account="8001110000")
    pay(bank, "c-3", "p-4")
    found = ended(bank, "p-4")
    assert (found["status"], found["reason"]) == ("failed", "insufficient_funds")
    assert len(entries(bank)) == before


def test_a_verification_shows_the_account_and_pays_nothing(bank):
    asked = ask(bank, "c-4", purpose="verification", amount="1.00").json()
    decide(bank, asked["authorise_url"], account="8009998887")
    shown = bank.http.get("/v1/consents/c-4").json()
    assert (shown["status"], shown["account"]) == ("authorised", "8009998887")
    assert pay(bank, "c-4", "p-5").status_code == 409


def test_pages_need_their_token_and_the_rest_the_key(bank):
    assert bank.http.get("/authorise/guess", headers={"Authorization": ""}).status_code == 404
    assert bank.http.get("/v1/consents/c-1", headers={"Authorization": ""}).status_code == 401
    asked = ask(bank, "c-5").json()
    assert decide(bank, asked["authorise_url"], account="<script>").status_code == 400
