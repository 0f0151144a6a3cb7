"""Wire shapes of privacy."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from customer_stack.customers.domain import Status
from customer_stack.disclosures.domain import KeptLook, Kind
from customer_stack.edge.schemas import Answer, Body, Form, show
from customer_stack.privacy.domain.consents import (
    Answered,
    Channel,
    Consent,
    Language,
    Purpose,
    Text,
)
from customer_stack.privacy.domain.inventory import Period, Table
from customer_stack.privacy.domain.records import Answer as RequestAnswer
from customer_stack.privacy.domain.records import (
    Erasure,
    ErasureCause,
    ErasureRequest,
    Export,
    ExportState,
)
from customer_stack.privacy.domain.retention import Basis, Keeping, Outcome, Proposal, Wish, due_at
from customer_stack.privacy.service.leaving import PersonView

Reference = Annotated[
    str,
    Form(
        r"^[A-Z0-9][A-Z0-9/.-]{0,39}$",
        "must be the order's or the dispute's number: capital letters, digits, and / . - only",
        upper=True,
    ),
]


class TextAnswer(Answer):
    """A text that somebody agrees to, in one language."""

    purpose: Purpose
    version: int
    required: bool
    language: Language
    body: str
    sha256: str


class TextsAnswer(Answer):
    """The texts that are shown today."""

    texts: list[TextAnswer]

    @classmethod
    def of(cls, texts: list[Text], required: frozenset[Purpose], language: Language) -> Self:
        """Return texts in a language, in English where they were not translated."""
        shown = []
        for text in texts:
            spoken = language if language in text.bodies else Language.ENGLISH
            shown.append(
                TextAnswer(
                    purpose=text.purpose,
                    version=text.version,
                    required=text.purpose in required,
                    language=spoken,
                    body=text.bodies[spoken],
                    sha256=text.digests[spoken].hex(),
                )
            )
        return cls(texts=shown)


class ConsentBody(Body):
    """A word on a purpose, and which version of its text was shown."""

    model_config = show({"purpose": "marketing", "version": 1, "given": True, "language": "en"})

    purpose: Purpose
    version: Annotated[int, Field(ge=1, le=9999, strict=True)]
    given: Annotated[bool, Field(strict=True)]
    language: Language = Language.ENGLISH


class StandingAnswer(Answer):
    """How somebody stands to a purpose. `good`: the consent counts today."""

    purpose: Purpose
    required: bool
    shown_version: int
    agreed_version: int | None
    good: bool


class ConsentsAnswer(Answer):
    """How somebody stands to every purpose."""

    consents: list[StandingAnswer]

    @classmethod
    def of(cls, found: list[Answered]) -> Self:
        """Return the wire shape."""
        return cls(
            consents=[
                StandingAnswer(
                    purpose=each.purpose,
                    required=each.is_required,
                    shown_version=each.shown_version,
                    agreed_version=each.agreed_version,
                    good=each.is_good,
                )
                for each in found
            ]
        )


class ConsentAnswer(Answer):
    """One word of a customer."""

    number: int
    purpose: Purpose
    version: int
    given: bool
    channel: Channel
    language: Language
    at: datetime


class ConsentPage(Answer):
    """Words of a customer, oldest first."""

    items: list[ConsentAnswer]
    next_cursor: str | None

    @classmethod
    def of(cls, found: list[Consent], limit: int) -> Self:
        """Return a page."""
        items = [
            ConsentAnswer(
                number=each.number,
                purpose=each.purpose,
                version=each.version,
                given=each.is_given,
                channel=each.channel,
                language=each.language,
                at=each.at,
            )
            for each in found
        ]
        return cls(items=items, next_cursor=str(found[-1].number) if len(found) == limit else None)


class ClosedAnswer(Answer):
    """A closed account, and from which day its data is erased."""

    customer_id: UUID
    status: Status
    kept_until: date


class ErasureRequestAnswer(Answer):
    """What a person was told who asked to be erased, and why their data is kept until that day."""

    id: UUID
    answer: RequestAnswer
    kept_until: date | None
    because: str | None
    asked_at: datetime

    @classmethod
    def of(cls, request: ErasureRequest, period: Period) -> Self:
        """Return the wire shape."""
        because = (
            f"Records are kept for {period.years} years from {period.begins} ({period.source})."
            if request.kept_until
            else None
        )
        return cls(
            id=request.id,
            answer=request.answer,
            kept_until=request.kept_until,
            because=because,
            asked_at=request.asked_at,
        )


class ErasureRequestPage(Answer):
    """Requests of a person, oldest first."""

    items: list[ErasureRequestAnswer]
    next_cursor: str | None

    @classmethod
    def of(cls, found: list[ErasureRequest], period: Period, limit: int) -> Self:
        """Return a page."""
        return cls(
            items=[ErasureRequestAnswer.of(each, period) for each in found],
            next_cursor=str(found[-1].id) if len(found) == limit else None,
        )


class ProposalBody(Body):
    """A wish about a person's data, on what ground, and the number of the order or the dispute."""

    model_config = show({"wish": "hold", "basis": "court_order", "reference": "DC/COL/1234/2026"})

    wish: Wish
    basis: Basis
    reference: Reference


class DecisionBody(Body):
    """What becomes of a proposal, by a second person."""

    model_config = show({"outcome": "approved"})

    outcome: Literal["approved", "rejected"]


class ProposalAnswer(Answer):
    """A proposal and what became of it."""

    id: UUID
    customer_id: UUID
    wish: Wish
    basis: Basis
    reference: str
    proposed_by: UUID
    proposed_at: datetime
    outcome: Outcome | None
    decided_by: UUID | None
    decided_at: datetime | None

    @classmethod
    def of(cls, found: Proposal) -> Self:
        """Return the wire shape."""
        names = cls.model_fields
        return cls(**{name: getattr(found, name) for name in names})


class ProposalPage(Answer):
    """Proposals."""

    items: list[ProposalAnswer]
    next_cursor: str | None

    @classmethod
    def of(cls, found: list[Proposal], limit: int) -> Self:
        """Return a page."""
        return cls(
            items=[ProposalAnswer.of(each) for each in found],
            next_cursor=str(found[-1].id) if len(found) == limit else None,
        )


class ErasureAnswer(Answer):
    """A person who was erased."""

    customer_id: UUID
    cause: ErasureCause
    fields_emptied: int
    erased_at: datetime

    @classmethod
    def of(cls, found: Erasure) -> Self:
        """Return the wire shape."""
        return cls(
            customer_id=found.customer_id,
            cause=found.cause,
            fields_emptied=found.fields_emptied,
            erased_at=found.erased_at,
        )


class ErasurePage(Answer):
    """Erasures, by customer."""

    items: list[ErasureAnswer]
    next_cursor: str | None

    @classmethod
    def of(cls, found: list[Erasure], limit: int) -> Self:
        """Return a page."""
        return cls(
            items=[ErasureAnswer.of(each) for each in found],
            next_cursor=str(found[-1].customer_id) if len(found) == limit else None,
        )


class PersonAnswer(Answer):
    """How a person stands. `blockers` are words for staff and never for the person."""

    customer_id: UUID
    status: Status
    keeping: Keeping
    ended_at: datetime | None
    due_at: datetime | None
    held: bool
    blockers: list[str]
    proposals: list[ProposalAnswer]
    erasure: ErasureAnswer | None

    @classmethod
    def of(cls, view: PersonView, period: Period) -> Self:
        """Return the wire shape."""
        standing = view.standing
        return cls(
            customer_id=view.account.id,
            status=view.account.status,
            keeping=view.keeping,
            ended_at=standing.ended_at,
            due_at=None if standing.ended_at is None else due_at(standing.ended_at, period),
            held=standing.is_held,
            blockers=sorted(standing.blockers),
            proposals=[ProposalAnswer.of(each) for each in standing.proposals],
            erasure=None if view.erasure is None else ErasureAnswer.of(view.erasure),
        )


class ExportAnswer(Answer):
    """An export: a ZIP file of JSON lines. `sha256` is the file's."""

    id: UUID
    customer_id: UUID
    state: ExportState
    asked_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    size_bytes: int | None
    sha256: str | None

    @classmethod
    def of(cls, found: Export) -> Self:
        """Return the wire shape."""
        return cls(
            id=found.id,
            customer_id=found.customer_id,
            state=found.state,
            asked_at=found.asked_at,
            ready_at=found.ready_at,
            expires_at=found.expires_at,
            size_bytes=found.size_bytes,
            sha256=None if found.digest is None else found.digest.hex(),
        )


class ExportPage(Answer):
    """Exports, newest first."""

    items: list[ExportAnswer]
    next_cursor: str | None

    @classmethod
    def of(cls, found: list[Export], limit: int) -> Self:
        """Return a page."""
        return cls(
            items=[ExportAnswer.of(each) for each in found],
            next_cursor=str(found[-1].id) if len(found) == limit else None,
        )


class ToldLookAnswer(Answer):
    """A look at your data: when, what was shown, and why."""

    at: datetime
    shown: str
    why: str
    desk: str


class ToldLookPage(Answer):
    """Looks at your data, newest first."""

    items: list[ToldLookAnswer]
    next_cursor: str | None

    @classmethod
    def of(cls, found: list[KeptLook], kinds: Mapping[str, Kind], limit: int) -> Self:
        """Return a page."""
        items = [
            ToldLookAnswer(
                at=each.look.at,
                shown=kinds[each.look.kind].shows,
                why=kinds[each.look.kind].why,
                desk=each.look.kind.partition(".")[0],
            )
            for each in found
        ]
        return cls(items=items, next_cursor=str(found[-1].number) if len(found) == limit else None)


class LookAnswer(Answer):
    """A look of staff at a customer's data."""

    customer_id: UUID | None
    subject_id: UUID
    staff_id: UUID
    kind: str
    at: datetime


class LookPage(Answer):
    """Looks, newest first."""

    items: list[LookAnswer]
    next_cursor: str | None

    @classmethod
    def of(cls, found: list[KeptLook], limit: int) -> Self:
        """Return a page."""
        items = [
            LookAnswer(
                customer_id=each.look.customer_id,
                subject_id=each.look.subject_id,
                staff_id=each.look.staff_id,
                kind=each.look.kind,
                at=each.look.at,
            )
            for each in found
        ]
        return cls(items=items, next_cursor=str(found[-1].number) if len(found) == limit else None)


class InventoryLine(Answer):
    """A table with personal data, why it is kept and for how long."""

    table: str
    columns: dict[str, str]
    purpose: str
    ground: str
    retention: str


class RetentionLine(Answer):
    """A retention: how long, from what, by which source, and whether somebody read the source itself."""

    name: str
    years: int
    days: int
    begins: str
    source: str
    verified: bool


class InventoryAnswer(Answer):
    """The inventory of personal data."""

    tables: list[InventoryLine]
    retention: list[RetentionLine]

    @classmethod
    def of(cls, tables: list[Table], periods: list[Period]) -> Self:
        """Return the wire shape."""
        lines = [
            InventoryLine(
                table=table.name,
                columns={name: keeping.value for name, keeping in table.columns.items()},
                purpose=table.reason.purpose,
                ground=table.reason.ground,
                retention=table.reason.period.name,
            )
            for table in tables
        ]
        return cls(
            tables=lines,
            retention=[
                RetentionLine(
                    name=each.name,
                    years=each.years,
                    days=each.days,
                    begins=each.begins,
                    source=each.source,
                    verified=each.verified,
                )
                for each in periods
            ],
        )
