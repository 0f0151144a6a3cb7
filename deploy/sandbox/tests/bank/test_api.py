"""The bank over HTTP, as a real process, with a real receiver of its webhooks."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytestmark = pytest.mark.system

SECRET = "webhook-secret"
AUTHORISED = {"Authorization": "Bearer bank-key"}


class Receiver:
    """Takes webhooks, and refuses the first ones it is told to."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.refuse = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if receiver.refuse > 0:
                    receiver.refuse -= 1
                    self.send_response(503)
                else:
                    receiver.received.append((self.headers["Bank-Signature"], body))
                    self.send_response(204)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks"

    def bodies(self) -> list[dict[str, str]]:
        return [json.loads(body) for _, body in list(self.received)]

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def bank(start, receiver):
    program = start(
        "bank",
        SANDBOX_BANK_WEBHOOK_URL=receiver.url,
        SANDBOX_BANK_WEBHOOK_SECRET=SECRET,
        SANDBOX_BANK_WEBHOOK_JITTER_MS="50",
        SANDBOX_BANK_OPENING_BALANCE="100.00",
    )
    program.http.headers.update(AUTHORISED)
    return program


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def pay_in(bank, reference, amount="30000.00"):
    body = {"pay_reference": reference, "amount": amount, "currency": "LKR", "payer_account": "8001112223"}
    answer = bank.http.post("/v1/pay-ins", json=body)
    assert answer.status_code == 201
    return answer.json()


def test_a_pay_in_is_announced_signed_and_sometimes_more_than_once(bank, receiver):
    paid = [pay_in(bank, f"PAY-{number}")["bank_reference"] for number in range(12)]
    until(lambda: {body["bank_reference"] for body in receiver.bodies()} >= set(paid))
    until(lambda: bank.http.get("/health").json()["undelivered"] == 0)
    time.sleep(0.3)
    assert len(receiver.received) > len(paid)  # with this seed some come again
    for header, body in list(receiver.received):
        parts = dict(part.split("=", 1) for part in header.split(","))
        expected = hmac.new(SECRET.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()
        assert parts["v1"] == expected
        assert abs(int(parts["t"]) - time.time()) < 60
    first = next(body for body in receiver.bodies() if body["pay_reference"] == "PAY-0")
    assert set(first) == {
        "event_id",
        "type",
        "bank_reference",
        "pay_reference",
        "amount",
        "currency",
        "payer_account",
        "booked_at",
    }
    assert (first["type"], first["amount"]) == ("pay_in.received", "30000.00")


def test_a_refused_webhook_is_sent_again_also_after_a_crash(bank, receiver):
    receiver.refuse = 1_000_000
    paid = pay_in(bank, "PAY-LATE")["bank_reference"]
    time.sleep(0.2)
    bank.kill()
    receiver.refuse = 0
    assert paid not in {body["bank_reference"] for body in receiver.bodies()}
    bank.start()
    until(lambda: paid in {body["bank_reference"] for body in receiver.bodies()})


def test_payouts_are_idempotent_and_end_in_a_webhook(bank, receiver):
    body = {
        "payout_id": "payout-1",
        "amount": "50.00",
        "currency": "LKR",
        "account": "8009998887",
        "reference": "W-1",
    }
    first = bank.http.post("/v1/payouts", json=body)
    assert (first.status_code, first.json()["status"]) == (202, "pending")
    again = bank.http.post("/v1/payouts", json=body)
    assert again.json()["bank_reference"] == first.json()["bank_reference"]
    assert bank.http.post("/v1/payouts", json=body | {"amount": "51.00"}).status_code == 409
    bank.http.post("/v1/payouts", json=body | {"payout_id": "payout-2", "account": "8009990000"})

    def ended() -> dict[str, str]:
        bodies = receiver.bodies()
        return {one["payout_id"]: one["type"] for one in bodies if one["type"].startswith("payout.")}

    until(lambda: ended() == {"payout-1": "payout.succeeded", "payout-2": "payout.failed"})
    assert bank.http.get("/v1/payouts/payout-2").json()["reason"] == "account_refused"
    statement = bank.http.get("/v1/statement", params={"account": "collection"}).json()
    assert statement["entries"][-1]["amount"] == "-50.00"
    assert statement["entries"][-1]["balance"] == statement["balance"]
    after = statement["entries"][-1]["entry_id"]
    assert bank.http.get("/v1/statement", params={"after": after}).json()["entries"] == []


def test_without_the_key_nothing_opens_and_bad_amounts_are_refused(bank):
    refused = bank.http.get("/v1/statement", headers={"Authorization": "Bearer wrong"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unauthenticated")
    body = {"pay_reference": "x", "amount": "1.005", "currency": "LKR", "payer_account": "1"}
    assert bank.http.post("/v1/pay-ins", json=body).json()["error"]["code"] == "invalid_parameters"
    assert bank.http.post("/v1/pay-ins", json=body | {"amount": "0.00"}).status_code == 400
    assert bank.http.post("/v1/pay-ins", json=body | {"amount": "1.00", "extra": 1}).status_code == 400


def test_a_transfer_of_the_house_is_in_the_statement(bank):
    body = {
        "reference": "HOUSE-1",
        "direction": "in",
        "amount": "2000000.00",
        "currency": "LKR",
        "counterparty": "house",
    }
    assert bank.http.post("/v1/transfers", json=body).json()["amount"] == "2000000.00"
    assert bank.http.post("/v1/transfers", json=body).status_code == 201
    entries = bank.http.get("/v1/statement", params={"limit": 1000}).json()["entries"]
    assert [entry["amount"] for entry in entries if entry["bank_reference"] == "HOUSE-1"] == ["2000000.00"]
