"""Use cases of staff: flags, scores and their history."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.aml.domain.values import CustomerFlag
from customer_stack.customers.errors import CustomerNotFound
from customer_stack.customers.sealing import PersonCipher
from customer_stack.customers.service import load_accounts, lock_customer
from customer_stack.disclosures import service as disclosures
from customer_stack.disclosures.domain import Look
from customer_stack.facts import service as facts
from customer_stack.risk import store
from customer_stack.risk.domain.records import FlagChange, ScoreRecord
from customer_stack.risk.errors import NotScored
from customer_stack.risk.service import put_flag
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids

_PLACE: Final = ("risk_flag", "text_sealed")

CipherOf = Callable[[Transaction, UUID], Awaitable[PersonCipher]]
"""What seals and opens a person's texts. Raises CustomerNotFound, also when the person was erased."""


@dataclass(frozen=True, slots=True)
class WrittenChange:
    """A change of a flag with what was written about it."""

    change: FlagChange
    text: str | None = field(repr=False)


class RiskDesk:
    """Risk of customers as staff sees it."""

    def __init__(self, database: Database, cipher_of: CipherOf, clock: Clock, ids: Ids) -> None:
        """Work on `database`."""
        self._database = database
        self._cipher_of = cipher_of
        self._clock = clock
        self._ids = ids

    async def change_flag(
        self, officer: Officer, customer_id: UUID, flag: CustomerFlag, text: str, *, is_set: bool
    ) -> frozenset[str]:
        """Set or take away a flag, with words; return the flags that stand. Raises CustomerNotFound."""
        async with self._database.transaction(officer.tenant_id) as tx:
            await self._require_reach(tx, officer, customer_id)
            account = await lock_customer(tx, customer_id)
            change_id = self._ids.new()
            sealed = (await self._cipher_of(tx, customer_id)).seal((*_PLACE, change_id), text)
            change = FlagChange(change_id, flag, is_set, officer.actor, self._clock.now(), sealed)
            await put_flag(tx, account.tenant_id, customer_id, change)
            return (await facts.load(tx, [customer_id]))[customer_id].flags

    async def list_flags(
        self, officer: Officer, customer_id: UUID, *, before: UUID | None, limit: int
    ) -> list[WrittenChange]:
        """Return changes of flags with their words, newest first; the audit remembers who looked.

        Raises CustomerNotFound.
        """
        async with self._database.transaction(officer.tenant_id) as tx:
            await self._require_reach(tx, officer, customer_id)
            found = await store.list_flags(tx, customer_id, before=before, limit=limit)
            cipher = None
            if any(change.sealed is not None for change in found):
                cipher = await self._cipher_of(tx, customer_id)
            body = {"customer_id": customer_id}
            record = AuditRecord(
                officer.tenant_id, "risk.flag_texts_shown", body, self._clock.now(), officer.actor
            )
            await append(tx, [record])
            look = Look(
                officer.tenant_id, customer_id, customer_id, officer.staff_id, "risk.flags", record.at
            )
            await disclosures.record(tx, look)
        return [
            WrittenChange(
                change,
                None
                if cipher is None or change.sealed is None
                else cipher.open((*_PLACE, change.id), change.sealed),
            )
            for change in found
        ]

    async def read(self, officer: Officer, customer_id: UUID) -> tuple[ScoreRecord, frozenset[str]]:
        """Return the score that counts, and the flags. Raises CustomerNotFound, NotScored."""
        async with self._database.transaction(officer.tenant_id) as tx:
            await self._require_reach(tx, officer, customer_id)
            found = (await store.load_current(tx, [customer_id])).get(customer_id)
            flags = (await facts.load(tx, [customer_id]))[customer_id].flags
        if found is None:
            raise NotScored("The worker has not reckoned this customer's score yet. Look again in a minute.")
        return found, flags

    async def list_scores(
        self, officer: Officer, customer_id: UUID, *, before: UUID | None, limit: int
    ) -> list[ScoreRecord]:
        """Return a customer's scores, newest first. Raises CustomerNotFound."""
        async with self._database.transaction(officer.tenant_id) as tx:
            await self._require_reach(tx, officer, customer_id)
            return await store.list_scores(tx, customer_id, before=before, limit=limit)

    async def _require_reach(self, tx: Transaction, officer: Officer, customer_id: UUID) -> None:
        account = (await load_accounts(tx, [customer_id])).get(customer_id)
        if account is None or officer.department_id not in (None, account.department_id):
            raise CustomerNotFound("There is no such customer. Check the id.")
