"""Wire shapes of cases."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from customer_stack.cases.domain.content import NOTE_CHARACTERS_LIMIT, CaseFile, LinkAdded
from customer_stack.cases.domain.holding import Waiting
from customer_stack.cases.domain.lifecycle import Case, Outcome, Taken
from customer_stack.cases.service.reading import Note, WholeCase
from customer_stack.edge.schemas import Answer, Body, show
from shared.money import LKR_SCALE, format_minor

Text = Annotated[str, StringConstraints(min_length=1, max_length=NOTE_CHARACTERS_LIMIT)]


class AssignmentBody(Body):
    """Who shall work on the case."""

    assignee_id: UUID


class ReasonBody(Body):
    """Why, in words; they are kept sealed."""

    model_config = Body.model_config | show({"reason": "The bank's letter of 3 November was not read."})

    reason: Text


class ProposalBody(Body):
    """What was found, and why; the words are kept sealed."""

    model_config = Body.model_config | show(
        {"outcome": "false_positive", "reason": "The deposits are his wages, paid weekly since 2024."}
    )

    outcome: Outcome
    reason: Text


class NoteBody(Body):
    """A note; it is kept sealed."""

    text: Text


class CaseLinkBody(Body):
    """Another case that belongs to this one."""

    case_id: UUID


class CaseAnswer(Answer):
    """A case as it stands, without what people wrote."""

    id: UUID
    customer_id: UUID
    family: str
    state: str
    priority: int
    opened_at: str
    due_at: str
    is_overdue: bool
    assignee_id: UUID | None
    outcome: str | None
    closed_at: str | None


class CasesAnswer(Answer):
    """A page of cases, the most pressing first."""

    items: list[CaseAnswer]
    next_cursor: str | None


class LinkAnswer(Answer):
    """Something that a case is about, and the reason codes with which it came."""

    kind: str
    id: UUID
    reasons: list[str]
    added_at: str
    added_by: UUID | None


class HeldAnswer(Answer):
    """A command that waits, or waited, for the case. `amount`: LKR, if it is known."""

    kind: str
    id: UUID
    amount: str | None
    added_at: str
    release_asked_by: UUID | None
    ended_as: str | None
    ended_by: UUID | None
    ended_at: str | None


class CaseFileAnswer(Answer):
    """A file of a case, without its bytes."""

    id: UUID
    format: str
    size_bytes: int
    added_by: UUID
    added_at: str


class WholeCaseAnswer(CaseAnswer):
    """A case with its last 50 links, newest first, and 200 of what it holds: what still waits first."""

    links: list[LinkAnswer]
    held: list[HeldAnswer]
    files: list[CaseFileAnswer]


class CaseStepAnswer(Answer):
    """One thing that happened to a case. `staff_id` null: the platform. `about`: what was held."""

    number: int
    step: str
    state: str
    at: str
    staff_id: UUID | None
    assignee_id: UUID | None
    outcome: str | None
    reasons: list[str]
    about: UUID | None
    note_id: UUID | None


class CaseStepsAnswer(Answer):
    """What happened to a case, in order."""

    items: list[CaseStepAnswer]
    next_cursor: str | None


class NoteAnswer(Answer):
    """What somebody wrote in a case."""

    id: UUID
    staff_id: UUID
    written_at: str
    text: str


class NotesAnswer(Answer):
    """What people wrote in a case, newest first."""

    items: list[NoteAnswer]
    next_cursor: str | None


class LinksAnswer(Answer):
    """What a case is about, by kind and id."""

    items: list[LinkAnswer]
    next_cursor: str | None


class NoteWrittenAnswer(Answer):
    """The id of a note that was just written."""

    id: UUID


def show_case(case: Case, now: datetime) -> CaseAnswer:
    """Return a case as staff see it at a moment."""
    return CaseAnswer(**_fields(case, is_overdue=case.is_overdue(now)))


def show_whole(whole: WholeCase) -> WholeCaseAnswer:
    """Return a case with what belongs to it."""
    return WholeCaseAnswer(
        **_fields(whole.case, is_overdue=whole.is_overdue),
        links=[show_link(link) for link in whole.links],
        held=[show_held(each) for each in whole.held],
        files=[show_file(file) for file in whole.files],
    )


def show_held(waiting: Waiting) -> HeldAnswer:
    """Return something held as staff see it."""
    return HeldAnswer(
        kind=waiting.kind,
        id=waiting.id,
        amount=None if waiting.amount is None else format_minor(waiting.amount, LKR_SCALE),
        added_at=waiting.added_at.isoformat(),
        release_asked_by=waiting.asked_by,
        ended_as=None if waiting.ended_as is None else waiting.ended_as.value,
        ended_by=waiting.ended_by,
        ended_at=None if waiting.ended_at is None else waiting.ended_at.isoformat(),
    )


def show_file(file: CaseFile) -> CaseFileAnswer:
    """Return a file as staff see it."""
    return CaseFileAnswer(
        id=file.id,
        format=file.format.value,
        size_bytes=file.size_bytes,
        added_by=file.added_by,
        added_at=file.added_at.isoformat(),
    )


def show_step(taken: Taken) -> CaseStepAnswer:
    """Return a step as staff see it."""
    return CaseStepAnswer(
        number=taken.number,
        step=taken.step.value,
        state=taken.state.value,
        at=taken.at.isoformat(),
        staff_id=taken.staff_id,
        assignee_id=taken.assignee_id,
        outcome=None if taken.outcome is None else taken.outcome.value,
        reasons=list(taken.reasons),
        about=None if taken.about is None else taken.about[1],
        note_id=taken.note_id,
    )


def show_note(note: Note) -> NoteAnswer:
    """Return what somebody wrote."""
    return NoteAnswer(
        id=note.written.id,
        staff_id=note.written.staff_id,
        written_at=note.written.written_at.isoformat(),
        text=note.text,
    )


def show_link(added: LinkAdded) -> LinkAnswer:
    """Return something that a case is about."""
    return LinkAnswer(
        kind=added.link.kind,
        id=added.link.id,
        reasons=list(added.reasons),
        added_at=added.added_at.isoformat(),
        added_by=added.added_by,
    )


def _fields(case: Case, *, is_overdue: bool) -> dict[str, Any]:
    return {
        "id": case.id,
        "customer_id": case.customer_id,
        "family": case.family,
        "state": case.state.value,
        "priority": case.priority,
        "opened_at": case.opened_at.isoformat(),
        "due_at": case.due_at.isoformat(),
        "is_overdue": is_overdue,
        "assignee_id": case.assignee_id,
        "outcome": None if case.outcome is None else case.outcome.value,
        "closed_at": None if case.closed_at is None else case.closed_at.isoformat(),
    }
