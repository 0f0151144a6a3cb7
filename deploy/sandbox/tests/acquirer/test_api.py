"""The acquirer over HTTP, as a real process: charges survive a crash, and no card number is taken."""

import time

import pytest

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def acquirer(start):
    program = start("acquirer", SANDBOX_ACQUIRER_DELAY_MS="50")
    program.http.headers.update({"Authorization": "Bearer acquirer-key"})
    return program


def ask(acquirer, name, card="tok_approve", **changes):
    body = {"charge_id": name, "token": card, "amount": "30000.00", "currency": "LKR"} | changes
    return acquirer.http.post("/v1/charges", json=body)


def wait_for(acquirer, name, holds):
    deadline = time.monotonic() + 10
    while True:
        view = acquirer.http.get(f"/v1/charges/{name}").json()
        if holds(view):
            return view
        assert time.monotonic() < deadline, view
        time.sleep(0.02)


def test_a_charge_is_authorised_captured_and_refunded_across_a_crash(acquirer):
    assert ask(acquirer, "one").status_code == 202
    wait_for(acquirer, "one", lambda view: view["status"] == "authorised")
    acquirer.kill()
    acquirer.start()
    assert acquirer.http.post("/v1/charges/one/capture", json={"amount": "30000.00"}).status_code == 202
    wait_for(acquirer, "one", lambda view: view["capture"]["status"] == "succeeded")
    body = {"refund_id": "r1", "amount": "100.00"}
    assert acquirer.http.post("/v1/charges/one/refunds", json=body).status_code == 202
    wait_for(acquirer, "one", lambda view: view["refunds"][0]["status"] == "succeeded")
    made = acquirer.http.post("/v1/settlements").json()
    assert (made["gross"], made["fee"], made["net"]) == ("29900.00", "750.00", "29150.00")


def test_a_challenge_is_answered_at_its_address_without_a_key(acquirer):
    address = ask(acquirer, "two", "tok_redirect").json()["redirect_url"]
    assert acquirer.http.get(address, params={"answer": "decline"}, headers={"Authorization": ""}).json() == {
        "status": "declined"
    }


def test_without_the_key_nothing_opens_and_nonsense_is_refused(acquirer):
    refused = acquirer.http.get("/v1/charges/one", headers={"Authorization": "Bearer wrong"})
    assert refused.status_code == 401
    assert ask(acquirer, "three", amount="0.00").status_code == 400
    assert ask(acquirer, "three", currency="USD").status_code == 400
    assert ask(acquirer, "one", amount="1.00").status_code == 409
    assert acquirer.http.get("/v1/charges/nobody").status_code == 404
