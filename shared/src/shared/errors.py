"""Refusals that a caller can act on, and invariants whose failure is a bug.

A module declares one `Refusal` subclass per situation, with a stable code. Only the edges know HTTP
and gRPC: they turn a `Kind` into a status.

Guaranteed:
- a refusal's message says what to do next and carries no personal data;
- `invariant` also fires under `python -O`, which removes `assert`.
"""

from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What a caller can do about a refusal."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


class Refusal(Exception):
    """One situation in which the answer is no."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "refused"

    def __init__(self, message: str) -> None:
        """Keep `message`: a sentence for a person, without personal data."""
        super().__init__(message)
        self.message = message


class InvariantViolated(Exception):
    """Something that can't be happened. Never caught to go on, only to report."""


def invariant(condition: object, message: str) -> None:
    """Raise `InvariantViolated` unless `condition` is true."""
    if not condition:
        raise InvariantViolated(message)
