"""The only wiring of the execution stack: settings -> exchange -> services -> receivers and tasks.

`open_services` builds everything once per process; the boundary, the worker and the commands use it.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Final

import grpc

from execution_stack.accounts import grpc_api as accounts_api
from execution_stack.accounts.service import AccountService
from execution_stack.control.service import ControlService
from execution_stack.exchange.budget import Budget
from execution_stack.exchange.providers.contract import Exchange
from execution_stack.exchange.providers.kalshi import KalshiExchange
from execution_stack.exchange.providers.signing import Signer
from execution_stack.exchange.tasks import keep_limits
from execution_stack.intents import grpc_api as intents_api
from execution_stack.intents.service import IntentService
from execution_stack.markets import grpc_api as markets_api
from execution_stack.markets.service import MarketService
from execution_stack.reconciliation.service import ReconciliationService
from execution_stack.reports import grpc_api as reports_api
from execution_stack.reports.service import ReportService
from execution_stack.resolution.service import ResolutionService, VoidService
from execution_stack.settings import PROGRAM, BoundarySettings, DatabaseSettings, Settings
from execution_stack.settlement import grpc_api as settlement_api
from execution_stack.settlement.service import SettlementService
from execution_stack.witnessing import grpc_api as witnessing_api
from shared.audit.keys import load_signer, load_verifiers, origin_of
from shared.audit.witness import Witness
from shared.boundary.calls import VerifiedCall
from shared.boundary.key_source import open_keys
from shared.boundary.nonces import consume_alone
from shared.boundary.receiver import Identity
from shared.boundary.server import BoundaryServer
from shared.clock import Clock, SystemClock
from shared.database import Database
from shared.ids import SystemIds
from shared.operations import tracing
from shared.operations.certificates import watch_certificates
from shared.operations.key_files import warn_of_exposed
from shared.operations.logs import configure_logs
from shared.operations.process import run_process, spare_collector
from shared.restores import require_known
from shared.versions import require_version

AFTER_RESTORE: Final = f"{PROGRAM} after-restore"


@dataclass(frozen=True, slots=True)
class Services:
    """Every service of the stack, open and ready."""

    database: Database
    exchange: Exchange
    budget: Budget
    clock: Clock
    accounts: AccountService
    control: ControlService
    intents: IntentService
    markets: MarketService
    reports: ReportService
    resolution: ResolutionService
    voids: VoidService
    reconciliation: ReconciliationService
    settlement: SettlementService


async def open_database(
    settings: DatabaseSettings, stack: AsyncExitStack, *, name: str, statement_timeout_ms: int = 5_000
) -> Database:
    """Open the database; `stack` closes it. Raises DatabaseUnavailable, DatabaseBehind, DatabaseAhead."""
    database = await Database.connect(
        settings.database_url.get_secret_value(),
        name=name,
        pool_size=settings.database_pool_size,
        statement_timeout_ms=statement_timeout_ms,
    )
    stack.push_async_callback(database.close)
    await require_version(database, settings.migrations_folder, PROGRAM)
    return database


async def require_known_database(settings: DatabaseSettings, database: Database) -> None:
    """Let a process go on unless nobody has looked at a restored database. Raises DatabaseRestored."""
    await require_known(
        database,
        SystemClock().now(),
        AFTER_RESTORE,
        failover_loses_nothing=settings.failover_loses_nothing,
    )


async def open_services(settings: Settings, stack: AsyncExitStack, database: Database) -> Services:
    """Build the exchange's adapter and the services; `stack` closes what was opened, in reverse order."""
    clock = SystemClock()
    signer = Signer.from_file(settings.exchange_key_id, settings.exchange_private_key_file)
    budget = Budget(settings.exchange_share_percent)
    exchange = KalshiExchange(settings.exchange_base_url, signer, clock, budget=budget)
    stack.push_async_callback(exchange.close)
    return Services(
        database=database,
        exchange=exchange,
        budget=budget,
        clock=clock,
        accounts=AccountService(database),
        control=ControlService(database, clock),
        intents=IntentService(database, clock),
        markets=MarketService(database, exchange, clock),
        reports=ReportService(database),
        resolution=ResolutionService(database, exchange, clock),
        voids=VoidService(database, clock, SystemIds()),
        reconciliation=ReconciliationService(database, exchange, clock),
        settlement=SettlementService(database, clock),
    )


def build_boundary(settings: BoundarySettings, services: Services) -> BoundaryServer:
    """Return the gRPC server with every receiver. It does not listen yet."""
    database = services.database

    async def remember(call: VerifiedCall) -> None:
        await consume_alone(database, call)

    keys = open_keys(settings.boundary_keys_file, settings.boundary_keys_text)
    identity = Identity(settings.audience, keys, services.clock, remember)
    server = BoundaryServer(
        f"{settings.boundary_host}:{settings.boundary_port}", identity, credentials=_credentials(settings)
    )
    accounts_api.serve(server, services.accounts)
    intents_api.serve(server, services.intents)
    markets_api.serve(server, services.markets, database, services.clock)
    reports_api.serve(server, services.reports, database)
    settlement_api.serve(server, services.settlement)
    witnessing_api.serve(server, database, _open_witness(settings), services.clock)
    return server


async def run_boundary(settings: BoundarySettings) -> None:
    """Receive signed calls until told to stop."""
    configure_logs("execution-boundary")
    warn_of_exposed(settings.key_files)
    async with AsyncExitStack() as stack:
        tracing.start("execution-boundary", settings.otlp_endpoint, settings.trace_one_in)
        stack.push_async_callback(tracing.stop)
        database = await open_database(settings, stack, name="execution-boundary")
        await require_known_database(settings, database)
        services = await open_services(settings, stack, database)

        async def receive(stop: asyncio.Event) -> None:
            server = build_boundary(settings, services)
            await server.start()
            spare_collector()
            try:
                await stop.wait()
            finally:
                services.reports.stop_waiting()
                await server.stop()

        await run_process(
            "execution-boundary",
            tasks={"boundary": receive, "limits": partial(keep_limits, services.exchange, services.budget)},
            checks={"database": database.ping},
            management_port=settings.management_port,
            management_host=settings.management_host,
        )


def _open_witness(settings: BoundarySettings) -> Witness:
    """Return what holds and signs the customer stack's checkpoints. Raises AuditKeyUnusable."""
    origin = origin_of(settings.environment, "execution")
    return Witness(
        load_signer(settings.audit_key_file, settings.audit_public_keys_file, origin),
        load_verifiers(settings.audit_public_keys_file),
        load_verifiers(settings.other_audit_public_keys_file),
    )


def _credentials(settings: BoundarySettings) -> grpc.ServerCredentials | None:
    """Return credentials that demand a client's certificate, or None without TLS."""
    if settings.tls_files is None:
        return None
    certificate, key, authority = (path.read_bytes() for path in settings.tls_files)
    watch_certificates({"authority": authority, "boundary": certificate})
    return grpc.ssl_server_credentials(
        [(key, certificate)], root_certificates=authority, require_client_auth=True
    )
