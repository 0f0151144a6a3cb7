"""Refusals as problem+json (RFC 9457).

Guaranteed:
- a refusal's kind alone decides the status, its code is in the body;
- a validation problem names the field and what to do, and never repeats what was sent.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import asyncpg
import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from shared.errors import Kind, Refusal

STATUS_OF_KIND: Final[Mapping[Kind, int]] = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.REFUSED: 422,
    Kind.UNAVAILABLE: 503,
}

TITLE_OF_STATUS: Final[Mapping[int, str]] = {
    400: "The request cannot be understood",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "The situation has changed",
    413: "The request is too large",
    422: "Refused",
    500: "Something broke on our side",
    503: "Not available now",
}

_CODE_OF_STATUS: Final[Mapping[int, tuple[str, str]]] = {
    404: ("request.not_found", "There is nothing at this address. Check the path."),
    405: ("request.method_not_allowed", "This address does not know this method. Check the method."),
    413: ("request.too_large", "The request is larger than 64 KiB. Send less."),
}

_ADVICE: Final[Mapping[str, str]] = {
    "missing": "is required; send it",
    "extra_forbidden": "is not known here; leave it out",
    "json_invalid": "is not valid JSON; correct it",
    "json_type": "must be JSON",
    "string_type": "must be a text",
    "string_pattern_mismatch": "does not have the expected form",
    "uuid_parsing": "must be a UUID",
    "uuid_type": "must be a UUID",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "decimal_parsing": "must be a decimal number in a string",
    "decimal_type": "must be a decimal number in a string",
    "date_parsing": "must be a date such as 1990-12-31",
    "date_from_datetime_parsing": "must be a date such as 1990-12-31",
    "timezone_aware": "must be a moment with its time zone, such as 2026-11-20T14:05:00Z",
    "datetime_parsing": "must be a moment with its time zone, such as 2026-11-20T14:05:00Z",
    "datetime_from_date_parsing": "must be a moment with its time zone, such as 2026-11-20T14:05:00Z",
    "model_attributes_type": "must be a JSON object",
}
_DEFAULT_ADVICE: Final = "does not have the expected form; correct it"
# What is accepted stands in our schema, never in the request: so it may be shown.
_ADVICE_WITH: Final[Mapping[str, tuple[str, str]]] = {
    "enum": ("must be one of {}", "expected"),
    "literal_error": ("must be {}", "expected"),
    "greater_than": ("must be above {}", "gt"),
    "greater_than_equal": ("must be at least {}", "ge"),
    "less_than": ("must be below {}", "lt"),
    "less_than_equal": ("must be at most {}", "le"),
    "string_too_short": ("must have at least {} characters", "min_length"),
    "string_too_long": ("must have at most {} characters", "max_length"),
}
_FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


class OrjsonResponse(JSONResponse):
    """JSON by orjson: the fastest of the exact encoders. Money arrives here as strings."""

    def render(self, content: Any) -> bytes:
        """Encode `content`."""
        return orjson.dumps(content)


def problem(
    status: int, code: str, detail: str, *, errors: Sequence[Mapping[str, str]] | None = None
) -> Response:
    """Return a problem answer. `detail` says what to do and carries no value of the request."""
    body: dict[str, object] = {
        "type": f"urn:bulkhead:problem:{code}",
        "title": TITLE_OF_STATUS.get(status, "Refused"),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors is not None:
        body["errors"] = list(errors)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return Response(orjson.dumps(body), status, headers, media_type="application/problem+json")


def problem_of_refusal(refusal: Refusal) -> Response:
    """Return the problem that a refusal is."""
    return problem(STATUS_OF_KIND[refusal.kind], refusal.code, refusal.message)


def _name_field(location: Sequence[int | str]) -> str:
    """Return a dotted field name; a part that a client made up and that is no name is left unnamed."""
    parts = [
        str(part) if isinstance(part, int) or _FIELD.fullmatch(part) else "(unnamed)" for part in location[1:]
    ]
    if location[:1] in (("query",), ("path",), ("header",)):
        return ".".join([str(location[0]), *parts])
    return ".".join(parts) or "body"


def _describe(error: Mapping[str, Any]) -> dict[str, str]:
    kind = str(error["type"])
    location = tuple(error["loc"])
    # An invalid JSON body has the position of the mistake for a location.
    field = "body" if kind == "json_invalid" else _name_field(location)
    return {"field": field, "code": kind, "advice": _advise(kind, error.get("ctx", {}))}


def _advise(kind: str, context: Mapping[str, Any]) -> str:
    # A sentence of a validator of ours may be shown: ours never contain the value.
    if "advice" in context:
        return str(context["advice"])
    sentence, name = _ADVICE_WITH.get(kind, ("", ""))
    if name in context:
        return sentence.format(context[name])
    return _ADVICE.get(kind, _DEFAULT_ADVICE)


def _on_refusal(error: Exception) -> Response:
    if not isinstance(error, Refusal):  # asked for this class only
        raise error
    return problem_of_refusal(error)


def _on_invalid(error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):  # asked for this class only
        raise error
    return _invalid([_describe(each) for each in error.errors()[:20]])


def _invalid(described: Sequence[Mapping[str, str]]) -> Response:
    sentence = "; ".join(f"{each['field']} {each['advice']}" for each in described[:5])
    return problem(422, "request.invalid", f"Correct the request: {sentence}.", errors=described)


def _on_http(error: Exception) -> Response:
    if not isinstance(error, HTTPException):  # asked for this class only
        raise error
    if error.status_code == 400:
        # FastAPI's word for a body that its JSON reader gave up on: no UTF-8, too deep, numbers without end.
        return _invalid([_describe({"type": "json_invalid", "loc": ("body",)})])
    code, detail = _CODE_OF_STATUS.get(
        error.status_code, ("request.refused", "The request was refused. Check it and send it again.")
    )
    return problem(error.status_code, code, detail)


def _on_busy_database(_error: Exception) -> Response:
    return problem(503, "database.busy", "The service is too busy. Send the request again in a moment.")


_EXPECTED: Final[Mapping[type[Exception], Callable[[Exception], Response]]] = {
    Refusal: _on_refusal,
    RequestValidationError: _on_invalid,
    HTTPException: _on_http,
    asyncpg.QueryCanceledError: _on_busy_database,
    asyncpg.LockNotAvailableError: _on_busy_database,
    asyncpg.DeadlockDetectedError: _on_busy_database,
    asyncpg.PostgresConnectionError: _on_busy_database,
}


def problem_of(error: Exception) -> Response | None:
    """Return the problem that an expected failure is, by its closest known class; None for any other."""
    for kind in type(error).__mro__:
        if kind in _EXPECTED:
            return _EXPECTED[kind](error)
    return None


def add_problem_handlers(app: FastAPI) -> None:
    """Make every expected failure of a route a problem."""

    async def answer(_request: Request, error: Exception) -> Response:
        expected = problem_of(error)
        if expected is None:  # registered for known classes only
            raise error
        return expected

    for kind in _EXPECTED:
        app.add_exception_handler(kind, answer)
