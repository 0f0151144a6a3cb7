"""Use cases of figures: read them, all of one moment."""

from datetime import date
from typing import Final
from uuid import UUID

from customer_stack.figures import store
from customer_stack.figures.domain import Exposure, Revenue, first_month, span_of
from customer_stack.working_days.domain import day_of
from shared.clock import Clock
from shared.database import Database

LONG_MS: Final = 60_000
"""How long one figure may take: what is asked for rarely may take seconds on a large ledger."""
_SNAPSHOT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_WHOLE: Final = "SET LOCAL enable_nestloop = off; SET LOCAL enable_sort = off; SET LOCAL work_mem = '64MB'"
"""Tables are read whole and hashed: the planner takes a join of two of them for a few rows, and probes."""


class Figures:
    """Reads; changes nothing. `department_id` None: the whole tenant."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Read from `database`."""
        self._database = database
        self._clock = clock

    async def read_revenue(
        self, tenant_id: UUID, department_id: UUID | None, first: date, last: date
    ) -> tuple[Revenue, ...]:
        """Return what each department earned from one day up to another. Raises SpanInvalid."""
        span = span_of(first, last)
        async with self._database.transaction(tenant_id, statement_timeout_ms=LONG_MS) as tx:
            await tx.execute(_WHOLE)
            return await store.load_revenue(tx, span, department_id)

    async def read_exposure(self, tenant_id: UUID, department_id: UUID | None, months: int) -> Exposure:
        """Return what stands, what moved in the last `months` months, and what open wagers may cost."""
        now = self._clock.now()
        async with self._database.transaction(tenant_id, statement_timeout_ms=LONG_MS) as tx:
            await tx.execute(_SNAPSHOT)
            await tx.execute(_WHOLE)
            return Exposure(
                now,
                await store.load_standings(tx, department_id),
                await store.load_volumes(tx, first_month(day_of(now), months), department_id),
                await store.load_liabilities(tx, department_id),
            )
