"""Every check of the customer stack, for the command line and for scripts; nothing is kept.

Those of reconciliation are the ones that its runs make all the time, which keep what they found as breaks.
"""

from contextlib import AsyncExitStack
from typing import Any

from customer_stack.main import Services, open_services
from customer_stack.reconciliation.schemas import show_check
from customer_stack.settings import Settings
from customer_stack.wagers.service import reading as wagers

BREAKS_SHOWN = 20


async def run_checks(settings: Settings, *, books_only: bool = False) -> list[dict[str, Any]]:
    """Return every check: name, whether it held, and one line about it.

    With `books_only` those that ask neither execution nor a bank.
    """
    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name="checks")
        found = await services.reconciliation.runs.check_all(books_only=books_only)
        shown = [show_check(check) for check in found]
        return [
            *({"name": check.name, "held": check.held, "detail": check.detail} for check in shown),
            await _check_reports(services),
            await _check_counters(services),
            await _check_erasures(services),
        ]


async def _check_counters(services: Services) -> dict[str, Any]:
    """Tell whether the counters of AML are what their events make them."""
    found = await services.aml.check.run(BREAKS_SHOWN)
    detail = f"{found.sections} sections compared"
    if not found.held:
        detail = f"{len(found.differences)} or more differ"
    return {"name": "AML counters follow their events", "held": found.held, "detail": detail}


async def _check_erasures(services: Services) -> dict[str, Any]:
    """Tell whether everybody who was erased is still unknown: a restore brings keys back."""
    count, undone = await services.privacy.erasing.find_undone()
    detail = f"{count} people erased"
    if undone:
        detail = f"{len(undone)} are known again: run customer-stack privacy replay-erasures"
    return {"name": "who was erased stays erased", "held": not undone, "detail": detail}


async def _check_reports(services: Services) -> dict[str, Any]:
    """Tell whether every report of execution agreed with what this stack knew."""
    async with services.database.transaction(*await services.tenancy.list_tenant_ids()) as tx:
        breaks = await wagers.list_breaks(tx, None, BREAKS_SHOWN)
        states = await wagers.count_states(tx)
    counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "no wagers"
    detail = f"{len(breaks)} reports contradict our books" if breaks else counted
    return {"name": "reports agree with wagers", "held": not breaks, "detail": detail}
