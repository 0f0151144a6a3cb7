"""Why a settlement could not be confirmed or received."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class SettlementConflict(Refusal):
    """The settlement's id was used for another period or payment."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.conflict"


class UnknownTenant(Refusal):
    """The caller does not act for this tenant."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "settlement.unknown_tenant"


class ReleaseMissing(Refusal):
    """Money that we pay leaves after two operators released it."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "settlement.release_missing"


class ReleaseNotPossible(Refusal):
    """There is nothing to release, or somebody has proposed or decided it."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.release_not_possible"


class SameOperator(Refusal):
    """Whoever proposed a release approved it too."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "settlement.same_operator"


class ReceiptDifferent(Refusal):
    """More moved than was agreed, or the settlement was settled otherwise before."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "settlement.receipt_different"


class SettlementReplaced(Refusal):
    """Another settlement, agreed later or paid already, covers a part of the same period."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.replaced"


class SettlementNotAgreed(Refusal):
    """Only a settlement on which both sides agreed can be received."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "settlement.not_agreed"
