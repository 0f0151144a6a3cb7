"""Refusals of timelines."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class SubjectUnknown(Refusal):
    """No wager and no movement of the tenant has this id."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "timelines.subject_unknown"


class ScopeUnusable(Refusal):
    """A span of time that ends before it begins, or a cursor that is none of ours."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "timelines.scope_unusable"
