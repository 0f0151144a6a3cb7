"""Around every request: correlation id, size limit, a last resort for bugs. Pure ASGI.

Starlette's function middleware would run each request in a task of its own and cost a third of the
hot path; these are plain callables.

Guaranteed:
- every answer carries `X-Correlation-Id`: the client's if it is a UUID, else a new one, and every log line
  of the request carries the same;
- a body above the limit is refused, whether its length was stated or not;
- an unexpected error is logged, and answered with 500 without any detail.
"""

from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Counter
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from customer_stack.edge.problems import problem
from customer_stack.edge.tracing import begin_request, finish_request
from shared.ids import Ids
from shared.operations.logs import correlated

CORRELATION_HEADER: Final = b"x-correlation-id"
BODY_LIMIT_BYTES: Final = 64 * 1024
WIDER_LIMITS_BYTES: Final = {
    "/staff/bank-files": 5_000_000,
    "/staff/cases/files": 8_000_000,
    "/v1/kyc/files": 8_000_000,
}
"""Routes that take files. They read the body themselves, once they know who asks."""

REQUESTS: Final = Counter("customer_http_requests_total", "Requests that were answered.", ("status",))
_ANSWERED: Final = {kind: REQUESTS.labels(f"{kind}xx") for kind in (1, 2, 3, 4, 5)}

_log = structlog.get_logger(__name__)


def _read_headers(scope: Scope) -> tuple[bytes | None, bytes | None]:
    """Return the first correlation id and the first length that the client states."""
    correlation = length = None
    for key, value in scope["headers"]:
        if key == CORRELATION_HEADER:
            correlation = value if correlation is None else correlation
        elif key == b"content-length":
            length = value if length is None else length
    return correlation, length


def _read_uuid(raw: bytes | None) -> UUID | None:
    if raw is None or len(raw) != 36:
        return None
    try:
        return UUID(raw.decode("ascii"))
    except ValueError:
        return None


class EdgeMiddleware:
    """Correlation, limits and the last resort, in one layer."""

    def __init__(self, app: ASGIApp, ids: Ids, body_limit_bytes: int = BODY_LIMIT_BYTES) -> None:
        """Wrap `app`."""
        self._app = app
        self._ids = ids
        self._limit = body_limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked, length = _read_headers(scope)
        correlation = _read_uuid(asked) or self._ids.new()
        scope.setdefault("state", {})["correlation_id"] = correlation
        encoded = str(correlation).encode()
        started = False
        work = begin_request(correlation)

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                if work is not None:
                    finish_request(work, scope, correlation, message["status"])
                _ANSWERED[message["status"] // 100].inc()
                message["headers"] = [*message["headers"], (CORRELATION_HEADER, encoded)]
            await send(message)

        try:
            with correlated(correlation):
                await self._app(scope, self._limited(scope, receive, length), send_with_id)
        except Exception:
            with correlated(correlation):
                _log.exception("edge.unexpected_error", method=scope["method"])
            if started:
                raise
            answer = problem(
                500,
                "internal",
                "Try again later. If it goes on, tell us this answer's X-Correlation-Id.",
            )
            await answer(scope, receive, send_with_id)

    def _limited(self, scope: Scope, receive: Receive, stated: bytes | None) -> Receive:
        """Return `receive`, which counts the bytes of the body; `stated` is its length by the client."""
        limit = WIDER_LIMITS_BYTES.get(scope["path"], self._limit)
        too_large = stated is not None and stated.isdigit() and int(stated) > limit
        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            if too_large:
                raise HTTPException(413)
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413)
            return message

        return receive_limited
