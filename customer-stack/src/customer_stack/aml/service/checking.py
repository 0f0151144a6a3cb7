"""Are the counters what their events make them? Recomputed section by section, each from one snapshot.

A section is a handful of subjects with all their events; a subject with very many is compared some days
at a time. So no statement runs long, whatever the history is.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.catalogue import Subject
from customer_stack.aml.domain.counting import DAY, ORIGIN, Span, day_of
from customer_stack.aml.store import events
from customer_stack.aml.store.events import Difference, Section
from shared.database import Database

SECTION: Final = 512
"""Subjects of one section, at most."""
ROWS: Final = 50_000
"""Events that one statement recomputes, more or less."""

_SNAPSHOT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_BEFORE_ALL: Final = UUID(int=0)
_ALWAYS: Final = Span(datetime(1900, 1, 1, tzinfo=UTC), datetime(2900, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a check found: the first differences, at most as many as were asked for."""

    sections: int
    differences: tuple[Difference, ...]

    @property
    def held(self) -> bool:
        """Tell whether every counter follows from its events."""
        return not self.differences


@dataclass(slots=True)
class _Findings:
    limit: int
    sections: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.differences) >= self.limit


class CounterCheck:
    """The check of all counters of all tenants."""

    def __init__(
        self,
        database: Database,
        all_tenants: Callable[[], Awaitable[Sequence[UUID]]],
        *,
        rows: int = ROWS,
    ) -> None:
        """Read `database`, about `rows` events at a time."""
        self._database = database
        self._all_tenants = all_tenants
        self._rows = rows

    async def run(self, limit: int = 20) -> Comparison:
        """Compare everything; end early once `limit` differences are found."""
        found = _Findings(limit)
        for tenant_id in await self._all_tenants():
            for subject in Subject:
                await self._compare_all(tenant_id, subject, found)
        return Comparison(found.sections, tuple(found.differences[:limit]))

    async def _compare_all(self, tenant_id: UUID, subject: Subject, found: _Findings) -> None:
        after, size = _BEFORE_ALL, SECTION
        while not found.is_full:
            async with self._database.transaction(tenant_id, first=_SNAPSHOT) as tx:
                section = await events.find_section(tx, tenant_id, subject, after, size)
            if section is None:
                return
            if section.rows > self._rows and size > 1:
                size //= 2
                continue
            for span in self._spans(section):
                await self._compare(section, span, found)
            after, size = section.upto, min(2 * size, SECTION)

    def _spans(self, section: Section) -> list[Span]:
        """Return the whole of time, or, of a subject with very many events, days and what lies around."""
        if section.rows <= self._rows or section.first is None or section.last is None:
            return [_ALWAYS]
        begin, end = day_of(section.first), day_of(section.last) + DAY
        days = max(1, ((end - begin) // DAY) * self._rows // section.rows)
        edges = [begin]
        while edges[-1] < end:
            edges.append(min(edges[-1] + days * DAY, end))
        edges = [_ALWAYS.begin, *edges, _ALWAYS.end]
        return [Span(one, other) for one, other in pairwise(edges)]

    async def _compare(self, section: Section, span: Span, found: _Findings) -> None:
        async with self._database.transaction(section.tenant_id, first=_SNAPSHOT) as tx:
            found.differences += await events.find_differences(tx, section, span, ORIGIN, found.limit)
        found.sections += 1
