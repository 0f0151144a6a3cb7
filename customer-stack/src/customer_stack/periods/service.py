"""Use cases of periods: propose a close, close, read what a close kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.periods import store
from customer_stack.periods.domain import (
    AccountLine,
    Closed,
    Proposal,
    Report,
    Span,
    build_recognition,
    next_span,
)
from customer_stack.periods.errors import PeriodChanged, PeriodNotFound, ProposerCannotClose
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids
from shared.ledger import store as ledger

_NEWEST: Final = 2**31 - 1


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
class Proposed:
    """A proposal with the report that it is about."""

    proposal: Proposal
    report: Report


@dataclass(frozen=True, slots=True)
class ClosedReport:
    """A closed period with what stood at its end."""

    closed: Closed
    lines: tuple[AccountLine, ...]


class PeriodsService:
    """Closing of periods, with maker and checker."""

    def __init__(self, database: Database, clock: Clock, ids: Ids) -> None:
        """Close the books in `database`."""
        self._database = database
        self._clock = clock
        self._ids = ids

    async def propose(self, person: Person, ends_at: datetime) -> Proposed:
        """Propose to close everything up to `ends_at`. Raises PeriodNotOver, PeriodOutOfOrder."""
        async with self._database.transaction(person.tenant_id) as tx:
            now = self._clock.now()
            span = next_span(await store.load_last(tx), await store.load_first_entry(tx), ends_at, now)
            report = await _report(tx, span)
            proposal = Proposal(self._ids.new(), person.tenant_id, span, person.staff_id, now, report.digest)
            await store.insert_proposal(tx, proposal)
            await append(tx, [_record(person, "periods.proposed", proposal, now)])
            return Proposed(proposal, report)

    async def close(self, person: Person, proposal_id: UUID, digest: bytes) -> ClosedReport:
        """Recognise the profit and shut the period. `digest` says which report the person saw.

        Raises PeriodNotFound, ProposerCannotClose, PeriodChanged.
        """
        async with self._database.transaction(person.tenant_id) as tx:
            # Books first, as everybody who posts: a poster waits for this lock with its books in hand.
            await ledger.lock_books(tx, await store.load_departments(tx))
            await store.lock_alone(tx, person.tenant_id)
            proposal = await store.load_proposal(tx, proposal_id)
            if proposal is None:
                raise PeriodNotFound("There is no such proposal. Propose the period first.")
            if proposal.proposed_by == person.staff_id:
                raise ProposerCannotClose("You proposed this period. Ask somebody else to close it.")
            last, now = await store.load_last(tx), self._clock.now()
            if last is not None and last.number >= proposal.span.number:
                raise PeriodChanged("This period was closed meanwhile. Look at the list of periods.")
            report = await _report(tx, proposal.span)
            if not report.digest == proposal.digest == digest:
                raise PeriodChanged("The books changed since the proposal. Propose the period anew.")
            await self._recognise(tx, report)
            closed = Closed(proposal.span, proposal.proposed_by, person.staff_id, now)
            lines = await store.load_lines(tx, proposal.span)
            await store.insert_closed(tx, person.tenant_id, proposal.id, closed, lines)
            await append(tx, [_record(person, "periods.closed", proposal, now)])
            return ClosedReport(closed, lines)

    async def list_proposals(self, tenant_id: UUID, before: UUID | None, limit: int) -> tuple[Proposal, ...]:
        """Return proposals, newest first."""
        async with self._database.transaction(tenant_id) as tx:
            return await store.load_proposals(tx, before, limit)

    async def list_closed(self, tenant_id: UUID, before: int | None, limit: int) -> tuple[Closed, ...]:
        """Return closed periods, newest first, below a number."""
        async with self._database.transaction(tenant_id) as tx:
            return await store.load_closed(tx, _NEWEST if before is None else before, limit)

    async def get_closed(self, tenant_id: UUID, number: int) -> ClosedReport:
        """Return a closed period with what it kept. Raises PeriodNotFound."""
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_closed(tx, min(number, _NEWEST - 1) + 1, 1)
            if not found or found[0].span.number != number:
                raise PeriodNotFound("No period with this number is closed. Look at the list of periods.")
            return ClosedReport(found[0], await store.load_balances(tx, number))

    async def _recognise(self, tx: Transaction, report: Report) -> None:
        earning = [desk for desk in report.desks if desk.recognisable > 0]
        if not earning:
            return
        await ledger.lock_books(tx, [desk.department_id for desk in earning])
        (tenant_id,) = tx.tenants
        transfer_ids = [self._ids.new() for _ in earning]
        await ledger.post(
            tx, build_recognition(tenant_id, report.span, earning, self._ids.new(), transfer_ids)
        )


async def _report(tx: Transaction, span: Span) -> Report:
    return Report(span, await store.load_lines(tx, span), await store.load_desks(tx, span.ends_at))


def _record(person: Person, kind: str, proposal: Proposal, at: datetime) -> AuditRecord:
    body = {
        "proposal": str(proposal.id),
        "number": proposal.span.number,
        "ends_at": proposal.span.ends_at.isoformat(),
        "digest": proposal.digest.hex(),
    }
    return AuditRecord(person.tenant_id, kind, body, at, person.actor)
