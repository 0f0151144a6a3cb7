"""Request signatures of the Kalshi Trade API: RSA-PSS over time, method and path.

The signed text is `timestamp + METHOD + path`, with the path as it is sent and without its query; the
salt is as long as the digest (docs.kalshi.com, API keys). The body is not signed.
"""

import base64
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from shared.errors import invariant


class Signer:
    """Signs requests as the owner of one API key."""

    def __init__(self, key_id: str, private_key: rsa.RSAPrivateKey) -> None:
        """Keep the key id, which travels, and the private key, which never does."""
        self._key_id = key_id
        self._private_key = private_key

    @classmethod
    def from_file(cls, key_id: str, path: Path) -> "Signer":
        """Read the private key from a PEM file."""
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        invariant(isinstance(key, rsa.RSAPrivateKey), "the exchange's API key is an RSA key")
        return cls(key_id, key)  # type: ignore[arg-type]  # checked in the line above

    def headers(self, method: str, path: str, at_ms: int) -> dict[str, str]:
        """Return the three authentication headers of a request sent at `at_ms` (Unix milliseconds)."""
        text = f"{at_ms}{method.upper()}{path}".encode()
        signature = self._private_key.sign(
            text,
            padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256().digest_size),
            hashes.SHA256(),
        )
        return {
            "KALSHI-ACCESS-KEY": self._key_id,
            "KALSHI-ACCESS-TIMESTAMP": str(at_ms),
            "KALSHI-ACCESS-SIGNATURE": base64.b64encode(signature).decode("ascii"),
        }
