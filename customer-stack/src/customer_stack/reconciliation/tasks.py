"""What the worker does for reconciliation: a run for every tenant again and again, open breaks counted."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

from customer_stack.reconciliation.service.breaks import BreakDesk
from customer_stack.reconciliation.service.running import ReconciliationService
from customer_stack.timers import Runner, repeat

RUN_SECONDS: Final = 300.0
COUNT_SECONDS: Final = 60.0


def build_runners(
    runs: ReconciliationService,
    breaks: BreakDesk,
    all_tenants: Callable[[], Awaitable[Sequence[UUID]]],
) -> dict[str, Runner]:
    """Return the timers of reconciliation, by name."""

    async def count() -> None:
        await breaks.count_open(await all_tenants())

    return {
        "reconciliation.run": repeat("reconciliation.run", RUN_SECONDS, runs.run_all),
        "reconciliation.breaks": repeat("reconciliation.breaks", COUNT_SECONDS, count),
    }
