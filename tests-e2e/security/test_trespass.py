"""Who may do what at the customer stack's public door: nothing of another person, role or tenant."""

import re
from typing import Final
from uuid import uuid4

import pytest

from security.callers import Doors, count_facts, valid_bodies, what_is_wrong

pytestmark = pytest.mark.system


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


PUBLIC: Final = {
    ("POST", "/v1/customers"),
    ("GET", "/v1/privacy/texts"),
    ("POST", "/v1/sessions"),
    ("POST", "/staff/sessions"),
}


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
