"""Shapes that all routes share: strict bodies, pages, amounts as strings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from fastapi import Header, Query
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.errors import Kind, Refusal

_NUMBER_DIGITS: Final = 9

REQUIRED_MARK: Final = "x-required"
"""Marks a parameter that its route requires by itself; the documentation shows it as required."""


class Body(BaseModel):
    """A request body: unknown fields refused, texts trimmed, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


def show(example: Mapping[str, Any]) -> ConfigDict:
    """Return a body's config with the example that the documentation offers to send."""
    return ConfigDict(json_schema_extra={"example": {**example}})


class Answer(BaseModel):
    """An answer's body."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def advise(code: str, advice: str) -> PydanticCustomError:
    """Return a validation error whose advice the edge shows. `advice` never contains the value."""
    return PydanticCustomError(code, "not accepted", {"advice": advice})


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a text, and the advice for whoever sends another: `Annotated[str, Form(...)]`.

    Blanks around the text are dropped and, with `upper`, small letters made capital before the look at it.
    """

    pattern: str
    advice: str
    upper: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check after the text was read as a text."""
        return core_schema.no_info_after_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        """Show the pattern in the documentation."""
        return {**handler(schema), "pattern": self.pattern}

    def read(self, text: str) -> str:
        """Return the text in its form."""
        text = text.strip()
        text = text.upper() if self.upper else text
        if re.fullmatch(self.pattern, text, re.ASCII) is None:
            raise advise("string_pattern_mismatch", self.advice)
        return text


TenantSlug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
"""A tenant's short name, in the form in which the database keeps it."""

AmountText = Annotated[
    str,
    Form(
        r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?$",
        'must be an amount in a string such as "1500.00", below 1000000000, without sign or separators',
    ),
]
"""An amount as a plain decimal in a string: no sign, no exponent, no separators.

Nine digits before the point keep micro-dollars below 2**53, which the audit and every JSON reader hold.
"""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Required. New for every new request, and the same for a repeat.",
        json_schema_extra={REQUIRED_MARK: True},
    ),
]
"""The key of a money request. `key_of` refuses a request without it, with advice of its own."""

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


def read_number_cursor(cursor: str | None) -> int | None:
    """Return the number below 2**31 that a cursor is. Raises CursorInvalid."""
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= _NUMBER_DIGITS):
        raise CursorInvalid("Send next_cursor of the page before, unchanged, or no cursor.")
    return int(cursor)
