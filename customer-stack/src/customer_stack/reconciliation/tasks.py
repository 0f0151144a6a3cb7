"""What the worker does for reconciliation: a run for every tenant, again and again."""

from customer_stack.reconciliation.service import ReconciliationService
from customer_stack.timers import Runner, repeat

RUN_SECONDS = 300.0


def build_runners(service: ReconciliationService, seconds: float = RUN_SECONDS) -> dict[str, Runner]:
    """Return the timer of reconciliation."""
    return {"reconciliation.run": repeat("reconciliation.run", seconds, service.run_all)}
