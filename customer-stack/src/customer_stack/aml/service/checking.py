"""Are the counters what their events make them? Recomputed section by section, each from one snapshot."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.catalogue import Subject
from customer_stack.aml.domain.counting import day_of
from customer_stack.aml.store import events
from customer_stack.aml.store.events import Difference
from shared.database import Database

ORIGIN: Final = day_of(datetime(2026, 1, 1, tzinfo=UTC))
"""A midnight in Colombo: buckets are aligned to it, here as in the database's own recomputation."""
SECTION: Final = 500
"""Subjects that one transaction compares."""

_SNAPSHOT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_BEFORE_ALL: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a check found: the first differences, at most as many as were asked for."""

    sections: int
    differences: tuple[Difference, ...]

    @property
    def held(self) -> bool:
        """Tell whether every counter follows from its events."""
        return not self.differences


class CounterCheck:
    """The check of all counters of all tenants."""

    def __init__(self, database: Database, all_tenants: Callable[[], Awaitable[Sequence[UUID]]]) -> None:
        """Read `database`."""
        self._database = database
        self._all_tenants = all_tenants

    async def run(self, limit: int = 20) -> Comparison:
        """Compare everything; end early once `limit` differences are found."""
        sections, found = 0, list[Difference]()
        for tenant_id in await self._all_tenants():
            for subject in Subject:
                after: UUID | None = _BEFORE_ALL
                while after is not None and len(found) < limit:
                    after = await self._compare(tenant_id, subject, after, limit, found)
                    sections += 1
        return Comparison(sections, tuple(found[:limit]))

    async def _compare(
        self, tenant_id: UUID, subject: Subject, after: UUID, limit: int, found: list[Difference]
    ) -> UUID | None:
        """Compare the next section and return its last subject; None when there was none."""
        async with self._database.transaction(tenant_id, first=_SNAPSHOT) as tx:
            section = await events.find_section(tx, tenant_id, subject, after, SECTION)
            if section is None:
                return None
            found += await events.find_differences(tx, section, ORIGIN, limit)
            return section.upto
