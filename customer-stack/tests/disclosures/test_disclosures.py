"""Looks of staff at personal data: every route that shows some leaves one, and who may see them sees them."""

import re
from pathlib import Path
from typing import get_args
from uuid import uuid4

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel

import customer_stack
from customer_stack.application import build_routers
from customer_stack.disclosures import service as disclosures
from customer_stack.disclosures.domain import CatalogueUnusable, Look, read_catalogue
from customer_stack.disclosures.service import load_kinds
from shared.errors import InvariantViolated

PERSONAL = re.compile(
    r"(full_|holder_|registered_|merchant_)?name|email|phone|date_of_birth|document_number|residency|mrz|sex|"
    r"(payer_|bank_)?account(_number)?|payer(_text)?|text|note|notes|claim|(public|private)_texts?|payload|content"
)
_CODES = "notes are codes of checks"
_LEDGER = "an account is one of the ledger's chart"
NOT_OF_CUSTOMERS = {
    "GET /staff/kyc/sessions/{session_id}": _CODES,
    "POST /staff/kyc/sessions/{session_id}/take": _CODES,
    "POST /staff/kyc/sessions/{session_id}/verdict": _CODES,
    "POST /staff/kyc/sessions/{session_id}/desk": _CODES,
    "GET /staff/ledger/chart": _LEDGER,
    "GET /staff/ledger/books/{book_id}/accounts": _LEDGER,
    "GET /staff/ledger/books/{book_id}/balances": _LEDGER,
    "GET /staff/statements/issued": _LEDGER,
    "POST /staff/periods/proposals": _LEDGER,
    "POST /staff/periods/proposals/{proposal_id}/close": _LEDGER,
    "GET /staff/periods/{number}": _LEDGER,
    "GET /staff/settlements/{settlement_id}/export.csv": "customers by id, sums",
    "POST /staff/reconciliation/runs": "the name of a check",
    "GET /staff/reconciliation/runs/{run_id}": "the name of a check",
    "GET /staff/reconciliation/breaks/{break_id}": "what staff wrote about a difference, by ids",
    "GET /staff/reconciliation/sources": "statements and accounts of the house",
    "GET /staff/reconciliation/days/{day}/report": "checks and sums of the house",
    "GET /staff/settlements/purposes": "the name of a purpose",
    "GET /staff/settlements/{settlement_id}/records": "an instruction's own record: ids and sums",
    "GET /staff/settlements/{settlement_id}/lines/{customer_id}/reports": _LEDGER,
    "GET /staff/settlements/{settlement_id}/files/{kind}": "a payment of the house to itself",
    "GET /staff/figures/exposure": _LEDGER,
    "GET /staff/audit/checkpoint": "the text of a signed root",
    "GET /staff/screening/versions/{number}/changes": "people on published lists",
    "GET /staff/privacy/inventory": "the name of a period",
    "GET /staff/filings/profiles": "who answers for the house's reports",
    "POST /staff/filings/profiles": "who answers for the house's reports",
    "POST /staff/filings/profiles/{number}/decision": "who answers for the house's reports",
}
"""Routes with such a field that says nothing of a customer, each with the reason."""


def models_of(annotation, seen=None):
    """Return the models inside of an answer's type."""
    seen = set() if seen is None else seen
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in seen:
            return seen
        seen.add(annotation)
        for field in annotation.model_fields.values():
            models_of(field.annotation, seen)
    for argument in get_args(annotation):
        models_of(argument, seen)
    return seen


def personal_fields(route):
    return sorted(
        name
        for model in models_of(route.response_model)
        for name, field in model.model_fields.items()
        if PERSONAL.fullmatch(name) and "UUID" not in str(field.annotation)
    )


def staff_routes(routers):
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.path.startswith("/staff"):
                for method in route.methods:
                    yield f"{method} {route.path}", route


def unrecorded(routers, recorded, excused):
    """Return staff routes that answer with personal data, or with a file, and leave no look."""
    found = {}
    for name, route in staff_routes(routers):
        fields = personal_fields(route)
        is_file = route.response_model is None and route.status_code != 204
        if (fields or is_file) and name not in recorded and name not in excused:
            found[name] = fields or ["a file"]
    return found


def test_every_route_of_staff_that_shows_personal_data_is_in_the_catalogue(services):
    routers = build_routers(services)
    recorded = {route for kind in load_kinds().values() for route in kind.routes}
    found = unrecorded(routers, recorded, NOT_OF_CUSTOMERS)
    assert found == {}, "\n".join(f"{name}: {', '.join(fields)}" for name, fields in found.items())
    names = {name for name, _ in staff_routes(routers)}
    assert recorded - names == {"GET /staff/payouts/files/{file_id}"}, "only bank files are off here"
    assert set(NOT_OF_CUSTOMERS) <= names
    assert recorded & set(NOT_OF_CUSTOMERS) == set()


def test_a_route_without_a_look_is_found():
    class Inner(BaseModel):
        full_name: str

    class Page(BaseModel):
        items: list[Inner]

    router = APIRouter()

    @router.get("/staff/people")
    async def list_people() -> Page:
        return Page(items=[])

    assert unrecorded([router], set(), {}) == {"GET /staff/people": ["full_name"]}
    assert unrecorded([router], {"GET /staff/people"}, {}) == {}


def test_every_kind_is_written_by_some_use_case():
    """A kind that nothing writes would be a promise: the code that records it names it."""
    root = Path(customer_stack.__file__).parent
    code = "".join(path.read_text() for path in root.rglob("*.py"))
    written = {name for name in load_kinds() if f'"{name}"' in code or f'"{name.partition(".")[2]}"' in code}
    assert set(load_kinds()) - written == set()


@pytest.mark.parametrize(
    "document",
    [
        {"a.b": {"shows": "x", "why": "y", "told": True}},
        {"a.b": {"shows": "x", "why": "y", "told": True, "routes": []}},
        {
            "a.b": {"shows": "x", "why": "y", "told": True, "routes": ["GET /a"]},
            "a.c": {"shows": "x", "why": "y", "told": True, "routes": ["GET /a"]},
        },
    ],
)
def test_a_catalogue_that_contradicts_itself_is_refused(document):
    with pytest.raises(CatalogueUnusable):
        read_catalogue(document)


async def test_looks_are_listed_by_customer_and_by_staff_and_told_in_part(
    client, services, tenant, active_customer, staff
):
    customer_id, headers = await active_customer()
    clerk, now = uuid4(), services.clock.now()
    async with services.database.transaction(tenant.id) as tx:
        for kind in ("kyc.content", "cases.notes", "kyc.file"):
            await disclosures.record(tx, Look(tenant.id, customer_id, uuid4(), clerk, kind, now))
        await disclosures.record(tx, Look(tenant.id, None, uuid4(), clerk, "bank_files.payouts", now))
        await disclosures.record(tx, Look(tenant.id, customer_id, uuid4(), clerk, "filings.narrative", now))
    with pytest.raises(InvariantViolated):
        async with services.database.transaction(tenant.id) as tx:
            await disclosures.record(tx, Look(tenant.id, customer_id, uuid4(), clerk, "nobody.knows", now))
    told = (await client.get("/v1/privacy/disclosures?limit=1", headers=headers)).json()
    more = (await client.get(f"/v1/privacy/disclosures?cursor={told['next_cursor']}", headers=headers)).json()
    shown = [*told["items"], *more["items"]]
    assert [(each["shown"], each["desk"]) for each in shown] == [
        ("a picture of a document", "kyc"),
        ("claim and what reviewers wrote", "kyc"),
    ]
    assert all(set(each) == {"at", "shown", "why", "desk"} for each in shown)
    auditor = await staff("auditor")
    path = f"/staff/privacy/customers/{customer_id}/disclosures"
    listed = (await client.get(path, headers=auditor)).json()["items"]
    assert [each["kind"] for each in listed] == ["kyc.file", "cases.notes", "kyc.content"]
    by_staff = (await client.get(f"/staff/privacy/staff/{clerk}/disclosures", headers=auditor)).json()[
        "items"
    ]
    assert [each["kind"] for each in by_staff] == ["bank_files.payouts", *(each["kind"] for each in listed)]
    refused = await client.get(path, headers=await staff("compliance"))
    assert refused.json()["code"] == "access.permission_missing"


async def test_a_look_at_an_identity_check_and_a_statement_is_written_with_it(
    client, services, tenant, active_customer, staff
):
    customer_id, _ = await active_customer()
    async with services.database.transaction(tenant.id) as tx:
        await services.kyc.drafts.begin(tx, tenant.id, customer_id)
        session = await tx.fetch_value("SELECT id FROM kyc_session WHERE customer_id = $1", customer_id)
    analyst, treasurer = await staff("kyc_analyst"), await staff("treasurer")
    answer = await client.get(f"/staff/kyc/sessions/{session}/content", headers=analyst)
    assert answer.status_code == 200, answer.text
    query = {"book_id": str(customer_id), "from": "2026-01-01", "to": "2026-01-31", "format": "csv"}
    answer = await client.get("/staff/statements", params=query, headers=treasurer)
    assert answer.status_code == 200, answer.text
    path = f"/staff/privacy/customers/{customer_id}/disclosures"
    listed = (await client.get(path, headers=await staff("auditor"))).json()["items"]
    assert [each["kind"] for each in listed] == ["statements.statement", "kyc.content"]
