"""Refusals of the ledger's own routes."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class CursorUnknown(Refusal):
    """A cursor that this list did not give."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "request.cursor_unknown"


class DepartmentNotFound(Refusal):
    """No such department of this tenant, or it has no book."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "ledger.department_not_found"


class MovementNotFound(Refusal):
    """No such movement in the books that were named."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "ledger.movement_not_found"


class MovementReversed(Refusal):
    """A movement that was reversed before, or is itself a reversal."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "ledger.movement_reversed"
