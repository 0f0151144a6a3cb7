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


class SettlementNotAgreed(Refusal):
    """Only a settlement on which both sides agreed can be received."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "settlement.not_agreed"
