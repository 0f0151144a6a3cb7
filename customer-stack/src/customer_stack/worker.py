"""The worker of the customer stack: event listeners, timers and the audit's sealer.

A module adds its listeners to `build_listeners` and its timers to `build_runners`. Several workers may
run: every task takes its rows under locks.
"""

from contextlib import AsyncExitStack

from customer_stack.fx import tasks as fx_tasks
from customer_stack.kyc import tasks as kyc_tasks
from customer_stack.main import AFTER_RESTORE, Services, open_services, require_known_database
from customer_stack.markets import tasks as markets_tasks
from customer_stack.payments import tasks as payments_tasks
from customer_stack.payouts import tasks as payouts_tasks
from customer_stack.screening import tasks as screening_tasks
from customer_stack.settings import WorkerSettings
from customer_stack.timelines import tasks as timelines_tasks
from customer_stack.timers import Runner
from customer_stack.wagers import tasks as wagers_tasks
from customer_stack.webhooks import tasks as webhooks_tasks
from customer_stack.wiring.channels import build_channel_runners
from customer_stack.wiring.gauges import build_gauge_runners
from customer_stack.wiring.witnessing import open_witnessing
from shared.audit.checkpoints import Signer
from shared.audit.keys import load_signer, load_verifiers, origin_of
from shared.audit.rotation import record_key
from shared.audit.sealer import Sealer
from shared.events.worker import Listener, Worker
from shared.evidence.proving import prove_with
from shared.operations import tracing
from shared.operations.key_files import warn_of_exposed
from shared.operations.logs import configure_logs
from shared.operations.process import Task, run_process, spare_collector
from shared.restores import require_whole

WORKER_NAME = "customer-worker"


def build_listeners(services: Services) -> list[Listener]:
    """Return the listeners of all modules."""
    return [
        *kyc_tasks.build_listeners(services.kyc.drafts),
        *screening_tasks.build_listeners(services.screening.subjects),
        *services.protection.build_listeners(),
        *services.reconciliation.build_listeners(),
        *wagers_tasks.build_listeners(services.wager_sending),
    ]


def build_runners(services: Services) -> dict[str, Runner]:
    """Return the timers of all modules, by name."""
    return {
        **kyc_tasks.build_runners(services.kyc.working, poll_seconds=services.settings.identity_poll_seconds),
        **fx_tasks.build_runners(services.fx, services.rate_desk, services.tenancy.list_tenant_ids),
        "markets.mirror": markets_tasks.refresh_mirror(services.markets),
        **wagers_tasks.build_timers(services.wager_sending, services.wager_reports),
        **services.reconciliation.build_runners(),
        **webhooks_tasks.build_runners(services.webhooks),
        **services.cards.build_runners(),
        **payments_tasks.build_runners(services.payments),
        **payouts_tasks.build_runners(services.payouts.settlement),
        **build_channel_runners(services.channels),
        **services.aml.build_runners(),
        **services.cases.build_runners(),
        **services.filings.build_runners(services.tenancy.list_tenant_ids),
        **services.standing.build_runners(services.tenancy.list_tenant_ids),
        **services.gates.build_worker_runners(),
        **services.privacy.build_runners(),
        **services.settlement.build_runners(),
        **timelines_tasks.build_runners(services.timelines),
        **services.screening.build_runners(
            services.tenancy.list_tenant_ids, services.settings.screening_check_seconds
        ),
    }


def build_tasks(settings: WorkerSettings, services: Services, signer: Signer) -> dict[str, Task]:
    """Return everything that the worker runs, by name; `signer` signs the audit. Raises AuditKeyUnusable."""
    events = Worker(settings.database_url.get_secret_value(), services.database, build_listeners(services))
    witnessing = open_witnessing(settings, signer)
    sealer = Sealer(settings.sealer_database_url.get_secret_value(), signer, guard=witnessing.guard)
    proving = prove_with(settings.audit_public_keys_file, settings.other_audit_public_keys_file)
    return {
        "events": events.run,
        "sealer": sealer.run,
        **build_runners(services),
        **services.evidence.build_runners(proving),
        **build_gauge_runners(
            services.database,
            services.tenancy.list_tenant_ids,
            services.clock,
            settings.monitor_database_url,
        ),
        **witnessing.build_runners(services.database, services.execution, services.clock),
    }


async def run_worker(settings: WorkerSettings) -> None:
    """Run the worker process until a signal. Raises ProcessFailed, PortBusy, DatabaseUnavailable."""
    configure_logs(WORKER_NAME)
    warn_of_exposed(settings.key_files)
    async with AsyncExitStack() as stack:
        tracing.start(WORKER_NAME, settings.otlp_endpoint, settings.trace_one_in)
        stack.push_async_callback(tracing.stop)
        services = await open_services(settings, stack, name=WORKER_NAME)
        await require_known_database(services)
        origin = origin_of(settings.environment, "customer")
        signer = load_signer(settings.audit_key_file, settings.audit_public_keys_file, origin)
        await require_whole(services.database, open_witnessing(settings, signer).guard, AFTER_RESTORE)
        await services.privacy.erasing.make_register()
        listed = load_verifiers(settings.audit_public_keys_file)
        await record_key(services.database, signer, listed, services.clock.now())
        tasks = build_tasks(settings, services, signer)
        spare_collector()
        await run_process(
            WORKER_NAME,
            tasks=tasks,
            checks={"database": services.database.ping},
            management_port=settings.worker_management_port,
            management_host=settings.management_host,
        )
