"""Refusals of reconciliation."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class RunNotFound(Refusal):
    """No such run of this tenant."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "reconciliation.run_not_found"
