"""What the use cases of cases stand on, and what each of them does."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from customer_stack.cases.domain.content import NoteWritten
from customer_stack.cases.domain.lifecycle import Case, Taken, apply
from customer_stack.cases.domain.terms import Terms
from customer_stack.cases.errors import CaseNotFound
from customer_stack.cases.store import cases as store
from customer_stack.cases.store import content
from customer_stack.cases.store.exclusions import is_excluded
from customer_stack.customers.service import CustomersService
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids

WORK = "tenant.cases.work"
KNOW_REPORTS = "tenant.cases.know_reports"

AfterClosing = Callable[[Transaction, Case, str, datetime], Awaitable[object]]
"""(tx, closed case, actor, now): what follows from a closing. The customer's book and the case are locked."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff who acts, and what their roles allow."""

    tenant_id: UUID
    staff_id: UUID
    permissions: frozenset[str] = field(default_factory=frozenset)

    @property
    def actor(self) -> str:
        """Return who acts, as the audit says it."""
        return f"staff:{self.staff_id}"

    def may(self, permission: str) -> bool:
        """Tell whether the person has a permission."""
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class Ground:
    """What every use case needs."""

    database: Database
    customers: CustomersService
    after_closing: Sequence[AfterClosing]
    terms: Terms
    clock: Clock
    ids: Ids


async def require_case(tx: Transaction, case_id: UUID, person: Person) -> Case:
    """Return a case as it stands. Raises CaseNotFound, also for who is kept from its customer."""
    return await _require(tx, await store.load_case(tx, case_id), person)


async def require_locked(tx: Transaction, case_id: UUID, person: Person | None) -> Case:
    """Lock a case and return it; `person` None: the platform acts. Raises CaseNotFound, as `require_case`."""
    return await _require(tx, await store.lock_case(tx, case_id), person)


async def _require(tx: Transaction, case: Case | None, person: Person | None) -> Case:
    is_kept_away = (
        case is not None
        and person is not None
        and await is_excluded(tx, case.tenant_id, case.customer_id, person.staff_id)
    )
    if case is None or is_kept_away:
        raise CaseNotFound("There is no such case. Check the id.")
    return case


async def move(
    tx: Transaction, case: Case, taken: Taken, actor: str, *, due_at: datetime | None = None, **more: Any
) -> Case:
    """Keep a step of a locked case, with its audit record; return the case after it."""
    moved = apply(case, taken, due_at=due_at)
    await store.move(tx, moved, taken)
    await append(tx, [record_of(moved, f"step_{taken.step.value}", taken.at, actor, **more)])
    return moved


async def write_note(ground: Ground, tx: Transaction, case: Case, person: Person, text: str) -> UUID:
    """Keep what a person wrote, sealed; return its id. Raises CustomerNotFound once that is erased."""
    note = NoteWritten(ground.ids.new(), case.id, person.staff_id, ground.clock.now())
    cipher = await ground.customers.cipher_of(tx, case.customer_id)
    await content.insert_note(tx, case.tenant_id, note, cipher.seal(note.place, text))
    return note.id


def record_of(case: Case, kind: str, at: datetime, actor: str, **more: Any) -> AuditRecord:
    """Return what the audit says about a case."""
    body = {"case_id": case.id, "customer_id": case.customer_id, "state": case.state.value, **more}
    return AuditRecord(case.tenant_id, f"cases.{kind}", body, at, actor)
