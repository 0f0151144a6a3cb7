"""Wire shapes of exclusions."""

from uuid import UUID

from customer_stack.cases.domain.exclusions import Exclusion
from customer_stack.edge.schemas import Answer, Body


class ExclusionBody(Body):
    """Who is kept from the cases of whom."""

    customer_id: UUID
    staff_id: UUID


class ExclusionAnswer(Answer):
    """A member of staff who is, or was, kept from the cases of a customer."""

    id: UUID
    customer_id: UUID
    staff_id: UUID
    excluded_by: UUID
    excluded_at: str
    ended_by: UUID | None
    ended_at: str | None


class ExclusionsAnswer(Answer):
    """A page of exclusions, newest first."""

    items: list[ExclusionAnswer]
    next_cursor: str | None


def show_exclusion(exclusion: Exclusion) -> ExclusionAnswer:
    """Return an exclusion as staff see it."""
    return ExclusionAnswer(
        id=exclusion.id,
        customer_id=exclusion.customer_id,
        staff_id=exclusion.staff_id,
        excluded_by=exclusion.excluded_by,
        excluded_at=exclusion.excluded_at.isoformat(),
        ended_by=exclusion.ended_by,
        ended_at=None if exclusion.ended_at is None else exclusion.ended_at.isoformat(),
    )
