"""The first span of a trace: a request and its answer.

A request's trace is its correlation id. One that placed a wager is in the wager's trace instead, under the
wager's id, which the execution stack knows as the intent's; the correlation id is then an attribute. Of a
request its method, its route as it is declared, and its status are told: never its path, which can name what
is a person's.
"""

from typing import Final
from uuid import UUID

from starlette.types import Scope

from shared.operations import tracing
from shared.operations.spans import Kind
from shared.operations.tracing import Work

_STATE: Final = "trace"
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_FAILED: Final = 500
_OURS: Final = 7
_BELOW_TIME: Final = 80


def begin_request(correlation: UUID) -> Work | None:
    """Return the request's work, or None while traces are off."""
    return tracing.begin("request", correlation, kind=Kind.SERVER)


def trace_request(scope: Scope, trace: UUID, route: str) -> None:
    """Say that a request belongs to another trace than its own, and which route it took."""
    scope["state"][_STATE] = trace, route


def finish_request(work: Work, scope: Scope, correlation: UUID, status: int) -> None:
    """Write the request's span as its answer begins."""
    work.trace, route = scope["state"].get(_STATE) or (correlation, _route_of(scope))
    method = scope["method"] if scope["method"] in _METHODS else "OTHER"
    work.name = f"{method} {route}"
    work.is_first = _is_new(work.trace, work.began)
    work.attributes |= {
        "bulkhead.correlation_id": correlation,
        "http.request.method": method,
        "http.response.status_code": status,
        "http.route": route,
    }
    work.code = str(status) if status >= _FAILED else None
    tracing.finish(work)


def _route_of(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "unmatched")


def _is_new(trace: UUID, began: int) -> bool:
    """Tell whether an id was made since a moment: of version 7, which carries its time.

    The id of a wager that is asked for again was made by an earlier request, which has written the trace's
    first span; so, perhaps, has an earlier one with a correlation id that the client chose.
    """
    return trace.version == _OURS and trace.int >> _BELOW_TIME >= began // 1_000_000 - 1
