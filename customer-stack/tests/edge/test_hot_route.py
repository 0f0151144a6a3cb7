"""The hot route before FastAPI answers as the same route inside it."""

import functools
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest
from fastapi import FastAPI

from customer_stack.edge.application import create_app
from customer_stack.edge.middleware import BODY_LIMIT_BYTES
from customer_stack.edge.principals import CustomerPrincipal
from customer_stack.wagers.api import build_router
from customer_stack.wagers.errors import WagerEnded
from shared.ids import SystemIds
from shared.lanes import LaneBusy

ME = UUID(int=7)
GOOD = {"Authorization": "Bearer me", "Idempotency-Key": "1"}
COOKIE = {"Cookie": "bulkhead_session=me", "Idempotency-Key": "1"}
CORRELATED = {"X-Correlation-Id": str(UUID(int=9))}
WISH = orjson.dumps(
    {"market_id": str(UUID(int=8)), "side": "yes", "action": "buy", "quantity": "1.00", "limit_price": "0.5"}
)


class Sessions:
    async def authenticate(self, token):
        raise AssertionError("the hot route asks where to route only")

    async def route(self, token):
        return CustomerPrincipal(ME, ME, ME, ME) if token == "me" else None


class Lanes:
    """Answers with what it was asked, or fails as it is told."""

    def __init__(self):
        self.error = None
        self.taken = []

    async def submit(self, book_id, command):
        self.taken.append((book_id, command))
        if self.error is not None:
            raise self.error
        return orjson.dumps({"key": command.claim.key.hex(), "digest": command.claim.digest.hex()})


@pytest.fixture
def lanes():
    return Lanes()


@pytest.fixture
def ask(lanes):
    app = create_app(
        [build_router(lanes, None, None)],
        customer_sessions=Sessions(),
        staff_sessions=Sessions(),
        ids=SystemIds(),
        show_documentation=False,
    )

    async def send(served_by, method, path, headers, content):
        transport = httpx.ASGITransport(app=served_by, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.request(method, path, headers=headers, content=content)
        correlation = answer.headers.pop("x-correlation-id")
        given = headers.get("X-Correlation-Id")
        assert UUID(correlation)
        assert given in (None, correlation)
        return answer.status_code, answer.headers.multi_items(), answer.content

    async def both(headers, content=WISH, method="POST", path="/v1/wagers"):
        front = await send(app, method, path, headers, content)
        framework = await send(functools.partial(FastAPI.__call__, app), method, path, headers, content)
        assert front == framework
        return front[0]

    return both


class Parts:
    """A body without a stated length, that can be sent twice."""

    async def __aiter__(self):
        for _ in range(BODY_LIMIT_BYTES // 1000 + 1):
            yield b" " * 1000


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        (GOOD, WISH, 201),
        (GOOD | CORRELATED, WISH, 201),
        (COOKIE, WISH, 201),
        (COOKIE | {"Sec-Fetch-Site": "cross-site"}, WISH, 401),
        ({"Idempotency-Key": "1"}, WISH, 401),
        (GOOD | {"Authorization": "Bearer stranger"}, WISH, 401),
        (GOOD | {"Authorization": "Basic me"}, WISH, 401),
        ({"Authorization": "Bearer me"}, WISH, 400),
        (GOOD | {"Idempotency-Key": "x" * 129}, WISH, 400),
        (GOOD, b"", 422),
        (GOOD, b"{", 422),
        (GOOD, b"[]", 422),
        (GOOD, b"\xff", 422),
        (GOOD, WISH.replace(b"0.5", b"1.5"), 422),
        (GOOD, WISH.replace(b"yes", b"maybe"), 422),
        (GOOD, WISH.replace(b"{", b'{"more":1,'), 422),
        (GOOD, WISH + b" " * BODY_LIMIT_BYTES, 413),
        (GOOD, Parts(), 413),
    ],
)
async def test_both_answer_the_same(ask, headers, content, status):
    assert await ask(headers, content) == status


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (LaneBusy("Again."), 503),
        (WagerEnded(), 409),
        (asyncpg.LockNotAvailableError("busy"), 503),
        (asyncpg.ConnectionDoesNotExistError("gone"), 503),
        (ZeroDivisionError("a bug"), 500),
    ],
)
async def test_both_fail_the_same(ask, lanes, error, status):
    lanes.error = error
    assert await ask(GOOD) == status
    assert await ask(GOOD | CORRELATED) == status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PUT", "/v1/wagers", 405), ("POST", "/v1/wagers/", 404), ("POST", "/v1//wagers", 404)],
)
async def test_what_is_no_hot_route_is_the_framework_s(ask, lanes, method, path, status):
    assert await ask(GOOD, method=method, path=path) == status
    assert lanes.taken == []


async def test_both_ask_the_lane_the_same(ask, lanes):
    await ask(GOOD)
    assert lanes.taken[0] == lanes.taken[1]
    assert lanes.taken[0][0] == ME
