"""Bad input at the customer stack's public door: a problem with a stable code, never 500, nothing written."""

import json
from collections.abc import Iterator
from typing import Final
from uuid import uuid4

import pytest

from security.callers import (
    MARK,
    Doors,
    count_facts,
    spoiled,
    valid_bodies,
    what_is_wrong,
)

pytestmark = pytest.mark.system


@pytest.mark.parametrize(
    "path",
    [
        "/v1/customers",
        "/v1/sessions",
        "/v1/quotes",
        "/v1/conversions",
        "/v1/wagers",
        "/staff/sessions",
        "/staff/treasury/contributions",
        "/staff/treasury/stock-purchases",
        "/staff/treasury/prefunds",
        "/staff/settlements",
    ],
)
def test_a_spoiled_body_is_a_problem_and_writes_nothing(doors: Doors, path: str) -> None:
    client, before, wrong, sent = doors.of(path), count_facts(doors.platform), [], 0
    body = valid_bodies(doors)[path]
    for what, spoilt in spoiled(body):
        if path == "/v1/customers" and what == "no national_id":
            continue  # then a passport may stand there; without one it is refused too, below
        answer = client.post(path, json=spoilt, headers={"Idempotency-Key": str(uuid4())})
        sent += 1
        if fault := what_is_wrong(answer):
            wrong.append(f"{what}: {fault}")
    assert wrong == []
    assert sent > 20
    assert count_facts(doors.platform) == before


RAW: Final[dict[str, bytes]] = {
    "nothing": b"",
    "no JSON": b"hello",
    "half of it": b'{"market_id": "',
    "an array": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "a number": b"17",
    "not UTF-8": b'{"side": "\xff\xfe"}',
    "half a surrogate": b'{"side": "\\ud800"}',
    "deep": b"[" * 20_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "NaN": b'{"quantity": NaN}',
    "a number without end": b'{"quantity": 1' + b"0" * 5000 + b"}",
    "huge": b'{"note": "' + MARK.encode() * 80_000 + b'"}',
}


@pytest.mark.parametrize("path", ["/v1/wagers", "/v1/quotes", "/v1/customers", "/staff/sessions"])
def test_a_body_that_is_no_object_is_a_problem(doors: Doors, path: str) -> None:
    client, before, wrong = doors.of(path), count_facts(doors.platform), []
    for what, raw in RAW.items():
        headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
        answer = client.post(path, content=raw, headers=headers)
        if fault := what_is_wrong(answer):
            wrong.append(f"{what}: {fault}")
        if what == "huge" and answer.status_code != 413:
            wrong.append(f"{what}: {answer.status_code} instead of 413")
    assert wrong == []
    assert count_facts(doors.platform) == before


def test_a_huge_body_without_a_stated_length_is_refused_too(doors: Doors) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(200):
            yield b" " * 1024

    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    answer = doors.first.post("/v1/wagers", content=pieces(), headers=headers)
    assert answer.status_code == 413
    assert what_is_wrong(answer) == ""


MONEY: Final = (
    "/v1/quotes",
    "/v1/wagers",
    "/staff/treasury/contributions",
    "/staff/treasury/stock-purchases",
    "/staff/treasury/prefunds",
)


@pytest.mark.parametrize("path", MONEY)
@pytest.mark.parametrize("key", [None, "", "x" * 129, "schlüssel", "two\twords"])
def test_a_money_request_without_a_usable_key_is_refused(doors: Doors, path: str, key: str | None) -> None:
    before = count_facts(doors.platform)
    headers = {} if key is None else {"Idempotency-Key": key.encode("latin-1")}
    answer = doors.of(path).post(path, json=valid_bodies(doors)[path], headers=headers)  # type: ignore[arg-type]
    assert what_is_wrong(answer) == ""
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.key_missing")
    assert count_facts(doors.platform) == before


def test_the_same_key_with_another_body_is_refused_and_changes_nothing(doors: Doors) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    before, body = count_facts(doors.platform), valid_bodies(doors)["/v1/wagers"]
    made = doors.first.post("/v1/wagers", json=body, headers=headers)
    assert made.status_code == 201
    for other in (body | {"quantity": "2.00"}, body | {"side": "no"}, body | {"limit_price": "0.51"}):
        answer = doors.first.post("/v1/wagers", json=other, headers=headers)
        assert what_is_wrong(answer) == ""
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.mismatch")
    again = doors.first.post("/v1/wagers", json=body, headers=headers)
    assert (again.status_code, again.content) == (201, made.content)
    after = count_facts(doors.platform)
    for name in ("wager_order", "idempotency_answer"):
        assert after[name] == before[name] + 1


def test_a_key_of_one_customer_means_nothing_to_another(doors: Doors) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    body = valid_bodies(doors)["/v1/wagers"]
    first = doors.first.post("/v1/wagers", json=body, headers=headers)
    second = doors.second.post("/v1/wagers", json=body, headers=headers)
    assert first.status_code == second.status_code == 201
    assert first.json()["wager_id"] != second.json()["wager_id"]


LISTS: Final = (
    "/v1/wagers",
    "/v1/positions",
    "/v1/markets",
    "/v1/pay-ins",
    "/v1/wallet/entries",
    "/staff/settlements",
    "/staff/reconciliation/breaks",
)
CURSORS: Final = (
    MARK,
    "%00",
    "../../etc/passwd",
    "' OR 1=1 --",
    "x" * 201,
    "00000000-0000-0000-0000-00000000000g",
    "-1",
    "9" * 40,
    "a.b",
    str(uuid4()) + ".maybe",
    "%F0%9F%92%A9",
    "eyJhIjoxfQ==",
)


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_that_no_page_gave_is_a_problem(doors: Doors, path: str) -> None:
    wrong = []
    for cursor in CURSORS:
        answer = doors.of(path).get(f"{path}?cursor={cursor}")
        if fault := what_is_wrong(answer):
            wrong.append(f"{cursor}: {fault}")
    assert wrong == []


@pytest.mark.parametrize("path", LISTS)
def test_a_limit_out_of_bounds_is_a_problem(doors: Doors, path: str) -> None:
    for limit in ("0", "201", "-1", "many", "1.5", "9" * 30, "", "%00"):
        answer = doors.of(path).get(f"{path}?limit={limit}")
        assert what_is_wrong(answer) == "", f"limit={limit}"


def test_a_wrong_id_address_or_method_is_a_problem(doors: Doors) -> None:
    wrong = []
    for bad in (MARK, "%00", "..%2f..%2fetc%2fpasswd", "0", "x" * 3000, "%F0%9F%92%A9", "%ff"):
        for path in (f"/v1/wagers/{bad}", f"/v1/quotes/{bad}", f"/v1/markets/{bad}", f"/{bad}"):
            for method in ("GET", "POST", "DELETE"):
                answer = doors.first.request(method, path)
                if fault := what_is_wrong(answer):
                    wrong.append(f"{method} {path[:60]}: {fault}")
    assert wrong == []
    for method, path in (("DELETE", "/v1/wagers"), ("PUT", "/v1/customers"), ("PATCH", "/v1/wallet")):
        answer = doors.first.request(method, path)
        assert what_is_wrong(answer) == ""
        assert answer.status_code == 405


def test_a_notice_that_the_bank_did_not_sign_is_refused(doors: Doors) -> None:
    before, wrong = count_facts(doors.platform), []
    notice = json.dumps(
        {
            "event_id": str(uuid4()),
            "type": "pay_in.received",
            "bank_reference": f"IN{uuid4().hex[:16].upper()}",
            "pay_reference": MARK,
            "amount": "1000000.00",
            "currency": "LKR",
            "payer_account": "8001234567",
            "booked_at": "2026-11-20T10:00:00Z",
        }
    ).encode()
    signatures: tuple[str | None, ...] = (
        None,
        "",
        "t=1,v1=00",
        f"t=1763632800,v1={'0' * 64}",
        "t=99999999999999999999,v1=zz",
        MARK,
        ",,,===",
        "x" * 4000,
    )
    for signature in signatures:
        for body in (notice, b"", b"{}", b"\xff", b"[" * 5000):
            headers = {} if signature is None else {"Bank-Signature": signature}
            answer = doors.nobody.post("/webhooks/bank", content=body, headers=headers)
            if fault := what_is_wrong(answer):
                wrong.append(f"{str(signature)[:30]} {body[:20]!r}: {fault}")
    assert wrong == []
    assert count_facts(doors.platform) == before


def test_the_control_a_good_request_does_write(doors: Doors) -> None:
    """What the tests above count does change when something is right."""
    before = count_facts(doors.platform)
    body = valid_bodies(doors)["/v1/wagers"]
    made = doors.second.post("/v1/wagers", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert made.status_code == 201
    after = count_facts(doors.platform)
    assert after["wager_order"] == before["wager_order"] + 1
    assert after["idempotency_answer"] == before["idempotency_answer"] + 1
    assert what_is_wrong(made) != ""
