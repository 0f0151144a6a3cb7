"""Why something could not be booked."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class FloatTooLow(Refusal):
    """A tenant's free float does not cover what is to leave it."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "books.float_too_low"
