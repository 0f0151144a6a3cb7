"""The register of exports: every route that hands out a file stands in it, and who may see it sees it."""

import hashlib
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from fastapi import APIRouter, Response
from fastapi.routing import APIRoute
from starlette.responses import Response as AnyResponse

import customer_stack
from customer_stack.application import build_routers
from customer_stack.disclosures import service as disclosures
from customer_stack.exports import service as exports
from customer_stack.exports.domain import CatalogueUnusable, Export, Format, Scope, read_catalogue
from customer_stack.exports.service import load_kinds
from shared.errors import InvariantViolated

NO_EXPORTS = {
    "POST /v1/wagers": "an answer in JSON, written once",
    "POST /v1/transfers": "an answer in JSON, written once",
    "POST /v1/qr-payments": "an answer in JSON, written once",
    "GET /v1/qr-codes/{qr_code_id}.svg": "a picture of a code that the caller made",
    "GET /v1/kyc/files/{file_id}": "what the caller sent",
}
"""Routes that answer with bytes of their own making and hand out nothing that is kept."""


def file_routes(routers):
    """Return routes that answer with something else than a model."""
    found = {}
    for router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute):
                continue
            returned = route.endpoint.__annotations__.get("return")
            if isinstance(returned, type) and issubclass(returned, AnyResponse):
                found |= {f"{method} {route.path}": route for method in route.methods}
    return found


def unregistered(routers, registered, excused):
    return sorted(set(file_routes(routers)) - registered - excused)


def test_every_route_that_answers_with_a_file_registers_it_or_is_a_look(services):
    routers = build_routers(services)
    registered = {route for kind in load_kinds().values() for route in kind.routes}
    looks = {route for kind in disclosures.load_kinds().values() for route in kind.routes}
    assert unregistered(routers, registered, looks | set(NO_EXPORTS)) == []
    names = set(file_routes(routers))
    assert registered - names == {"GET /staff/payouts/files/{file_id}"}, "only bank files are off here"
    assert set(NO_EXPORTS) <= names


def test_a_route_that_registers_nothing_is_found():
    router = APIRouter()

    @router.get("/staff/leak")
    async def leak() -> Response:
        return Response(b"all customers", media_type="text/csv")

    assert unregistered([router], set(), set()) == ["GET /staff/leak"]
    assert unregistered([router], {"GET /staff/leak"}, set()) == []


def test_every_kind_is_written_by_some_use_case():
    code = "".join(path.read_text() for path in Path(customer_stack.__file__).parent.rglob("*.py"))
    assert [name for name in load_kinds() if f'"{name}"' not in code] == []


@pytest.mark.parametrize(
    "document",
    [
        {"a.b": {"shows": "x"}},
        {"a.b": {"shows": "x", "routes": []}},
        {"a.b": {"shows": "x", "routes": ["GET /a"]}, "a.c": {"shows": "x", "routes": ["GET /a"]}},
    ],
)
def test_a_catalogue_that_contradicts_itself_is_refused(document):
    with pytest.raises(CatalogueUnusable):
        read_catalogue(document)


@pytest.mark.parametrize(
    "changes", [{"sha256": b"short"}, {"row_count": -1}, {"last_at": None}, {"last_at": timedelta(days=-1)}]
)
def test_a_line_that_says_something_impossible_is_refused(services, changes):
    now = services.clock.now()
    fields = {"sha256": bytes(32), "row_count": 1, "first_at": now, "last_at": now} | changes
    if isinstance(fields["last_at"], timedelta):
        fields["last_at"] = now + fields["last_at"]
    with pytest.raises(InvariantViolated):
        Export(
            id=uuid4(), tenant_id=uuid4(), kind="a.b", scope=Scope("tenant"), operator="system",
            format=Format.CSV, at=now, **fields,
        )  # fmt: skip


async def test_a_statement_that_left_is_found_by_its_bytes(
    client, services, tenant, active_customer, staff, customer_database
):
    customer_id, headers = await active_customer()
    day = services.clock.now().date() - timedelta(days=2)
    asked = f"from={day}&to={day}"
    own = await client.get(f"/v1/statements?{asked}", headers=headers)
    treasurer, auditor = await staff("treasurer"), await staff("auditor")
    query = f"{asked}&book_id={customer_id}&format=csv"
    for_staff = await client.get(f"/staff/statements?{query}", headers=treasurer)
    assert own.status_code == for_staff.status_code == 200

    async def lines(query="", headers=auditor):
        answer = await client.get(f"/staff/exports?{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    paper = hashlib.sha256(own.content).hexdigest()
    [found] = (await lines(f"sha256={paper}"))["items"]
    assert (found["format"], found["operator"]) == ("pdf", f"customer:{customer_id}")
    assert (found["kind"], found["scope"], found["scope_id"]) == (
        "statements.statement", "book", str(customer_id),
    )  # fmt: skip
    assert own.headers["export-id"] == found["export_id"]
    page = await lines(f"scope_id={customer_id}&limit=1")
    assert page["items"][0]["operator"].startswith("staff:")
    assert (await lines(f"scope_id={customer_id}&limit=1&cursor={page['next_cursor']}"))["items"] == [found]
    async with services.database.transaction(tenant.id) as tx:
        body = await tx.fetch_value("SELECT body FROM audit_record WHERE kind = 'exports.left' ORDER BY id")
    assert paper.encode() in body
    refused = await client.get("/staff/exports", headers=treasurer)
    assert refused.json()["code"] == "access.permission_missing"
    assert (await client.get("/staff/exports?sha256=12", headers=auditor)).json()["code"] == (
        "exports.digest_mistyped"
    )
    owner = await customer_database.connect("owner")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await owner.execute("UPDATE export_register SET row_count = 7")


async def test_what_tells_of_a_suspicion_is_seen_only_by_those_who_may_know(client, services, tenant, staff):
    line = Export(
        services.ids.new(), tenant.id, "filings.suspicion_file", Scope("report", uuid4()), 1, bytes(32),
        None, None, f"staff:{uuid4()}", Format.XML, services.clock.now(),
    )  # fmt: skip
    async with services.database.transaction(tenant.id) as tx:
        await exports.register(tx, line)
    seen = {}
    for role in ("auditor", "compliance_approver"):
        answer = await client.get("/staff/exports", headers=await staff(role))
        seen[role] = [each["kind"] for each in answer.json()["items"]]
    assert seen == {"auditor": [], "compliance_approver": ["filings.suspicion_file"]}
