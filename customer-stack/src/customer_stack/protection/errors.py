"""Refusals of protection."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class NothingPending(Refusal):
    """No raise waits: there never was one, or it was withdrawn, or it lapsed."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "protection.nothing_pending"


class TooEarly(Refusal):
    """The time that has to pass before a confirmation is not over."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "protection.too_early"


class SamePerson(Refusal):
    """Whoever proposed to raise a customer's limit tried to approve it."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "protection.same_person"


class PolicyInvalid(Refusal):
    """A policy is not one that could be applied, or another one was set meanwhile."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "protection.policy_invalid"


class NotExcluded(Refusal):
    """A return was asked for where nobody is excluded."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "protection.not_excluded"


class TermNotOver(Refusal):
    """The term of an exclusion is not over, or it has none because it is for good."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "protection.term_not_over"


class NothingAsked(Refusal):
    """No return waits: none was asked for, or it was withdrawn, or it lapsed."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "protection.nothing_asked"
