"""What the tests of bad input share: signed-in clients, good bodies to spoil, and what must not change."""

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx

from bulkhead_local.installation import Installation
from journeys.people import Person
from platform_under_test import superuser_of
from security.scene import Scene

CODE: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
MARK: Final = "Quillfeatherish"
"""Stands in every value that is sent and must not come back."""
FACTS: Final = (
    "ledger_transfer",
    "ledger_posting",
    "ledger_hold",
    "wager_order",
    "gate_decision",
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


@contextmanager
def open_doors(platform: Installation, scene: Scene) -> Iterator[Doors]:
    """Sign in two customers of the scene and the clerks of the first one's tenant."""
    base = platform.ports.url("customer_http")
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

    staff = platform.state()["staff"]
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
    yield Doors(platform, first, sign_in(scene.people[1]), clerks, client(), market)
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
            "consents": {"terms": 1, "privacy_notice": 1, "identity_vendor": 1},
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
