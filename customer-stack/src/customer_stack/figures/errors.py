"""Refusals of figures."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class SpanInvalid(Refusal):
    """A span that ends before it begins, or is longer than a year."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "figures.span_invalid"
