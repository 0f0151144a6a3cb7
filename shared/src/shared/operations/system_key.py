"""A key with which an installation signs what it wrote: Ed25519, from a file (PKCS 8, PEM).

A signature says: this installation wrote exactly these bytes. Anybody with the public key can check it,
without us and without the database.
"""

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key


class SystemKeyUnusable(Exception):
    """The file holds no Ed25519 key. The process must not start."""


class SystemKey:
    """Signs bytes."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        """Sign with `key`."""
        self._key = key
        self.public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = hashlib.sha256(self.public).digest()

    @classmethod
    def read(cls, path: Path) -> "SystemKey":
        """Read the key. Raises SystemKeyUnusable."""
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise SystemKeyUnusable("The file of the system key names no key in PEM.") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise SystemKeyUnusable("The file of the system key must hold an Ed25519 key.")
        return cls(key)

    def sign(self, payload: bytes) -> bytes:
        """Return the signature of `payload`, 64 bytes."""
        return self._key.sign(payload)


def is_signed(public: bytes, payload: bytes, signature: bytes) -> bool:
    """Tell whether the holder of a public key signed `payload`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, payload)
    except (InvalidSignature, ValueError):
        return False
    return True
