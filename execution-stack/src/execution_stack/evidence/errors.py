"""Refusals of evidence."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class WindowUnknown(Refusal):
    """There is no such window."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "evidence.window_unknown"


class WindowInFlight(Refusal):
    """What became of the window's order is not known yet."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "evidence.window_in_flight"


class CommitmentMissing(Refusal):
    """The audit does not have the window's manifest: nothing would prove what the pack says of it."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "evidence.commitment_missing"
