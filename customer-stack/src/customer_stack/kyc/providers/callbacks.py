"""Signed callbacks of the identity vendor: it has an answer.

The header `Identity-Signature: t=<unix time>,v1=<hex>` is HMAC-SHA256 over time, point and raw body. A
callback says only *that* there is an answer; the answer itself is fetched with our own key, so a forged,
repeated or late callback can at most have the worker look once more.
"""

import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, Field, ValidationError

from customer_stack.webhooks.domain import Door, Envelope
from customer_stack.webhooks.errors import MessageInvalid, SignatureInvalid

NAME: Final = "identity"
COMPLETED: Final = "verification.completed"
SIGNATURE_AGE_SECONDS: Final = 300
_SIGNATURE: Final = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")

Hasten = Callable[[UUID], Awaitable[bool]]


class _Callback(BaseModel):
    event_id: str = Field(min_length=1, max_length=128)
    type: str = Field(min_length=1, max_length=64)
    verification_id: UUID


class IdentitySignature:
    """Verifies the vendor's callbacks."""

    name = NAME

    def __init__(self, secret: str) -> None:
        """Verify with the secret that we share with the vendor."""
        self._secret = secret.encode()

    def open(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> Envelope:
        """Return the message. Raises SignatureInvalid, MessageInvalid."""
        match = _SIGNATURE.fullmatch(headers.get("identity-signature", ""))
        if match is None:
            raise SignatureInvalid("Send the header Identity-Signature: t=<unix time>,v1=<hex HMAC-SHA256>.")
        expected = hmac.new(self._secret, match[1].encode() + b"." + raw, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, match[2]):
            raise SignatureInvalid("The signature does not belong to this message and our secret.")
        if abs(int(now.timestamp()) - int(match[1])) > SIGNATURE_AGE_SECONDS:
            raise SignatureInvalid("The signature is too old. Sign the message again and send it.")
        callback = _read(raw)
        return Envelope(self.name, callback.event_id, callback.type, raw)


def build_door(secret: str, hasten: Hasten) -> Door:
    """Return the vendor's door: its verifier, and a handler that has the worker look at the check."""

    async def handle(envelope: Envelope) -> None:
        if envelope.kind == COMPLETED:
            await hasten(_read(envelope.body).verification_id)

    return Door(IdentitySignature(secret), handle)


def _read(raw: bytes) -> _Callback:
    try:
        return _Callback.model_validate_json(raw)
    except ValidationError as error:
        raise MessageInvalid("The message is no event in JSON. Send the agreed form.") from error
