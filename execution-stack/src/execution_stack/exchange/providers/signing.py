"""Request signatures of the Kalshi Trade API: RSA-PSS or Ed25519 over time, method and path.

The signed text is `timestamp + METHOD + path`, with the path as it is sent and without its query
(docs.kalshi.com, API keys). The body is not signed. Which of the two it is, the key decides: an RSA key
signs with PSS, whose salt is as long as the digest; an Ed25519 key signs the text as it is.
"""

import base64
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from execution_stack.exchange.errors import KeyUnusable

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


class Signer:
    """Signs requests as the owner of one API key."""

    def __init__(self, key_id: str, private_key: PrivateKey) -> None:
        """Keep the key id, which travels, and the private key, which never does."""
        self._key_id = key_id
        self._private_key = private_key

    @classmethod
    def from_file(cls, key_id: str, path: Path) -> "Signer":
        """Read the private key from a PEM file. Raises KeyUnusable."""
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyUnusable(
                "The exchange's API key cannot be read. Give a PEM file without a password."
            ) from error
        if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
            raise KeyUnusable("The exchange's API key is neither RSA nor Ed25519. Make one of these there.")
        return cls(key_id, key)

    def headers(self, method: str, path: str, at_ms: int) -> dict[str, str]:
        """Return the three authentication headers of a request sent at `at_ms` (Unix milliseconds)."""
        signature = self._sign(f"{at_ms}{method.upper()}{path}".encode())
        return {
            "KALSHI-ACCESS-KEY": self._key_id,
            "KALSHI-ACCESS-TIMESTAMP": str(at_ms),
            "KALSHI-ACCESS-SIGNATURE": base64.b64encode(signature).decode("ascii"),
        }

    def _sign(self, text: bytes) -> bytes:
        if isinstance(self._private_key, ed25519.Ed25519PrivateKey):
            return self._private_key.sign(text)
        salt_length = hashes.SHA256().digest_size
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=salt_length)
        return self._private_key.sign(text, pss, hashes.SHA256())
