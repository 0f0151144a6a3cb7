"""What restrictions are, who may lift which, and what they make of a customer. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from customer_stack.customers.domain import Status
from customer_stack.restrictions.errors import SamePerson, StepNotPossible
from shared.errors import invariant


class Kind(StrEnum):
    """What is not allowed. The members of the database type restriction_kind, the strictest last."""

    DEBIT_ONLY = "debit_only"
    FULL = "full"


class CauseKind(StrEnum):
    """Why. The members of the database type restriction_cause."""

    STAFF = "staff"
    SCREENING = "screening"
    CASE = "case"
    ORDER = "order"


class State(StrEnum):
    """Where a restriction stands. The members of the database type restriction_state."""

    STANDING = "standing"
    LIFT_PROPOSED = "lift_proposed"
    LIFTED = "lifted"


class Step(StrEnum):
    """What can be done with a restriction. The members of the database type restriction_step_kind."""

    PLACE = "place"
    LIFT = "lift"
    CLOSE_CASE = "close_case"
    PROPOSE_LIFT = "propose_lift"
    REJECT_LIFT = "reject_lift"
    APPROVE_LIFT = "approve_lift"


class StaffReason(StrEnum):
    """What staff can give as a reason; the words beside it are their own."""

    SUSPECTED_FRAUD = "suspected_fraud"
    SUSPECTED_LAUNDERING = "suspected_laundering"
    IDENTITY_IN_DOUBT = "identity_in_doubt"
    ACCOUNT_TAKEN_OVER = "account_taken_over"
    UNDER_INVESTIGATION = "under_investigation"
    COURT_ORDER = "court_order"
    AUTHORITY_ORDER = "authority_order"
    OTHER = "other"


_BY_TWO: Final[Mapping[tuple[State, Step], State]] = MappingProxyType(
    {
        (State.STANDING, Step.PROPOSE_LIFT): State.LIFT_PROPOSED,
        (State.LIFT_PROPOSED, Step.REJECT_LIFT): State.STANDING,
        (State.LIFT_PROPOSED, Step.APPROVE_LIFT): State.LIFTED,
    }
)

TRANSITIONS: Final[Mapping[CauseKind, Mapping[tuple[State, Step], State]]] = MappingProxyType(
    {
        CauseKind.STAFF: MappingProxyType({(State.STANDING, Step.LIFT): State.LIFTED}),
        CauseKind.CASE: MappingProxyType({(State.STANDING, Step.CLOSE_CASE): State.LIFTED}),
        CauseKind.SCREENING: _BY_TWO,
        CauseKind.ORDER: _BY_TWO,
    }
)
"""Per cause: from a state by a step to a state. The database holds the same."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why, and the id of the case, the screening's alert or the order behind it; staff has none."""

    kind: CauseKind
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """One step; `number` counts from 1, which is the placing. `taken_by` as the audit says it."""

    number: int
    step: Step
    state: State
    taken_by: str
    taken_at: datetime
    asked_number: int | None = None
    asked_by: str | None = None


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction with its last step."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    department_id: UUID
    kind: Kind
    cause: Cause
    reason: str
    placed_by: str
    placed_at: datetime
    last: Taken

    @property
    def stands(self) -> bool:
        """Tell whether the restriction counts."""
        return self.last.state is not State.LIFTED


def first_step(actor: str, at: datetime) -> Taken:
    """Return the step by which a restriction is placed."""
    return Taken(1, Step.PLACE, State.STANDING, actor, at)


def take(restriction: Restriction, step: Step, actor: str, at: datetime) -> Restriction:
    """Return the restriction after one more step. Raises StepNotPossible, SamePerson."""
    last, cause = restriction.last, restriction.cause.kind
    state = TRANSITIONS[cause].get((last.state, step))
    if state is None:
        raise StepNotPossible(
            f"A restriction by {cause.value} that is {last.state.value} cannot take this step. "
            "Staff lifts its own, a case ends by being closed, others take a proposal and an approval."
        )
    asked_number, asked_by = None, None
    if step is Step.APPROVE_LIFT:
        asked_number, asked_by = last.number, last.taken_by
        if asked_by == actor:
            raise SamePerson("You proposed this. Ask somebody else to approve it.")
    taken = Taken(last.number + 1, step, state, actor, at, asked_number, asked_by)
    return replace(restriction, last=taken)


def strictest(restrictions: Iterable[Restriction]) -> Kind | None:
    """Return what counts of several restrictions; None: nothing stands."""
    kinds = {each.kind for each in restrictions if each.stands}
    return next((kind for kind in reversed(Kind) if kind in kinds), None)


def follow(status: Status, counts: Kind | None) -> Status | None:
    """Return what a customer becomes by what counts; None: they stay what they are."""
    if status is Status.ACTIVE and counts is Kind.FULL:
        return Status.FROZEN
    if status is Status.FROZEN and counts is not Kind.FULL:
        return Status.ACTIVE
    return None


def require_named(cause: Cause) -> None:
    """Hold that a cause says which one it is."""
    needs = cause.kind in (CauseKind.SCREENING, CauseKind.CASE)
    invariant(cause.id is not None or not needs, "a screening and a case have an id")
    invariant(cause.id is None or cause.kind is not CauseKind.STAFF, "staff has no id")
