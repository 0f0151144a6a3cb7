"""The customer's use cases: begin with a registration, correct a draft, submit it, see what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from customer_stack.customers.domain import CustomerAccount, Status, check_birth_date
from customer_stack.customers.errors import AlreadyRegistered
from customer_stack.customers.service import DOCUMENT_TAKEN, begin_verification, load_accounts, lock_customer
from customer_stack.kyc.domain.claims import Claim
from customer_stack.kyc.domain.files import KycFile, Side
from customer_stack.kyc.domain.routing import Channel, RouteKey
from customer_stack.kyc.domain.sessions import Session, State, renew, require_draft, submit
from customer_stack.kyc.errors import FilesMissing, SessionNotFound, StateConflict
from customer_stack.kyc.service.ground import Ground, claim_of, open_claim, place_of_text, seal_claim
from customer_stack.kyc.service.recording import SYSTEM, let_profile_say, profile_with, record_of
from customer_stack.kyc.store import files as file_store
from customer_stack.kyc.store import sessions as store
from shared import audit
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class Own:
    """A session as its customer sees it. `public_text`: what was written for them, if anything was."""

    session: Session
    claim: Claim = field(repr=False)
    files: Mapping[Side, KycFile]
    needed: frozenset[Side]
    public_text: str | None = field(repr=False)


class Drafts:
    """Sessions from the customer's side."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground

    async def begin(self, tx: Transaction, tenant_id: UUID, customer_id: UUID) -> None:
        """Open a registered customer's first session and submit it, in the caller's transaction.

        It stays a draft where the route of its document needs files. A second call does nothing.
        """
        now = self._ground.clock.now()
        await begin_verification(tx, customer_id, now, self._ground.ids.new())
        account = (await load_accounts(tx, [customer_id]))[customer_id]
        claim = claim_of(await self._ground.customers.open_profile(tx, customer_id))
        session = Session(
            id=self._ground.ids.new(),
            tenant_id=tenant_id,
            customer_id=customer_id,
            department_id=account.department_id,
            attempt=1,
            state=State.DRAFT,
            channel=Channel.ONLINE,
            document_type=claim.document_type,
            opened_at=now,
        )
        cipher = await self._ground.customers.cipher_of(tx, customer_id)
        if await store.insert_session(tx, session, seal_claim(cipher, session.id, claim)):
            await audit.append(tx, [record_of(session, "session_opened", now, SYSTEM)])
            await self.submit_if_complete(tx, session, claim, now)

    async def submit_if_complete(
        self, tx: Transaction, session: Session, claim: Claim, now: datetime
    ) -> Session:
        """Submit a draft that has all files it needs, and leave another as it is. The customer is locked."""
        if await self._missing(tx, session, claim):
            return session
        return await self._submit(tx, session, claim, now, SYSTEM)

    async def submit_as_registered(
        self, tx: Transaction, session: Session, claim: Claim, now: datetime
    ) -> Session:
        """Submit a draft of before there were sessions: what the profile says becomes its claim for good."""
        cipher = await self._ground.customers.cipher_of(tx, session.customer_id)
        sealed = seal_claim(cipher, session.id, claim)
        await store.update_claim(tx, session.id, claim.document_type, sealed)
        return await self.submit_if_complete(tx, session, claim, now)

    async def read_own(self, tenant_id: UUID, customer_id: UUID) -> Own:
        """Return a customer's present attempt. Raises SessionNotFound."""
        async with self._ground.database.transaction(tenant_id) as tx:
            return await self._own(tx, await self._latest(tx, customer_id))

    async def list_own(
        self, tenant_id: UUID, customer_id: UUID, *, before: int | None, limit: int
    ) -> list[Session]:
        """Return a customer's attempts, newest first."""
        async with self._ground.database.transaction(tenant_id) as tx:
            return await store.list_attempts(tx, customer_id, before=before, limit=limit)

    async def change_claim(self, tenant_id: UUID, customer_id: UUID, change: Mapping[str, object]) -> Own:
        """Change parts of a draft's claim. Raises SessionNotFound, NotDraft."""
        async with self._ground.database.transaction(tenant_id) as tx:
            await lock_customer(tx, customer_id)
            session = await self._latest(tx, customer_id)
            require_draft(session)
            claim = replace(await open_claim(self._ground, tx, session), **change)  # type: ignore[arg-type]
            cipher = await self._ground.customers.cipher_of(tx, customer_id)
            await store.update_claim(
                tx, session.id, claim.document_type, seal_claim(cipher, session.id, claim)
            )
            now = self._ground.clock.now()
            parts = ",".join(sorted(change))
            actor = f"customer:{customer_id}"
            await audit.append(tx, [record_of(session, "claim_changed", now, actor, parts=parts)])
            return await self._own(tx, await self._latest(tx, customer_id))

    async def renew(self, tenant_id: UUID, customer_id: UUID) -> Own:
        """Open a session in which a verified customer shows again who they are; an open one is answered.

        Raises SessionNotFound, StateConflict.
        """
        async with self._ground.database.transaction(tenant_id) as tx:
            account = await lock_customer(tx, customer_id)
            session = await self._latest(tx, customer_id)
            if session.state is State.REJECTED:
                raise StateConflict("Your last attempt was rejected. Ask the operator's staff to go on.")
            if not session.state.is_open:
                await open_renewal(self._ground, tx, account, session, f"customer:{customer_id}")
            return await self._own(tx, await self._latest(tx, customer_id))

    async def submit(self, tenant_id: UUID, customer_id: UUID) -> Own:
        """Submit the draft; one that was submitted is answered as it stands.

        The profile of somebody who is not verified yet becomes the claim. Raises SessionNotFound,
        StateConflict, FilesMissing, BirthDateImpossible, AlreadyRegistered.
        """
        async with self._ground.database.transaction(tenant_id) as tx:
            account = await lock_customer(tx, customer_id)
            session = await self._latest(tx, customer_id)
            if session.state is State.DRAFT:
                await self._submit_own(tx, account, session)
            return await self._own(tx, await self._latest(tx, customer_id))

    async def _submit_own(self, tx: Transaction, account: CustomerAccount, session: Session) -> None:
        """Submit a draft at its customer's wish."""
        expected = (
            (Status.ACTIVE, Status.FROZEN) if session.is_renewal else (Status.REGISTERED, Status.VERIFYING)
        )
        if account.status not in expected:
            raise StateConflict("Your account is decided already. Look at its status.")
        claim = await open_claim(self._ground, tx, session)
        missing = await self._missing(tx, session, claim)
        if missing:
            raise FilesMissing(f"Send these files first: {', '.join(sorted(missing))}.")
        now = self._ground.clock.now()
        check_birth_date(claim.date_of_birth, now.date())
        if not session.is_renewal:
            await let_profile_say(self._ground, tx, session, claim)
        else:  # the profile changes when it is approved: what was verified counts until then
            profile = await self._ground.customers.open_profile(tx, account.id)
            if not await self._ground.customers.is_document_free(
                tx, account.id, profile_with(profile, claim)
            ):
                raise AlreadyRegistered(DOCUMENT_TAKEN)
        await self._submit(tx, session, claim, now, f"customer:{account.id}")

    async def _submit(
        self, tx: Transaction, session: Session, claim: Claim, now: datetime, actor: str
    ) -> Session:
        configuration = self._ground.routes.current
        risk = configuration.assess(claim)
        route = configuration.choose(self._key(session, claim))
        await store.keep_configuration(tx, configuration, now)
        submitted = submit(session, route, configuration.digest, risk, now)
        await store.update_session(tx, submitted)
        more = {"route": route.name, "risk": risk.value, "configuration": configuration.digest.hex()}
        await audit.append(tx, [record_of(submitted, "session_submitted", now, actor, **more)])
        return submitted

    async def _missing(self, tx: Transaction, session: Session, claim: Claim) -> frozenset[Side]:
        return self._needed(session, claim) - set(await file_store.load_attached(tx, session.id))

    def _needed(self, session: Session, claim: Claim) -> frozenset[Side]:
        return self._ground.routes.current.choose(self._key(session, claim)).files

    def _key(self, session: Session, claim: Claim) -> RouteKey:
        risk = self._ground.routes.current.assess(claim)
        return RouteKey(claim.document_type, claim.document_country, session.channel, risk)

    async def _latest(self, tx: Transaction, customer_id: UUID) -> Session:
        session = await store.load_latest(tx, customer_id)
        if session is None:
            raise SessionNotFound("Your check has not begun yet. Ask again in a moment.")
        return session

    async def _own(self, tx: Transaction, session: Session) -> Own:
        claim = await open_claim(self._ground, tx, session)
        written = await self._public_text(tx, session)
        files = await file_store.load_attached(tx, session.id)
        needed = self._needed(session, claim) if session.state is State.DRAFT else frozenset(files)
        return Own(session, claim, files, needed, written)

    async def _public_text(self, tx: Transaction, session: Session) -> str | None:
        """Return what a person wrote for the customer at the end of this attempt, or of the one before."""
        ended = session.id
        if session.state is State.DRAFT and session.attempt > 1:
            before = await store.list_attempts(tx, session.customer_id, before=session.attempt, limit=1)
            ended = before[0].id
        elif session.state.is_open:
            return None
        found = await store.load_public_text(tx, ended)
        if found is None:
            return None
        number, sealed = found
        cipher = await self._ground.customers.cipher_of(tx, session.customer_id)
        return cipher.open(place_of_text("public", ended, number), sealed)


async def open_renewal(
    ground: Ground, tx: Transaction, account: CustomerAccount, last: Session, actor: str
) -> Session:
    """Open a draft with a verified customer's profile. The customer is locked. Raises StateConflict."""
    if account.status not in (Status.ACTIVE, Status.FROZEN):
        raise StateConflict("Only a verified customer shows again who they are. Look at the status.")
    now = ground.clock.now()
    claim = claim_of(await ground.customers.open_profile(tx, account.id))
    session = renew(last, ground.ids.new(), claim.document_type, now)
    cipher = await ground.customers.cipher_of(tx, account.id)
    await store.insert_session(tx, session, seal_claim(cipher, session.id, claim))
    await audit.append(tx, [record_of(session, "session_opened", now, actor)])
    return session
