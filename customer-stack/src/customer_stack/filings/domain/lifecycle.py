"""From a draft to the FIU's answer: who may take which step with a report. Pure.

Guaranteed:
- what was approved was valid, and was approved by somebody who neither drafted nor prepared it;
- what is submitted is the file that was approved;
- after submission nothing changes but the answer: a correction is another report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from customer_stack.filings.domain.report import ReportCode
from customer_stack.filings.errors import OwnFiling, StepNotPossible
from shared.errors import invariant


class State(StrEnum):
    """Where a report stands. The members of the database type filing_state."""

    DRAFT = "draft"
    PREPARED = "prepared"
    APPROVED = "approved"
    EXPORTED = "exported"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CORRECTED = "corrected"
    DROPPED = "dropped"


class Step(StrEnum):
    """What can be done with a report. The members of the database type filing_step."""

    DRAFT = "draft"
    EDIT = "edit"
    PREPARE = "prepare"
    RETURN = "return"
    APPROVE = "approve"
    EXPORT = "export"
    SUBMIT = "submit"
    ACCEPT = "accept"
    REJECT = "reject"
    CORRECT = "correct"
    DROP = "drop"


TRANSITIONS: Final[Mapping[tuple[State, Step], State]] = MappingProxyType(
    {
        (State.DRAFT, Step.EDIT): State.DRAFT,
        (State.DRAFT, Step.PREPARE): State.PREPARED,
        (State.DRAFT, Step.DROP): State.DROPPED,
        (State.PREPARED, Step.RETURN): State.DRAFT,
        (State.PREPARED, Step.APPROVE): State.APPROVED,
        (State.APPROVED, Step.RETURN): State.DRAFT,
        (State.APPROVED, Step.EXPORT): State.EXPORTED,
        (State.EXPORTED, Step.EXPORT): State.EXPORTED,
        (State.EXPORTED, Step.RETURN): State.DRAFT,
        (State.EXPORTED, Step.SUBMIT): State.SUBMITTED,
        (State.SUBMITTED, Step.ACCEPT): State.ACCEPTED,
        (State.SUBMITTED, Step.REJECT): State.REJECTED,
        (State.ACCEPTED, Step.CORRECT): State.CORRECTED,
        (State.REJECTED, Step.CORRECT): State.CORRECTED,
    }
)
WITH_FILE: Final = frozenset({State.PREPARED, State.APPROVED, State.EXPORTED, State.SUBMITTED})
"""States in which a report has a file that counts."""
OPEN: Final = frozenset({State.DRAFT, State.PREPARED, State.APPROVED, State.EXPORTED})
"""States in which the FIU has not got the report."""
STEPS_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that was taken; `number` counts from 1. `file_id`: what counts from here on."""

    number: int
    step: Step
    state: State
    taken_by: UUID
    taken_at: datetime
    file_id: UUID | None = None
    asked_number: int | None = None
    asked_by: UUID | None = None
    fiu_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """A report with its last step. A period, or a customer with a moment of suspicion."""

    id: UUID
    tenant_id: UUID
    code: ReportCode
    reference: str
    due_on: date
    drafted_by: UUID
    drafted_at: datetime
    last: Taken
    first_day: date | None = None
    last_day: date | None = None
    customer_id: UUID | None = None
    case_id: UUID | None = None
    suspected_at: datetime | None = None
    corrects: UUID | None = None

    @property
    def state(self) -> State:
        """Return where the report stands."""
        return self.last.state

    @property
    def is_suspicion(self) -> bool:
        """Tell whether it is a report of a suspicion, which few may know of."""
        return self.code is ReportCode.STR


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What is known of a file without its content."""

    id: UUID
    digest: bytes
    size_bytes: int
    findings: Sequence[dict[str, str]]
    is_acceptable: bool
    made_by: UUID
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reports to list."""

    is_suspicion: bool
    state: State | None = None
    case_id: UUID | None = None


def begin(person: UUID, now: datetime) -> Taken:
    """Return the first step of a report."""
    return Taken(1, Step.DRAFT, State.DRAFT, person, now)


def take(
    filing: Filing,
    step: Step,
    person: UUID,
    now: datetime,
    *,
    file_id: UUID | None = None,
    fiu_reference: str | None = None,
) -> Taken:
    """Return the next step of a report; `file_id` is what was prepared. Raises StepNotPossible, OwnFiling."""
    last = filing.last
    state = TRANSITIONS.get((last.state, step))
    if state is None:
        raise StepNotPossible(f"A report that is {last.state.value} cannot take this step. Look at it again.")
    if last.number >= STEPS_LIMIT:
        raise StepNotPossible("This report has taken too many steps. Drop it and draft another.")
    invariant((step is Step.PREPARE) == (file_id is not None), "a preparation, and only it, brings a file")
    invariant((step is Step.SUBMIT) == (fiu_reference is not None), "a submission has the FIU's reference")
    asked_by = asked_number = None
    if step is Step.APPROVE:
        asked_by, asked_number = last.taken_by, last.number
        if person in (asked_by, filing.drafted_by):
            raise OwnFiling("You drafted or prepared this. Ask somebody else to approve it.")
    kept = file_id or (last.file_id if state in WITH_FILE else None)
    return Taken(last.number + 1, step, state, person, now, kept, asked_number, asked_by, fiu_reference)
