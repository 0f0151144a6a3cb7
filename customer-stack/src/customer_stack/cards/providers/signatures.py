"""How acquirer and issuer sign: `t=<unix seconds>,v1=<hex HMAC-SHA256(secret, t + "." + raw body)>`.

The signature is over the raw bytes. A time more than five minutes from ours is refused, so a message that
leaked cannot be played again later; within them, repeats are harmless because events are deduplicated.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, StringConstraints, ValidationError

from customer_stack.webhooks.domain import Envelope
from customer_stack.webhooks.errors import MessageInvalid, SignatureInvalid

SIGNATURE_AGE_SECONDS: Final = 300
_SIGNATURE: Final = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$")]
"""Providers' names of things: no blanks, no control characters."""
Reason = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]
"""A provider's code for why."""
Cents = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,11}\.[0-9]{2}$")]
"""An amount with two digits after the point; no exponent, so that a short text is never a huge number."""


class Announcement(BaseModel):
    """What every message has."""

    event_id: Name
    type: Annotated[str, StringConstraints(pattern=r"^[a-z_.]{1,64}$")]


class SignedMessages:
    """Verifies messages of one sender. `name` is the last part of its address."""

    def __init__(self, name: str, header: str, secret: str) -> None:
        """Expect the signature in `header`, made with `secret`."""
        self.name = name
        self._header = header
        self._secret = secret.encode()

    def open(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> Envelope:
        """Verify the raw bytes and return the message. Raises SignatureInvalid, MessageInvalid."""
        match = _SIGNATURE.fullmatch(headers.get(self._header, ""))
        if match is None:
            raise SignatureInvalid(
                f"Send the header {self._header.title()}: t=<unix time>,v1=<hex HMAC-SHA256>."
            )
        expected = hmac.new(self._secret, match[1].encode() + b"." + raw, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, match[2]):
            raise SignatureInvalid("The signature does not belong to this message and our secret.")
        if abs(int(now.timestamp()) - int(match[1])) > SIGNATURE_AGE_SECONDS:
            raise SignatureInvalid("The signature is too old. Sign the message again and send it.")
        try:
            announced = Announcement.model_validate_json(raw)
        except ValidationError:
            raise MessageInvalid("The message is no event in JSON. Send the agreed form.") from None
        return Envelope(self.name, announced.event_id, announced.type, raw)
