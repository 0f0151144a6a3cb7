"""Checkpoints of a log, and the notes in which they are signed (C2SP tlog-checkpoint, signed-note). Pure.

A checkpoint says: this log has `size` records, and their tree has this root. The log signs it; a witness,
which saw that it only ever grew, adds a *cosignature* with its time (C2SP tlog-cosignature, version 1).
Both are lines under the same text, so that any tool which knows the format can check them.

    bulkhead/production/customer
    1234567
    <root, base64>

    — bulkhead/production/customer <key id and signature, base64>
    — bulkhead/production/execution <key id, time and signature, base64>

One Ed25519 key signs and cosigns: the signed texts begin differently, and the key's id (the beginning of a
hash over name, kind and key) differs with the kind.

Guaranteed: what `read_note` reads, `write_note` writes again byte for byte; a line of another name, key or
kind is never taken for ours.
"""

import base64
import binascii
import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import ClassVar, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.audit.tree import HASH_SIZE
from shared.errors import Kind, Refusal

_ID_SIZE: Final = 4
_SIGNATURE_SIZE: Final = 64
_MOST_LINES: Final = 16
_MOST_SIZE_DIGITS: Final = 19
_MOST_EPOCH_DIGITS: Final = 6
DASH: Final = "\N{EM DASH}"
_TIME: Final = struct.Struct(">Q")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SKEY_PREFIX: Final = "PRIVATE+KEY+"


class NoteUnusable(Refusal):
    """A text is not a signed checkpoint, or a line is not a key, in the form of the standard."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "audit.note_unusable"


class KeyKind(IntEnum):
    """What a line under a checkpoint is, as the standard numbers it."""

    LOG = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How long a log is, and the root of its tree."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return what is signed."""
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a checkpoint: whose, by which key, and the bytes (a cosignature's time comes first)."""

    name: str
    key_id: bytes
    payload: bytes

    def line(self) -> str:
        """Return the line as it stands in the note."""
        return f"{DASH} {self.name} {_encode(self.key_id + self.payload)}\n"

    @property
    def cosigned_at(self) -> datetime | None:
        """Return the time in a cosignature, or None in a log's signature. Check the cosignature first."""
        if len(self.payload) != _TIME.size + _SIGNATURE_SIZE:
            return None
        (seconds,) = _TIME.unpack_from(self.payload)
        try:
            return _EPOCH + timedelta(seconds=seconds)
        except OverflowError:
            return None

    @property
    def raw(self) -> bytes:
        """Return the 64 bytes of the Ed25519 signature itself."""
        return self.payload[-_SIGNATURE_SIZE:]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key of a log or witness. One line of text: `name+id+key`, as C2SP writes verifier keys."""

    name: str
    public_key: bytes

    @classmethod
    def parse(cls, line: str) -> "Verifier":
        """Read a line. Raises NoteUnusable."""
        name, key_id, packed = _split_key(line.strip())
        public = _key_bytes(packed)
        found = cls(name, public)
        if found.key_id(KeyKind.LOG).hex() != key_id:
            raise NoteUnusable("The id in a public key is not that of its name. Copy the whole line.")
        return found

    def text(self) -> str:
        """Return the line that tells others this key."""
        packed = bytes([KeyKind.LOG]) + self.public_key
        return f"{self.name}+{self.key_id(KeyKind.LOG).hex()}+{_encode(packed)}"

    def key_id(self, kind: KeyKind) -> bytes:
        """Return the id under which the key makes signatures of `kind`."""
        named = self.name.encode() + b"\n" + bytes([kind]) + self.public_key
        return hashlib.sha256(named).digest()[:_ID_SIZE]

    def has_signed(self, checkpoint: Checkpoint, signature: Signature) -> bool:
        """Tell whether `signature` is this log's own under `checkpoint`, of whichever epoch."""
        if find_epoch(checkpoint.origin, self.name) is None:
            return False
        own = Verifier(checkpoint.origin, self.public_key)
        return own._matches(KeyKind.LOG, signature, _SIGNATURE_SIZE) and self._holds(
            signature.payload, checkpoint.text().encode()
        )

    def has_cosigned(self, checkpoint: Checkpoint, signature: Signature) -> bool:
        """Tell whether `signature` is this witness's cosignature under `checkpoint`, its time included."""
        if not self._matches(KeyKind.COSIGNATURE, signature, _TIME.size + _SIGNATURE_SIZE):
            return False
        (seconds,) = _TIME.unpack_from(signature.payload)
        return self._holds(signature.raw, _cosigned_text(checkpoint, seconds))

    def _matches(self, kind: KeyKind, signature: Signature, size: int) -> bool:
        named = (signature.name, signature.key_id, len(signature.payload))
        return named == (self.name, self.key_id(kind), size)

    def _holds(self, signature: bytes, text: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text)
        except InvalidSignature:
            return False
        return True


class Signer:
    """A private key of a log, which also cosigns the checkpoints of another."""

    def __init__(self, name: str, seed: bytes) -> None:
        """Take the key's name (the log's origin) and its 32 secret bytes."""
        _check_name(name)
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier: Final = Verifier(name, self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str) -> "Signer":
        """Make a new key."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, line: str) -> "Signer":
        """Read the secret line that `secret_text` wrote. Raises NoteUnusable."""
        line = line.strip()
        if not line.startswith(_SKEY_PREFIX):
            raise NoteUnusable(f"The key of the audit begins with {_SKEY_PREFIX}; this is something else.")
        name, key_id, packed = _split_key(line.removeprefix(_SKEY_PREFIX))
        found = cls(name, _key_bytes(packed))
        if found.verifier.key_id(KeyKind.LOG).hex() != key_id:
            raise NoteUnusable("The id in a key is not that of its name. Copy the whole line.")
        return found

    @property
    def name(self) -> str:
        """Return the log's origin."""
        return self.verifier.name

    def under(self, origin: str) -> "Signer":
        """Return the same key for the same log under another origin, such as that of a later epoch."""
        return self if origin == self.name else Signer(origin, self._key.private_bytes_raw())

    def secret_text(self) -> str:
        """Return the whole key as one line, in the form in which sumdb's note keeps signer keys."""
        packed = _encode(bytes([KeyKind.LOG]) + self._key.private_bytes_raw())
        return f"{_SKEY_PREFIX}{self.name}+{self.verifier.key_id(KeyKind.LOG).hex()}+{packed}"

    def sign(self, checkpoint: Checkpoint) -> Signature:
        """Sign a checkpoint of this log."""
        payload = self._key.sign(checkpoint.text().encode())
        return Signature(self.name, self.verifier.key_id(KeyKind.LOG), payload)

    def cosign(self, checkpoint: Checkpoint, at: datetime) -> Signature:
        """Cosign the checkpoint of another log as seen `at`, to the second."""
        seconds = (at - _EPOCH) // timedelta(seconds=1)
        payload = _TIME.pack(seconds) + self._key.sign(_cosigned_text(checkpoint, seconds))
        return Signature(self.name, self.verifier.key_id(KeyKind.COSIGNATURE), payload)


def write_note(checkpoint: Checkpoint, signatures: Iterable[Signature]) -> str:
    """Return a checkpoint with its signatures, in the form of the standard."""
    return checkpoint.text() + "\n" + "".join(signature.line() for signature in signatures)


def read_note(text: str) -> tuple[Checkpoint, tuple[Signature, ...]]:
    """Read a checkpoint with its signatures, none of which is checked yet. Raises NoteUnusable."""
    body, separator, lines = text.partition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise NoteUnusable("A signed checkpoint has an empty line before its signatures.")
    found = lines[:-1].split("\n")
    if len(found) > _MOST_LINES:
        raise NoteUnusable(f"A checkpoint has {_MOST_LINES} signatures at most.")
    return read_checkpoint(body + "\n"), tuple(_read_line(line) for line in found)


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint. Raises NoteUnusable."""
    parts = text.split("\n")
    if len(parts) != 4 or parts[3]:
        raise NoteUnusable("A checkpoint has three lines: origin, size and root.")
    origin, size, root = parts[:3]
    _check_name(origin)
    if not (size.isascii() and size.isdigit()) or str(int(size[:_MOST_SIZE_DIGITS])) != size:
        raise NoteUnusable("The size of a checkpoint is a plain number.")
    found = Checkpoint(origin, int(size), _decode(root))
    if len(found.root) != HASH_SIZE:
        raise NoteUnusable(f"The root of a checkpoint has {HASH_SIZE} bytes.")
    return found


def find_epoch(origin: str, first: str) -> int | None:
    """Return which epoch of the log `first` has this origin: its own is 1, `first/2` the next; else None."""
    if origin == first:
        return 1
    name, _, number = origin.rpartition("/")
    is_number = number.isascii() and number.isdecimal() and len(number) <= _MOST_EPOCH_DIGITS
    if name != first or not is_number or str(int(number)) != number:
        return None
    return int(number) if int(number) > 1 else None


def _cosigned_text(checkpoint: Checkpoint, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{checkpoint.text()}".encode()


def _read_line(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != DASH:
        raise NoteUnusable("A signature's line begins with an em dash and a space.")
    _check_name(name)
    packed = _decode(encoded)
    if len(packed) <= _ID_SIZE:
        raise NoteUnusable("A signature's line holds a key id and a signature.")
    return Signature(name, packed[:_ID_SIZE], packed[_ID_SIZE:])


def _split_key(line: str) -> tuple[str, str, bytes]:
    """Split `name+id+base64`; base64 may hold a plus of its own."""
    parts = line.split("+", 2)
    if len(parts) != 3:
        raise NoteUnusable("A key is one line: name, id and key, with + between them.")
    _check_name(parts[0])
    return parts[0], parts[1], _decode(parts[2])


def _key_bytes(packed: bytes) -> bytes:
    if len(packed) != 1 + HASH_SIZE or packed[0] != KeyKind.LOG:
        raise NoteUnusable("Keys of the audit are Ed25519: kind 1 and 32 bytes.")
    return packed[1:]


def _check_name(name: str) -> None:
    if not name or any(not character.isprintable() or character in " +" for character in name):
        raise NoteUnusable("The name of a log or witness has no space, plus or control character.")


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decode(text: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteUnusable("A checkpoint's hashes and signatures are base64.") from None
    if _encode(value) != text:
        raise NoteUnusable("A checkpoint's hashes and signatures are base64 in its one form.")
    return value
