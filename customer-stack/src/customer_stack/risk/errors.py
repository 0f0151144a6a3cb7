"""Refusals of risk."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class NotScored(Refusal):
    """The customer has no score yet."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "risk.not_scored"
