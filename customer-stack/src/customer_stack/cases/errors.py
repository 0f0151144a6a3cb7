"""Refusals of cases."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class CaseNotFound(Refusal):
    """No such case of this tenant."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "cases.not_found"


class CaseStepNotPossible(Refusal):
    """A case in this state cannot take this step, or somebody else was faster."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cases.step_not_possible"


class NotAssigned(Refusal):
    """Only the person who works on a case may do this."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "cases.not_assigned"


class OwnProposal(Refusal):
    """Whoever proposed something tried to approve it."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "cases.own_proposal"


class CaseHolds(Refusal):
    """A case still holds commands that wait for it."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cases.holds"


class AnotherIsOpen(Refusal):
    """The customer has another open case of the family."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cases.another_is_open"


class HoldNotFound(Refusal):
    """The case never held this."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "cases.hold_not_found"


class HoldDecided(Refusal):
    """What was held is no longer."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cases.hold_decided"


class ReleaseNotAsked(Refusal):
    """A release needs somebody who asks for it and somebody else who decides."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cases.release_not_asked"


class CommandsUnknown(Refusal):
    """No part of the platform that runs here decides commands of this kind."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "cases.commands_unknown"


class ColleagueUnsuitable(Refusal):
    """The person to whom a case was to be given does not work on cases."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "cases.colleague_unsuitable"


class CaseFileNotFound(Refusal):
    """The case has no such file."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "cases.file_not_found"


class TooManyCaseFiles(Refusal):
    """The case has as many files as one takes."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "cases.too_many_files"


class SnoozeNotFound(Refusal):
    """No such snooze of this tenant."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "cases.snooze_not_found"


class SnoozeImpossible(Refusal):
    """The rule cannot be snoozed, or not for so long."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "cases.snooze_impossible"


class SnoozeStands(Refusal):
    """The rule is snoozed for the customer already, or that was proposed."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cases.snooze_stands"


class SnoozeDecided(Refusal):
    """A snooze in this state cannot take this step, or somebody else was faster."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cases.snooze_decided"


class FiguresPeriodInvalid(Refusal):
    """A period that ends before it begins, or that is too long."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "cases.period_invalid"


class ExclusionNotFound(Refusal):
    """No such exclusion of this tenant."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "cases.exclusion_not_found"


class ExclusionStands(Refusal):
    """The person is kept from the customer already, or works on a case of theirs."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cases.exclusion_stands"


class ExclusionEnded(Refusal):
    """The exclusion has ended."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cases.exclusion_ended"


class OwnExclusion(Refusal):
    """Somebody tried to end what keeps themselves from a customer."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "cases.own_exclusion"
