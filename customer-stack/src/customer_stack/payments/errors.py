"""Refusals of payments."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class SignatureInvalid(Refusal):
    """A notice without a valid, recent signature."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "payments.signature_invalid"


class NoticeInvalid(Refusal):
    """A signed notice that does not have the agreed form."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "payments.notice_invalid"


class EventAltered(Refusal):
    """An event that was taken before came again with another content."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "payments.event_altered"


class BankUnavailable(Refusal):
    """The bank did not answer."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "payments.bank_unavailable"


class CollectionMissing(Refusal):
    """No department stands for the bank's collection account."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "payments.collection_missing"
