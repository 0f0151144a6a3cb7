"""What can go wrong when a person handles a break."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class BreakNotFound(Refusal):
    """There is no such break."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "breaks.not_found"


class BreakClosed(Refusal):
    """The break has ended already."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "breaks.closed"


class BreakMoved(Refusal):
    """Somebody else did something with the break at the same moment. Look again."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "breaks.moved"


class BreakNotYours(Refusal):
    """The break belongs to somebody else, or to nobody yet."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "breaks.not_yours"


class TransferMismatch(Refusal):
    """The transfer is missing, is not in the books, or is not wanted."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "breaks.transfer_mismatch"


class NotALateFill(Refusal):
    """Only a late fill can be kept by the house."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "breaks.not_a_late_fill"
