"""The exchange as a program: settings -> journal -> engine -> routes, and the clock that moves it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from sandbox.exchange import (
    control_api,
    events_api,
    fault_api,
    groups_api,
    historical_api,
    markets_api,
    orders_api,
    page,
    portfolio_api,
    stream_api,
)
from sandbox.exchange.catalogue import load_catalogue
from sandbox.exchange.edge import TOO_MANY, Edge
from sandbox.exchange.engine import Exchange
from sandbox.exchange.errors import InvalidParameters, RateLimited, Refused
from sandbox.exchange.facts import FACT_KINDS
from sandbox.exchange.faults import Faults
from sandbox.exchange.limits import Limiter
from sandbox.exchange.service import Service
from sandbox.exchange.signatures import Verifier, load_keys
from sandbox.journal import Journal
from sandbox.settings import ExchangeSettings

ADVANCE_SECONDS = 0.1
ROUTES = (
    orders_api,
    groups_api,
    portfolio_api,
    markets_api,
    events_api,
    historical_api,
    control_api,
    fault_api,
    page,
    stream_api,
)

log = logging.getLogger("sandbox.exchange")


def create_app(settings: ExchangeSettings) -> FastAPI:
    """Build the exchange and fold its past. Raises KeysUnreadable, JournalBroken."""
    verifier = Verifier(
        load_keys(settings.exchange_keys_file), settings.exchange_clock_tolerance_seconds * 1000
    )
    journal = Journal(settings.journal_path("exchange"), FACT_KINDS)
    exchange = Exchange(
        load_catalogue(),
        journal,
        seed=settings.seed,
        liquidity_interval_ms=settings.exchange_liquidity_interval_ms,
        settlement_timer_ms=settings.exchange_settlement_timer_seconds * 1000,
        new_id=uuid4,
    )
    service = Service(exchange, verifier, Faults(), Limiter(settings.exchange_tier))
    exchange.open(service.now_ms())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        clock = asyncio.create_task(_advance_forever(service))
        yield
        clock.cancel()
        journal.close()

    app = FastAPI(title="Sandbox exchange", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.service = service
    for routes in ROUTES:
        app.include_router(routes.router)
    app.add_middleware(Edge, service=service)
    app.add_exception_handler(Refused, _refuse)
    app.add_exception_handler(RateLimited, _refuse_hasty)
    app.add_exception_handler(RequestValidationError, _refuse_invalid)
    app.add_exception_handler(HTTPException, _refuse_unknown)

    @app.get("/health")
    async def health() -> dict[str, str | bool]:
        return {"status": "ok", "durable": journal.is_durable}

    return app


async def _advance_forever(service: Service) -> None:
    while True:
        try:
            service.exchange.advance(service.now_ms())
        except Exception:
            log.exception("the exchange could not advance; it tries again")
        await asyncio.sleep(ADVANCE_SECONDS)


async def _refuse(_: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    body = {"code": error.code, "message": error.message}
    if error.details is not None:
        body["details"] = error.details
    return JSONResponse({"error": body}, status_code=error.status)


async def _refuse_hasty(_: Request, __: Exception) -> Response:
    return Response(TOO_MANY, status_code=429, media_type="application/json")


async def _refuse_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    details = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    return await _refuse(request, InvalidParameters("invalid parameters", details))


async def _refuse_unknown(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return PlainTextResponse("404 page not found" if status == 404 else str(error), status_code=status)
