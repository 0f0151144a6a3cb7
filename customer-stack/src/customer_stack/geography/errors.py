"""Refusals of geography."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class PolicyNotFound(Refusal):
    """No such policy of this tenant."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "geography.policy_not_found"


class PolicyDecided(Refusal):
    """The policy was approved or rejected already, or a later one was."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "geography.policy_decided"


class SamePerson(Refusal):
    """Whoever proposed a policy tried to decide it."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "geography.same_person"


class PolicyInvalid(Refusal):
    """A policy that would let nobody in."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "geography.policy_invalid"


class TableInvalid(Refusal):
    """A table of countries cannot be used. The message names the line."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "geography.table_invalid"
