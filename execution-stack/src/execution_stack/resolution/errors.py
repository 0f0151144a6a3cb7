"""Why a market was not voided."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class VoidNotFound(Refusal):
    """No declared void has this id."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "resolution.void_not_found"


class VoidNotPossible(Refusal):
    """The market is not one that can be voided now."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "resolution.void_not_possible"


class VoidDiffers(Refusal):
    """What is declared is not what our books give."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "resolution.void_differs"


class VoidPending(Refusal):
    """The market has a void that is not decided or not carried out."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "resolution.void_pending"


class VoidDecided(Refusal):
    """The void was approved or rejected before."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "resolution.void_decided"


class VoidNeedsAnother(Refusal):
    """Whoever declares a void does not approve it."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "resolution.void_needs_another"
