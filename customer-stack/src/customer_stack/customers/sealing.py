"""Encryption of personal data, field by field, and digests that find it again.

Every person has a data key. It is stored wrapped; what wraps it is made of a key-encryption key and of a
secret of that person alone (`subjects`), neither of which is ever in the database or its backups.
A field is AES-256-GCM with a random nonce, bound to its table, column, row and key version, so that a
ciphertext moved to another place does not open. A blind index is HMAC-SHA256 with a key of its own: equal
texts of one tenant have equal digests, and without the key nothing can be tried.

Guaranteed: what was altered or moved raises SealBroken; it never opens to something else.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from customer_stack.customers.subjects import SubjectKeys
from shared.errors import InvariantViolated, Kind, Refusal, invariant

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
FIRST_VERSION: Final = 1
ERASED: Final = b""
"""What stands where a record's sealed field was erased."""


class SealBroken(InvariantViolated):
    """A stored field is not what was stored there."""


class FieldErased(Refusal):
    """What a record held of a person was erased; the record itself stays."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "customers.erased"


class FieldKeysUnusable(Exception):
    """The file with the keys is missing something. The process must not start."""


@dataclass(frozen=True, slots=True)
class FieldKeys:
    """The keys that are not in the database: key-encryption keys by version, and the blind index's key."""

    current: int
    encryption: Mapping[int, bytes] = field(repr=False)
    blind_index: bytes = field(repr=False)
    subjects: SubjectKeys | None = None
    """Secrets of single persons; a sandbox may do without."""

    @classmethod
    def read(cls, path: Path) -> "FieldKeys":
        """Read `{"current": 1, "encryption": {"1": "<base64>"}, "blind_index": "<base64>", "subjects": "f"}`.

        Keys have 32 bytes. `subjects` names the file of persons' secrets, from this file's folder on; a
        sandbox may leave it out. Raises FieldKeysUnusable.
        """
        try:
            document = orjson.loads(path.read_bytes())
            keys = cls(
                current=int(document["current"]),
                encryption={int(number): _read_key(key) for number, key in document["encryption"].items()},
                blind_index=_read_key(document["blind_index"]),
                subjects=SubjectKeys(path.parent / document["subjects"]) if "subjects" in document else None,
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise FieldKeysUnusable(
                "CUSTOMER_FIELD_KEYS_FILE must name a JSON file with current, encryption and blind_index."
            ) from error
        if keys.current not in keys.encryption:
            raise FieldKeysUnusable("CUSTOMER_FIELD_KEYS_FILE: the current key is not among the keys.")
        return keys


def _read_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("a key is base64") from error
    if len(key) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return key


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A person's data key as it is stored. `wrapping_key` is the version of the key around it.

    `subject` is the place of the person's own secret; None where it is wrapped without one.
    """

    version: int
    wrapping_key: int
    wrapped: bytes
    subject: int | None = None


class PersonCipher:
    """Seals and opens the fields of one person."""

    __slots__ = ("_key", "_version")

    def __init__(self, key: bytes, version: int) -> None:
        """Work with a data key."""
        self._key = AESGCM(key)
        self._version = version

    def seal(self, place: tuple[str, str, UUID], text: str) -> bytes:
        """Return nonce, ciphertext and tag of `text` for a place: table, column, row."""
        return self.seal_bytes(place, text.encode())

    def seal_bytes(self, place: tuple[str, str, UUID], raw: bytes) -> bytes:
        """Return nonce, ciphertext and tag of `raw` for a place: table, column, row."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._key.encrypt(nonce, raw, _bind(place, self._version))

    def open(self, place: tuple[str, str, UUID], sealed: bytes) -> str:
        """Return the text that was sealed for this place. Raises SealBroken."""
        return self.open_bytes(place, sealed).decode()

    def open_bytes(self, place: tuple[str, str, UUID], sealed: bytes) -> bytes:
        """Return the bytes that were sealed for this place. Raises SealBroken."""
        try:
            return self._key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bind(place, self._version))
        except InvalidTag as error:
            raise SealBroken(f"a field of {place[0]}.{place[1]} does not open") from error


class Sealing:
    """Makes and unwraps data keys, and computes blind indexes."""

    def __init__(self, keys: FieldKeys) -> None:
        """Work with the keys of this deployment."""
        self._keys = keys

    @property
    def subjects(self) -> SubjectKeys | None:
        """Return where the secrets of single persons are."""
        return self._keys.subjects

    def create_key(self, customer_id: UUID, subject: int | None = None) -> tuple[WrappedKey, PersonCipher]:
        """Return a new person's key, wrapped for storing and ready for use."""
        key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES)
        around = self._keys.current
        place = ("customer_data_key", "wrapped", customer_id)
        cipher = AESGCM(self._wrapping_key(around, subject))
        wrapped = nonce + cipher.encrypt(nonce, key, _bind(place, around))
        return WrappedKey(FIRST_VERSION, around, wrapped, subject), PersonCipher(key, FIRST_VERSION)

    def unwrap(self, customer_id: UUID, stored: WrappedKey) -> PersonCipher:
        """Return a person's cipher. Raises SealBroken, FieldErased, SubjectKeysUnusable."""
        invariant(stored.wrapping_key in self._keys.encryption, "a key-encryption key in use is missing")
        place = ("customer_data_key", "wrapped", customer_id)
        try:
            key = AESGCM(self._wrapping_key(stored.wrapping_key, stored.subject)).decrypt(
                stored.wrapped[:NONCE_BYTES],
                stored.wrapped[NONCE_BYTES:],
                _bind(place, stored.wrapping_key),
            )
        except InvalidTag as error:
            raise SealBroken("a data key does not unwrap") from error
        return PersonCipher(key, stored.version)

    def _wrapping_key(self, version: int, subject: int | None) -> bytes:
        """Return what wraps a data key. Raises FieldErased when the person's secret was destroyed."""
        key = self._keys.encryption[version]
        if subject is None:
            return key
        invariant(
            self._keys.subjects is not None, "a person's key needs the file of secrets, which is not named"
        )
        secret = None if self._keys.subjects is None else self._keys.subjects.find(subject)
        if secret is None:
            raise FieldErased("This person was erased. Nothing that was sealed for them opens any more.")
        return hmac.digest(key, b"bulkhead subject" + secret, hashlib.sha256)

    def index(self, purpose: str, tenant_id: UUID, text: str) -> bytes:
        """Return the blind index of a normalised text, for one purpose and one tenant."""
        name = purpose.encode()
        message = len(name).to_bytes(2, "big") + name + tenant_id.bytes + text.encode()
        return hmac.digest(self._keys.blind_index, message, hashlib.sha256)


class RecordSealing:
    """Seals single fields that belong to no registered person, such as a payer's bank account.

    The key is derived from the key-encryption key (HKDF, RFC 5869), so that one key has one use. The
    version of the key stands before the sealed bytes.
    """

    def __init__(self, keys: FieldKeys) -> None:
        """Work with the keys of this deployment."""
        self._current = keys.current
        self._ciphers = {
            number: PersonCipher(HKDF(SHA256(), KEY_BYTES, None, b"bulkhead records").derive(key), number)
            for number, key in keys.encryption.items()
        }

    def seal(self, place: tuple[str, str, UUID], text: str) -> bytes:
        """Return `text` sealed for a place: table, column, row."""
        return self._current.to_bytes(2, "big") + self._ciphers[self._current].seal(place, text)

    def open(self, place: tuple[str, str, UUID], sealed: bytes) -> str:
        """Return the text that was sealed for this place. Raises FieldErased, SealBroken."""
        if sealed == ERASED:
            raise FieldErased("This was erased when its time was over. Nothing of it is left to show.")
        cipher = self._ciphers.get(int.from_bytes(sealed[:2], "big"))
        if cipher is None:
            raise SealBroken("the key of a sealed record is missing")
        return cipher.open(place, sealed[2:])


def _bind(place: tuple[str, str, UUID], version: int) -> bytes:
    table, column, row_id = place
    return f"{table}|{column}|{row_id}|{version}".encode()
