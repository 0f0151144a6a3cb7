"""Session tokens: opaque to their holder, found by their hash.

The tenant's id stands before the random bits, so that the session is looked up under row-level security
like every other row. Changing it only makes the hash match nothing. Pure.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.errors import invariant

SECRET_BYTES: Final = 32
_TENANT_BYTES: Final = 16


class Holder(StrEnum):
    """Whose token it is; the first part of the token."""

    CUSTOMER = "bhc"
    STAFF = "bhs"


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: the tenant, and the hash that the session is stored under."""

    tenant_id: UUID
    hash: bytes


def write_token(holder: Holder, tenant_id: UUID, secret: bytes) -> str:
    """Return the token for `secret`, 32 random bytes."""
    invariant(len(secret) == SECRET_BYTES, "a token has 256 random bits")
    return f"{holder}_{base64.urlsafe_b64encode(tenant_id.bytes + secret).decode()}"


def read_token(holder: Holder, text: str) -> Token | None:
    """Return what a token says, or None when it is no token of this kind of holder."""
    prefix, separator, encoded = text.partition("_")
    if prefix != holder or not separator or not encoded.isascii():
        return None
    try:
        raw = base64.b64decode(encoded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _TENANT_BYTES + SECRET_BYTES:
        return None
    return Token(UUID(bytes=raw[:_TENANT_BYTES]), hash_token(text))


def hash_token(text: str) -> bytes:
    """Return what is stored of a token. Its 256 random bits need no slow hash."""
    return hashlib.sha256(text.encode()).digest()
