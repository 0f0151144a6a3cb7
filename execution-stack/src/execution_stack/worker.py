"""The worker of the execution stack: windows and orders, the catalogue, resolution, checks, the sealer.

Several workers may run: windows and orders are taken under row locks and leases, a resolution locks its
market, and of several sealers one works.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from execution_stack.aggregation.service import AggregationService, WindowPolicy
from execution_stack.aggregation.tasks import OrderWorker
from execution_stack.control.domain import TripPolicy
from execution_stack.control.tasks import show_halts
from execution_stack.exchange.providers.signing import Signer
from execution_stack.exchange.providers.stream import HintStream, Listeners
from execution_stack.exchange.tasks import keep_limits
from execution_stack.main import (
    AFTER_RESTORE,
    Services,
    open_database,
    open_services,
    require_known_database,
)
from execution_stack.markets.tasks import refresh_markets
from execution_stack.reconciliation.account import AccountReconciliation, Pieces
from execution_stack.reports.service import show_heads
from execution_stack.settings import WorkerSettings
from shared.audit.checkpoints import Signer as AuditSigner
from shared.audit.keys import load_signer, load_verifiers, origin_of
from shared.audit.rotation import record_key
from shared.audit.sealer import Sealer
from shared.audit.witness.domain import LogKeys
from shared.audit.witness.keeping import NoteKeeper
from shared.audit.witness.notes import NoteFile
from shared.audit.witness.signing import SigningGuard
from shared.boundary.nonces import forget_old
from shared.errors import Refusal
from shared.ids import SystemIds
from shared.money import USD_SCALE
from shared.operations import tracing
from shared.operations.gauges import read_gauges
from shared.operations.key_files import warn_of_exposed
from shared.operations.logs import configure_logs
from shared.operations.process import Task, every, run_process, spare_collector
from shared.operations.server_state import read_server
from shared.outflow import show_hold
from shared.restores import require_whole

NONCE_CLEANING_SECONDS: Final = 30.0
HALTS_SECONDS: Final = 5.0
NOTES_SECONDS: Final = 5.0
GAUGES_SECONDS: Final = 10.0

_log = structlog.get_logger(__name__)


def build_tasks(settings: WorkerSettings, services: Services) -> dict[str, Task]:
    """Return the tasks of all modules, by name."""
    aggregation = AggregationService(services.database, services.clock, SystemIds(), _policy(settings))
    orders = OrderWorker(aggregation, services.exchange, services.clock, budget=services.budget)
    pieces = Pieces(most_skew=timedelta(seconds=settings.most_clock_skew_seconds))
    account = AccountReconciliation(services.database, services.exchange, services.clock, pieces)
    sealer = Sealer(
        settings.sealer_database_url.get_secret_value(), audit_signer(settings), guard=open_guard(settings)
    )
    notes = NoteKeeper(services.database, _note_file(settings))

    hinted = asyncio.Event()

    async def refresh(stop: asyncio.Event) -> None:
        await refresh_markets(services.markets, stop, every_seconds=settings.refresh_seconds, hinted=hinted)

    async def forget_nonces() -> None:
        async with services.database.transaction() as tx:
            await forget_old(tx, services.clock.now())

    async def show_what_is_stopped() -> None:
        await show_halts(services.control)
        await show_hold(services.database, services.clock)

    tasks: dict[str, Task] = {
        "orders": orders.run,
        "limits": partial(keep_limits, services.exchange, services.budget),
        "markets": refresh,
        "resolution": every(
            settings.resolution_seconds, _patiently("resolution", services.resolution.resolve_due)
        ),
        "reconciliation": every(
            settings.reconciliation_seconds,
            _patiently("reconciliation", read_gauges("reconciliation", account.watch)),
        ),
        "complete checks": every(
            settings.complete_checks_seconds,
            _patiently("complete checks", read_gauges("complete checks", services.reconciliation.watch)),
        ),
        "gauges.reports": every(
            GAUGES_SECONDS,
            _patiently("gauges.reports", read_gauges("reports", partial(show_heads, services.database))),
        ),
        "halts": every(HALTS_SECONDS, _patiently("halts", read_gauges("halts", show_what_is_stopped))),
        "nonces": every(NONCE_CLEANING_SECONDS, _patiently("nonces", forget_nonces)),
        "sealer": sealer.run,
        "notes": every(NOTES_SECONDS, _patiently("notes", notes.keep)),
    }
    if settings.monitor_database_url is not None:
        read = read_gauges("server", read_server(settings.monitor_database_url.get_secret_value()))
        tasks["gauges.server"] = every(GAUGES_SECONDS, _patiently("gauges.server", read))
    if settings.exchange_ws_url is not None:
        signer = Signer.from_file(settings.exchange_key_id, settings.exchange_private_key_file)
        listeners = Listeners(orders.hint, hinted.set)
        tasks["stream"] = HintStream(settings.exchange_ws_url, signer, services.clock, listeners).run
    return tasks


def audit_signer(settings: WorkerSettings) -> AuditSigner:
    """Return the key that signs this stack's audit. Raises AuditKeyUnusable."""
    origin = origin_of(settings.environment, "execution")
    return load_signer(settings.audit_key_file, settings.audit_public_keys_file, origin)


def open_guard(settings: WorkerSettings) -> SigningGuard:
    """Return what compares the audit with the file of notes. Raises AuditKeyUnusable."""
    own, other = (
        LogKeys.of(load_verifiers(keys))
        for keys in (settings.audit_public_keys_file, settings.other_audit_public_keys_file)
    )
    return SigningGuard(own, other, _note_file(settings))


def _note_file(settings: WorkerSettings) -> NoteFile | None:
    return None if settings.audit_notes_file is None else NoteFile(settings.audit_notes_file)


def _policy(settings: WorkerSettings) -> WindowPolicy:
    return WindowPolicy(
        seconds=settings.window_seconds,
        max_size=settings.window_max_size,
        float_patience_seconds=settings.float_patience_seconds,
        float_low_water=settings.float_low_water_usd * 10**USD_SCALE,
        position_limit=settings.position_limit_contracts * 100,
        trip=TripPolicy(
            settings.halt_unknown_in_market,
            settings.halt_unknown_in_all,
            timedelta(minutes=settings.halt_unknown_minutes),
        ),
    )


async def run_worker(settings: WorkerSettings) -> None:
    """Work until told to stop."""
    configure_logs("execution-worker")
    warn_of_exposed(settings.key_files)
    async with AsyncExitStack() as stack:
        tracing.start("execution-worker", settings.otlp_endpoint, settings.trace_one_in)
        stack.push_async_callback(tracing.stop)
        database = await open_database(settings, stack, name="execution-worker")
        await require_known_database(settings, database)
        await require_whole(database, open_guard(settings), AFTER_RESTORE)
        services = await open_services(settings, stack, database)
        listed = load_verifiers(settings.audit_public_keys_file)
        await record_key(database, audit_signer(settings), listed, services.clock.now())
        tasks = build_tasks(settings, services)
        spare_collector()
        await run_process(
            "execution-worker",
            tasks=tasks,
            checks={"database": database.ping},
            management_port=settings.worker_management_port,
            management_host=settings.management_host,
        )


def _patiently(task: str, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """Return `work` that takes a counterparty's silence for an answer: it is done again later."""

    async def do() -> None:
        try:
            await work()
        except Refusal as refusal:
            _log.warning("worker.task_postponed", task_name=task, code=refusal.code)

    return do
