"""The timer of filings: what has to be reported is found, and what is late is said, every hour."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

import structlog

from customer_stack.filings.service.finding import Finding
from customer_stack.timers import Runner, repeat

SECONDS: Final = 3600.0

_log = structlog.get_logger(__name__)


def build_runners(
    finding: Finding, all_tenants: Callable[[], Awaitable[Sequence[UUID]]]
) -> dict[str, Runner]:
    """Return the timers of filings, by name."""

    async def find() -> None:
        for tenant_id in await all_tenants():
            found = await finding.scan(tenant_id)
            if found:
                _log.info("filings.movements_found", tenant=str(tenant_id), movements=found)
            late = await finding.look(tenant_id)
            if late.is_alarming:
                # Logs are read by many: that a suspicion is late is counted in, never told apart.
                _log.error(
                    "filings.overdue",
                    tenant=str(tenant_id),
                    movements=late.movements,
                    reports=late.reports + late.suspicions,
                    reversed_after_report=late.reversed_after_report,
                )

    return {"filings.find": repeat("filings.find", SECONDS, find)}
