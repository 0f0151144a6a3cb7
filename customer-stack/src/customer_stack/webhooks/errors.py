"""Refusals of webhooks."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class SignatureInvalid(Refusal):
    """A message without a valid, recent signature, or of nobody known."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "webhooks.signature_invalid"


class MessageInvalid(Refusal):
    """A signed message that does not have the agreed form."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "webhooks.message_invalid"


class EventAltered(Refusal):
    """An event that was taken before came again with another content."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "webhooks.event_altered"


class MessageNotFound(Refusal):
    """No such message."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "webhooks.message_not_found"
