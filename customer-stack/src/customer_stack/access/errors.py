"""Refusals of access."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class StaffSignInFailed(Refusal):
    """Name or password is wrong, or the staff member is disabled. It never says which."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "access.sign_in_failed"


class StaffUnknown(Refusal):
    """A command was given an id that is no active member of staff's."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "access.staff_unknown"
