"""Use cases of customers, and what other modules ask inside their own transactions.

The functions take the caller's transaction; the class opens its own.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID, uuid4

import asyncpg
import orjson

from customer_stack.credentials.passwords import Passwords
from customer_stack.customers import session_store, store
from customer_stack.customers.domain import (
    ClearanceKind,
    CustomerAccount,
    Profile,
    Status,
    check_birth_date,
    decide_onboarding,
    normalise_document,
    normalise_email,
    require_transition,
)
from customer_stack.customers.errors import AlreadyRegistered, CustomerNotFound, StatusConflict
from customer_stack.customers.profiles import open_document_country, open_sealed, seal_profile
from customer_stack.customers.sealing import PersonCipher, Sealing
from customer_stack.customers.subjects import SubjectKeys, SubjectKeysUnusable
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes, Restriction, Screening
from customer_stack.ledger.domain import BookKind
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import TenancyService, require_capability, root_department_of
from shared import audit
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.events.port import publish
from shared.idempotency import mismatch
from shared.ids import Ids
from shared.ledger import store as ledger

SUBJECT_TRIES: Final = 1_000

load_standings: Final = store.load_standings
"""(tx, [(session id, customer id)], now) -> {(session id, customer id): Standing}; one query."""
load_session_began: Final = session_store.load_began
"""(tx, session id) -> when it began, or None."""
load_accounts: Final = store.load_accounts
"""(tx, customer ids) -> {customer id: CustomerAccount}."""
load_references: Final = store.load_references
"""(tx, customer ids) -> {customer id: account reference}, the only name that crosses the wall."""
load_references_of_tenant: Final = store.load_references_of_tenant
"""(tx, tenant id) -> {customer id: account reference}, for all customers of the tenant."""
load_by_reference: Final = store.load_by_reference
"""(tx, account references) -> {account reference: (tenant id, customer id)}."""

list_ended: Final = store.list_ended
"""(tx, tenant id, before, after, limit) -> [(customer id, ended at)] of people whose key is still there."""
load_known: Final = store.load_known
"""(tx, customer ids) -> those whose key is there: everybody who was not erased."""
load_ended_at: Final = store.load_ended_at
"""(tx, customer id) -> when the relationship ended, or None."""

load_sealed_profiles: Final = store.load_sealed_profiles
"""(tx, tenant id, after, limit) -> [(customer id, their key, their profile)], as stored, by id."""

DOCUMENT_TAKEN: Final = (
    "This document belongs to another account. Sign in with that one, or use your own document."
)

DECLINED: Final = "onboarding.declined"
"""The public reason of a refusal that must not say more."""


async def change_status(
    tx: Transaction,
    account: CustomerAccount,
    to: Status,
    *,
    actor: str,
    now: datetime,
    event_id: UUID,
    refusal: str | None = None,
) -> None:
    """Change a customer's status. Call it with the book locked and the account from `lock_customer`.

    Raises StatusConflict.
    """
    require_transition(account.status, to)
    invariant((refusal is not None) == (to is Status.REFUSED), "a refusal, and only it, has a reason")
    await store.update_status(tx, account.id, to, refusal, now)
    if to is Status.CLOSED:
        await session_store.end_sessions_of(tx, account.id, now)
    body: dict[str, Any] = {"customer_id": account.id, "from": account.status.value, "to": to.value}
    if refusal is not None:
        body["refusal"] = refusal
    await audit.append(tx, [AuditRecord(account.tenant_id, "customers.status_changed", body, now, actor)])
    topic = {Status.ACTIVE: "customers.activated", Status.REFUSED: "customers.refused"}.get(to)
    if topic is not None and account.status is not Status.FROZEN:
        payload = {"customer_id": str(account.id)}
        await publish(tx, topic, payload, event_id, tenant_id=account.tenant_id)


async def lock_customer(tx: Transaction, customer_id: UUID) -> CustomerAccount:
    """Lock a customer's book, then the account, and return it. Raises CustomerNotFound."""
    if not await store.load_accounts(tx, [customer_id]):
        raise CustomerNotFound("There is no such customer. Check the id.")
    await ledger.lock_books(tx, [customer_id])
    account = await store.lock_account(tx, customer_id)
    invariant(account is not None, "customers are never deleted")
    return account  # type: ignore[return-value]  # the invariant has just said so


async def erase_person(
    tx: Transaction, account: CustomerAccount, subjects: SubjectKeys | None, now: datetime
) -> bool:
    """Destroy a person's key and remove profile, sign-in and blind indexes; sessions end.

    The person's secret goes first, and for good: no backup brings the key back.

    The customer is locked, and closed or refused: somebody who could still sign in is never erased. Account,
    pseudonym and sessions stay: they hold ids and times. False when the key was gone before.
    """
    invariant(account.status in (Status.CLOSED, Status.REFUSED), "only who has left is erased")
    await session_store.end_sessions_of(tx, account.id, now)
    key = await store.find_key(tx, account.id)
    if key is not None and key.subject is not None:
        invariant(subjects is not None, "a person's key needs the file of secrets, which is not named")
    if key is not None and key.subject is not None and subjects is not None:
        await asyncio.to_thread(subjects.destroy, key.subject)
    return await store.erase_person(tx, account.id)


async def begin_verification(tx: Transaction, customer_id: UUID, now: datetime, event_id: UUID) -> None:
    """Say that the identity check has begun; nothing happens to a customer who is further already."""
    account = await lock_customer(tx, customer_id)
    if account.status is Status.REGISTERED:
        await change_status(tx, account, Status.VERIFYING, actor="system", now=now, event_id=event_id)


async def record_clearance(
    tx: Transaction,
    customer_id: UUID,
    kind: ClearanceKind,
    *,
    refusal: str | None,
    now: datetime,
    event_id: UUID,
) -> None:
    """Say how a check of onboarding ended: `refusal` is a public reason code, None means clear.

    The last clear check makes the customer active, and frozen at once if a full restriction stands; one
    refusal refuses. A second end of one check is ignored.
    """
    account = await lock_customer(tx, customer_id)
    if not await store.insert_clearance(tx, account, kind, now, is_clear=refusal is None):
        return
    if kind is ClearanceKind.SCREENING:
        screening = Screening.CLEAR if refusal is None else Screening.POSSIBLE
        await facts.change(tx, customer_id, now, Changes(screening=screening, screened_at=now))
    to = decide_onboarding(account.status, await store.load_clearances(tx, customer_id))
    if to is not None:
        reason = (refusal or DECLINED) if to is Status.REFUSED else None
        await change_status(tx, account, to, actor="system", now=now, event_id=event_id, refusal=reason)
    if to is Status.ACTIVE and await _is_restricted(tx, customer_id):
        activated = replace(account, status=to)
        await change_status(tx, activated, Status.FROZEN, actor="system", now=now, event_id=event_id)


async def _is_restricted(tx: Transaction, customer_id: UUID) -> bool:
    """Tell whether a full restriction stands, placed before the customer became active."""
    return (await facts.load(tx, [customer_id]))[customer_id].restriction is Restriction.FULL


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody sends to become a customer. `key` is their Idempotency-Key's digest, if they sent one."""

    tenant_slug: str
    password: str = field(repr=False)
    profile: Profile
    key: bytes | None
    agreed: Mapping[str, int] = field(default_factory=dict)
    """What they agreed to: purpose -> version of the text."""
    language: str = "en"


class Consenting(Protocol):
    """Who keeps what people agree to. Called in the transaction that makes somebody a customer."""

    async def keep(
        self, tx: Transaction, account: CustomerAccount, agreed: Mapping[str, int], language: str
    ) -> None:
        """Keep it, or refuse somebody who has not agreed to what an account rests on."""
        ...


class CustomersService:
    """Registration, profiles and status."""

    def __init__(
        self,
        database: Database,
        tenancy: TenancyService,
        passwords: Passwords,
        sealing: Sealing,
        consenting: Consenting,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Work on `database`; `consenting` refuses who did not agree."""
        self._database = database
        self._tenancy = tenancy
        self._passwords = passwords
        self._sealing = sealing
        self._consenting = consenting
        self._clock = clock
        self._ids = ids

    async def register(self, request: Registration) -> CustomerAccount:
        """Make a customer with an encrypted profile, a pseudonym and a book.

        Raises TenantNotFound, CapabilityOff, BirthDateImpossible, AlreadyRegistered, IdempotencyMismatch, and
        what `consenting` refuses.
        """
        tenant = await self._tenancy.find_tenant(request.tenant_slug)
        now = self._clock.now()
        check_birth_date(request.profile.date_of_birth, now.date())
        digest = self._digest(tenant.id, request)
        known = await self._find_registered(tenant.id, request.key, digest)
        if known is not None:
            return known
        password_hash = await self._passwords.hash(request.password)
        customer_id = self._ids.new()
        try:
            async with self._database.transaction(tenant.id) as tx:
                await require_capability(tx, tenant.id, Capability.REGISTRATION)
                department = await root_department_of(tx, tenant.id)
                account = CustomerAccount(customer_id, tenant.id, department.id, Status.REGISTERED, None, now)
                await self._insert(tx, account, request, password_hash, digest)
            return account
        except asyncpg.UniqueViolationError as error:
            known = await self._find_registered(tenant.id, request.key, digest)
            if known is not None:
                return known
            raise AlreadyRegistered(
                "This e-mail or document belongs to an account. Sign in with it."
            ) from error

    @property
    def subjects(self) -> SubjectKeys | None:
        """Return where the secrets of single persons are."""
        return self._sealing.subjects

    async def _take_subject(self, tx: Transaction) -> int | None:
        """Return the place of a secret for a new person; after a restore destroyed places are passed over."""
        subjects = self._sealing.subjects
        if subjects is None:
            return None
        for _ in range(SUBJECT_TRIES):
            number = await store.next_subject(tx)
            if await asyncio.to_thread(subjects.take, number) is not None:
                return number
        raise SubjectKeysUnusable(
            "Too many places in a row were destroyed. Set the sequence of places forward."
        )

    async def _insert(
        self,
        tx: Transaction,
        account: CustomerAccount,
        request: Registration,
        password_hash: str,
        digest: bytes,
    ) -> None:
        profile = request.profile
        wrapped, cipher = self._sealing.create_key(account.id, await self._take_subject(tx))
        email_index = self._sealing.index("email", account.tenant_id, normalise_email(profile.email))
        await store.insert_account(tx, account)
        if request.key is not None:
            await store.insert_registration(tx, account, request.key, digest)
        await store.insert_credential(tx, account, email_index, password_hash)
        await store.insert_profile(
            tx, account, wrapped, seal_profile(self._sealing, account, cipher, profile)
        )
        await store.insert_pseudonym(tx, account, uuid4())
        await facts.create(
            tx, account.tenant_id, account.id, country=profile.residency, at=account.registered_at
        )
        await ledger.open_books(tx, [(account.id, account.tenant_id, BookKind.CUSTOMER.value)])
        body = {"customer_id": account.id, "department_id": account.department_id}
        actor = f"customer:{account.id}"
        await self._consenting.keep(tx, account, request.agreed, request.language)
        await audit.append(
            tx,
            [AuditRecord(account.tenant_id, "customers.registered", body, account.registered_at, actor)],
        )
        await publish(tx, "customers.registered", {"customer_id": str(account.id)}, self._ids.new())

    async def _find_registered(
        self, tenant_id: UUID, key: bytes | None, digest: bytes
    ) -> CustomerAccount | None:
        """Return the customer that the same request made before. Raises IdempotencyMismatch."""
        if key is None:
            return None
        async with self._database.transaction(tenant_id) as tx:
            found = await store.find_registration(tx, tenant_id, key)
            if found is None:
                return None
            if found[1] != digest:
                raise mismatch()
            return (await store.load_accounts(tx, [found[0]]))[found[0]]

    def _digest(self, tenant_id: UUID, request: Registration) -> bytes:
        """Return a keyed digest of the whole request: it holds a password, which a plain one would betray."""
        profile = request.profile
        fields = [
            request.password,
            profile.email,
            profile.full_name,
            profile.date_of_birth.isoformat(),
            profile.residency,
            profile.document_type,
            profile.document_country,
            profile.document_number,
            profile.phone,
            sorted(request.agreed.items()),
        ]
        return self._sealing.index(
            "registration", tenant_id, hashlib.sha256(orjson.dumps(fields)).hexdigest()
        )

    async def read_account(self, tenant_id: UUID, customer_id: UUID) -> CustomerAccount:
        """Return a customer. Raises CustomerNotFound."""
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_accounts(tx, [customer_id])
        if customer_id not in found:
            raise CustomerNotFound("There is no such customer. Check the id.")
        return found[customer_id]

    async def read_profile(self, tenant_id: UUID, customer_id: UUID) -> Profile:
        """Return a customer's personal data. Raises CustomerNotFound, also when the person was erased."""
        async with self._database.transaction(tenant_id) as tx:
            return await self.open_profile(tx, customer_id)

    async def open_profile(self, tx: Transaction, customer_id: UUID) -> Profile:
        """Return the same, in the caller's transaction. Raises CustomerNotFound."""
        found = await store.find_profile(tx, customer_id)
        if found is None:
            raise CustomerNotFound("There is no profile of this customer. Check the id.")
        wrapped, sealed = found
        return open_sealed(customer_id, self._sealing.unwrap(customer_id, wrapped), sealed)

    async def open_profiles(
        self, tx: Transaction, customer_ids: Iterable[UUID]
    ) -> dict[UUID, tuple[Profile, PersonCipher]]:
        """Return profiles with what opens their persons' other fields; who was erased is left out."""
        found = {}
        for customer_id, (wrapped, sealed) in (await store.find_profiles(tx, customer_ids)).items():
            cipher = self._sealing.unwrap(customer_id, wrapped)
            found[customer_id] = (open_sealed(customer_id, cipher, sealed), cipher)
        return found

    async def load_document_countries(self, tx: Transaction, customer_ids: Iterable[UUID]) -> dict[UUID, str]:
        """Return customer id -> the country of their document; who was erased is left out. One query."""
        return {
            customer_id: open_document_country(customer_id, self._sealing.unwrap(customer_id, key), sealed)
            for customer_id, (key, sealed) in (await store.find_profiles(tx, customer_ids)).items()
        }

    async def cipher_of(self, tx: Transaction, customer_id: UUID) -> PersonCipher:
        """Return what seals and opens a person's fields. Raises CustomerNotFound, also when erased."""
        wrapped = await store.find_key(tx, customer_id)
        if wrapped is None:
            raise CustomerNotFound("There is no profile of this customer. Check the id.")
        return self._sealing.unwrap(customer_id, wrapped)

    def blind_index(self, purpose: str, tenant_id: UUID, text: str) -> bytes:
        """Return the digest by which a normalised text is found again, for one purpose and one tenant."""
        return self._sealing.index(purpose, tenant_id, text)

    async def is_document_free(self, tx: Transaction, customer_id: UUID, profile: Profile) -> bool:
        """Tell whether a profile's document belongs to no other account of the customer's tenant."""
        account = (await store.load_accounts(tx, [customer_id]))[customer_id]
        document = normalise_document(
            profile.document_type, profile.document_country, profile.document_number
        )
        index = self._sealing.index("document", account.tenant_id, document)
        return await store.find_document_owner(tx, account.tenant_id, index) in (None, customer_id)

    async def find_same_person(
        self, tx: Transaction, customer_id: UUID, tenant_ids: Sequence[UUID]
    ) -> Sequence[UUID]:
        """Return the accounts at these tenants with the customer's document; none of an erased person."""
        try:
            profile = await self.open_profile(tx, customer_id)
        except CustomerNotFound:
            return ()
        document = normalise_document(
            profile.document_type, profile.document_country, profile.document_number
        )
        return await store.find_document_owners(
            tx, [(each, self._sealing.index("document", each, document)) for each in tenant_ids]
        )

    async def correct_profile(
        self, tx: Transaction, customer_id: UUID, profile: Profile, now: datetime
    ) -> None:
        """Replace what a customer's profile says. The customer is locked.

        Raises StatusConflict, BirthDateImpossible, AlreadyRegistered.
        """
        account = (await store.load_accounts(tx, [customer_id]))[customer_id]
        if account.status in (Status.REFUSED, Status.CLOSED):
            raise StatusConflict("This account is closed or was refused. Its profile stays as it is.")
        check_birth_date(profile.date_of_birth, now.date())
        if not await self.is_document_free(tx, customer_id, profile):
            raise AlreadyRegistered(DOCUMENT_TAKEN)
        cipher = await self.cipher_of(tx, customer_id)
        sealed = seal_profile(self._sealing, account, cipher, profile)
        try:
            await store.update_profile(tx, account, sealed)
        except asyncpg.UniqueViolationError as error:  # somebody registered with the document just now
            raise AlreadyRegistered(DOCUMENT_TAKEN) from error
        await facts.change(tx, customer_id, now, Changes(country=profile.residency))
        body = {"customer_id": customer_id}
        actor = f"customer:{customer_id}"
        await audit.append(
            tx, [AuditRecord(account.tenant_id, "customers.profile_corrected", body, now, actor)]
        )
        payload = {"customer_id": str(customer_id)}
        await publish(
            tx, "customers.profile_corrected", payload, self._ids.new(), tenant_id=account.tenant_id
        )

    async def is_active(self, tx: Transaction, customer_id: UUID) -> bool:
        """Tell, in the transaction given, whether the customer is verified and neither closed nor frozen."""
        account = (await store.load_accounts(tx, [customer_id])).get(customer_id)
        return account is not None and account.status is Status.ACTIVE

    async def list_accounts(
        self, tenant_id: UUID, *, after: UUID | None, limit: int
    ) -> list[CustomerAccount]:
        """Return a tenant's customers, oldest first."""
        async with self._database.transaction(tenant_id) as tx:
            return await store.list_accounts(tx, tenant_id, after=after, limit=limit)
