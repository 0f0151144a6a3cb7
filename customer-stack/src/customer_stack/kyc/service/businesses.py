"""Use cases of businesses: declare one, invite its owners, accept, submit, and decide by two people.

Everything that happens to a business happens under the lock of its representative's book.
"""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from customer_stack.customers.domain import Status
from customer_stack.customers.service import load_accounts, lock_customer
from customer_stack.disclosures import service as disclosures
from customer_stack.kyc.domain.businesses import (
    OPEN_LIMIT,
    Business,
    BusinessState,
    BusinessVerdict,
    Owner,
    decide,
    require_declared,
    require_draft,
    require_room,
    require_verified,
)
from customer_stack.kyc.domain.checks import Outcome
from customer_stack.kyc.errors import (
    BusinessConflict,
    BusinessNotFound,
    BusinessUnscreened,
    InvitationInvalid,
    ReviewerUnsuitable,
)
from customer_stack.kyc.service.ground import Ground
from customer_stack.kyc.service.reviewing import Reviewer
from customer_stack.kyc.store import businesses as store
from shared import audit
from shared.audit import AuditRecord
from shared.database import Transaction
from shared.events.port import publish


@dataclass(frozen=True, slots=True)
class Declared:
    """A business with who is declared. `verified`: those of them who are verified customers."""

    business: Business
    owners: Sequence[Owner]
    verified: frozenset[UUID]
    verdicts: Sequence[BusinessVerdict]


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new invitation; the token is shown once."""

    owner: Owner
    token: str = field(repr=False)


Screened = Callable[[Transaction, UUID, Sequence[UUID]], Awaitable[bool]]
"""(tx, business id, ids of its owners) -> whether all were screened and none may be listed."""


class Businesses:
    """Businesses and who owns them."""

    def __init__(self, ground: Ground, screened: Screened) -> None:
        """Work on `ground`; nothing is approved before it is `screened`."""
        self._ground = ground
        self._screened = screened

    async def declare(
        self, tenant_id: UUID, customer_id: UUID, name: str, number: str, country: str
    ) -> Declared:
        """Declare a business that one represents. Raises BusinessConflict."""
        async with self._ground.database.transaction(tenant_id) as tx:
            account = await lock_customer(tx, customer_id)
            if account.status is not Status.ACTIVE:
                raise BusinessConflict("Only a verified customer declares a business. Look at your status.")
            if await store.count_open(tx, customer_id) >= OPEN_LIMIT:
                raise BusinessConflict(f"You have {OPEN_LIMIT} open businesses. Wait until one is decided.")
            now, business_id = self._ground.clock.now(), self._ground.ids.new()
            business = Business(
                business_id, tenant_id, account.department_id, customer_id, country, BusinessState.DRAFT, now
            )
            index = self._ground.customers.blind_index(
                "business", tenant_id, f"{country}|{''.join(number.split()).upper()}"
            )
            cipher = await self._ground.customers.cipher_of(tx, customer_id)
            sealed = [
                cipher.seal(("kyc_business", column, business_id), text)
                for column, text in (("name_sealed", name), ("number_sealed", number))
            ]
            if not await store.insert_business(tx, business, index, sealed[0], sealed[1]):
                raise BusinessConflict("This business is declared already. Ask its representative.")
            await self._audit(tx, business, "business_declared", f"customer:{customer_id}")
            return await self._declared(tx, business_id)

    async def list_own(
        self, tenant_id: UUID, customer_id: UUID, *, after: UUID | None, limit: int
    ) -> list[Business]:
        """Return the businesses that a customer represents, oldest first."""
        async with self._ground.database.transaction(tenant_id) as tx:
            return await store.list_businesses(
                tx,
                tenant_id,
                representative_id=customer_id,
                department_id=None,
                state=None,
                after=after,
                limit=limit,
            )

    async def read_own(self, tenant_id: UUID, customer_id: UUID, business_id: UUID) -> Declared:
        """Return a business that one represents. Raises BusinessNotFound."""
        async with self._ground.database.transaction(tenant_id) as tx:
            await self._require_own(tx, customer_id, business_id)
            return await self._declared(tx, business_id)

    async def invite(
        self, tenant_id: UUID, customer_id: UUID, business_id: UUID, share_basis: int, *, is_director: bool
    ) -> Invitation:
        """Invite somebody to a draft. Raises BusinessNotFound, BusinessConflict, OwnersIncomplete."""
        token = secrets.token_urlsafe(24)
        async with self._ground.database.transaction(tenant_id) as tx:
            business = await self._lock_own(tx, customer_id, business_id)
            require_draft(business)
            require_room(await store.load_owners(tx, business_id), share_basis, is_director=is_director)
            now = self._ground.clock.now()
            owner = Owner(self._ground.ids.new(), business_id, share_basis, is_director, now)
            await store.insert_owner(tx, business, owner, _hash(token))
            more = {"owner_id": owner.id, "share_basis": share_basis, "is_director": is_director}
            await self._audit(tx, business, "owner_invited", f"customer:{customer_id}", **more)
            return Invitation(owner, token)

    async def withdraw(self, tenant_id: UUID, customer_id: UUID, business_id: UUID, owner_id: UUID) -> None:
        """Take somebody out of a draft. Raises BusinessNotFound, BusinessConflict, InvitationInvalid."""
        async with self._ground.database.transaction(tenant_id) as tx:
            business = await self._lock_own(tx, customer_id, business_id)
            require_draft(business)
            if not await store.delete_owner(tx, business_id, owner_id):
                raise InvitationInvalid("There is nobody with this id. Look at the business.")
            await self._audit(tx, business, "owner_withdrawn", f"customer:{customer_id}", owner_id=owner_id)

    async def accept(self, tenant_id: UUID, customer_id: UUID, token: str) -> Owner:
        """Accept an invitation; a repeat is answered alike. Raises InvitationInvalid, BusinessConflict."""
        async with self._ground.database.transaction(tenant_id) as tx:
            found = await store.find_invitation(tx, _hash(token))
            stored = None if found is None else await store.load_business(tx, found.business_id)
            if found is None or stored is None:
                raise _invalid()
            await lock_customer(tx, stored.business.representative_id)
            invited = await store.find_invitation(tx, _hash(token))
            if invited is None or invited.customer_id not in (None, customer_id):
                raise _invalid()
            if invited.customer_id == customer_id:
                return invited
            stored = await store.load_business(tx, found.business_id) or stored
            require_draft(stored.business)
            owners = await store.load_owners(tx, found.business_id)
            if any(owner.customer_id == customer_id for owner in owners):
                raise BusinessConflict("You are declared for this business already.")
            await store.accept(tx, invited.id, customer_id, self._ground.clock.now())
            more = {"owner_id": invited.id, "owner_customer_id": customer_id}
            await self._audit(tx, stored.business, "owner_accepted", f"customer:{customer_id}", **more)
            return replace(invited, customer_id=customer_id)

    async def submit(self, tenant_id: UUID, customer_id: UUID, business_id: UUID) -> Declared:
        """Submit a draft; a repeat is answered as it stands. Raises BusinessNotFound, OwnersIncomplete."""
        async with self._ground.database.transaction(tenant_id) as tx:
            business = await self._lock_own(tx, customer_id, business_id)
            if business.state is BusinessState.DRAFT:
                rules = self._ground.routes.current.businesses
                require_declared(await store.load_owners(tx, business_id), rules.owner_share_basis)
                await store.update_state(tx, business_id, BusinessState.PENDING, self._ground.clock.now())
                await self._audit(tx, business, "business_submitted", f"customer:{customer_id}")
                payload = {"business_id": str(business_id), "customer_id": str(customer_id)}
                await publish(
                    tx,
                    "kyc.business_submitted",
                    payload,
                    self._ground.ids.new(),
                    tenant_id=tenant_id,
                )
            return await self._declared(tx, business_id)

    async def list_for_staff(
        self, reviewer: Reviewer, *, state: BusinessState | None, after: UUID | None, limit: int
    ) -> list[Business]:
        """Return businesses within reach, without names, oldest first."""
        async with self._ground.database.transaction(reviewer.tenant_id) as tx:
            return await store.list_businesses(
                tx,
                reviewer.tenant_id,
                representative_id=None,
                department_id=reviewer.department_id,
                state=state,
                after=after,
                limit=limit,
            )

    async def read_as_staff(self, reviewer: Reviewer, business_id: UUID) -> Declared:
        """Return a business with its names, which the audit remembers. Raises BusinessNotFound."""
        async with self._ground.database.transaction(reviewer.tenant_id) as tx:
            business = await self._require_reach(tx, reviewer, business_id)
            await self._audit(tx, business, "business_shown", reviewer.actor)
            await self._note_look(tx, reviewer, business)
            return await self._declared(tx, business_id)

    async def decide(self, reviewer: Reviewer, business_id: UUID, outcome: Outcome) -> Declared:
        """Give a verdict on a submitted business; two people who agree decide it.

        Raises BusinessNotFound, ReviewerUnsuitable, BusinessConflict, OwnersUnverified, BusinessUnscreened,
        SamePerson.
        """
        rules = self._ground.routes.current.businesses
        if rules.permission not in reviewer.permissions:
            raise ReviewerUnsuitable(f"This needs the permission {rules.permission}. Leave it to others.")
        async with self._ground.database.transaction(reviewer.tenant_id) as tx:
            business = await self._require_reach(tx, reviewer, business_id)
            await lock_customer(tx, business.representative_id)
            business = await self._require_reach(tx, reviewer, business_id)
            if business.state is not BusinessState.PENDING:
                raise BusinessConflict("This business waits for no verdict. Look at its state.")
            declared = await self._declared(tx, business_id)
            if outcome is Outcome.PASS:
                require_verified(declared.owners, declared.verified)
                people = [owner.customer_id for owner in declared.owners if owner.customer_id is not None]
                if not await self._screened(tx, business_id, people):
                    raise BusinessUnscreened(
                        "The lists were not asked about everybody yet, or somebody may be listed. Wait."
                    )
            to = decide(declared.verdicts, outcome, reviewer.staff_id)
            now = self._ground.clock.now()
            verdict = BusinessVerdict(len(declared.verdicts) + 1, outcome, reviewer.staff_id, now)
            await store.insert_verdict(tx, business, verdict)
            await self._audit(tx, business, "business_verdict", reviewer.actor, outcome=outcome.value)
            if to is not None:
                await store.update_state(tx, business_id, to, now)
                await self._audit(tx, business, "business_decided", reviewer.actor, state=to.value)
            await self._note_look(tx, reviewer, business)
            return await self._declared(tx, business_id)

    async def open_named(self, tx: Transaction, business_id: UUID) -> Business | None:
        """Return a business with its name and number, in the caller's transaction; None: there is none."""
        if await store.load_business(tx, business_id) is None:
            return None
        return (await self._declared(tx, business_id)).business

    async def _note_look(self, tx: Transaction, reviewer: Reviewer, business: Business) -> None:
        """Record that staff is shown the names of a business."""
        now = self._ground.clock.now()
        look = reviewer.look(business.representative_id, business.id, "kyc.business", now)
        await disclosures.record(tx, look)

    async def _declared(self, tx: Transaction, business_id: UUID) -> Declared:
        stored = await store.load_business(tx, business_id)
        if stored is None:
            raise _not_found()
        business = stored.business
        cipher = await self._ground.customers.cipher_of(tx, business.representative_id)
        named = replace(
            business,
            name=cipher.open(("kyc_business", "name_sealed", business_id), stored.name),
            number=cipher.open(("kyc_business", "number_sealed", business_id), stored.number),
        )
        owners = await store.load_owners(tx, business_id)
        people = [owner.customer_id for owner in owners if owner.customer_id is not None]
        accounts = await load_accounts(tx, people)
        verified = frozenset(each for each, found in accounts.items() if found.status is Status.ACTIVE)
        return Declared(named, owners, verified, await store.load_verdicts(tx, business_id))

    async def _lock_own(self, tx: Transaction, customer_id: UUID, business_id: UUID) -> Business:
        await lock_customer(tx, customer_id)
        return await self._require_own(tx, customer_id, business_id)

    async def _require_own(self, tx: Transaction, customer_id: UUID, business_id: UUID) -> Business:
        stored = await store.load_business(tx, business_id)
        if stored is None or stored.business.representative_id != customer_id:
            raise _not_found()
        return stored.business

    async def _require_reach(self, tx: Transaction, reviewer: Reviewer, business_id: UUID) -> Business:
        stored = await store.load_business(tx, business_id)
        if stored is None or reviewer.department_id not in (None, stored.business.department_id):
            raise _not_found()
        return stored.business

    async def _audit(self, tx: Transaction, business: Business, kind: str, actor: str, **more: Any) -> None:
        body = {"business_id": business.id, "representative_id": business.representative_id, **more}
        now = self._ground.clock.now()
        await audit.append(tx, [AuditRecord(business.tenant_id, f"kyc.{kind}", body, now, actor)])


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _invalid() -> InvitationInvalid:
    return InvitationInvalid("There is no open invitation with this token. Ask for a new one.")


def _not_found() -> BusinessNotFound:
    return BusinessNotFound("There is no such business. Check the id.")
