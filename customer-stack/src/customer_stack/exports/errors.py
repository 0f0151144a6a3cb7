"""Refusals of the register of exports."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class DigestMistyped(Refusal):
    """What was sent is no SHA-256."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "exports.digest_mistyped"
