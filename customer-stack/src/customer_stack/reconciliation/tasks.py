"""What the worker does for reconciliation: runs, days matched and closed, breaks counted, alarms told."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

from customer_stack.reconciliation.service.alarms import SHORTFALL_FOUND, tell_staff
from customer_stack.reconciliation.service.breaks import BreakDesk
from customer_stack.reconciliation.service.days import Days
from customer_stack.reconciliation.service.due_days import DueDays
from customer_stack.reconciliation.service.listing import ProviderLists
from customer_stack.reconciliation.service.matching import MatchingService
from customer_stack.reconciliation.service.running import ReconciliationService
from customer_stack.timers import Runner, repeat
from shared.events.worker import Listener

RUN_SECONDS: Final = 300.0
COUNT_SECONDS: Final = 60.0
MATCH_SECONDS: Final = 900.0
"""How often it is looked whether yesterday was matched, once a day it was not, and what came late."""
DAYS_SECONDS: Final = 60.0


def build_runners(
    runs: ReconciliationService,
    breaks: BreakDesk,
    matching: tuple[ProviderLists, MatchingService, DueDays],
    days: Days,
    all_tenants: Callable[[], Awaitable[Sequence[UUID]]],
) -> dict[str, Runner]:
    """Return the timers of reconciliation, by name."""

    async def match() -> None:
        lists, yesterdays, due = matching
        try:
            await lists.keep()
        finally:
            try:
                await yesterdays.match_day()
            finally:
                await due.judge_due()

    async def count() -> None:
        await breaks.count_open(await all_tenants())

    return {
        "reconciliation.run": repeat("reconciliation.run", RUN_SECONDS, runs.run_all),
        "reconciliation.match": repeat("reconciliation.match", MATCH_SECONDS, match),
        "reconciliation.breaks": repeat("reconciliation.breaks", COUNT_SECONDS, count),
        "reconciliation.days": repeat("reconciliation.days", DAYS_SECONDS, days.close_due),
    }


def build_listeners() -> list[Listener]:
    """Return what hears of alarms."""
    return [Listener(SHORTFALL_FOUND, "reconciliation", tell_staff)]
