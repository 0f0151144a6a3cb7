"""Use cases of the people who work on cases: take, put back, write, propose to close, close, open again."""

from uuid import UUID

import asyncpg

from customer_stack.access.service import load_permissions
from customer_stack.cases.domain.lifecycle import Case, Outcome, require_assignee
from customer_stack.cases.domain.lifecycle import assign as assign_case
from customer_stack.cases.domain.lifecycle import close as close_case
from customer_stack.cases.domain.lifecycle import propose as propose_closing
from customer_stack.cases.domain.lifecycle import put_back as put_back_case
from customer_stack.cases.domain.lifecycle import reject as reject_closing
from customer_stack.cases.domain.lifecycle import reopen as reopen_case
from customer_stack.cases.domain.lifecycle import take as take_case
from customer_stack.cases.domain.opening import Link
from customer_stack.cases.errors import AnotherIsOpen, CaseStepNotPossible, ColleagueUnsuitable
from customer_stack.cases.metrics import CLOSED
from customer_stack.cases.service.ground import (
    WORK,
    Ground,
    Person,
    move,
    record_of,
    require_case,
    require_locked,
    write_note,
)
from customer_stack.cases.store import cases as store
from customer_stack.cases.store import content
from customer_stack.cases.store import opening as links
from customer_stack.cases.store.exclusions import is_excluded
from customer_stack.customers.service import lock_customer
from shared.audit import append
from shared.database import Transaction
from shared.errors import invariant


class Working:
    """What happens to a case at somebody's hand."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground

    async def take(self, person: Person, case_id: UUID) -> Case:
        """Take a case that nobody works on. Raises CaseNotFound, CaseStepNotPossible, NotAssigned."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            case = await require_locked(tx, case_id, person)
            taken = take_case(case, person.staff_id, self._ground.clock.now())
            return await move(tx, case, taken, person.actor, assignee_id=person.staff_id)

    async def assign(self, person: Person, case_id: UUID, assignee_id: UUID) -> Case:
        """Give a case to somebody who works on cases.

        Raises CaseNotFound, CaseStepNotPossible, ColleagueUnsuitable.
        """
        async with self._ground.database.transaction(person.tenant_id) as tx:
            case = await require_locked(tx, case_id, person)
            taken = assign_case(case, person.staff_id, assignee_id, self._ground.clock.now())
            suits = WORK in await load_permissions(tx, assignee_id)
            if not suits or await is_excluded(tx, case.tenant_id, case.customer_id, assignee_id):
                raise ColleagueUnsuitable("Nobody with this id works on cases. Check the id.")
            return await move(tx, case, taken, person.actor, assignee_id=assignee_id)

    async def put_back(self, person: Person, case_id: UUID) -> Case:
        """Put a case back into the queue. Raises CaseNotFound, CaseStepNotPossible, NotAssigned."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            case = await require_locked(tx, case_id, person)
            taken = put_back_case(case, person.staff_id, self._ground.clock.now())
            return await move(tx, case, taken, person.actor)

    async def propose(self, person: Person, case_id: UUID, outcome: Outcome, reason: str) -> Case:
        """Propose to close a case. Raises CaseNotFound, CaseStepNotPossible, NotAssigned, CaseHolds."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            case = await require_locked(tx, case_id, person)
            holds = await content.count_waiting(tx, case_id)
            note_id = await write_note(self._ground, tx, case, person, reason)
            now = self._ground.clock.now()
            taken = propose_closing(case, person.staff_id, outcome, note_id, now, holds=holds)
            return await move(tx, case, taken, person.actor, outcome=outcome.value)

    async def withdraw(self, person: Person, case_id: UUID, reason: str) -> Case:
        """Take a proposal to close back. Raises CaseNotFound, CaseStepNotPossible, NotAssigned."""
        return await self._reject(person, case_id, reason, is_own=True)

    async def reject(self, person: Person, case_id: UUID, reason: str) -> Case:
        """Send a case that is closing back to work. Raises CaseNotFound, CaseStepNotPossible."""
        return await self._reject(person, case_id, reason, is_own=False)

    async def _reject(self, person: Person, case_id: UUID, reason: str, *, is_own: bool) -> Case:
        async with self._ground.database.transaction(person.tenant_id) as tx:
            case = await require_locked(tx, case_id, person)
            if is_own:
                require_assignee(case, person.staff_id)
            note_id = await write_note(self._ground, tx, case, person, reason)
            taken = reject_closing(case, person.staff_id, note_id, self._ground.clock.now())
            return await move(tx, case, taken, person.actor)

    async def close(self, person: Person, case_id: UUID) -> Case:
        """Close a case as somebody else proposed, with everything that follows.

        Raises CaseNotFound, CaseStepNotPossible, OwnProposal, CaseHolds.
        """
        async with self._ground.database.transaction(person.tenant_id) as tx:
            await lock_customer(tx, (await require_case(tx, case_id, person)).customer_id)
            case = await require_locked(tx, case_id, person)
            last = await store.load_last_step(tx, case)
            now = self._ground.clock.now()
            holds = await content.count_waiting(tx, case_id)
            taken = close_case(case, last, person.staff_id, now, holds=holds)
            invariant(taken.outcome is not None, "a case closes with what was proposed")
            closed = await move(tx, case, taken, person.actor, outcome=taken.outcome.value)  # type: ignore[union-attr]
            for follow in self._ground.after_closing:
                await follow(tx, closed, person.actor, now)
        CLOSED.labels(closed.family, taken.outcome).inc()
        return closed

    async def reopen(self, person: Person, case_id: UUID, reason: str) -> Case:
        """Open a closed case again, with a new deadline.

        Raises CaseNotFound, CaseStepNotPossible, AnotherIsOpen.
        """
        ground = self._ground
        async with ground.database.transaction(person.tenant_id) as tx:
            case = await require_locked(tx, case_id, person)
            note_id = await write_note(ground, tx, case, person, reason)
            now = ground.clock.now()
            taken = reopen_case(case, person.staff_id, note_id, now)
            due_at = ground.terms.due_at(case.family, now, holds=False)
            try:
                return await move(tx, case, taken, person.actor, due_at=due_at)
            except asyncpg.UniqueViolationError as error:
                raise AnotherIsOpen(
                    "The customer has another open case of this family. Work on that one."
                ) from error

    async def write(self, person: Person, case_id: UUID, text: str) -> UUID:
        """Keep a note in a case, whatever its state; return its id. Raises CaseNotFound."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            case = await require_case(tx, case_id, person)
            note_id = await write_note(self._ground, tx, case, person, text)
            now = self._ground.clock.now()
            await append(tx, [record_of(case, "note_written", now, person.actor, note_id=note_id)])
            return note_id

    async def link(self, person: Person, case_id: UUID, other_id: UUID) -> None:
        """Say that two cases belong together. Raises CaseNotFound, CaseStepNotPossible."""
        if case_id == other_id:
            raise CaseStepNotPossible("A case is not linked to itself. Check the ids.")
        async with self._ground.database.transaction(person.tenant_id) as tx:
            for one, other in sorted([(case_id, other_id), (other_id, case_id)]):
                case = await require_case(tx, one, person)
                await self._link(tx, person, case, Link("case", other))

    async def _link(self, tx: Transaction, person: Person, case: Case, link: Link) -> None:
        now = self._ground.clock.now()
        if await links.add_links(tx, case.tenant_id, case.id, [link], now, person.staff_id):
            await append(tx, [record_of(case, "linked", now, person.actor, other_id=link.id)])
