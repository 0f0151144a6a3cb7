"""Refusals of access."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class StaffSignInFailed(Refusal):
    """Name or password is wrong, or the staff member is disabled. It never says which."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "access.sign_in_failed"
