"""Refusals of screening."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class ListsMissing(Refusal):
    """A list that must be screened against was never taken: nobody can be screened until it is."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "screening.lists_missing"


class ListNotTaken(Refusal):
    """A list that somebody wanted to import cannot be trusted, or was not there. The last good one stays."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "screening.list_not_taken"


class VersionNotFound(Refusal):
    """No version of a list has this number."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "screening.version_not_found"


class AlertNotFound(Refusal):
    """No such alert within reach."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "screening.alert_not_found"


class AlertConflict(Refusal):
    """An alert in this state cannot take this step, or somebody else was faster."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "screening.alert_conflict"


class OwnProposal(Refusal):
    """Whoever proposed a decision tried to approve it."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "screening.own_proposal"


class SourceUnsafe(Refusal):
    """A configured list has no name that is known, or an address that production must not use."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "screening.source_unsafe"
