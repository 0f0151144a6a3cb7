"""Wire shapes of sessions, their files and reviews."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator, model_validator

from customer_stack.customers.domain import DocumentType
from customer_stack.customers.schemas import Country, FullName, NationalId, PassportNumber
from customer_stack.documents.countries import two_letters
from customer_stack.documents.mrz import MrzProblem, read_mrz
from customer_stack.documents.nic import Sex
from customer_stack.edge.schemas import Answer, Body, advise, show
from customer_stack.files.domain import Format
from customer_stack.kyc.domain.checks import Outcome
from customer_stack.kyc.domain.claims import Reason
from customer_stack.kyc.domain.files import KycFile, Side
from customer_stack.kyc.domain.progress import Waiting
from customer_stack.kyc.domain.routing import Channel, Risk, StepKind
from customer_stack.kyc.domain.sessions import Rejection, Session, State
from customer_stack.kyc.errors import DocumentUnreadable
from customer_stack.kyc.service.drafts import Own
from customer_stack.kyc.service.reviewing import Content, Opinion, Reviewed

Lines = Annotated[str, StringConstraints(min_length=72, max_length=120)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class IdentityBody(Body):
    """Who you are. What is left out stays as it was."""

    model_config = show({"full_name": "Nimal Perera", "date_of_birth": "1990-05-17", "residency": "LK"})

    full_name: FullName | None = None
    date_of_birth: date | None = None
    residency: Country | None = None
    sex: Sex | None = None

    @model_validator(mode="after")
    def check_any(self) -> Self:
        """Refuse a change of nothing."""
        if not self.to_change():
            raise advise("identity", "must have at least one of full_name, date_of_birth, residency and sex")
        return self

    def to_change(self) -> dict[str, Any]:
        """Return the parts of the claim that change."""
        return {name: value for name, value in self if value is not None}


class PassportDocument(Body):
    """A passport by number and issuing country."""

    number: PassportNumber
    country: Country


class DocumentBody(Body):
    """One document: an identity card's or a passport's number, or a passport's machine-readable lines."""

    model_config = show({"national_id": "199013801234"})

    national_id: NationalId | None = None
    passport: PassportDocument | None = None
    machine_readable_lines: Lines | None = None

    @model_validator(mode="after")
    def check_one(self) -> Self:
        """Accept exactly one."""
        given = [self.national_id, self.passport, self.machine_readable_lines]
        if sum(each is not None for each in given) != 1:
            raise advise(
                "document", "must have one of national_id, passport and machine_readable_lines, and no other"
            )
        return self

    def to_change(self, today: date) -> dict[str, Any]:
        """Return the parts of the claim that change. Raises DocumentUnreadable."""
        kind, country, number = DocumentType.PASSPORT, "LK", self.national_id
        if self.national_id is not None:
            kind = DocumentType.NATIONAL_ID
        elif self.passport is not None:
            country, number = self.passport.country, self.passport.number
        else:
            country, number = _read_lines(self.machine_readable_lines or "", today)
        return {
            "document_type": kind,
            "document_country": country,
            "document_number": number,
            "mrz": self.machine_readable_lines,
        }


def _read_lines(lines: str, today: date) -> tuple[str, str]:
    """Return country and number of a passport's lines. Raises DocumentUnreadable."""
    zone = read_mrz(lines, today)
    if isinstance(zone, MrzProblem):
        raise DocumentUnreadable(f"The lines are not as they were printed: {zone.value}. Type them again.")
    country = two_letters(zone.issuer)
    if country is None or not zone.document_code.startswith("P"):
        raise DocumentUnreadable("These are not the lines of a passport of a country. Use another document.")
    return country, zone.number


class SessionAnswer(Answer):
    """An attempt, without personal data. `reason` and `rejection` say why it was rejected, and how."""

    session_id: UUID
    attempt: int
    state: State
    opened_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    rejection: Rejection | None
    reason: str | None
    reason_text: str | None

    @classmethod
    def of(cls, session: Session) -> Self:
        """Return the wire shape of an attempt."""
        return cls(**_public(session))


def _public(session: Session) -> dict[str, Any]:
    reason = session.reason
    return {
        "session_id": session.id,
        "attempt": session.attempt,
        "state": session.state,
        "opened_at": session.opened_at,
        "submitted_at": session.submitted_at,
        "decided_at": session.decided_at,
        "rejection": session.rejection,
        "reason": None if reason is None else reason.public_code,
        "reason_text": None if reason is None else reason.public_text,
    }


class SessionsAnswer(Answer):
    """Attempts, newest first."""

    items: list[SessionAnswer]
    next_cursor: str | None


class FileAnswer(Answer):
    """A file that was taken. `format` is what its content is."""

    file_id: UUID
    format: Format
    size_bytes: int
    added_at: datetime

    @classmethod
    def of(cls, file: KycFile) -> Self:
        """Return the wire shape of a file."""
        return cls(file_id=file.id, format=file.format, size_bytes=file.size_bytes, added_at=file.added_at)


class OwnSessionAnswer(SessionAnswer):
    """Your present attempt, with what you said. `files_needed`: sides to send before it can be submitted.

    `message` was written for you by a person, about this attempt or the one before a draft.
    """

    full_name: str
    date_of_birth: date
    residency: str
    sex: Sex | None
    document_type: DocumentType
    document_country: str
    document_number: str
    files: dict[Side, FileAnswer]
    files_needed: list[Side]
    message: str | None

    @classmethod
    def of_own(cls, own: Own) -> Self:
        """Return the wire shape of a customer's own attempt."""
        return cls(
            **_public(own.session),
            full_name=own.claim.full_name,
            date_of_birth=own.claim.date_of_birth,
            residency=own.claim.residency,
            sex=own.claim.sex,
            document_type=own.claim.document_type,
            document_country=own.claim.document_country,
            document_number=own.claim.document_number,
            files={side: FileAnswer.of(file) for side, file in own.files.items()},
            files_needed=sorted(own.needed - set(own.files)),
            message=own.public_text,
        )


class ResultAnswer(Answer):
    """One look at one step. `staff_id` null: no person looked."""

    number: int
    step: str
    outcome: Outcome
    reason: Reason | None
    notes: list[str]
    staff_id: UUID | None
    decided_at: datetime


class WaitingAnswer(Answer):
    """What a session waits for. `permission` null: the worker. `first_staff_id`: the first pair of eyes."""

    step: str
    kind: StepKind
    is_escalated: bool
    permission: str | None
    first_staff_id: UUID | None


class StaffSessionAnswer(SessionAnswer):
    """An attempt as the queue shows it."""

    customer_id: UUID
    department_id: UUID
    document_type: DocumentType
    channel: Channel
    risk: Risk | None
    route: str | None
    configuration: str | None
    waits_for: str | None
    taken_by: UUID | None
    taken_at: datetime | None

    @classmethod
    def of_staff(cls, session: Session) -> Self:
        """Return the wire shape of a session for staff."""
        return cls(**_public(session), **_for_staff(session))


def _for_staff(session: Session) -> dict[str, Any]:
    return {
        "customer_id": session.customer_id,
        "department_id": session.department_id,
        "document_type": session.document_type,
        "channel": session.channel,
        "risk": session.risk,
        "route": session.route,
        "configuration": None if session.configuration is None else session.configuration.hex(),
        "waits_for": session.waits_for,
        "taken_by": session.taken_by,
        "taken_at": session.taken_at,
    }


class StaffSessionsAnswer(Answer):
    """Sessions, oldest first."""

    items: list[StaffSessionAnswer]
    next_cursor: str | None


class ReviewedAnswer(StaffSessionAnswer):
    """An attempt with its steps. `replay_agrees`: what is stored follows from them by the version pinned."""

    results: list[ResultAnswer]
    waiting: WaitingAnswer | None
    files: dict[Side, FileAnswer]
    replay_agrees: bool

    @classmethod
    def of_reviewed(cls, reviewed: Reviewed) -> Self:
        """Return the wire shape of a session with its steps."""
        waiting = reviewed.progress
        return cls(
            **_public(reviewed.session),
            **_for_staff(reviewed.session),
            results=[
                ResultAnswer(
                    number=result.number,
                    step=result.step,
                    outcome=result.outcome,
                    reason=result.reason,
                    notes=list(result.notes),
                    staff_id=result.staff_id,
                    decided_at=result.decided_at,
                )
                for result in reviewed.results
            ],
            waiting=WaitingAnswer(
                step=waiting.step.name,
                kind=waiting.step.kind,
                is_escalated=waiting.is_escalated,
                permission=waiting.permission,
                first_staff_id=waiting.first,
            )
            if isinstance(waiting, Waiting)
            else None,
            files={side: FileAnswer.of(file) for side, file in reviewed.files.items()},
            replay_agrees=reviewed.agrees,
        )


class ContentAnswer(Answer):
    """The personal data of an attempt, and what reviewers wrote, by number of the result."""

    full_name: str
    date_of_birth: date
    residency: str
    sex: Sex | None
    document_type: DocumentType
    document_country: str
    document_number: str
    machine_readable_lines: str | None
    public_texts: dict[int, str]
    private_texts: dict[int, str]

    @classmethod
    def of(cls, content: Content) -> Self:
        """Return the wire shape of a session's personal data."""
        return cls(
            full_name=content.claim.full_name,
            date_of_birth=content.claim.date_of_birth,
            residency=content.claim.residency,
            sex=content.claim.sex,
            document_type=content.claim.document_type,
            document_country=content.claim.document_country,
            document_number=content.claim.document_number,
            machine_readable_lines=content.claim.mrz,
            public_texts=dict(content.public_texts),
            private_texts=dict(content.private_texts),
        )


class VerdictBody(Body):
    """A verdict. All but a pass have a `reason`, which the customer is told once the attempt is rejected.

    `public_text` is shown to the customer then, `private_text` never.
    """

    model_config = show({"outcome": "retry", "reason": "document_unreadable"})

    outcome: Outcome
    reason: Reason | None = None
    public_text: Text | None = None
    private_text: Annotated[str, Field(min_length=1, max_length=4000)] | None = None

    @field_validator("public_text", "private_text")
    @classmethod
    def check_text(cls, text: str | None) -> str | None:
        """Refuse what no database keeps."""
        if text is not None and "\x00" in text:
            raise advise("text", "must be readable text")
        return text

    def to_opinion(self) -> Opinion:
        """Return the verdict."""
        return Opinion(self.outcome, self.reason, self.public_text, self.private_text)
