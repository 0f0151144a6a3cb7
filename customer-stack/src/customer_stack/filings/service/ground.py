"""What the use cases of filings stand on, and who acts."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from customer_stack.customers.sealing import RecordSealing
from customer_stack.customers.service import CustomersService
from customer_stack.disclosures.domain import Look
from customer_stack.disclosures.service import record
from customer_stack.filings.domain.lifecycle import Filing, Taken
from customer_stack.payments.outside import PayerNumbers
from customer_stack.payouts.service.outside import PayoutDestinations
from customer_stack.working_days.domain import WorkingCalendar
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids


class HasActor(Protocol):
    """Whoever acts in a tenant."""

    @property
    def tenant_id(self) -> UUID:
        """Return whose staff it is."""
        ...

    @property
    def actor(self) -> str:
        """Return who acts, as the audit says it."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff who acts."""

    tenant_id: UUID
    staff_id: UUID

    @property
    def actor(self) -> str:
        """Return who acts, as the audit says it."""
        return f"staff:{self.staff_id}"


@dataclass(frozen=True, slots=True)
class Ground:
    """Database and neighbours. `records` seals what belongs to no client alone."""

    database: Database
    customers: CustomersService
    records: RecordSealing
    payers: PayerNumbers
    destinations: PayoutDestinations
    calendar: WorkingCalendar
    clock: Clock
    ids: Ids

    async def audit(self, tx: Transaction, person: HasActor, kind: str, body: dict[str, object]) -> None:
        """Say what a person did, in the transaction of the fact. `body` has ids, never personal data."""
        record = AuditRecord(person.tenant_id, f"filings.{kind}", body, self.clock.now(), person.actor)
        await append(tx, [record])

    async def audit_step(self, tx: Transaction, person: HasActor, filing: Filing, taken: Taken) -> None:
        """Say which step was taken with a report."""
        body: dict[str, object] = {
            "report_id": filing.id,
            "code": filing.code.value,
            "step": taken.step.value,
            "state": taken.state.value,
            "number": taken.number,
            "file_id": taken.file_id,
        }
        await self.audit(tx, person, "step_taken", body)

    async def disclose(
        self, tx: Transaction, person: Person, kind: str, subject_id: UUID, customer_id: UUID | None
    ) -> None:
        """Say who was shown what; `customer_id` None: a file that tells of many."""
        kind, now = f"filings.{kind}", self.clock.now()
        await record(tx, Look(person.tenant_id, customer_id, subject_id, person.staff_id, kind, now))
