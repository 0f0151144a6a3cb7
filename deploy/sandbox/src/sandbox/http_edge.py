"""What bank and identity vendor share at their HTTP edge: one error shape and one bearer key."""

import hmac
import time

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import SecretStr
from starlette.exceptions import HTTPException


class Refused(Exception):
    """A request that is not carried out, with its HTTP status and a stable code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class BearerKey:
    """A dependency that lets only the holder of the API key pass."""

    def __init__(self, key: SecretStr) -> None:
        self._expected = f"Bearer {key.get_secret_value()}".encode()

    async def __call__(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, self._expected):
            raise Refused(401, "unauthenticated", "Send the API key as a bearer token.")


def refuse_in_json(app: FastAPI) -> None:
    """Answer every error of `app` as {"error": {"code", "message"}}."""
    app.add_exception_handler(Refused, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_invalid)
    app.add_exception_handler(HTTPException, _refuse_http)


def now_ms() -> int:
    """Return the present, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


async def _refuse(_: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    body = {"error": {"code": error.code, "message": error.message}}
    return JSONResponse(body, status_code=error.status)


async def _refuse_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    fields = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    return await _refuse(request, Refused(400, "invalid_parameters", fields))


async def _refuse_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return await _refuse(request, Refused(error.status_code, "http_error", str(error.detail)))
