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


class DealNotFound(Refusal):
    """No such deal, or somebody else's."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "ledger.deal_not_found"


class BookNotFound(Refusal):
    """The tenant has no such book."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "ledger.book_not_found"


class AssetNotFound(Refusal):
    """No such asset."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "ledger.asset_not_found"


class CorrectionNotFound(Refusal):
    """No such proposed correction."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "ledger.correction_not_found"


class ReversalNotFound(Refusal):
    """No such proposed reversal."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "ledger.reversal_not_found"


class AlreadyDecided(Refusal):
    """A proposal that was approved, rejected or overtaken before."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "ledger.already_decided"


class CorrectionPending(Refusal):
    """Another correction of the deal waits for its decision."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "ledger.correction_pending"


class CorrectionEmpty(Refusal):
    """A correction that changes nothing, or something that the deal does not have."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "ledger.correction_empty"


class CorrectionNotPossible(Refusal):
    """What the correction would post does not follow from the deal."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "ledger.correction_not_possible"


class CorrectionNotCovered(Refusal):
    """An account has no longer what the revision would take."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "ledger.correction_not_covered"


class ReversalNotPossible(Refusal):
    """A movement that its own module has to undo."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "ledger.reversal_not_possible"


class ProposerCannotApprove(Refusal):
    """Who proposed does not approve."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "ledger.proposer_cannot_approve"


class MovementReversed(Refusal):
    """A movement that was reversed before, or is itself a reversal."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "ledger.movement_reversed"
