"""Refusals of filings."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class FilingNotFound(Refusal):
    """No such report, movement or file, or none that the asker may know of."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "filings.not_found"


class ProfileMissing(Refusal):
    """Nobody has approved who reports, and by which codes."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "filings.profile_missing"


class ProfileDecided(Refusal):
    """The proposal was decided already, or a newer one has taken its place."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "filings.profile_decided"


class StepNotPossible(Refusal):
    """A report in this state cannot take this step, or somebody else was faster."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "filings.step_not_possible"


class OwnFiling(Refusal):
    """Whoever drafted or prepared tried to approve it."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "filings.own_filing"


class NothingToReport(Refusal):
    """No movement of the period waits for a report, or the report would be empty."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "filings.nothing_to_report"


class PeriodUnusable(Refusal):
    """A period that ends before it begins, is too long, or has not ended."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "filings.period_unusable"


class MovementUnusable(Refusal):
    """A movement that cannot stand in this report: reversed, nobody's, or another customer's."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "filings.movement_unusable"


class SuspicionUnusable(Refusal):
    """A moment of suspicion that lies ahead, or is too long ago."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "filings.suspicion_unusable"
