"""The worker's timer of cases: how many are overdue."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

import structlog

from customer_stack.cases.service.reading import Reading
from customer_stack.timers import Runner, repeat

OVERDUE_SECONDS: Final = 60.0

_log = structlog.get_logger(__name__)


def build_runners(
    reading: Reading, all_tenants: Callable[[], Awaitable[Sequence[UUID]]]
) -> dict[str, Runner]:
    """Return the timers, by name."""

    async def look() -> None:
        overdue = await reading.count_overdue(await all_tenants())
        if overdue:
            _log.warning("cases.overdue", number=overdue)

    return {"cases.overdue": repeat("cases.overdue", OVERDUE_SECONDS, look)}
