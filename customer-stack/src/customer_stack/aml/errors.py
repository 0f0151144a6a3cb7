"""Refusals of AML."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class RuleInvalid(Refusal):
    """A rule's document is not one that could be evaluated. The message names the node."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "aml.rule_invalid"


class RuleNotFound(Refusal):
    """No such rule, or no such version of it, of this tenant."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "aml.rule_not_found"


class VersionStands(Refusal):
    """The rule already has a version with exactly this content."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "aml.version_stands"


class StepNotPossible(Refusal):
    """A version in this state cannot take this step, or somebody else was faster."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "aml.step_not_possible"


class OwnVersion(Refusal):
    """Whoever wrote a version, or asked for its publication, tried to approve it."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "aml.own_version"


class EventUnknown(Refusal):
    """What is to be reversed was never counted."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "aml.event_unknown"


class PeriodInvalid(Refusal):
    """A period that ends before it begins, or that is too long."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "aml.period_invalid"
