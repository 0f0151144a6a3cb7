"""Use case of screening: compare a customer with the lists, store the verdict and why, clear or refuse."""

from uuid import UUID

import orjson

from customer_stack.customers.domain import ClearanceKind, DocumentType, Profile
from customer_stack.customers.service import DECLINED, CustomersService, record_clearance
from customer_stack.screening.describing import describe_match
from customer_stack.screening.lists.entry import DateRange, Schema, document_number
from customer_stack.screening.matching.party import THRESHOLD, Decision, Party
from customer_stack.screening.screener import Screener
from customer_stack.screening.store import results as store
from customer_stack.screening.store.results import Result
from shared import audit
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Transaction
from shared.ids import Ids


class ScreeningService:
    """Screens customers against the lists of a screener."""

    def __init__(self, customers: CustomersService, screener: Screener, clock: Clock, ids: Ids) -> None:
        """Ask `screener`."""
        self._customers = customers
        self._screener = screener
        self._clock = clock
        self._ids = ids

    async def screen_customer(self, tx: Transaction, tenant_id: UUID, customer_id: UUID) -> None:
        """Screen one customer in the caller's transaction. A possible match refuses, without saying why.

        Raises NameUnusable: nothing was screened, the event stays.
        """
        party = describe_customer(await self._customers.open_profile(tx, customer_id))
        answer = await self._screener.match(party, threshold=THRESHOLD)
        matches = answer.matches
        now, result_id = self._clock.now(), self._ids.new()
        reasons = orjson.dumps([describe_match(match, THRESHOLD) for match in matches]).decode()
        cipher = await self._customers.cipher_of(tx, customer_id)
        result = Result(
            id=result_id,
            customer_id=customer_id,
            list_version=answer.lists_version,
            threshold=THRESHOLD,
            decision=matches[0].decide(THRESHOLD) if matches else Decision.CLEAR,
            best_score=matches[0].score if matches else 0,
            best_entry=matches[0].entry_id if matches else None,
            reasons_sealed=cipher.seal((store.TABLE, "reasons_sealed", result_id), reasons),
            screened_at=now,
        )
        if not await store.insert_result(tx, tenant_id, result):
            return
        body = {
            "result_id": result_id,
            "customer_id": customer_id,
            "verdict": result.decision.value,
            "best_score": result.best_score,
            "list_version": answer.lists_version.hex(),
        }
        await audit.append(tx, [AuditRecord(tenant_id, "screening.screened", body, now, "system")])
        await record_clearance(
            tx,
            customer_id,
            ClearanceKind.SCREENING,
            refusal=DECLINED if result.decision is Decision.POSSIBLE_MATCH else None,
            now=now,
            event_id=self._ids.new(),
        )


def describe_customer(profile: Profile) -> Party:
    """Return what of a profile is screened. Residency stands for the country; a passport tells its own."""
    countries = {profile.residency.lower()}
    if profile.document_type is DocumentType.PASSPORT:
        countries.add(profile.document_country.lower())
    return Party(
        name=profile.full_name,
        schema=Schema.PERSON,
        birth=DateRange(profile.date_of_birth, profile.date_of_birth),
        countries=tuple(sorted(countries)),
        documents=(document_number(profile.document_number),),
    )
