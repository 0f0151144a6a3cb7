"""Refusals of the treasury."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class TillTooLow(Refusal):
    """The house has not enough LKR."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "treasury.till_too_low"


class StockTooLow(Refusal):
    """The house has not enough USD that no quote reserves."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "treasury.stock_too_low"


class AmountMissing(Refusal):
    """An amount of zero."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "treasury.amount_missing"


class ReferenceUsed(Refusal):
    """A movement with this bank reference stands already."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "treasury.reference_used"


class PlacesInvalid(Refusal):
    """Two places that are the same, or where this currency never lies."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "treasury.places_invalid"


class PlaceTooLow(Refusal):
    """Less lies at a place than should leave it."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "treasury.place_too_low"


class IncomeTooLow(Refusal):
    """Recognised income does not cover a bill."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "treasury.income_too_low"


class BillTooLarge(Refusal):
    """More would be paid than is owed to suppliers."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "treasury.bill_too_large"
