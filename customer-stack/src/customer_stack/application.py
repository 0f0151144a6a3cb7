"""The API of the customer stack: every router over open services, and the process that serves them.

A module adds its router to `build_routers`.
"""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

from fastapi import APIRouter, FastAPI

from customer_stack.access.api import build_router as build_access_router
from customer_stack.audit.api import build_router as build_audit_router
from customer_stack.customers.api import build_router as build_customers_router
from customer_stack.customers.api import build_staff_router as build_customers_staff_router
from customer_stack.edge.application import create_app
from customer_stack.exports.api import build_router as build_exports_router
from customer_stack.figures.api import build_router as build_figures_router
from customer_stack.fx.api import build_router as build_fx_router
from customer_stack.ledger.api import build_router as build_ledger_router
from customer_stack.ledger.staff_api import build_staff_router as build_ledger_staff_router
from customer_stack.main import Services, open_services
from customer_stack.markets.api import build_router as build_markets_router
from customer_stack.markets.tasks import refresh_snapshot
from customer_stack.payments.api import build_router as build_payments_router
from customer_stack.payments.api import build_suspense_router
from customer_stack.payouts.api import build_router as build_payouts_router
from customer_stack.periods.api import build_router as build_periods_router
from customer_stack.settings import Settings
from customer_stack.statements.api import build_router as build_statements_router
from customer_stack.statements.api import build_staff_router as build_statements_staff_router
from customer_stack.timelines.api import build_router as build_timelines_router
from customer_stack.timers import Runner
from customer_stack.transfers.api import build_router as build_transfers_router
from customer_stack.transfers.api import build_staff_router as build_transfers_staff_router
from customer_stack.treasury.api import build_router as build_treasury_router
from customer_stack.wagers.api import build_router as build_wagers_router
from customer_stack.wagers.api import build_staff_router as build_wagers_staff_router
from customer_stack.webhooks.api import build_router as build_webhooks_router
from customer_stack.wiring.channels import build_channel_routers
from shared.audit.store import wait_all_sealed
from shared.operations.key_files import warn_of_exposed
from shared.operations.logs import configure_logs
from shared.operations.management import open_port, serve_http
from shared.operations.process import run_process, spare_collector

API_NAME = "customer-api"
SEAL_SECONDS = 5.0
"""How long an answer waits for the seal of an act of high value."""


def build_routers(services: Services) -> list[APIRouter]:
    """Return the routers of all modules: the hot one first, since routes are tried in this order."""
    secure = not services.settings.is_sandbox
    return [
        build_wagers_router(services.wager_lanes, services.wager_sending, services.wager_reading),
        build_customers_router(services.customers, services.sessions, secure_cookies=secure),
        build_customers_staff_router(services.customers),
        *services.standing.build_routers(),
        *services.kyc.build_routers(),
        build_access_router(services.access, secure_cookies=secure),
        build_ledger_router(services.ledger, services.ledger_reading),
        build_ledger_staff_router(services.ledger_reading, services.corrections),
        build_fx_router(services.fx, services.rate_desk, services.rate_proposals, services.fx_reading),
        build_payments_router(services.payments),
        build_suspense_router(services.suspense),
        build_payouts_router(services.payouts),
        *build_channel_routers(services.channels),
        *services.cards.build_routers(),
        build_webhooks_router(services.webhooks),
        build_transfers_router(services.transfer_lanes, services.transfers, services.held_transfers),
        build_transfers_staff_router(services.transfers),
        build_statements_router(services.statements),
        build_statements_staff_router(services.statements),
        build_exports_router(services.exports),
        services.evidence.build_router(),
        build_audit_router(services.audit_proofs),
        build_timelines_router(services.timelines, services.clock),
        build_treasury_router(services.treasury),
        build_periods_router(services.periods),
        build_markets_router(services.markets),
        services.gates.build_router(),
        build_wagers_staff_router(services.wager_reports, services.wager_reading),
        *services.settlement.build_routers(),
        build_figures_router(services.figures),
        *services.reconciliation.build_routers(),
        services.aml.build_router(),
        *services.cases.build_routers(),
        *services.filings.build_routers(),
        *services.screening.build_routers(),
        *services.protection.build_routers(),
        *services.privacy.build_routers(),
    ]


def build_application(services: Services) -> FastAPI:
    """Return the HTTP application over open services. Raises TableInvalid, OSError."""
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
        services = await open_services(settings, stack, name=API_NAME)
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
