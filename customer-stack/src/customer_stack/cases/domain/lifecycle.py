"""The life of a case: who may take which step. Pure.

Guaranteed: a case is closed by somebody else than who proposed it, and only while the proposal is the last
thing that happened to it; it is worked on by one person at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from customer_stack.cases.errors import CaseHolds, CaseStepNotPossible, NotAssigned, OwnProposal


class State(StrEnum):
    """Where a case stands. The members of the database type cases_state."""

    OPEN = "open"
    INVESTIGATING = "investigating"
    CLOSING = "closing"
    CLOSED = "closed"


class Step(StrEnum):
    """What can happen to a case. The members of the database type cases_step_kind."""

    OPEN = "open"
    ALERT = "alert"
    TAKE = "take"
    PUT_BACK = "put_back"
    PROPOSE = "propose"
    REJECT = "reject"
    CLOSE = "close"
    REOPEN = "reopen"
    ASK_RELEASE = "ask_release"
    REFUSE_RELEASE = "refuse_release"
    END_HOLD = "end_hold"


class Outcome(StrEnum):
    """What was found. The members of the database type cases_outcome.

    Confirmed: what the case suspected is so. Valuable: it is not, but it was right to look. False positive:
    the rule was wrong. No finding: nothing could be shown either way.
    """

    CONFIRMED = "confirmed"
    VALUABLE = "valuable"
    FALSE_POSITIVE = "false_positive"
    NO_FINDING = "no_finding"


TRANSITIONS: Final[Mapping[tuple[State, Step], State]] = MappingProxyType(
    {
        (State.OPEN, Step.ALERT): State.OPEN,
        (State.OPEN, Step.TAKE): State.INVESTIGATING,
        (State.OPEN, Step.END_HOLD): State.OPEN,
        (State.INVESTIGATING, Step.ALERT): State.INVESTIGATING,
        (State.INVESTIGATING, Step.TAKE): State.INVESTIGATING,
        (State.INVESTIGATING, Step.PUT_BACK): State.OPEN,
        (State.INVESTIGATING, Step.PROPOSE): State.CLOSING,
        (State.INVESTIGATING, Step.ASK_RELEASE): State.INVESTIGATING,
        (State.INVESTIGATING, Step.REFUSE_RELEASE): State.INVESTIGATING,
        (State.INVESTIGATING, Step.END_HOLD): State.INVESTIGATING,
        (State.CLOSING, Step.ALERT): State.INVESTIGATING,
        (State.CLOSING, Step.REJECT): State.INVESTIGATING,
        (State.CLOSING, Step.CLOSE): State.CLOSED,
        (State.CLOSED, Step.REOPEN): State.OPEN,
    }
)
"""Nothing is held by a case that is closing or closed. What comes while it is closing is looked at first."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands; `steps` is the number of the last one."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    family: str
    state: State
    priority: int
    opened_at: datetime
    due_at: datetime
    assignee_id: UUID | None
    outcome: Outcome | None
    closed_at: datetime | None
    steps: int

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether the case should have been closed already."""
        return self.state is not State.CLOSED and self.due_at <= now


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that was taken. `staff_id` None: the platform. `about`: kind and id of what is held."""

    number: int
    step: Step
    state: State
    at: datetime
    staff_id: UUID | None
    assignee_id: UUID | None = None
    outcome: Outcome | None = None
    note_id: UUID | None = None
    reasons: tuple[str, ...] = ()
    about: tuple[str, UUID] | None = None
    asked_number: int | None = None
    asked_by: UUID | None = None


def next_step(case: Case, step: Step, staff_id: UUID | None, now: datetime) -> Taken:
    """Return the next step of a case as it follows from its state alone. Raises CaseStepNotPossible."""
    state = TRANSITIONS.get((case.state, step))
    if state is None:
        raise CaseStepNotPossible(
            f"A case that is {case.state.value} cannot take this step. Look at it again."
        )
    assignee_id = None if state is State.OPEN else case.assignee_id
    return Taken(case.steps + 1, step, state, now, staff_id, assignee_id)


def take(case: Case, staff_id: UUID, now: datetime) -> Taken:
    """Take a case that nobody works on. Raises CaseStepNotPossible, NotAssigned."""
    taken = next_step(case, Step.TAKE, staff_id, now)
    if case.assignee_id is not None:
        raise NotAssigned("Somebody works on this case. Ask whoever assigns cases.")
    return replace(taken, assignee_id=staff_id)


def assign(case: Case, staff_id: UUID, assignee_id: UUID, now: datetime) -> Taken:
    """Give a case to somebody, also one that another works on. Raises CaseStepNotPossible."""
    taken = next_step(case, Step.TAKE, staff_id, now)
    if case.assignee_id == assignee_id:
        raise CaseStepNotPossible("This person works on the case already. Nothing is to do.")
    return replace(taken, assignee_id=assignee_id)


def put_back(case: Case, staff_id: UUID, now: datetime) -> Taken:
    """Put a case back into the queue. Raises CaseStepNotPossible, NotAssigned."""
    taken = next_step(case, Step.PUT_BACK, staff_id, now)
    require_assignee(case, staff_id)
    return taken


def propose(
    case: Case, staff_id: UUID, outcome: Outcome, note_id: UUID, now: datetime, *, holds: int
) -> Taken:
    """Propose to close a case. Raises CaseStepNotPossible, NotAssigned, CaseHolds."""
    taken = next_step(case, Step.PROPOSE, staff_id, now)
    require_assignee(case, staff_id)
    require_nothing_held(holds)
    return replace(taken, outcome=outcome, note_id=note_id)


def reject(case: Case, staff_id: UUID, note_id: UUID | None, now: datetime) -> Taken:
    """Send a case that is closing back to work; who proposed it may do so too. Raises CaseStepNotPossible."""
    return replace(next_step(case, Step.REJECT, staff_id, now), note_id=note_id)


def close(case: Case, last: Taken, staff_id: UUID, now: datetime, *, holds: int) -> Taken:
    """Close a case as the last step proposed. Raises CaseStepNotPossible, OwnProposal, CaseHolds."""
    taken = next_step(case, Step.CLOSE, staff_id, now)
    if last.step is not Step.PROPOSE or last.number != case.steps or last.outcome is None:
        raise CaseStepNotPossible("Something came after the proposal. Look at the case again.")
    if staff_id == last.staff_id:
        raise OwnProposal("You proposed to close this case. Ask somebody else to approve it.")
    require_nothing_held(holds)
    return replace(taken, outcome=last.outcome, asked_number=last.number, asked_by=last.staff_id)


def reopen(case: Case, staff_id: UUID, note_id: UUID, now: datetime) -> Taken:
    """Open a closed case again, for anybody to take. Raises CaseStepNotPossible."""
    return replace(next_step(case, Step.REOPEN, staff_id, now), note_id=note_id)


def apply(case: Case, taken: Taken, *, due_at: datetime | None = None) -> Case:
    """Return a case after a step; `due_at`: a new deadline."""
    closes = taken.state is State.CLOSED
    return replace(
        case,
        state=taken.state,
        assignee_id=taken.assignee_id,
        outcome=taken.outcome if closes else None,
        closed_at=taken.at if closes else None,
        steps=taken.number,
        due_at=due_at or case.due_at,
    )


def require_assignee(case: Case, staff_id: UUID) -> None:
    """Refuse somebody who does not work on the case. Raises NotAssigned."""
    if case.assignee_id != staff_id:
        raise NotAssigned("You do not work on this case. Take it first.")


def require_nothing_held(holds: int) -> None:
    """Refuse to close what still holds commands. Raises CaseHolds."""
    if holds:
        raise CaseHolds("Commands of the customer wait for this case. Release or deny them first.")
