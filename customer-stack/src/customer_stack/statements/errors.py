"""Refusals of statements."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class PeriodUnusable(Refusal):
    """A period that ends before it begins, is too long, or lies in the future."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "statements.period_unusable"


class StatementTooLong(Refusal):
    """More entries than one statement carries."""

    code: ClassVar[str] = "statements.too_long"


class BookUnknown(Refusal):
    """The tenant has no such book."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "statements.book_unknown"


class AccountUnsuitable(Refusal):
    """A kind of account that such a book does not have."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "statements.account_unsuitable"


class StatementsBusy(Refusal):
    """Too many statements are being drawn at once."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "statements.busy"


class DigestMistyped(Refusal):
    """A text that no digest is."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "statements.digest_mistyped"
