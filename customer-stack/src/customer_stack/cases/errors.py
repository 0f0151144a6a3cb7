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
