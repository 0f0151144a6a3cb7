"""What waits for a case, and who may decide it. Pure.

A release lets money go its way: the person who works on the case asks for it, and another one releases. Up to
the amount that the terms name, one person is enough. A denial gives the money back to the customer's own
account and needs one person.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from customer_stack.cases.domain.lifecycle import Case, Step, next_step, require_assignee
from customer_stack.cases.domain.terms import Terms
from customer_stack.cases.errors import CaseStepNotPossible, HoldDecided, OwnProposal, ReleaseNotAsked


class HoldEnd(StrEnum):
    """How waiting ended. The members of the database type cases_hold_end."""

    RELEASED = "released"
    DENIED = "denied"
    GONE = "gone"
    """The customer took the command back, or it had ended for another reason."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A command of a customer that waits, or waited, for a case. `amount` in LKR cents, if known."""

    case_id: UUID
    kind: str
    id: UUID
    amount: int | None
    added_at: datetime
    asked_by: UUID | None = None
    asked_at: datetime | None = None
    alone: bool = False
    ended_as: HoldEnd | None = None
    ended_by: UUID | None = None
    ended_at: datetime | None = None


def require_waiting(waiting: Waiting) -> None:
    """Refuse what was decided. Raises HoldDecided."""
    if waiting.ended_as is not None:
        raise HoldDecided("This no longer waits. Look at the case again.")


def require_ask(case: Case, waiting: Waiting, staff_id: UUID, now: datetime) -> None:
    """Refuse to ask for a release. Raises HoldDecided, CaseStepNotPossible, NotAssigned."""
    require_waiting(waiting)
    next_step(case, Step.ASK_RELEASE, staff_id, now)
    require_assignee(case, staff_id)
    if waiting.asked_by is not None:
        raise CaseStepNotPossible("The release was asked for already. Somebody else has to decide.")


def require_release(case: Case, waiting: Waiting, staff_id: UUID, now: datetime, terms: Terms) -> bool:
    """Refuse a release, or tell whether this person releases alone.

    Raises HoldDecided, CaseStepNotPossible, OwnProposal, ReleaseNotAsked.
    """
    require_waiting(waiting)
    next_step(case, Step.END_HOLD, staff_id, now)
    if waiting.asked_by is not None and waiting.asked_by != staff_id:
        return False
    if terms.may_release_alone(waiting.amount):
        return True
    if waiting.asked_by == staff_id:
        raise OwnProposal("You asked for this release. Somebody else has to decide.")
    raise ReleaseNotAsked("The person who works on the case asks for a release first.")


def require_refusal(case: Case, waiting: Waiting, staff_id: UUID, now: datetime) -> None:
    """Refuse to turn a request for a release down. Raises HoldDecided, CaseStepNotPossible."""
    require_waiting(waiting)
    next_step(case, Step.REFUSE_RELEASE, staff_id, now)
    if waiting.asked_by is None:
        raise CaseStepNotPossible("Nobody asked for this release. Look at the case again.")


def require_denial(case: Case, waiting: Waiting, staff_id: UUID, now: datetime) -> None:
    """Refuse a denial to others than who works on the case.

    Raises HoldDecided, CaseStepNotPossible, NotAssigned.
    """
    require_waiting(waiting)
    next_step(case, Step.END_HOLD, staff_id, now)
    require_assignee(case, staff_id)
