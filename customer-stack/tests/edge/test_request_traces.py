"""The first span of a trace: which trace a request is in, and that it says nothing of a person."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from fastapi import APIRouter

from customer_stack.edge.application import create_app
from customer_stack.edge.principals import CustomerPrincipal
from customer_stack.wagers.api import build_router
from shared.ids import SystemIds
from shared.operations import tracing
from shared.operations.spans import Kind, Span
from shared.operations.tracing import ATTRIBUTES, Tracer, first_span

ME = UUID(int=7)
IDS = SystemIds()
WISH = {"market_id": str(ME), "side": "yes", "action": "buy", "quantity": "1.00", "limit_price": "0.5"}
GOOD = {"Authorization": "Bearer me", "Idempotency-Key": "1"}


class Sessions:
    async def authenticate(self, _token: str) -> None:
        return None

    async def route(self, _token: str) -> CustomerPrincipal:
        return CustomerPrincipal(ME, ME, ME, ME)


class Lanes:
    """Places one wager, and answers with it ever after."""

    wager_id: UUID | None = None

    async def submit(self, _book_id: UUID, _command: object) -> bytes:
        self.wager_id = self.wager_id or IDS.new()
        return orjson.dumps({"wager_id": str(self.wager_id)})


@pytest.fixture
def spans() -> Iterator[list[Span]]:
    found: list[Span] = []
    tracing.keep(Tracer(found.extend, 1))
    yield found
    tracing.keep(None)


def client_of(lanes: Any, *routers: APIRouter) -> httpx.AsyncClient:
    sessions: Any = Sessions()
    app = create_app(
        [build_router(lanes, *[None] * 2), *routers],  # type: ignore[list-item]  # nothing else is asked
        customer_sessions=sessions,
        staff_sessions=sessions,
        ids=SystemIds(),
        show_documentation=False,
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


async def test_a_request_that_placed_a_wager_begins_the_wager_s_trace(spans: list[Span]) -> None:
    lanes, correlation = Lanes(), UUID(int=9)
    headers = {**GOOD, "X-Correlation-Id": str(correlation)}
    async with client_of(lanes) as client:
        assert (await client.post("/v1/wagers", json=WISH, headers=headers)).status_code == 201
        time.sleep(0.005)  # noqa: ASYNC251 - a moment later
        assert (await client.post("/v1/wagers", json=WISH, headers=headers)).status_code == 201
    first, again = spans
    assert lanes.wager_id is not None
    assert (first.name, first.kind) == ("POST /v1/wagers", Kind.SERVER)
    assert {each.place.trace for each in spans} == {lanes.wager_id}
    assert (first.place.span, first.parent) == (first_span(lanes.wager_id), 0)
    assert again.place.span != first.place.span, "the same request once more is no other beginning"
    assert again.parent == first_span(lanes.wager_id)
    assert first.attributes == {
        "bulkhead.correlation_id": str(correlation),
        "http.request.method": "POST",
        "http.response.status_code": 201,
        "http.route": "/v1/wagers",
    }


async def test_another_request_is_traced_under_its_correlation_id(spans: list[Span]) -> None:
    async with client_of(Lanes()) as client:
        answer = await client.get("/v1/nobody/here")
    [span] = spans
    assert (span.place.trace, span.name) == (UUID(answer.headers["x-correlation-id"]), "GET unmatched")


async def test_of_a_request_only_what_the_code_says_is_told(spans: list[Span]) -> None:
    router = APIRouter()

    @router.api_route("/v1/people/{name}", methods=["GET", "NIMAL"])
    async def look(name: str) -> str:
        return name

    async with client_of(Lanes(), router) as client:
        path = "/v1/people/Nimal%20Perera%20901234567V"
        await client.get(path, params={"phone": "+94771234567"}, headers={"X-Correlation-Id": "Nimal Perera"})
        await client.request("NIMAL", path)
        await client.request("PERERA", "/Nimal")
    assert [span.name for span in spans] == [
        "GET /v1/people/{name}",
        "OTHER /v1/people/{name}",
        "OTHER unmatched",
    ]
    assert all(set(span.attributes) <= ATTRIBUTES for span in spans)
    said = repr(spans).lower()
    assert not any(word in said for word in ("nimal", "perera", "901234567", "94771234567"))


async def test_a_request_that_broke_is_marked(spans: list[Span]) -> None:
    router = APIRouter()

    @router.get("/v1/broken")
    async def break_down() -> None:
        raise ZeroDivisionError

    async with client_of(Lanes(), router) as client:
        assert (await client.get("/v1/broken")).status_code == 500
    [span] = spans
    assert span.is_failed
    assert span.attributes["http.response.status_code"] == 500
