"""Why accounts were not registered."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class OtherOwner(Refusal):
    """An account or tenant is already registered, by or for somebody else."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "accounts.other_owner"
