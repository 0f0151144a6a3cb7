"""Use case of figures: how well rules work, by what became of what they found."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID

from customer_stack.cases.domain.figures import RuleFigures, join, require_period
from customer_stack.cases.service.ground import Ground, Person
from customer_stack.cases.store import figures as store
from shared.database import Transaction

CountHits = Callable[[Transaction, UUID, datetime, datetime], Awaitable[Mapping[str, int]]]
"""(tx, tenant, from, up to and without) -> reason code: decisions that found it."""


class Figures:
    """Hits, alerts, cases and outcomes of rules."""

    def __init__(self, ground: Ground, count_hits: CountHits) -> None:
        """Work on `ground`; `count_hits` knows the decisions."""
        self._ground = ground
        self._count_hits = count_hits

    async def load(self, person: Person, begins_at: datetime, ends_at: datetime) -> list[RuleFigures]:
        """Return the figures of a period, the reasons with most alerts first. Raises FiguresPeriodInvalid."""
        require_period(begins_at, ends_at)
        async with self._ground.database.transaction(person.tenant_id) as tx:
            found = await store.load_figures(tx, person.tenant_id, begins_at, ends_at)
            hits = await self._count_hits(tx, person.tenant_id, begins_at, ends_at)
        return join(found, hits)
