"""Use cases of reading: the queue, one case with its history, and what people wrote in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.cases.domain.content import CaseFile, LinkAdded, NoteWritten
from customer_stack.cases.domain.holding import Waiting
from customer_stack.cases.domain.lifecycle import Case, State, Taken
from customer_stack.cases.domain.opening import GUARDED_KIND
from customer_stack.cases.metrics import OVERDUE
from customer_stack.cases.service.ground import KNOW_REPORTS, Ground, Person, record_of, require_case
from customer_stack.cases.store import cases as store
from customer_stack.cases.store import content
from customer_stack.disclosures import service as disclosures
from customer_stack.disclosures.domain import Look
from shared.audit import append

LINKS_SHOWN: Final = 50
HELD_SHOWN: Final = 200
"""With a case itself. What still waits comes first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases to list; None: whatever it is. `mine`: those that the reader works on."""

    state: State | None = None
    family: str | None = None
    customer_id: UUID | None = None
    mine: bool = False
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A case with what came to it last and what waits for it, without what people wrote."""

    case: Case
    links: tuple[LinkAdded, ...]
    held: tuple[Waiting, ...]
    files: tuple[CaseFile, ...]
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote."""

    written: NoteWritten
    text: str


class Reading:
    """Cases as staff see them."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground

    async def list_cases(
        self, person: Person, wanted: Wanted, after: tuple[int, UUID] | None, limit: int
    ) -> tuple[list[Case], datetime]:
        """Return cases, the most pressing first, and the moment at which they were looked at."""
        now = self._ground.clock.now()
        chosen = store.CaseFilter(
            state=wanted.state,
            family=wanted.family,
            customer_id=wanted.customer_id,
            assignee_id=person.staff_id if wanted.mine else None,
            overdue_at=now if wanted.overdue else None,
            reader_id=person.staff_id,
        )
        async with self._ground.database.transaction(person.tenant_id) as tx:
            return await store.list_cases(tx, person.tenant_id, chosen, after, limit), now

    async def read(self, person: Person, case_id: UUID) -> WholeCase:
        """Return a case; that there is a report is shown to those who may know. Raises CaseNotFound."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            case = await require_case(tx, case_id, person)
            links = await content.load_latest_links(tx, case_id, _hidden(person), LINKS_SHOWN)
            return WholeCase(
                case,
                tuple(links),
                tuple(await content.load_held(tx, case_id, HELD_SHOWN)),
                tuple(await content.load_files(tx, case_id)),
                case.is_overdue(self._ground.clock.now()),
            )

    async def list_steps(self, person: Person, case_id: UUID, after: int, limit: int) -> list[Taken]:
        """Return what happened to a case, in order. Raises CaseNotFound."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            await require_case(tx, case_id, person)
            return await store.load_steps(tx, case_id, after, limit)

    async def list_links(
        self, person: Person, case_id: UUID, after: tuple[str, UUID] | None, limit: int
    ) -> list[LinkAdded]:
        """Return what a case is about, by kind and id. Raises CaseNotFound."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            await require_case(tx, case_id, person)
            return await content.list_links(tx, case_id, _hidden(person), after, limit)

    async def read_notes(self, person: Person, case_id: UUID, before: UUID | None, limit: int) -> list[Note]:
        """Return what people wrote, newest first, which the audit remembers.

        Raises CaseNotFound, CustomerNotFound when the customer was erased.
        """
        ground = self._ground
        async with ground.database.transaction(person.tenant_id) as tx:
            case = await require_case(tx, case_id, person)
            cipher = await ground.customers.cipher_of(tx, case.customer_id)
            sealed = await content.load_notes(tx, case_id, before, limit)
            notes = [Note(each.note, cipher.open(each.note.place, each.sealed)) for each in sealed]
            shown = record_of(case, "notes_shown", ground.clock.now(), person.actor)
            await append(tx, [shown])
            look = Look(person.tenant_id, case.customer_id, case_id, person.staff_id, "cases.notes", shown.at)
            await disclosures.record(tx, look)
            return notes

    async def count_overdue(self, tenants: Sequence[UUID]) -> int:
        """Return how many cases of tenants should have been closed, and say so by family."""
        async with self._ground.database.transaction(*tenants) as tx:
            found = await store.count_overdue(tx, tenants, self._ground.clock.now())
        OVERDUE.clear()
        for family, number in found.items():
            OVERDUE.labels(family).set(number)
        return sum(found.values())


def _hidden(person: Person) -> str | None:
    """Return the kind of links that a person may not see: that there is a report."""
    return None if person.may(KNOW_REPORTS) else GUARDED_KIND
