"""Staff's use cases: the queue, one session with its steps, what is in it, taking it, and verdicts.

Whoever is shown personal data leaves a record of it in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from customer_stack.customers.errors import CustomerNotFound
from customer_stack.customers.service import lock_customer
from customer_stack.disclosures import service as disclosures
from customer_stack.disclosures.domain import Look
from customer_stack.kyc.domain.checks import Finding, Outcome, Subject
from customer_stack.kyc.domain.claims import Claim, Reason, day_of
from customer_stack.kyc.domain.files import KycFile, Side
from customer_stack.kyc.domain.progress import (
    Ended,
    Progress,
    Result,
    differing_checks,
    fold,
    require_reviewer,
    require_verdict,
)
from customer_stack.kyc.domain.routing import Channel, Route
from customer_stack.kyc.domain.sessions import Session, State, require_draft, require_free, take
from customer_stack.kyc.errors import NothingToReview
from customer_stack.kyc.service.ground import (
    Ground,
    open_claim,
    open_known_claim,
    place_of_text,
    require_session,
    route_of,
)
from customer_stack.kyc.service.recording import new_result, record, record_of
from customer_stack.kyc.store import files as file_store
from customer_stack.kyc.store import sessions as store
from customer_stack.kyc.store.sessions import SealedTexts
from shared import audit
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A member of staff who acts. `department_id`: the only department they reach; None: every one."""

    tenant_id: UUID
    staff_id: UUID
    department_id: UUID | None
    permissions: frozenset[str]

    @property
    def actor(self) -> str:
        """Return who acts, as the audit says it."""
        return f"staff:{self.staff_id}"

    def look(self, customer_id: UUID, subject_id: UUID, kind: str, at: datetime) -> Look:
        """Return that they look at something of a customer."""
        return Look(self.tenant_id, customer_id, subject_id, self.staff_id, kind, at)


@dataclass(frozen=True, slots=True)
class Opinion:
    """A verdict on a step. `public_text` is shown to the customer, `private_text` to reviewers only."""

    outcome: Outcome
    reason: Reason | None
    public_text: str | None = field(repr=False)
    private_text: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A session as staff sees it. `progress` is worked out anew from its route and results; None: a draft.

    `differing`: automatic steps that find something else now, for the same claim on the same day.
    """

    session: Session
    results: tuple[Result, ...]
    progress: Progress | None
    files: Mapping[Side, KycFile]
    differing: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Tell whether what is stored follows from the results, by the version of the session's time."""
        if self.differing:
            return False
        if self.progress is None:
            return not self.results
        if isinstance(self.progress, Ended):
            approved = self.progress.reason is None
            return (self.session.state, self.session.reason) == (
                State.APPROVED if approved else State.REJECTED,
                self.progress.reason,
            )
        return self.session.state.is_open and self.session.waits_for == self.progress.permission


@dataclass(frozen=True, slots=True)
class Content:
    """The personal data of a session, and what was written about its steps, by number."""

    claim: Claim = field(repr=False)
    public_texts: Mapping[int, str] = field(repr=False)
    private_texts: Mapping[int, str] = field(repr=False)


class Reviewing:
    """Sessions from staff's side."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground

    async def list_sessions(
        self, reviewer: Reviewer, *, state: State | None, mine: bool, after: UUID | None, limit: int
    ) -> list[Session]:
        """Return sessions within reach, oldest first; `mine`: only those that wait for what I may decide."""
        async with self._ground.database.transaction(reviewer.tenant_id) as tx:
            return await store.list_sessions(
                tx,
                reviewer.tenant_id,
                department_id=reviewer.department_id,
                state=state,
                waits_for=sorted(reviewer.permissions) if mine else None,
                after=after,
                limit=limit,
            )

    async def read(self, reviewer: Reviewer, session_id: UUID) -> Reviewed:
        """Return a session without personal data. Raises SessionNotFound."""
        async with self._ground.database.transaction(reviewer.tenant_id) as tx:
            return await self._reviewed(tx, await require_session(tx, session_id, reviewer.department_id))

    async def read_content(self, reviewer: Reviewer, session_id: UUID) -> Content:
        """Return the personal data of a session, which the audit remembers. Raises SessionNotFound."""
        async with self._ground.database.transaction(reviewer.tenant_id) as tx:
            session = await require_session(tx, session_id, reviewer.department_id)
            claim = await open_claim(self._ground, tx, session)
            cipher = await self._ground.customers.cipher_of(tx, session.customer_id)
            public: dict[int, str] = {}
            private: dict[int, str] = {}
            for number, texts in (await store.load_texts(tx, session_id)).items():
                if texts.public is not None:
                    public[number] = cipher.open(place_of_text("public", session_id, number), texts.public)
                if texts.private is not None:
                    private[number] = cipher.open(place_of_text("private", session_id, number), texts.private)
            shown = record_of(session, "content_shown", self._ground.clock.now(), reviewer.actor)
            await audit.append(tx, [shown])
            await disclosures.record(
                tx, reviewer.look(session.customer_id, session_id, "kyc.content", shown.at)
            )
            return Content(claim, public, private)

    async def take(self, reviewer: Reviewer, session_id: UUID) -> Reviewed:
        """Take a session for oneself for half an hour.

        Raises SessionNotFound, NothingToReview, ReviewerUnsuitable, SamePerson, TakenByAnother.
        """
        async with self._ground.database.transaction(reviewer.tenant_id) as tx:
            session = await self._lock(tx, reviewer, session_id)
            reviewed = await self._reviewed(tx, session)
            require_reviewer(_waiting(reviewed), reviewer.staff_id, reviewer.permissions)
            now = self._ground.clock.now()
            taken = take(session, reviewer.staff_id, now)
            await store.update_session(tx, taken)
            await audit.append(tx, [record_of(session, "session_taken", now, reviewer.actor)])
            return replace(reviewed, session=taken)

    async def decide(self, reviewer: Reviewer, session_id: UUID, opinion: Opinion) -> Reviewed:
        """Give a verdict on the step that a session waits at.

        Raises SessionNotFound, NothingToReview, ReviewerUnsuitable, SamePerson, TakenByAnother,
        VerdictIncomplete.
        """
        async with self._ground.database.transaction(reviewer.tenant_id) as tx:
            session = await self._lock(tx, reviewer, session_id)
            reviewed = await self._reviewed(tx, session)
            now = self._ground.clock.now()
            waiting = require_reviewer(_waiting(reviewed), reviewer.staff_id, reviewer.permissions)
            require_free(session, reviewer.staff_id, now)
            require_verdict(waiting, opinion.outcome, opinion.reason)
            found = Finding(opinion.outcome, opinion.reason)
            result = new_result(reviewed.results, waiting.step.name, found, now, reviewer.staff_id)
            await record(
                self._ground,
                tx,
                session,
                await route_of(self._ground, tx, session),
                (*reviewed.results, result),
                added=1,
                actor=reviewer.actor,
                texts=await self._seal(tx, session, result.number, opinion),
            )
            return await self._reviewed(tx, await require_session(tx, session_id))

    async def bring_to_desk(self, reviewer: Reviewer, session_id: UUID) -> Reviewed:
        """Say that the customer stands at the desk: their draft takes the route of that channel.

        Raises SessionNotFound, NotDraft.
        """
        async with self._ground.database.transaction(reviewer.tenant_id) as tx:
            session = await self._lock(tx, reviewer, session_id)
            require_draft(session)
            moved = replace(session, channel=Channel.DESK)
            await store.update_session(tx, moved)
            now = self._ground.clock.now()
            await audit.append(tx, [record_of(session, "brought_to_desk", now, reviewer.actor)])
            return await self._reviewed(tx, moved)

    async def _lock(self, tx: Transaction, reviewer: Reviewer, session_id: UUID) -> Session:
        """Lock the customer of a session within reach, and return the session as it then is."""
        session = await require_session(tx, session_id, reviewer.department_id)
        await lock_customer(tx, session.customer_id)
        return await require_session(tx, session_id)

    async def _reviewed(self, tx: Transaction, session: Session) -> Reviewed:
        results = tuple(await store.load_results(tx, session.id))
        files = await file_store.load_attached(tx, session.id)
        if session.configuration is None:
            return Reviewed(session, results, None, files)
        route = await route_of(self._ground, tx, session)
        differing = await self._differing(tx, session, route, results)
        return Reviewed(session, results, fold(route, results), files, differing)

    async def _differing(
        self, tx: Transaction, session: Session, route: Route, results: tuple[Result, ...]
    ) -> tuple[str, ...]:
        """Return the checks that find something else now; of a person who was erased none can be asked."""
        try:
            claim = await open_claim(self._ground, tx, session)
            name = (await open_known_claim(self._ground, tx, session)).full_name
        except CustomerNotFound:
            return ()
        return differing_checks(route, results, lambda at: Subject(claim, name, day_of(at)))

    async def _seal(self, tx: Transaction, session: Session, number: int, opinion: Opinion) -> SealedTexts:
        cipher = await self._ground.customers.cipher_of(tx, session.customer_id)
        public, private = opinion.public_text, opinion.private_text
        return SealedTexts(
            None if public is None else cipher.seal(place_of_text("public", session.id, number), public),
            None if private is None else cipher.seal(place_of_text("private", session.id, number), private),
        )


def _waiting(reviewed: Reviewed) -> Progress:
    """Return where a submitted session stands. Raises NothingToReview."""
    if reviewed.progress is None or not reviewed.session.state.is_open:
        raise NothingToReview("This session waits for no reviewer. Look at its state.")
    return reviewed.progress
