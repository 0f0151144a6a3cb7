"""What becomes of a session: one attempt to show who somebody is. Pure.

DRAFT is the customer's: claim, document and files can change. PENDING was submitted and is not looked at
yet, SCREENING is going through its steps. APPROVED and REJECTED are ends. A rejection is final, or asks for
a retry: then the next attempt begins as a DRAFT, as long as the route has attempts left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from customer_stack.customers.domain import DocumentType
from customer_stack.kyc.domain.claims import Reason
from customer_stack.kyc.domain.progress import End, Ended, Waiting
from customer_stack.kyc.domain.routing import Channel, Risk, Route, StepKind
from customer_stack.kyc.errors import NotDraft, StateConflict, TakenByAnother
from shared.errors import invariant

FIRST_PAUSE: Final = timedelta(milliseconds=500)
LONGEST_PAUSE: Final = timedelta(minutes=10)
TAKEN_FOR: Final = timedelta(minutes=30)
"""How long a session is one reviewer's; afterwards another may take it."""


class State(StrEnum):
    """Where a session stands. The members of the database type kyc_session_state."""

    DRAFT = "draft"
    PENDING = "pending"
    SCREENING = "screening"
    APPROVED = "approved"
    REJECTED = "rejected"

    @property
    def is_open(self) -> bool:
        """Tell whether the session has not ended."""
        return self not in (State.APPROVED, State.REJECTED)


TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    State.DRAFT: frozenset({State.PENDING}),
    State.PENDING: frozenset({State.SCREENING}),
    State.SCREENING: frozenset({State.APPROVED, State.REJECTED}),
    State.APPROVED: frozenset(),
    State.REJECTED: frozenset(),
}


class Rejection(StrEnum):
    """Whether somebody may try again. The members of the database type kyc_rejection."""

    FINAL = "final"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Session:
    """One attempt. `waits_for` is the permission of who has to act; `due_at` when the worker looks again."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    department_id: UUID
    attempt: int
    state: State
    channel: Channel
    document_type: DocumentType
    opened_at: datetime
    risk: Risk | None = None
    configuration: bytes | None = None
    route: str | None = None
    submitted_at: datetime | None = None
    screening_at: datetime | None = None
    decided_at: datetime | None = None
    rejection: Rejection | None = None
    reason: Reason | None = None
    waits_for: str | None = None
    taken_by: UUID | None = None
    taken_at: datetime | None = None
    due_at: datetime | None = None
    tries: int = 0
    vendor_check_id: UUID | None = None
    asked_at: datetime | None = None
    first_attempt: int = 1

    @property
    def is_renewal(self) -> bool:
        """Tell whether the customer was verified before this row of attempts."""
        return self.first_attempt > 1


def require_draft(session: Session) -> None:
    """Refuse a change of what was submitted. Raises NotDraft."""
    if session.state is not State.DRAFT:
        raise NotDraft("This attempt was submitted and cannot be changed. Look at its state.")


def submit(session: Session, route: Route, configuration: bytes, risk: Risk, now: datetime) -> Session:
    """Return the session submitted, with the configuration that it will be judged by."""
    require_draft(session)
    moved = _move(session, State.PENDING)
    return replace(
        moved, route=route.name, configuration=configuration, risk=risk, submitted_at=now, due_at=now
    )


def begin(session: Session, now: datetime) -> Session:
    """Return the session as one whose steps are gone through."""
    return replace(_move(session, State.SCREENING), screening_at=now)


def go_on(session: Session, waiting: Waiting, results: int, now: datetime) -> Session:
    """Return the session waiting for its next step: for a person, or for the worker at once.

    `results`: how many there are. They give a vendor's question its id, the same whoever works it out.
    """
    invariant(session.state is State.SCREENING, "steps are gone through while screening")
    asks_vendor = waiting.step.kind is StepKind.VENDOR and not waiting.for_person
    return replace(
        session,
        waits_for=waiting.permission,
        due_at=None if waiting.for_person else now,
        taken_by=None,
        taken_at=None,
        tries=0,
        vendor_check_id=vendor_check_id(session.id, results) if asks_vendor else None,
        asked_at=None,
    )


def end(session: Session, ended: Ended, attempts: int, now: datetime) -> Session:
    """Return the session with its end. A retry after the last of `attempts` in a row is final."""
    rejection = None
    if ended.end is not End.APPROVED:
        again = ended.end is End.RETRY and session.attempt - session.first_attempt + 1 < attempts
        rejection = Rejection.RETRY if again else Rejection.FINAL
    moved = _move(session, State.APPROVED if rejection is None else State.REJECTED)
    return replace(
        moved,
        decided_at=now,
        rejection=rejection,
        reason=ended.reason,
        waits_for=None,
        taken_by=None,
        taken_at=None,
        due_at=None,
    )


def next_attempt(session: Session, session_id: UUID, now: datetime) -> Session:
    """Return the draft that follows a rejection which asks for a retry."""
    invariant(session.rejection is Rejection.RETRY, "only a retry has another attempt")
    return Session(
        id=session_id,
        tenant_id=session.tenant_id,
        customer_id=session.customer_id,
        department_id=session.department_id,
        attempt=session.attempt + 1,
        state=State.DRAFT,
        channel=session.channel,
        document_type=session.document_type,
        opened_at=now,
        first_attempt=session.first_attempt,
    )


def renew(session: Session, session_id: UUID, document_type: DocumentType, now: datetime) -> Session:
    """Return the draft with which somebody who was verified shows it again; a new row of attempts."""
    invariant(not session.state.is_open, "there is one open session")
    return Session(
        id=session_id,
        tenant_id=session.tenant_id,
        customer_id=session.customer_id,
        department_id=session.department_id,
        attempt=session.attempt + 1,
        state=State.DRAFT,
        channel=Channel.ONLINE,
        document_type=document_type,
        opened_at=now,
        first_attempt=session.attempt + 1,
    )


def take(session: Session, staff_id: UUID, now: datetime) -> Session:
    """Return the session as one reviewer's. Raises TakenByAnother."""
    require_free(session, staff_id, now)
    return replace(session, taken_by=staff_id, taken_at=now)


def require_free(session: Session, staff_id: UUID, now: datetime) -> None:
    """Refuse a session that another reviewer took a short time ago. Raises TakenByAnother."""
    if session.taken_by in (None, staff_id) or session.taken_at is None:
        return
    if now < session.taken_at + TAKEN_FOR:
        raise TakenByAnother("Another reviewer has this session. Take another one, or try again later.")


def vendor_check_id(session_id: UUID, results: int) -> UUID:
    """Return the id under which a vendor is asked after this many results (RFC 9562, version 5)."""
    return uuid5(session_id, f"vendor {results}")


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after this many tries: doubling, at most ten minutes, without an end."""
    doublings = min(max(tries - 4, 0), 16)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _move(session: Session, to: State) -> Session:
    if to not in TRANSITIONS[session.state]:
        raise StateConflict(f"A session that is {session.state} cannot become {to}.")
    return replace(session, state=to)
