"""What happens to a request before and after the routes: the clock on the answer, token buckets, faults.

It stands around the routes as plain ASGI, because a fault must be able to swallow an answer that was already
made, and to break the connection under it.

Only requests that name a registered key take tokens and meet faults: pages for people and the hand behind the
sandbox stay whole.
"""

import asyncio
from email.utils import formatdate

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.exchange.faults import Fault, FaultKind
from sandbox.exchange.faults import Scope as FaultScope
from sandbox.exchange.limits import BATCHES, cost_of
from sandbox.exchange.service import Service

PREFIX = "/trade-api/v2"
ORDERS = "/portfolio/events/orders"

TOO_MANY = orjson.dumps({"error": "too many requests"})
BROKEN = {
    FaultKind.ERROR_500: (
        500,
        orjson.dumps({"error": {"code": "internal_error", "message": "internal error"}}),
    ),
    FaultKind.ERROR_503: (
        503,
        orjson.dumps({"error": {"code": "service_unavailable", "message": "service unavailable"}}),
    ),
    FaultKind.RATE_LIMITED: (429, TOO_MANY),
}


class Edge:
    """The ASGI application around the routes."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        dated = self._dated(send)
        path: str = scope["path"]
        if not path.startswith(PREFIX) or not self._names_a_key(scope):
            await self._app(scope, receive, dated)
            return
        method, path = scope["method"], path.removeprefix(PREFIX)
        if path != BATCHES and not self._service.allows(method, cost_of(method, path)):
            await _answer(dated, 429, TOO_MANY)
            return
        fault = self._service.faults.take_for_request(_scope_of(method, path))
        if fault is None:
            await self._app(scope, receive, dated)
        else:
            await self._meet(fault, scope, receive, dated)

    async def _meet(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.kind is FaultKind.DELAY_MS:
            await self._app(scope, receive, _delayed(send, fault.delay_ms))
            return
        if fault.kind is FaultKind.ACCEPT_THEN_DROP:
            await self._app(scope, receive, _swallow)
            scope["sandbox.transport"].abort()
            await asyncio.sleep(0)  # lets the server notice that nobody is there to be answered
            return
        if fault.carried_out:
            await self._app(scope, receive, _swallow)
        status, body = BROKEN[fault.kind]
        await _answer(send, status, body)

    def _names_a_key(self, scope: Scope) -> bool:
        return any(
            name == b"kalshi-access-key" and self._service.verifier.knows(value.decode("latin-1"))
            for name, value in scope["headers"]
        )

    def _dated(self, send: Send) -> Send:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = formatdate(self._service.wire_now_ms() / 1000, usegmt=True).encode()
                message["headers"] = [*message.get("headers", ()), (b"date", date)]
            await send(message)

        return send_dated


def _scope_of(method: str, path: str) -> FaultScope:
    if method == "GET":
        return FaultScope.READS
    if method == "POST" and path in (ORDERS, BATCHES):
        return FaultScope.ORDERS
    return FaultScope.CANCELS if method == "DELETE" and path.startswith(ORDERS) else FaultScope.WRITES


def _delayed(send: Send, delay_ms: int) -> Send:
    async def send_late(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(delay_ms / 1000)
        await send(message)

    return send_late


async def _swallow(_: Message) -> None:
    """Take an answer that nobody will see."""


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
