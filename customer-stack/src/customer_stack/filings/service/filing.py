"""Reports on their way: drafted, approved by a second person, exported, submitted, answered, corrected.

Reports of suspicions take the same steps; which of both kinds somebody may touch is decided by the route that
they came by, and the other kind does not exist for them.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from customer_stack.exports import service as exports
from customer_stack.exports.domain import Export, Format, Scope
from customer_stack.filings.domain.lifecycle import Filing, KeptFile, State, Step, Taken, Wanted, begin, take
from customer_stack.filings.domain.movements import (
    MOVEMENTS_LIMIT,
    Movement,
    Waiting,
    begin_of,
    earliest_due,
    require_period,
)
from customer_stack.filings.domain.report import ReportCode
from customer_stack.filings.errors import FilingNotFound, MovementUnusable, NothingToReport, StepNotPossible
from customer_stack.filings.service.ground import Ground, Person
from customer_stack.filings.service.requiring import RACED, require_filing
from customer_stack.filings.store import movements as movement_store
from customer_stack.filings.store import reports as store
from customer_stack.working_days.domain import day_of
from shared.database import Transaction
from shared.errors import invariant

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class History:
    """A report with everything that happened to it."""

    filing: Filing
    steps: tuple[Taken, ...]
    movements: tuple[Movement, ...]
    files: tuple[KeptFile, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """A file that leaves, with its line in the register of exports."""

    content: bytes = field(repr=False)
    name: str
    export: Export


class Filings:
    """Reports of one kind: threshold reports, or those of suspicions."""

    def __init__(self, ground: Ground, *, is_suspicion: bool) -> None:
        """Work on `ground`; the other kind of report does not exist here."""
        self._ground = ground
        self._is_suspicion = is_suspicion

    async def list_waiting(
        self, person: Person, waiting: Waiting, after: UUID | None, limit: int
    ) -> tuple[Movement, ...]:
        """Return movements that somebody has to do something about, oldest found first."""
        today = day_of(self._ground.clock.now())
        async with self._ground.database.transaction(person.tenant_id) as tx:
            return await movement_store.load_waiting(tx, person.tenant_id, waiting, today, after, limit)

    async def list_filings(
        self, person: Person, wanted: Wanted, before: UUID | None, limit: int
    ) -> tuple[Filing, ...]:
        """Return reports of this kind, newest first; the audit remembers who looked at suspicions."""
        wanted = replace(wanted, is_suspicion=self._is_suspicion)
        async with self._ground.database.transaction(person.tenant_id) as tx:
            found = await store.load_reports(tx, person.tenant_id, wanted, before, limit)
            if self._is_suspicion:
                await self._ground.audit(tx, person, "suspicions_listed", {"count": len(found)})
        return found

    async def read(self, person: Person, report_id: UUID) -> History:
        """Return a report with its history; the audit remembers who looked at a suspicion.

        Raises FilingNotFound.
        """
        async with self._ground.database.transaction(person.tenant_id) as tx:
            filing = await self._require(tx, report_id)
            if self._is_suspicion:
                await self._ground.audit(tx, person, "suspicion_read", {"report_id": report_id})
            return History(
                filing,
                await store.load_steps(tx, report_id),
                await movement_store.load_of_report(tx, report_id),
                await store.load_files(tx, report_id),
            )

    async def draft(self, person: Person, code: ReportCode, first: date, last: date) -> Filing:
        """Draft a threshold report of what waits in a period, oldest first, at most what one file holds.

        Raises PeriodUnusable, NothingToReport.
        """
        invariant(not self._is_suspicion, "a suspicion is drafted by its own use case")
        ground, now = self._ground, self._ground.clock.now()
        require_period(first, last, now)
        async with ground.database.transaction(person.tenant_id) as tx:
            waiting = await movement_store.load_unclaimed(
                tx, person.tenant_id, code, begin_of(first), begin_of(last + _DAY), MOVEMENTS_LIMIT
            )
            if not waiting:
                raise NothingToReport("Nothing of this period waits for such a report.")
            filing = new_filing(ground, person, code, now, due_on=earliest_due(waiting))
            filing = replace(filing, first_day=first, last_day=last)
            await store.insert_report(tx, filing)
            ids = [each.id for each in waiting]
            if not await movement_store.link(tx, person.tenant_id, filing.id, ids, is_claim=True):
                raise NothingToReport("Somebody else has just drafted a report of these movements.")
            await ground.audit_step(tx, person, filing, filing.last)
        return filing

    async def leave_out(self, person: Person, report_id: UUID, movement_id: UUID) -> Filing:
        """Take a movement out of a draft; it waits for another. Raises FilingNotFound, StepNotPossible."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            filing = await self._require(tx, report_id)
            if not await movement_store.unlink(tx, report_id, [movement_id]):
                raise FilingNotFound("This report does not tell of this movement.")
            return await self._take(tx, person, filing, Step.EDIT)

    async def step(
        self, person: Person, report_id: UUID, step: Step, fiu_reference: str | None = None
    ) -> Filing:
        """Take a step that needs nothing but the word of whoever takes it.

        Raises FilingNotFound, StepNotPossible, OwnFiling, MovementUnusable.
        """
        async with self._ground.database.transaction(person.tenant_id) as tx:
            filing = await self._require(tx, report_id)
            if step is Step.APPROVE and not self._is_suspicion:
                await _require_standing(tx, report_id)
            taken = await self._take(tx, person, filing, step, fiu_reference)
            if taken.state is State.DROPPED:
                await movement_store.give_up(tx, report_id)
            return taken

    async def correct(self, person: Person, report_id: UUID) -> Filing:
        """Draft the correction of what the FIU has answered. Raises FilingNotFound, StepNotPossible."""
        ground, now = self._ground, self._ground.clock.now()
        async with ground.database.transaction(person.tenant_id) as tx:
            filing = await self._require(tx, report_id)
            await self._take(tx, person, filing, Step.CORRECT)
            made = new_filing(ground, person, filing.code, now, due_on=filing.due_on)
            made = replace(
                filing,
                id=made.id,
                reference=made.reference,
                drafted_by=made.drafted_by,
                drafted_at=made.drafted_at,
                last=made.last,
                corrects=filing.id,
            )
            await store.insert_report(tx, made)
            await movement_store.hand_over(tx, person.tenant_id, filing.id, made.id)
            await store.copy_narrative(tx, filing.id, made.id)
            await ground.audit_step(tx, person, made, made.last)
        return made

    async def export(self, person: Person, report_id: UUID) -> Leaving:
        """Return the approved file; each time it leaves is a step. Raises FilingNotFound, StepNotPossible."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            filing = await self._require(tx, report_id)
            file_id = (await self._take(tx, person, filing, Step.EXPORT)).last.file_id
            if file_id is None:
                raise FilingNotFound("This report has no file. Prepare it.")
            return await self._open(tx, person, filing, file_id)

    async def read_file(self, person: Person, report_id: UUID, file_id: UUID) -> Leaving:
        """Return any file that was made of a report, as it was made. Raises FilingNotFound."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            filing = await self._require(tx, report_id)
            body: dict[str, object] = {"report_id": report_id, "file_id": file_id}
            await self._ground.audit(tx, person, "file_read", body)
            return await self._open(tx, person, filing, file_id)

    async def _open(self, tx: Transaction, person: Person, filing: Filing, file_id: UUID) -> Leaving:
        """Return a file, and say who was shown it."""
        stored = await store.load_file(tx, filing.id, file_id)
        if stored is None:
            raise FilingNotFound("This report has no such file. Look at its history.")
        digest, sealed = stored
        if not sealed:
            raise FilingNotFound("This file was kept as long as the law asks, and is gone.")
        kind = "suspicion_file" if self._is_suspicion else "file"
        await self._ground.disclose(tx, person, kind, filing.id, filing.customer_id)
        content = self._ground.records.open(("filing_file", "content_sealed", file_id), sealed).encode()
        invariant(hashlib.sha256(content).digest() == digest, "a file is what was made")
        export = self._register(person, filing, content, digest)
        await exports.register(tx, export)
        return Leaving(content, f"{filing.reference}.xml", export)

    def _register(self, person: Person, filing: Filing, content: bytes, digest: bytes) -> Export:
        ground = self._ground
        first, last = filing.first_day, filing.last_day
        return Export(
            id=ground.ids.new(),
            tenant_id=person.tenant_id,
            kind="filings.suspicion_file" if self._is_suspicion else "filings.file",
            scope=Scope("report", filing.id),
            row_count=content.count(b"<transaction>"),
            sha256=digest,
            first_at=begin_of(first) if first and last else None,
            last_at=begin_of(last + _DAY) if first and last else None,
            operator=person.actor,
            format=Format.XML,
            at=ground.clock.now(),
        )

    async def _require(self, tx: Transaction, report_id: UUID) -> Filing:
        return await require_filing(tx, report_id, is_suspicion=self._is_suspicion)

    async def _take(
        self, tx: Transaction, person: Person, filing: Filing, step: Step, fiu_reference: str | None = None
    ) -> Filing:
        now = self._ground.clock.now()
        taken = take(filing, step, person.staff_id, now, fiu_reference=fiu_reference)
        if not await store.insert_step(tx, filing, taken):
            raise StepNotPossible(RACED)
        await self._ground.audit_step(tx, person, filing, taken)
        return replace(filing, last=taken)


def new_filing(ground: Ground, person: Person, code: ReportCode, now: datetime, *, due_on: date) -> Filing:
    """Return a draft with a reference of its own."""
    report_id = ground.ids.new()
    reference = f"{code.value}-{day_of(now):%Y%m%d}-{report_id.hex[-10:].upper()}"
    return Filing(
        id=report_id,
        tenant_id=person.tenant_id,
        code=code,
        reference=reference,
        due_on=due_on,
        drafted_by=person.staff_id,
        drafted_at=now,
        last=begin(person.staff_id, now),
    )


async def _require_standing(tx: Transaction, report_id: UUID) -> None:
    """Refuse to approve a report of what was reversed meanwhile. Raises MovementUnusable."""
    if any(each.posted.reversed_at for each in await movement_store.load_of_report(tx, report_id)):
        raise MovementUnusable("A movement was reversed since. Return the report, and prepare it again.")
