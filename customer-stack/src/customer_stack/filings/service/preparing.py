"""Makes the file of a report: reads who and what, writes, validates, keeps file and findings.

The file is written and checked outside any transaction. It counts only if the report stayed as it was.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from customer_stack.customers.domain import Profile as CustomerProfile
from customer_stack.customers.sealing import PersonCipher
from customer_stack.customers.service import load_accounts, load_references
from customer_stack.filings.domain.composing import Client, Outside, compose
from customer_stack.filings.domain.lifecycle import Filing, Step, take
from customer_stack.filings.domain.movements import Basis, Movement
from customer_stack.filings.domain.profile import Profile
from customer_stack.filings.domain.report import Report
from customer_stack.filings.domain.suspicion import Narrative
from customer_stack.filings.domain.writing import write_report
from customer_stack.filings.errors import MovementUnusable, NothingToReport, StepNotPossible
from customer_stack.filings.service.ground import Ground, Person
from customer_stack.filings.service.knowing import (
    open_counterparties,
    open_numbers,
    open_parties,
    require_profile,
)
from customer_stack.filings.service.requiring import RACED, require_filing
from customer_stack.filings.store import movements as movement_store
from customer_stack.filings.store import reports as store
from customer_stack.filings.store.reports import NewFile
from customer_stack.filings.validator import Expectations, Finding, is_acceptable, validate
from customer_stack.payouts.domain.accounts import normalise_number
from customer_stack.working_days.domain import day_of
from shared.database import Transaction

NARRATIVE: Final = TypeAdapter(Narrative)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a preparation found; the report is prepared only when the file is acceptable."""

    filing: Filing
    file_id: UUID
    findings: Sequence[Finding]
    is_acceptable: bool


@dataclass(frozen=True, slots=True)
class _Matter:
    """Everything a report is made of, read at one moment."""

    filing: Filing
    profile: Profile
    movements: tuple[Movement, ...]
    left_out: tuple[UUID, ...]
    clients: dict[UUID, Client] = field(repr=False)
    outside: dict[UUID, Outside] = field(repr=False)
    narrative: Narrative | None = field(repr=False)
    fiu_reference: str | None


class Preparing:
    """Prepares reports."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground

    async def prepare(self, person: Person, report_id: UUID, *, is_suspicion: bool) -> Prepared:
        """Make the file of a draft, check it, and keep both; an acceptable one prepares the report.

        What was reversed since it was drafted leaves a threshold report. Raises FilingNotFound,
        ProfileMissing, StepNotPossible, NothingToReport, MovementUnusable.
        """
        ground = self._ground
        file_id, now = ground.ids.new(), ground.clock.now()
        async with ground.database.transaction(person.tenant_id) as tx:
            filing = await require_filing(tx, report_id, is_suspicion=is_suspicion)
            taken = take(filing, Step.PREPARE, person.staff_id, now, file_id=file_id)
            matter = await self._read(tx, filing)
        raw, findings = await asyncio.to_thread(_make, matter, now)
        accepted = is_acceptable(findings)
        content = ground.records.seal(("filing_file", "content_sealed", file_id), raw.decode())
        shown = [{"code": each.code, "place": each.place, "weight": each.weight.value} for each in findings]
        digest = hashlib.sha256(raw).digest()
        file = NewFile(
            file_id,
            filing.tenant_id,
            filing.id,
            digest,
            len(raw),
            content,
            shown,
            accepted,
            person.staff_id,
            now,
        )
        async with ground.database.transaction(person.tenant_id) as tx:
            standing = await require_filing(tx, report_id, is_suspicion=is_suspicion)
            if standing.last != filing.last:
                raise StepNotPossible(RACED)
            await store.insert_file(tx, file)
            if accepted:
                await movement_store.unlink(tx, filing.id, matter.left_out)
                if not await store.insert_step(tx, filing, taken):
                    raise StepNotPossible(RACED)
                await ground.audit_step(tx, person, filing, taken)
            body = {
                "report_id": filing.id,
                "file_id": file_id,
                "digest": digest.hex(),
                "acceptable": accepted,
            }
            await ground.audit(tx, person, "file_made", body)
        return Prepared(replace(filing, last=taken) if accepted else filing, file_id, findings, accepted)

    async def _read(self, tx: Transaction, filing: Filing) -> _Matter:
        ground = self._ground
        profile = await require_profile(tx, ground, filing.tenant_id)
        every = await movement_store.load_of_report(tx, filing.id)
        gone = () if filing.is_suspicion else tuple(e.id for e in every if e.posted.reversed_at is not None)
        movements = tuple(each for each in every if each.id not in gone)
        if not movements:
            raise NothingToReport("Nothing is left to report. Drop this draft, or choose movements.")
        people = {each.posted.customer_id for each in movements if each.posted.customer_id is not None}
        wanted = people | ({filing.customer_id} if filing.customer_id is not None else set())
        opened = await ground.customers.open_profiles(tx, wanted)
        ciphers = {each: cipher for each, (_, cipher) in opened.items()}
        clients = await self._read_clients(tx, opened, ciphers)
        if any(each.posted.customer_id not in clients for each in movements):
            raise MovementUnusable("A movement is of nobody who is known. Take it out of the report.")
        return _Matter(
            filing,
            profile,
            movements,
            gone,
            clients,
            await self._read_outside(tx, movements, ciphers),
            await self._read_narrative(tx, filing, ciphers),
            None if filing.corrects is None else await store.load_fiu_reference(tx, filing.corrects),
        )

    async def _read_clients(
        self,
        tx: Transaction,
        opened: Mapping[UUID, tuple[CustomerProfile, PersonCipher]],
        ciphers: Mapping[UUID, PersonCipher],
    ) -> dict[UUID, Client]:
        parties = await open_parties(tx, ciphers)
        accounts, references = await load_accounts(tx, opened), await load_references(tx, opened)
        return {
            each: Client(profile, references[each], accounts[each].registered_at, parties.get(each))
            for each, (profile, _) in opened.items()
        }

    async def _read_narrative(
        self, tx: Transaction, filing: Filing, ciphers: Mapping[UUID, PersonCipher]
    ) -> Narrative | None:
        sealed = await store.load_narrative(tx, filing.id)
        if sealed is None or filing.customer_id is None or filing.customer_id not in ciphers:
            return None
        place = ("filing_narrative", "content_sealed", sealed.seal_id)
        return NARRATIVE.validate_json(ciphers[filing.customer_id].open(place, sealed.content_sealed))

    async def _read_outside(
        self, tx: Transaction, movements: Sequence[Movement], ciphers: Mapping[UUID, PersonCipher]
    ) -> dict[UUID, Outside]:
        numbers = await open_numbers(tx, self._ground, movements)
        known = await open_counterparties(tx, ciphers)
        owners = {each.id: each.posted.customer_id for each in movements}
        found = {}
        for movement_id, each in numbers.items():
            owner, number = owners[movement_id], normalise_number(each.number)
            counterparty = None if owner is None else known.get((owner, number))
            found[movement_id] = Outside(each.number, each.holder, counterparty)
        return found


def _make(matter: _Matter, now: datetime) -> tuple[bytes, tuple[Finding, ...]]:
    """Write the report, and check what was written as if somebody else had."""
    profile, filing, today = matter.profile, matter.filing, day_of(now)
    transactions = tuple(
        compose(each, matter.clients[owner], matter.outside.get(each.id, Outside()), profile, today)
        for each in matter.movements
        if (owner := each.posted.customer_id) is not None
    )
    narrative = matter.narrative
    raw = write_report(
        Report(
            entity=profile.reporting_entity,
            code=filing.code,
            reference=filing.reference,
            submitted_at=now,
            transactions=transactions,
            fiu_reference=matter.fiu_reference,
            reason=narrative.reason if narrative else None,
            action=narrative.action if narrative else None,
            indicators=narrative.indicators if narrative else (),
        )
    )
    has_totals = any(each.basis is Basis.DAY_TOTAL for each in matter.movements)
    expected = Expectations(
        entity_id=profile.entity_id,
        own_swift=profile.institution.swift,
        own_code=profile.institution.code,
        threshold=0 if has_totals else -(-profile.policy.threshold // 100),
        late_days=profile.policy.late_days,
    )
    return raw, validate(raw, expected)
