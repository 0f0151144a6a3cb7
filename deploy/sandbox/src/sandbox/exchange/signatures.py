"""Who is calling: a signature over timestamp, method and path, by RSA-PSS or Ed25519.

The signed text is the timestamp (milliseconds) + the method in capitals + the path exactly as it was sent,
without query and without body. PSS with SHA-256, MGF1-SHA256 and a salt of 32 bytes; Ed25519 signs the same
text. Which of the two it is belongs to the key.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sandbox.exchange.errors import NotAuthenticated

PublicKey = RSAPublicKey | Ed25519PublicKey

SALT_BYTES = 32


class KeysUnreadable(Exception):
    """The keys file is not what it must be; the message says why."""


class Verifier:
    """Checks signatures against the registered keys."""

    def __init__(self, keys: Mapping[str, PublicKey], tolerance_ms: int) -> None:
        self._keys = dict(keys)
        self._tolerance_ms = tolerance_ms
        self._padding = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=SALT_BYTES)

    def knows(self, key_id: str) -> bool:
        """Say whether a key is registered."""
        return key_id in self._keys

    def verify(self, headers: Mapping[str, str], method: str, path: str, now_ms: int) -> None:
        """Raise NotAuthenticated unless a registered key signed this request a short time ago."""
        key_id = headers.get("kalshi-access-key", "")
        timestamp = headers.get("kalshi-access-timestamp", "")
        signature = headers.get("kalshi-access-signature", "")
        key = self._keys.get(key_id)
        if key is None or not timestamp.isascii() or not timestamp.isdigit():
            raise NotAuthenticated("INVALID_PARAMETER")
        if abs(now_ms - int(timestamp[:20])) > self._tolerance_ms:
            raise NotAuthenticated("TIMESTAMP_OUT_OF_RANGE")
        text = f"{timestamp}{method.upper()}{path}".encode()
        try:
            content = base64.b64decode(signature, validate=True)
            if isinstance(key, Ed25519PublicKey):
                key.verify(content, text)
            else:
                key.verify(content, text, self._padding, hashes.SHA256())
        except (InvalidSignature, binascii.Error, ValueError) as error:
            raise NotAuthenticated("INCORRECT_API_KEY_SIGNATURE") from error


def load_keys(path: Path) -> dict[str, PublicKey]:
    """Read {"<key id>": "<PEM>"}. Raises KeysUnreadable."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        keys = {str(key_id): load_pem_public_key(pem.encode()) for key_id, pem in entries.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise KeysUnreadable(
            f"{path} is not a JSON object of key ids and PEM public keys: {error}"
        ) from error
    known = {key_id: key for key_id, key in keys.items() if isinstance(key, PublicKey)}
    if not known or len(known) != len(keys):
        raise KeysUnreadable(f"{path} must hold at least one key, RSA or Ed25519 keys only")
    return known
