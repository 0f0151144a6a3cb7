"""The API of the customer stack: the application over open services, and the process that serves it."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

from fastapi import FastAPI

from customer_stack.edge.application import create_app
from customer_stack.main import Services, open_services, require_known_database
from customer_stack.markets.tasks import refresh_snapshot
from customer_stack.routers import build_routers
from customer_stack.settings import Settings
from customer_stack.timers import Runner
from shared.audit.store import wait_all_sealed
from shared.operations import tracing
from shared.operations.key_files import warn_of_exposed
from shared.operations.logs import configure_logs
from shared.operations.management import open_port, serve_http
from shared.operations.process import run_process, spare_collector

API_NAME = "customer-api"
SEAL_SECONDS = 5.0
"""How long an answer waits for the seal of an act of high value."""


def build_application(services: Services) -> FastAPI:
    """Return the HTTP application over open services. Raises TableInvalid."""
    return create_app(
        build_routers(services),
        customer_sessions=services.sessions,
        staff_sessions=services.access,
        ids=services.ids,
        show_documentation=services.settings.is_sandbox,
        origins=services.standing.countries.load(),
        sealing=(
            partial(wait_all_sealed, services.database, timeout_seconds=SEAL_SECONDS),
            services.settings.wait_sealed_for,
        ),
    )


def build_api_runners(services: Services) -> dict[str, Runner]:
    """Return what the API process runs beside its HTTP server."""
    app, settings = build_application(services), services.settings

    async def serve(stop: asyncio.Event) -> None:
        await serve_http(app, open_port(settings.http_host, settings.http_port), stop)

    return {
        "http": serve,
        "markets.snapshot": refresh_snapshot(services.market_snapshot),
        **services.gates.build_runners(),
        **services.standing.build_api_runners(),
    }


async def run_api(settings: Settings) -> None:
    """Run the API process until a signal. Raises ProcessFailed, PortBusy, DatabaseUnavailable."""
    configure_logs(API_NAME)
    warn_of_exposed(settings.key_files)
    async with AsyncExitStack() as stack:
        tracing.start(API_NAME, settings.otlp_endpoint, settings.trace_one_in)
        stack.push_async_callback(tracing.stop)
        services = await open_services(settings, stack, name=API_NAME)
        await require_known_database(services)
        stack.push_async_callback(services.wager_lanes.stop)
        await services.wager_lanes.start()
        stack.push_async_callback(services.transfer_lanes.stop)
        await services.transfer_lanes.start()
        runners = build_api_runners(services)
        spare_collector()
        await run_process(
            API_NAME,
            tasks=runners,
            checks={"database": services.database.ping},
            management_port=settings.management_port,
            management_host=settings.management_host,
        )
