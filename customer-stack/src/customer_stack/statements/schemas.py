"""Wire shapes of statements."""

from datetime import date, datetime
from uuid import UUID

from customer_stack.edge.schemas import Answer
from customer_stack.statements.domain import Format, Issued


class IssuedAnswer(Answer):
    """A statement that left. `digest` is the SHA-256 of its CSV, as it stands on every page of the PDF."""

    statement_id: UUID
    book_id: UUID
    account: str | None
    currency: str | None
    first_day: date
    last_day: date
    entries: int
    format: Format
    digest: str
    issued_at: datetime
    issued_to: str


class IssuedPage(Answer):
    """One page of the register, newest first."""

    items: list[IssuedAnswer]
    next_cursor: str | None


def show_issued(issued: Issued) -> IssuedAnswer:
    """Return the wire shape of a statement in the register."""
    return IssuedAnswer(
        statement_id=issued.id,
        book_id=issued.book_id,
        account=issued.account,
        currency=issued.currency,
        first_day=issued.first_day,
        last_day=issued.last_day,
        entries=issued.entries,
        format=issued.format,
        digest=issued.content_digest.hex(),
        issued_at=issued.issued_at,
        issued_to=issued.issued_to,
    )
