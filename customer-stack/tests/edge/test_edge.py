"""What all routes have in common."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from fastapi import APIRouter, Query
from fastapi.routing import APIRoute
from pydantic import AwareDatetime, BaseModel

from customer_stack.access.catalogue import load_roles
from customer_stack.application import build_application, build_routers
from customer_stack.cards.schemas import ChargeBody
from customer_stack.cases.service.ground import KNOW_REPORTS
from customer_stack.customers.schemas import RegistrationBody
from customer_stack.edge.application import create_app
from customer_stack.edge.authentication import Require, current_customer, routed_customer
from customer_stack.edge.problems import STATUS_OF_KIND
from customer_stack.edge.public import PUBLIC_ROUTES
from customer_stack.evidence.service.asking import PERSONAL as EVIDENCE_OF_PEOPLE
from customer_stack.fx.schemas.quotes import QuoteBody
from customer_stack.kyc.configuration import open_routes
from customer_stack.payouts.schemas import WithdrawalBody
from customer_stack.transfers.domain.codes import read_code
from shared.errors import Kind, Refusal
from shared.ids import SystemIds

from ..routes import quick_application  # noqa: TID252 - the folder of tests has no name of its own


class Nobody:
    async def authenticate(self, token):
        return None

    async def route(self, token):
        return None


def make_app(*routers):
    return create_app(
        routers,
        customer_sessions=Nobody(),
        staff_sessions=Nobody(),
        ids=SystemIds(),
        show_documentation=False,
    )


def open_client(app):
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


def guards_of(route):
    """Return the calls of all dependencies of a route, at any depth."""
    found, waiting = [], [route.dependant]
    while waiting:
        dependant = waiting.pop()
        found.append(dependant.call)
        waiting += dependant.dependencies
    return found


def find_unguarded(routers):
    return {
        (method, route.path)
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
        if (method, route.path) not in PUBLIC_ROUTES
        and not any(
            call in (current_customer, routed_customer) or isinstance(call, Require)
            for call in guards_of(route)
        )
    }


def test_every_route_asks_who_is_there(services):
    routers = build_routers(services)
    assert sum(len(router.routes) for router in routers) > 5
    assert find_unguarded(routers) == set()


def test_a_route_without_a_guard_is_found():
    router = APIRouter()

    @router.get("/open")
    async def answer() -> None:
        return None

    assert find_unguarded([router]) == {("GET", "/open")}


@pytest.fixture(autouse=True)
def every_channel(monkeypatch):
    """Configure what is off until it is configured, so that every route is there."""
    for name, value in {
        "HOSTED_CHECKOUT_MERCHANT_ID": "1221149",
        "HOSTED_CHECKOUT_SECRET": "a secret of the gateway",
        "HOSTED_CHECKOUT_ACTION_URL": "https://gateway.invalid/pay",
        "HOSTED_CHECKOUT_NOTIFY_URL": "https://we.invalid/webhooks/hosted-checkout",
        "HOSTED_CHECKOUT_RETURN_URL": "https://we.invalid/paid",
        "HOSTED_CHECKOUT_CANCEL_URL": "https://we.invalid/cancelled",
        "BANK_FILE_NAME": "Lanka Event Exchange",
        "BANK_FILE_ACCOUNT": "0012345678",
        "BANK_FILE_BIC": "BCEYLKLX",
    }.items():
        monkeypatch.setenv(f"CUSTOMER_{name}", value)


def test_every_staff_route_asks_for_a_permission_and_roles_give_exactly_those(services):
    given_by_roles = frozenset().union(*(role.permissions for role in load_roles().values()))
    asked_anywhere = set()
    for router in build_routers(services):
        for route in router.routes:
            asked = {call.permission for call in guards_of(route) if isinstance(call, Require)}
            asked_anywhere |= asked
            is_open = any((method, route.path) in PUBLIC_ROUTES for method in route.methods)
            assert asked or is_open or not route.path.startswith("/staff"), route.path
    # Steps of identity checks name theirs in configuration; the service asks for them.
    for route in open_routes({"identity"}).current.routes:
        asked_anywhere |= {route.escalate_to, *(step.permission for step in route.steps)} - {None}
    # What links of a case are shown, and whether a pack tells of people, depends on these; the service asks.
    assert asked_anywhere | {KNOW_REPORTS, EVIDENCE_OF_PEOPLE} == given_by_roles


WHOLE = {
    "/v1/protection/limits": "nine: three kinds in three windows",
    "/staff/protection/customers/{customer_id}/limits": "the same nine",
    "/staff/protection/customers/{customer_id}/pauses": "one person's, each of a day at least",
    "/staff/aml/metrics": "one per reason code, over 92 days at most",
    "/staff/reconciliation/sources": "as many as a reviewed file names",
    "/staff/settlements/purposes": "a reviewed list",
    "/staff/settlements/{settlement_id}/files": "one of each kind, of which there are four",
    "/staff/settlements/{settlement_id}/words": "what people said of one payment, two hundred at most",
    "/staff/signing/passkeys": "one person's own, fifty at most",
}
"""Answers that are shown whole, and why they cannot grow."""


def find_unlimited(routers):
    """Return list routes whose answer has items but that take no limit or no cursor."""
    return {
        route.path
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        and "GET" in route.methods
        and "items" in getattr(route.response_model, "model_fields", {})
        and not {"limit", "cursor"} <= {parameter.name for parameter in route.dependant.query_params}
    }


def test_every_list_has_a_limit_and_a_cursor(services):
    assert find_unlimited(build_routers(services)) == WHOLE.keys()


def test_a_list_without_a_limit_is_found():
    class Page(BaseModel):
        items: list[str]

    router = APIRouter()

    @router.get("/all")
    async def answer() -> Page:
        return Page(items=[])

    assert find_unlimited([router]) == {"/all"}


def test_public_routes_exist(services):
    known = {
        (method, route.path)
        for router in build_routers(services)
        for route in router.routes
        for method in route.methods
    }
    assert set(PUBLIC_ROUTES) <= known


@pytest.mark.parametrize("kind", list(Kind))
async def test_every_kind_of_refusal_is_a_problem(kind):
    router = APIRouter()

    @router.get("/refuse")
    async def refuse() -> None:
        refusal = type("Sample", (Refusal,), {"kind": kind, "code": "sample.code"})
        raise refusal("Do this.")

    async with open_client(make_app(router)) as client:
        answer = await client.get("/refuse")
    assert answer.status_code == STATUS_OF_KIND[kind]
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["detail"]) == ("sample.code", "Do this.")


async def test_a_bug_is_answered_without_a_word_of_it():
    router = APIRouter()

    @router.get("/break")
    async def break_down() -> None:
        raise RuntimeError("secret detail")

    async with open_client(make_app(router)) as client:
        answer = await client.get("/break")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text


async def test_every_answer_has_a_correlation_id_the_client_s_own_if_it_is_a_uuid():
    mine = uuid4()
    async with open_client(make_app()) as client:
        kept = await client.get("/nowhere", headers={"X-Correlation-Id": str(mine)})
        made = await client.get("/nowhere", headers={"X-Correlation-Id": "my name is Nimal Perera, 1990-1"})
    assert kept.headers["x-correlation-id"] == str(mine)
    assert UUID(made.headers["x-correlation-id"]).version == 7
    assert (kept.status_code, kept.json()["code"]) == (404, "request.not_found")


async def test_a_body_that_is_too_large_is_refused_stated_or_not():
    async def stream():
        for _ in range(80):
            yield b"x" * 1024

    router = APIRouter()

    @router.post("/take")
    async def take(body: dict[str, str]) -> None:
        return None

    async with open_client(make_app(router)) as client:
        stated = await client.post("/take", content=b"x" * 80_000)
        unstated = await client.post("/take", content=stream())
        wrong_method = await client.get("/take")
        broken = await client.post("/take", content=b"{", headers={"Content-Type": "application/json"})
    assert [stated.status_code, unstated.status_code, wrong_method.status_code] == [413, 413, 405]
    assert (broken.status_code, broken.json()["code"]) == (422, "request.invalid")


@pytest.mark.parametrize("raw", [b"{", b'{"a": "\xff"}', b"[" * 60_000, b"9" * 5_000, b'"\\ud800"'])
async def test_a_body_that_is_no_json_is_one_problem_however_it_is_broken(raw):
    router = APIRouter()

    @router.post("/take")
    async def take(body: dict[str, str]) -> None:
        return None

    async with open_client(make_app(router)) as client:
        answer = await client.post("/take", content=raw, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
    assert answer.json()["errors"][0]["field"] == "body"


async def test_the_documentation_says_what_the_edge_does(services):
    async with open_client(build_application(services)) as client:
        document = (await client.get("/openapi.json")).json()
    assert "HTTPValidationError" not in str(document)
    assert document["components"]["securitySchemes"]["session"]["scheme"] == "bearer"
    keyed = set()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert "application/problem+json" in operation["responses"]["4XX"]["content"]
            assert ("security" in operation) == ((method.upper(), path) not in PUBLIC_ROUTES)
            keyed |= {
                path
                for parameter in operation.get("parameters", ())
                if parameter["name"] == "Idempotency-Key" and parameter["required"]
            }
    assert keyed == {
        "/staff/cards/charges/{charge_id}/refund",
        "/staff/cards/settlements",
        "/staff/payouts/files",
        "/staff/payouts/refunds",
        "/staff/settlements",
        "/staff/treasury/bill-payments",
        "/staff/treasury/bills",
        "/staff/treasury/contributions",
        "/staff/treasury/prefunds",
        "/staff/treasury/relocations",
        "/staff/treasury/stock-purchases",
        "/staff/treasury/stock-sales",
        "/v1/bank-consents",
        "/v1/card-charges",
        "/v1/card-charges/{charge_id}/refund",
        "/v1/conversions",
        "/v1/qr-payments",
        "/v1/quotes",
        "/v1/refunds",
        "/v1/transfers",
        "/v1/wagers",
        "/v1/withdrawals",
    }


@pytest.mark.parametrize("path", ["/v1/me", "/staff/me"])
@pytest.mark.parametrize(
    "header", [None, "Bearer ", "Basic abc", "Bearer bhc_nonsense", "Bearer " + "x" * 300]
)
async def test_no_token_and_a_bad_token_open_no_door(services, path, header):
    async with open_client(quick_application(services)) as client:
        answer = await client.get(path, headers={} if header is None else {"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "session.required")
    assert answer.headers["www-authenticate"] == "Bearer"


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@pytest.mark.parametrize(
    ("query", "advice"),
    [
        ({"colour": "green"}, "must be one of 'red' or 'blue'"),
        ({"shape": "cone"}, "must be 'cube'"),
        ({"count": "0"}, "must be at least 1"),
        ({"count": "999"}, "must be at most 200"),
        ({"word": "ß"}, "must have at least 2 characters"),
        ({"word": "secret-word"}, "must have at most 5 characters"),
        ({"at": "2026-11-20T14:05:00"}, "must be a moment with its time zone, such as 2026-11-20T14:05:00Z"),
        ({"at": "1e20"}, "must be a moment with its time zone, such as 2026-11-20T14:05:00Z"),
        ({"at": "noon"}, "must be a moment with its time zone, such as 2026-11-20T14:05:00Z"),
    ],
)
async def test_advice_says_what_is_accepted_and_never_what_was_sent(query, advice):
    router = APIRouter()

    @router.get("/take")
    async def take(
        colour: Colour = Colour.RED,
        shape: Literal["cube"] = "cube",
        count: Annotated[int, Query(ge=1, le=200)] = 1,
        word: Annotated[str, Query(min_length=2, max_length=5)] = "word",
        at: AwareDatetime | None = None,
    ) -> None:
        return None

    async with open_client(make_app(router)) as client:
        answer = await client.get("/take", params=query)
    assert [error["advice"] for error in answer.json()["errors"]] == [advice]
    assert next(iter(query.values())) not in answer.text.replace(advice, "")


async def test_the_examples_that_the_documentation_offers_are_accepted(services):
    async with open_client(quick_application(services)) as client:
        shapes = (await client.get("/openapi.json")).json()["components"]["schemas"]
    for body in (RegistrationBody, QuoteBody, WithdrawalBody, ChargeBody):
        body.model_validate_json(orjson.dumps(shapes[body.__name__]["example"]))
    assert read_code(shapes["TransferBody"]["properties"]["to"]["examples"][0])
