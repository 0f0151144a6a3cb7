"""The timer of risk: scores are reckoned again when facts change, and all of them once a day, at a pace."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

from customer_stack.risk.service import RiskScoring
from customer_stack.timers import Runner, repeat

LOOK_SECONDS: Final = 2.0
IDLE_SECONDS: Final = 30.0
PACE_SECONDS: Final = 0.5
"""After each batch: lanes have the books in between."""


def build_runners(
    scoring: RiskScoring, all_tenants: Callable[[], Awaitable[Sequence[UUID]]]
) -> dict[str, Runner]:
    """Return the timers of risk, by name."""

    async def look() -> int:
        found = 0
        for tenant_id in await all_tenants():
            for batch in await scoring.list_due(tenant_id):
                await scoring.reckon(tenant_id, batch)
                await asyncio.sleep(PACE_SECONDS)
                found += len(batch)
        return found

    return {"risk.scores": repeat("risk.scores", LOOK_SECONDS, look, idle_seconds=IDLE_SECONDS)}
