"""A passkey in software, after WebAuthn Level 3: P-256, no attestation, a counter, a verified person."""

import hashlib
import json
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cbor import encode
from fido2.cose import ES256
from fido2.utils import websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One credential at one relying party."""

    def __init__(self, rp_id="localhost", origin="http://localhost:8000", number=1):
        self.rp_id, self.origin = rp_id, origin
        self.id = hashlib.sha256(f"credential {number}".encode()).digest()
        self.key = ec.derive_private_key(1000 + number, ec.SECP256R1())
        self.counter = 0

    def create(self, challenge, **changes):
        """Return what `navigator.credentials.create` gives, as JSON."""
        cose = ES256.from_cryptography_key(self.key.public_key())
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + encode(cose)
        data = self._data(ATTESTED | PRESENT | VERIFIED, **changes) + attested
        return self._answer(
            {
                "clientDataJSON": websafe_encode(self._client("webauthn.create", challenge, **changes)),
                "attestationObject": websafe_encode(encode({"fmt": "none", "attStmt": {}, "authData": data})),
            }
        )

    def sign(self, challenge, **changes):
        """Return what `navigator.credentials.get` gives, as JSON."""
        self.counter = changes.pop("counter", self.counter + 1)
        data = self._data(changes.pop("flags", PRESENT | VERIFIED), **changes)
        client = self._client(changes.pop("type", "webauthn.get"), challenge, **changes)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
            }
        )

    def _answer(self, response):
        return {
            "id": websafe_encode(self.id),
            "rawId": websafe_encode(self.id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }

    def _data(self, flags, rp_id=None, **_):
        name = hashlib.sha256((rp_id or self.rp_id).encode()).digest()
        return name + bytes([flags]) + struct.pack(">I", self.counter)

    def _client(self, kind, challenge, origin=None, **_):
        document = {
            "type": kind,
            "challenge": websafe_encode(challenge),
            "origin": origin or self.origin,
            "crossOrigin": False,
        }
        return json.dumps(document).encode()
