"""Refusals of evidence."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class PackNotFound(Refusal):
    """No such pack, or one that the member of staff may not know."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "evidence.not_found"


class ScopeUnknown(Refusal):
    """What a pack is to be of is not there."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "evidence.scope_unknown"


class TimeUnusable(Refusal):
    """A time that no pack can be of."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "evidence.time_unusable"


class PersonalNotAllowed(Refusal):
    """Personal data is asked for without the permission, or of more than one person."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "evidence.personal_not_allowed"


class PackNotInThisState(Refusal):
    """The pack is further, or was given up."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "evidence.not_in_this_state"


class DeliveryUnusable(Refusal):
    """A delivery that cannot have been."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "evidence.delivery_unusable"


class PacksWaiting(Refusal):
    """Many packs wait to be made."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "evidence.packs_waiting"
