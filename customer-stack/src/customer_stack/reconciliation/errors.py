"""Refusals of reconciliation."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class RunNotFound(Refusal):
    """No such run of this tenant."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "reconciliation.run_not_found"


class BreakNotFound(Refusal):
    """No such break within this person's reach."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "reconciliation.break_not_found"


class BreakEnded(Refusal):
    """The break has ended already."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "reconciliation.break_ended"


class BreakMoved(Refusal):
    """Somebody else did something with the break at the same moment. Look again."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "reconciliation.break_moved"


class BreakNotYours(Refusal):
    """The break belongs to somebody else, or to nobody yet."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "reconciliation.break_not_yours"


class ProposalStands(Refusal):
    """An end is proposed and waits for a second person."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "reconciliation.proposal_stands"


class NothingProposed(Refusal):
    """There is no proposal to decide."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "reconciliation.nothing_proposed"


class SamePerson(Refusal):
    """Whoever proposed an end tried to approve it."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "reconciliation.same_person"


class DifferenceMoved(Refusal):
    """The values changed between the proposal and its approval."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "reconciliation.difference_moved"


class TransferMismatch(Refusal):
    """The transfer is missing, is not in the books, or is not wanted."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "reconciliation.transfer_mismatch"


class StatementInvalid(Refusal):
    """A statement that cannot be read by its mapping, or that does not add up."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "reconciliation.statement_invalid"


class StatementOverlaps(Refusal):
    """Another statement of the same source was kept for some of these days."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "reconciliation.statement_overlaps"


class SourceUnknown(Refusal):
    """No such source or mapping, or one that does not take statements here."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "reconciliation.source_unknown"


class SourceNotYours(Refusal):
    """The account stands for another department."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "reconciliation.source_not_yours"


class MatchNotFound(Refusal):
    """No such match within this person's reach."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "reconciliation.match_not_found"


class DayNotClosed(Refusal):
    """The day has not ended, or nothing was kept of it, or the department was none of it."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "reconciliation.day_not_closed"


class StatementReplaced(Refusal):
    """The statement that would be replaced does not stand, or the file stands otherwise already."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "reconciliation.statement_replaced"
