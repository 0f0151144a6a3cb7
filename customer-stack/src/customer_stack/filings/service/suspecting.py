"""Reports of suspicions: drafted of a customer, from a case or without one, in words that only few may read.

Guaranteed: the words are sealed with the person's own key; whoever reads or writes them is in the audit; what
a report tells of belongs to the customer whom it is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.cases.domain.opening import Link
from customer_stack.cases.service.opening import add_links, customer_of
from customer_stack.customers.sealing import PersonCipher
from customer_stack.filings.domain.lifecycle import Filing, Step, take
from customer_stack.filings.domain.movements import MOVEMENTS_LIMIT, Basis, Policy, Source, classify
from customer_stack.filings.domain.movements import due_on as due_as_movement
from customer_stack.filings.domain.profile import SealedVersion
from customer_stack.filings.domain.report import ReportCode
from customer_stack.filings.domain.suspicion import (
    SUSPICION_DAYS,
    Narrative,
    due_on,
    require_suspicion,
)
from customer_stack.filings.errors import (
    FilingNotFound,
    MovementUnusable,
    ProfileMissing,
    StepNotPossible,
    SuspicionUnusable,
)
from customer_stack.filings.service.filing import new_filing
from customer_stack.filings.service.ground import Ground, Person
from customer_stack.filings.service.knowing import load_policy, require_profile
from customer_stack.filings.service.preparing import NARRATIVE
from customer_stack.filings.service.requiring import RACED, require_filing
from customer_stack.filings.service.sources import read_again
from customer_stack.filings.store import movements as movement_store
from customer_stack.filings.store import reports as store
from customer_stack.filings.store.movements import NewMovement
from shared.database import Transaction

Chosen = Sequence[tuple[Source, UUID]]
"""What posted the movements that a report shall tell of."""
_PLACE: Final = ("filing_narrative", "content_sealed")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a draft begins with. `suspected_at`: when somebody formed the suspicion, from which days count."""

    customer_id: UUID
    suspected_at: datetime
    narrative: Narrative = field(repr=False)
    chosen: Chosen
    case_id: UUID | None = None


class Suspecting:
    """Drafts reports of suspicions."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground

    async def draft(self, person: Person, suspicion: Suspicion) -> Filing:
        """Draft a report of a suspicion. Raises CustomerNotFound, SuspicionUnusable, MovementUnusable.

        A case shows the report only to those who may know of reports.
        """
        ground, now = self._ground, self._ground.clock.now()
        require_suspicion(suspicion.suspected_at, now)
        async with ground.database.transaction(person.tenant_id) as tx:
            cipher = await ground.customers.cipher_of(tx, suspicion.customer_id)
            await self._require_case(tx, suspicion)
            days = await self._days(tx, person.tenant_id)
            due = due_on(suspicion.suspected_at, days, ground.calendar)
            filing = replace(
                new_filing(ground, person, ReportCode.STR, now, due_on=due),
                customer_id=suspicion.customer_id,
                case_id=suspicion.case_id,
                suspected_at=suspicion.suspected_at,
            )
            await store.insert_report(tx, filing)
            await self._write(tx, person, filing, cipher, suspicion.narrative)
            await self._choose(tx, filing, suspicion.chosen)
            await ground.audit_step(tx, person, filing, filing.last)
            if suspicion.case_id is not None:
                await add_links(tx, person.tenant_id, suspicion.case_id, [Link("filing", filing.id)], now)
        return filing

    async def edit(self, person: Person, report_id: UUID, narrative: Narrative, chosen: Chosen) -> Filing:
        """Replace words and movements of a draft.

        Raises FilingNotFound, StepNotPossible, MovementUnusable.
        """
        ground = self._ground
        async with ground.database.transaction(person.tenant_id) as tx:
            filing = await require_filing(tx, report_id, is_suspicion=True)
            taken = take(filing, Step.EDIT, person.staff_id, ground.clock.now())
            if not await store.insert_step(tx, filing, taken):
                raise StepNotPossible(RACED)
            cipher = await self._cipher(tx, filing)
            await self._write(tx, person, filing, cipher, narrative)
            standing = await movement_store.load_of_report(tx, report_id)
            await movement_store.unlink(tx, report_id, [each.id for each in standing])
            await self._choose(tx, filing, chosen)
            await ground.audit_step(tx, person, filing, taken)
        return replace(filing, last=taken)

    async def read_narrative(self, person: Person, report_id: UUID) -> Narrative:
        """Return the words of a report; the audit remembers who read them. Raises FilingNotFound."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            filing = await require_filing(tx, report_id, is_suspicion=True)
            sealed = await store.load_narrative(tx, report_id)
            if sealed is None:
                raise FilingNotFound("This report has no words.")
            cipher = await self._cipher(tx, filing)
            await self._ground.audit(tx, person, "narrative_read", {"report_id": report_id})
            await self._ground.disclose(tx, person, "narrative", report_id, filing.customer_id)
        return NARRATIVE.validate_json(cipher.open((*_PLACE, sealed.seal_id), sealed.content_sealed))

    async def _require_case(self, tx: Transaction, suspicion: Suspicion) -> None:
        """Refuse a case of somebody else. Raises SuspicionUnusable."""
        if suspicion.case_id is None:
            return
        if await customer_of(tx, suspicion.case_id) != suspicion.customer_id:
            raise SuspicionUnusable("There is no such case of this customer. Correct case_id or omit it.")

    async def _days(self, tx: Transaction, tenant_id: UUID) -> int:
        try:
            return (await require_profile(tx, self._ground, tenant_id)).suspicion_days
        except ProfileMissing:
            return SUSPICION_DAYS

    async def _cipher(self, tx: Transaction, filing: Filing) -> PersonCipher:
        if filing.customer_id is None:
            raise FilingNotFound("This report is about nobody.")
        return await self._ground.customers.cipher_of(tx, filing.customer_id)

    async def _write(
        self, tx: Transaction, person: Person, filing: Filing, cipher: PersonCipher, narrative: Narrative
    ) -> None:
        standing = await store.load_narrative(tx, filing.id)
        seal_id, now = self._ground.ids.new(), self._ground.clock.now()
        content = cipher.seal((*_PLACE, seal_id), NARRATIVE.dump_json(narrative).decode())
        number = 1 + (standing.number if standing else 0)
        await store.insert_narrative(
            tx, filing, SealedVersion(number, seal_id, content, person.staff_id, now)
        )

    async def _choose(self, tx: Transaction, filing: Filing, chosen: Chosen) -> None:
        """Have a report tell of movements of its customer, whatever their amount. Raises MovementUnusable."""
        wanted = tuple(dict.fromkeys(chosen))
        if len(wanted) > MOVEMENTS_LIMIT:
            raise MovementUnusable(f"A report tells of {MOVEMENTS_LIMIT} movements at most. Choose fewer.")
        posted = await read_again(tx, wanted)
        if len(posted) != len(wanted) or any(each.customer_id != filing.customer_id for each in posted):
            raise MovementUnusable("Choose movements of this customer that were posted.")
        policy: Policy = await load_policy(tx, self._ground, filing.tenant_id)
        new = []
        for each in posted:
            channel, code = classify(each, policy)
            moved = replace(each, channel=channel)
            new.append(
                NewMovement(
                    self._ground.ids.new(), moved, code, Basis.CHOSEN, due_as_movement(each.at, policy)
                )
            )
        await movement_store.keep(tx, new, self._ground.clock.now())
        kept = await movement_store.load_by_source(tx, filing.tenant_id, wanted)
        await movement_store.link(tx, filing.tenant_id, filing.id, [each.id for each in kept], is_claim=False)
