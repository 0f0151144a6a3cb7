"""Bad input at the customer stack's public door: a problem with a stable code, never 500, nothing written."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from bulkhead_local.installation import Installation
from journeys.people import Person
from platform_under_test import superuser_of
from security.conftest import Watched
from security.scene import Scene

pytestmark = pytest.mark.system

CODE: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
MARK: Final = "Quillfeatherish"
"""Stands in every value that is sent and must not come back."""
FACTS: Final = (
    "ledger_transfer",
    "ledger_posting",
    "ledger_hold",
    "wager_order",
    "wager_decision",
    "fx_quote",
    "payment_bank_event",
    "payment_pay_in",
    "idempotency_answer",
    "customer_account",
    "customer_profile",
    "customer_credential",
    "settlement_proposal",
)

UNDER_WAY: Final = "SELECT count(*) FROM wager_order WHERE state IN ('pending', 'dispatched', 'submitted')"


@dataclass(frozen=True)
class Doors:
    """Clients that are signed in: two customers of different tenants, clerks, and nobody."""

    platform: Installation
    first: httpx.Client
    second: httpx.Client
    clerks: dict[str, httpx.Client]
    nobody: httpx.Client
    market: dict[str, Any]

    def of(self, path: str) -> httpx.Client:
        """Return a client that may use a route."""
        if path.startswith(("/staff/settlements", "/staff/reconciliation")):
            return self.clerks["settlement_proposer"]
        if path.startswith("/staff"):
            return self.clerks["treasurer"]
        return self.first


@pytest.fixture(scope="package")
def doors(watched: Watched, scene: Scene) -> Iterator[Doors]:
    base = watched.platform.ports.url("customer_http")
    opened: list[httpx.Client] = []

    def client(path: str = "", body: object = None) -> httpx.Client:
        one = httpx.Client(base_url=base, timeout=20)
        opened.append(one)
        if path:
            session = one.post(path, json=body).raise_for_status().json()
            one.cookies.clear()
            one.headers["Authorization"] = f"Bearer {session['token']}"
        return one

    def sign_in(person: Person) -> httpx.Client:
        names = {"tenant": person.tenant, "email": person.email, "password": person.password}
        return client("/v1/sessions", names)

    staff = watched.platform.state()["staff"]
    clerks = {
        clerk["role"]: client(
            "/staff/sessions", {name: clerk[name] for name in ("tenant", "username", "password")}
        )
        for clerk in staff
        if clerk["tenant"] == scene.people[0].tenant
    }
    first = sign_in(scene.people[0])
    markets = first.get("/v1/markets?limit=200").raise_for_status().json()["items"]
    market = next(each for each in markets if each["status"] == "open" and each["yes_ask"])
    yield Doors(watched.platform, first, sign_in(scene.people[1]), clerks, client(), market)
    for one in opened:
        one.close()


def count_facts(platform: Installation) -> dict[str, int]:
    """Return how many rows stand in every table that a request of these tests could write to.

    Wagers that earlier tests placed end first, since what becomes of them is written too.
    """

    async def count() -> dict[str, int]:
        async with superuser_of(platform, "customer") as connection:
            deadline = time.monotonic() + 30
            while await connection.fetchval(UNDER_WAY):
                assert time.monotonic() < deadline, "wagers of earlier tests do not end"
                await asyncio.sleep(0.2)
            names = [
                row["relname"]
                for row in await connection.fetch(
                    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = ANY ($1)", FACTS
                )
            ]
            return {name: await connection.fetchval(f'SELECT count(*) FROM "{name}"') for name in names}

    found = asyncio.run(count())
    assert len(found) >= len(FACTS) - 1, sorted(set(FACTS) - set(found))
    return found


def what_is_wrong(answer: httpx.Response) -> str:
    """Return what a refusal lacks, or an empty text."""
    if not 400 <= answer.status_code < 500:
        return f"answered {answer.status_code}: {answer.text[:200]}"
    if answer.headers.get("content-type", "").split(";")[0] != "application/problem+json":
        return f"is {answer.headers.get('content-type')}: {answer.text[:200]}"
    problem = answer.json()
    if not {"type", "title", "status", "detail", "code"} <= problem.keys():
        return f"lacks a member: {problem}"
    if problem["status"] != answer.status_code or not CODE.fullmatch(problem["code"]):
        return f"has a wrong status or code: {problem}"
    if len(problem["detail"]) < 10 or MARK.lower() in answer.text.lower():
        return f"says nothing, or repeats what was sent: {answer.text[:300]}"
    return ""


def valid_bodies(doors: Doors) -> dict[str, dict[str, Any]]:
    """Return a good body for every route that takes one."""
    department = doors.platform.state()["tenants"][0]["department_id"]
    money = {"department_id": department, "bank_reference": f"REF-{MARK}"}
    return {
        "/v1/customers": {
            "tenant": doors.platform.state()["tenants"][0]["slug"],
            "email": f"{MARK}@canary-post.lk",
            "password": f"a password of {MARK}",
            "full_name": f"{MARK} Perera",
            "date_of_birth": "1990-02-03",
            "residency": "LK",
            "national_id": "199003400151",
            "phone": "+94771230099",
        },
        "/v1/sessions": {"tenant": "lanka", "email": f"{MARK}@canary-post.lk", "password": "not the one"},
        "/v1/quotes": {"purpose": "deposit", "amount": "30000.00"},
        "/v1/conversions": {"quote_id": str(uuid4())},
        "/v1/wagers": {
            "market_id": doors.market["id"],
            "side": "yes",
            "action": "buy",
            "quantity": "1.00",
            "limit_price": "0.50",
        },
        "/staff/sessions": {"tenant": "lanka", "username": MARK, "password": "not the one"},
        "/staff/treasury/contributions": money | {"lkr": "100.00"},
        "/staff/treasury/stock-purchases": money | {"lkr": "300.00", "usd": "1.00"},
        "/staff/treasury/prefunds": money | {"usd": "1.00"},
        "/staff/settlements": {"purpose_code": "SETTLE"},
    }


ANY_TEXT: Final = {"password", "bank_reference"}
"""Fields in which odd texts are fine."""


def spoiled(body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return bodies that break one rule each, with what is wrong about them."""
    yield "an unknown field", body | {"is_admin": True}
    yield "an unknown field with a name for a key", body | {f"{MARK} 'quoted'": 1}
    for field in body:
        yield f"no {field}", {name: value for name, value in body.items() if name != field}
        values: tuple[Any, ...] = (None, 17, -1, 1.5, True, [], {}, ["x"], "", MARK * 700, "\u0000")
        odd_texts = (
            f"{MARK}\u0000",
            "\u202e\u2066",
            "'; DROP TABLE wager_order; --",
            "١٢٣.٤٥",
            "1e3",
            "NaN",
            "-5.00",
            "00000000-0000-0000-0000-00000000000g",
        )
        for value in (*values, *(odd_texts if field not in ANY_TEXT else ())):
            if (field, value) == ("full_name", "NaN"):
                continue  # somebody may be called so
            yield f"{field} is {str(value)[:30]!r}", body | {field: value}


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


def test_what_belongs_to_another_customer_does_not_exist(doors: Doors) -> None:
    body = valid_bodies(doors)["/v1/wagers"]
    wager = doors.first.post("/v1/wagers", json=body, headers={"Idempotency-Key": str(uuid4())}).json()
    quote = doors.first.post(
        "/v1/quotes",
        json={"purpose": "deposit", "amount": "3000.00"},
        headers={"Idempotency-Key": str(uuid4())},
    ).json()
    paths = {
        ("GET", f"/v1/wagers/{wager['wager_id']}"),
        ("POST", f"/v1/wagers/{wager['wager_id']}/cancellation"),
        ("GET", f"/v1/quotes/{quote['id']}"),
    }
    for method, path in paths:
        stranger = doors.second.request(method, path)
        assert what_is_wrong(stranger) == ""
        assert stranger.status_code == 404
        nothing = doors.second.request(method, re.sub(r"[0-9a-f-]{36}", str(uuid4()), path))
        assert nothing.json()["code"] == stranger.json()["code"], "a stranger's id looks like no id at all"
    taken = doors.second.post(
        "/v1/conversions", json={"quote_id": quote["id"]}, headers={"Idempotency-Key": str(uuid4())}
    )
    assert what_is_wrong(taken) == ""
    assert taken.status_code == 404
    assert wager["wager_id"] not in {
        each["wager_id"] for each in doors.second.get("/v1/wagers?limit=200").json()["items"]
    }


def routes(doors: Doors) -> list[tuple[str, str]]:
    """Return every route that the API documents, with ids filled in."""
    paths = doors.nobody.get("/openapi.json").raise_for_status().json()["paths"]
    return [
        (method.upper(), re.sub(r"\{[^}]+\}", str(uuid4()), path))
        for path, operations in paths.items()
        for method in operations
    ]


PUBLIC: Final = {("POST", "/v1/customers"), ("POST", "/v1/sessions"), ("POST", "/staff/sessions")}


def test_every_route_asks_who_is_there(doors: Doors) -> None:
    found = [route for route in routes(doors) if route not in PUBLIC and route[1] != "/webhooks/bank"]
    assert len(found) > 20
    for token in (None, "Bearer nonsense", f"Bearer {'x' * 5000}", "Basic YTpi", "Bearer \xe9"):
        headers = {} if token is None else {"Authorization": token.encode("latin-1")}
        for method, path in found:
            answer = doors.nobody.request(method, path, json={}, headers=headers)  # type: ignore[arg-type]
            assert what_is_wrong(answer) == "", f"{method} {path}"
            assert answer.status_code == 401, f"{method} {path} with {str(token)[:20]}"


def test_a_customer_is_no_clerk_and_a_clerk_no_customer(doors: Doors) -> None:
    staff = [route for route in routes(doors) if route[1].startswith("/staff") and route not in PUBLIC]
    own = [route for route in routes(doors) if route[1].startswith("/v1") and route not in PUBLIC]
    assert len(staff) > 8
    assert len(own) > 8
    before = count_facts(doors.platform)
    for client, paths in ((doors.first, staff), (doors.clerks["treasurer"], own)):
        for method, path in paths:
            answer = client.request(method, path, json={}, headers={"Idempotency-Key": str(uuid4())})
            assert what_is_wrong(answer) == "", f"{method} {path}"
            assert answer.status_code in (401, 403), f"{method} {path}"
    assert count_facts(doors.platform) == before


def test_a_clerk_does_what_the_role_allows_and_no_more(doors: Doors) -> None:
    body = valid_bodies(doors)["/staff/treasury/contributions"]
    for role in ("settlement_proposer", "settlement_approver", "auditor"):
        answer = doors.clerks[role].post(
            "/staff/treasury/contributions", json=body, headers={"Idempotency-Key": str(uuid4())}
        )
        assert what_is_wrong(answer) == ""
        assert answer.status_code == 403, role
    answer = doors.clerks["treasurer"].post("/staff/settlements", json={"purpose_code": "SETTLE"})
    assert answer.status_code == 403


def test_another_tenants_department_is_out_of_reach(doors: Doors) -> None:
    before = count_facts(doors.platform)
    body = valid_bodies(doors)["/staff/treasury/contributions"]
    other = doors.platform.state()["tenants"][1]["department_id"]
    for department in (other, str(uuid4())):
        answer = doors.clerks["treasurer"].post(
            "/staff/treasury/contributions",
            json=body | {"department_id": department},
            headers={"Idempotency-Key": str(uuid4())},
        )
        assert what_is_wrong(answer) == ""
        assert answer.status_code in (403, 404)
    assert count_facts(doors.platform) == before


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
