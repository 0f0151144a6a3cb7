"""Wire shapes of movements, reports and suspicions."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from customer_stack.edge.schemas import Answer, Body
from customer_stack.filings.domain.lifecycle import Filing, Taken
from customer_stack.filings.domain.movements import (
    MOVEMENTS_LIMIT,
    Movement,
    Source,
)
from customer_stack.filings.domain.report import ReportCode
from customer_stack.filings.domain.suspicion import Narrative
from customer_stack.filings.domain.writing import write_amount
from customer_stack.filings.service.filing import History
from customer_stack.filings.service.preparing import Prepared
from customer_stack.filings.validator.catalogue import RULES

Words = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,50}$")]
FiuReference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/_.-]{1,60}$")]


class DraftBody(Body):
    """A threshold report of a period, in days of Colombo, both included."""

    code: Literal["CTR", "EFT"]
    first_day: date
    last_day: date

    @property
    def report_code(self) -> ReportCode:
        """Return the kind of report."""
        return ReportCode(self.code)


class ChosenBody(Body):
    """A movement, by what posted it."""

    source: Source
    source_id: UUID


class NarrativeBody(Body):
    """What a report of a suspicion says and tells of."""

    reason: Words
    action: Words
    indicators: Annotated[list[Code], Field(min_length=1, max_length=50)]
    movements: Annotated[list[ChosenBody], Field(min_length=1, max_length=MOVEMENTS_LIMIT)]

    def to_narrative(self) -> Narrative:
        """Return the words."""
        return Narrative(self.reason, self.action, tuple(self.indicators))

    def to_chosen(self) -> list[tuple[Source, UUID]]:
        """Return what was chosen."""
        return [(each.source, each.source_id) for each in self.movements]


class SuspicionBody(NarrativeBody):
    """A suspicion. `suspected_at`: when it was formed; the days of the law count from there."""

    customer_id: UUID
    case_id: UUID | None = None
    suspected_at: AwareDatetime


class SubmissionBody(Body):
    """The FIU's reference of what was sent to it."""

    fiu_reference: FiuReference


class MovementAnswer(Answer):
    """A movement. `amount` in LKR; `due_on`: the last day on which a report may tell of it."""

    id: UUID
    source: str
    source_id: UUID
    direction: str
    channel: str
    code: str
    basis: str
    customer_id: UUID | None
    amount: str
    at: str
    due_on: date
    reversed_at: str | None
    report_id: UUID | None


class MovementsAnswer(Answer):
    """A page of movements, oldest found first."""

    items: list[MovementAnswer]
    next_cursor: str | None


class FilingAnswer(Answer):
    """A report and where it stands."""

    id: UUID
    code: str
    reference: str
    state: str
    due_on: date
    first_day: date | None
    last_day: date | None
    customer_id: UUID | None
    case_id: UUID | None
    suspected_at: str | None
    corrects: UUID | None
    drafted_by: UUID
    drafted_at: str


class FilingsAnswer(Answer):
    """A page of reports, newest first."""

    items: list[FilingAnswer]
    next_cursor: str | None


class StepAnswer(Answer):
    """One step that was taken."""

    number: int
    step: str
    state: str
    taken_by: UUID
    taken_at: str
    file_id: UUID | None
    fiu_reference: str | None


class FindingAnswer(Answer):
    """What the validator found. `place` names an element, never what stands in it."""

    code: str
    place: str
    weight: str
    message: str


class FileAnswer(Answer):
    """A file that was made; `digest` is SHA-256 of its bytes."""

    id: UUID
    digest: str
    size_bytes: int
    is_acceptable: bool
    made_by: UUID
    made_at: str
    findings: list[FindingAnswer]


class HistoryAnswer(FilingAnswer):
    """A report with everything that happened to it."""

    steps: list[StepAnswer]
    movements: list[MovementAnswer]
    files: list[FileAnswer]


class PreparedAnswer(FilingAnswer):
    """A report after a preparation; its state says whether the file was acceptable."""

    file_id: UUID
    is_acceptable: bool
    findings: list[FindingAnswer]


class NarrativeAnswer(Answer):
    """The words of a report of a suspicion."""

    reason: str
    action: str
    indicators: list[str]


def show_movement(movement: Movement) -> MovementAnswer:
    """Return a movement as its answer."""
    posted = movement.posted
    return MovementAnswer(
        id=movement.id,
        source=posted.source,
        source_id=posted.source_id,
        direction=posted.direction,
        channel=posted.channel,
        code=movement.code,
        basis=movement.basis,
        customer_id=posted.customer_id,
        amount=write_amount(posted.amount),
        at=posted.at.isoformat(),
        due_on=movement.due_on,
        reversed_at=posted.reversed_at.isoformat() if posted.reversed_at else None,
        report_id=movement.report_id,
    )


def show_filing(filing: Filing) -> FilingAnswer:
    """Return a report as its answer."""
    return FilingAnswer(**_filing(filing))


def _filing(filing: Filing) -> dict[str, Any]:
    return {
        "id": filing.id,
        "code": filing.code.value,
        "reference": filing.reference,
        "state": filing.state.value,
        "due_on": filing.due_on,
        "first_day": filing.first_day,
        "last_day": filing.last_day,
        "customer_id": filing.customer_id,
        "case_id": filing.case_id,
        "suspected_at": filing.suspected_at.isoformat() if filing.suspected_at else None,
        "corrects": filing.corrects,
        "drafted_by": filing.drafted_by,
        "drafted_at": filing.drafted_at.isoformat(),
    }


def show_prepared(prepared: Prepared) -> PreparedAnswer:
    """Return what a preparation found."""
    findings = [
        FindingAnswer(code=each.code, place=each.place, weight=each.weight, message=each.message)
        for each in prepared.findings
    ]
    return PreparedAnswer(
        **_filing(prepared.filing),
        file_id=prepared.file_id,
        is_acceptable=prepared.is_acceptable,
        findings=findings,
    )


def show_history(history: History) -> HistoryAnswer:
    """Return a report with everything that happened to it."""
    return HistoryAnswer(
        **_filing(history.filing),
        steps=[_step(each) for each in history.steps],
        movements=[show_movement(each) for each in history.movements],
        files=[
            FileAnswer(
                id=each.id,
                digest=each.digest.hex(),
                size_bytes=each.size_bytes,
                is_acceptable=each.is_acceptable,
                made_by=each.made_by,
                made_at=each.made_at.isoformat(),
                findings=[
                    FindingAnswer(**found, message=RULES[found["code"]].message) for found in each.findings
                ],
            )
            for each in history.files
        ],
    )


def _step(taken: Taken) -> StepAnswer:
    return StepAnswer(
        number=taken.number,
        step=taken.step,
        state=taken.state,
        taken_by=taken.taken_by,
        taken_at=taken.taken_at.isoformat(),
        file_id=taken.file_id,
        fiu_reference=taken.fiu_reference,
    )
