"""Wire shapes of periods."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, StringConstraints

from customer_stack.edge.schemas import Answer, Body
from customer_stack.periods.domain import AccountLine, Closed, Proposal
from customer_stack.periods.service import ClosedReport, Proposed
from shared.ledger.domain import LKR, USD, AssetId
from shared.money import CONTRACT_SCALE, LKR_SCALE, USD_SCALE, format_minor

_NAMES = {LKR: ("LKR", LKR_SCALE), USD: ("USD", USD_SCALE)}


class ProposeBody(Body):
    """The end of the period: entries that count from this moment on stay open."""

    ends_at: AwareDatetime


class CloseBody(Body):
    """The digest of the report that you approve."""

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class LineAnswer(Answer):
    """One account over all books of a kind. Owners are positive, places negative."""

    asset: str
    book_kind: str
    account: str
    moved: str
    closing: str


class DeskAnswer(Answer):
    """A department's profit in LKR up to the end, and what of it becomes revenue now."""

    department_id: UUID
    profit: str
    recognised_before: str
    to_recognise: str


class ProposalAnswer(Answer):
    """A period that somebody asks to close. `digest` is what an approval approves."""

    id: UUID
    number: int
    starts_at: str
    ends_at: str
    proposed_by: UUID
    proposed_at: str
    digest: str


class ProposedAnswer(ProposalAnswer):
    """A proposal with its report."""

    accounts: list[LineAnswer]
    desks: list[DeskAnswer]


class ProposalsAnswer(Answer):
    """A page of proposals, newest first."""

    items: list[ProposalAnswer]
    next_cursor: str | None


class ClosedAnswer(Answer):
    """A closed period."""

    number: int
    starts_at: str
    ends_at: str
    proposed_by: UUID
    closed_by: UUID
    closed_at: str


class ClosedReportAnswer(ClosedAnswer):
    """A closed period with what stood at its end."""

    accounts: list[LineAnswer]


class PeriodsAnswer(Answer):
    """A page of closed periods, newest first."""

    items: list[ClosedAnswer]
    next_cursor: str | None


def show_proposal(proposal: Proposal) -> ProposalAnswer:
    """Return a proposal as staff see it."""
    return ProposalAnswer(**_proposal_fields(proposal))


def show_proposed(proposed: Proposed) -> ProposedAnswer:
    """Return a proposal with its report."""
    return ProposedAnswer(
        **_proposal_fields(proposed.proposal),
        accounts=[_show_line(line) for line in proposed.report.lines],
        desks=[
            DeskAnswer(
                department_id=desk.department_id,
                profit=format_minor(desk.profit, LKR_SCALE),
                recognised_before=format_minor(desk.recognised, LKR_SCALE),
                to_recognise=format_minor(desk.recognisable, LKR_SCALE),
            )
            for desk in proposed.report.desks
        ],
    )


def show_closed(closed: Closed) -> ClosedAnswer:
    """Return a closed period as staff see it."""
    return ClosedAnswer(**_closed_fields(closed))


def show_closed_report(report: ClosedReport) -> ClosedReportAnswer:
    """Return a closed period with its accounts."""
    return ClosedReportAnswer(
        **_closed_fields(report.closed), accounts=[_show_line(line) for line in report.lines]
    )


def _proposal_fields(proposal: Proposal) -> dict[str, Any]:
    return {
        "id": proposal.id,
        "number": proposal.span.number,
        "starts_at": proposal.span.starts_at.isoformat(),
        "ends_at": proposal.span.ends_at.isoformat(),
        "proposed_by": proposal.proposed_by,
        "proposed_at": proposal.proposed_at.isoformat(),
        "digest": proposal.digest.hex(),
    }


def _closed_fields(closed: Closed) -> dict[str, Any]:
    return {
        "number": closed.span.number,
        "starts_at": closed.span.starts_at.isoformat(),
        "ends_at": closed.span.ends_at.isoformat(),
        "proposed_by": closed.proposed_by,
        "closed_by": closed.closed_by,
        "closed_at": closed.closed_at.isoformat(),
    }


def _show_line(line: AccountLine) -> LineAnswer:
    name, scale = _NAMES.get(AssetId(line.asset), (f"contract {line.asset}", CONTRACT_SCALE))
    return LineAnswer(
        asset=name,
        book_kind=line.book_kind,
        account=line.account,
        moved=format_minor(line.moved, scale),
        closing=format_minor(line.closing, scale),
    )
