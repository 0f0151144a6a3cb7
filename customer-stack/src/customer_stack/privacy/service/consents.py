"""What people agree to: shown, given, taken back, and asked for where something rests on it.

Registration needs a consent to everything that an account rests on. When a version asks again, money that is
already here stays free to be used and taken out, and no new deposit is quoted until the person has agreed:
that is where somebody is asked who has time to read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.customers.domain import CustomerAccount, Status
from customer_stack.customers.errors import StatusConflict
from customer_stack.customers.service import lock_customer
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.privacy.domain.consents import (
    Answered,
    Channel,
    Consent,
    Language,
    Purpose,
    Text,
    Texts,
)
from customer_stack.privacy.domain.retention import day_of
from customer_stack.privacy.errors import TextUnknown
from customer_stack.privacy.service.leaving import require_account
from customer_stack.privacy.store import consents as store
from shared import audit
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Database, Transaction

_UNKNOWN: Final = "No text is for such a purpose. GET /v1/privacy/texts lists them."


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said on a purpose."""

    purpose: Purpose
    version: int
    language: Language
    is_given: bool
    channel: Channel


class Registrations:
    """Keeps what somebody agreed to who registers, in the transaction that makes them a customer."""

    def __init__(self, texts: Texts) -> None:
        """Ask for the required ones of `texts`."""
        self._texts = texts

    async def keep(
        self, tx: Transaction, account: CustomerAccount, agreed: Mapping[str, int], language: str
    ) -> None:
        """Keep consents given with a registration. Raises TextUnknown, ConsentMissing."""
        now = account.registered_at
        spoken, kept = Language(language), []
        for number, (name, version) in enumerate(sorted(agreed.items()), 1):
            if name not in set(Purpose):
                raise TextUnknown(_UNKNOWN)
            text = self._texts.find(Purpose(name), version, spoken, day_of(now))
            consent = Consent(number, text.purpose, version, True, Channel.ONLINE, spoken, now)
            kept.append((consent, text.digests[spoken]))
        self._texts.require_good([consent for consent, _ in kept], day_of(now))
        await store.insert(tx, account.tenant_id, account.id, kept)
        actor = f"customer:{account.id}"
        await audit.append(tx, [_record(account.tenant_id, account.id, each, actor) for each, _ in kept])


class Consents:
    """Consents of customers."""

    def __init__(self, database: Database, texts: Texts, clock: Clock) -> None:
        """Show `texts`."""
        self._database = database
        self._texts = texts
        self._clock = clock

    def shown(self) -> list[Text]:
        """Return the texts that are shown today."""
        return [self._texts.current(purpose, day_of(self._clock.now())) for purpose in Purpose]

    def is_required(self, purpose: Purpose) -> bool:
        """Tell whether an account rests on a purpose."""
        return purpose in self._texts.required

    async def read(self, tenant_id: UUID, customer_id: UUID) -> list[Answered]:
        """Return how a customer stands to every purpose."""
        async with self._database.transaction(tenant_id) as tx:
            said = await store.load_last(tx, customer_id)
        return self._texts.standing(said, day_of(self._clock.now()))

    async def list_all(
        self, staff: StaffPrincipal, customer_id: UUID, after: int | None, limit: int
    ) -> list[Consent]:
        """Return everything that a customer said, in order. Raises CustomerNotFound, DepartmentOutOfReach."""
        async with self._database.transaction(staff.tenant_id) as tx:
            await require_account(tx, staff, customer_id)
            return await store.list_all(tx, customer_id, after, limit)

    async def say(self, tenant_id: UUID, customer_id: UUID, said: Said, actor: str) -> list[Answered]:
        """Keep a word of a customer; one that changes nothing is not kept again.

        Raises TextUnknown, ConsentRequired, CustomerNotFound, StatusConflict.
        """
        now = self._clock.now()
        if not said.is_given:
            self._texts.require_withdrawable(said.purpose)
        async with self._database.transaction(tenant_id) as tx:
            account = await lock_customer(tx, customer_id)
            if account.status is Status.CLOSED:
                raise StatusConflict("This account is closed. Nothing can be agreed to any more.")
            known = {each.purpose: each for each in await store.load_last(tx, customer_id)}
            last = known.get(said.purpose)
            stands = (False, said.version) if last is None else (last.is_given, last.version)
            if stands != (said.is_given, said.version) and (said.is_given or stands[0]):
                number = max((each.number for each in known.values()), default=0) + 1
                known[said.purpose] = await self._keep(tx, account, said, number, now, actor)
            return self._texts.standing(known.values(), day_of(now))

    async def withdraw(
        self, tx: Transaction, account: CustomerAccount, purpose: Purpose, at: datetime, actor: str
    ) -> bool:
        """Take back what a locked customer agreed to and what must not stand any more; False: nothing did.

        For a purpose that no account rests on.
        """
        self._texts.require_withdrawable(purpose)
        known = {each.purpose: each for each in await store.load_last(tx, account.id)}
        last = known.get(purpose)
        if last is None or not last.is_given:
            return False
        number = max(each.number for each in known.values()) + 1
        text = self._texts.current(purpose, day_of(at))
        language = last.language if last.language in text.bodies else next(iter(text.bodies))
        said = Said(purpose, text.version, language, False, Channel.ONLINE)
        await self._keep(tx, account, said, number, at, actor)
        return True

    async def _keep(
        self,
        tx: Transaction,
        account: CustomerAccount,
        said: Said,
        number: int,
        now: datetime,
        actor: str,
    ) -> Consent:
        text = self._texts.find(said.purpose, said.version, said.language, day_of(now))
        consent = Consent(number, said.purpose, said.version, said.is_given, said.channel, said.language, now)
        await store.insert(tx, account.tenant_id, account.id, [(consent, text.digests[said.language])])
        await audit.append(tx, [_record(account.tenant_id, account.id, consent, actor)])
        return consent

    async def require(self, tx: Transaction, customer_id: UUID) -> None:
        """Refuse who has not agreed to what counts today. Raises ConsentMissing."""
        self._texts.require_good(await store.load_last(tx, customer_id), day_of(self._clock.now()))


def _record(tenant_id: UUID, customer_id: UUID, consent: Consent, actor: str) -> AuditRecord:
    body = {
        "customer_id": customer_id,
        "purpose": consent.purpose.value,
        "version": consent.version,
        "channel": consent.channel.value,
        "language": consent.language.value,
    }
    what = "given" if consent.is_given else "withdrawn"
    return AuditRecord(tenant_id, f"privacy.consent_{what}", body, consent.at, actor)
