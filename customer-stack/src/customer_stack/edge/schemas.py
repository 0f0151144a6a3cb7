"""Shapes that all routes share: strict bodies, pages, amounts as strings."""

from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, StringConstraints

from shared.errors import Kind, Refusal


class Body(BaseModel):
    """A request body: unknown fields refused, texts trimmed, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class Answer(BaseModel):
    """An answer's body."""

    model_config = ConfigDict(extra="forbid", frozen=True)


TenantSlug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
"""A tenant's short name, in the form in which the database keeps it."""

AmountText = Annotated[
    str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$", max_length=24)
]
"""An amount as a plain decimal in a string: no sign, no exponent, no separators."""

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[
    str | None,
    Query(max_length=200, description="`next_cursor` of the page before; leave it out for the first page."),
]


class CursorInvalid(Refusal):
    """A cursor that no page of ours gave."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "request.cursor_invalid"


def read_uuid_cursor(cursor: str | None) -> UUID | None:
    """Return the id that a cursor is. Raises CursorInvalid."""
    if cursor is None:
        return None
    try:
        return UUID(cursor)
    except ValueError:
        raise CursorInvalid("Send next_cursor of the page before, unchanged, or no cursor.") from None
