"""Identifiers and digests as they cross the wall: groups of fixed64, so that no text fits in.

Guaranteed: a UUID that comes in is of version 4, 5 or 7 and of the RFC 9562 variant.
"""

import struct
from typing import Final
from uuid import UUID

from asyncpg.pgproto import pgproto

from boundary.v1 import boundary_pb2 as pb
from boundary.v2 import boundary_pb2 as v2
from shared.boundary.errors import CallRefused, Code
from shared.errors import invariant

DIGEST_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

_LOW_64: Final = (1 << 64) - 1
_PAIR: Final = struct.Struct(">QQ")
_FOUR: Final = struct.Struct(">4Q")
_EIGHT: Final = struct.Struct(">8Q")
VERSIONS: Final = frozenset({4, 5, 7})
VARIANT: Final = 0b10


def uuid_to_wire(value: UUID) -> pb.Uuid:
    """Return the two big-endian halves."""
    number = value.int
    return pb.Uuid(high=number >> 64, low=number & _LOW_64)


def uuid_from_wire(message: pb.Uuid) -> UUID:
    """Return the UUID. Raises CallRefused for other versions or variants than ours."""
    high, low = message.high, message.low
    if not are_uuid_bits(high, low):
        raise CallRefused(Code.BAD_UUID)
    return checked_uuid(high, low)


def checked_uuid(high: int, low: int) -> UUID:
    """Return the UUID of halves that were checked: of the database driver's class, which is made faster."""
    made: UUID = pgproto.UUID(_PAIR.pack(high, low))
    return made


def are_uuid_bits(high: int, low: int) -> bool:
    """Tell whether the halves carry version 4, 5 or 7 and the variant 10 (RFC 9562, section 4)."""
    return (high >> 12) & 0xF in VERSIONS and low >> 62 == VARIANT


def digest_to_wire(digest: bytes) -> pb.Digest:
    """Return a SHA-256 as four big-endian words."""
    invariant(len(digest) == DIGEST_BYTES, "a digest has 32 bytes")
    words = (int.from_bytes(digest[start : start + 8], "big") for start in (0, 8, 16, 24))
    a, b, c, d = words
    return pb.Digest(a=a, b=b, c=c, d=d)


def digest_from_wire(message: pb.Digest) -> bytes:
    """Return the 32 bytes."""
    number = (message.a << 192) | (message.b << 128) | (message.c << 64) | message.d
    return number.to_bytes(DIGEST_BYTES, "big")


def node_to_wire(node: bytes) -> v2.Node:
    """Return a subtree's hash as four big-endian words."""
    a, b, c, d = _FOUR.unpack(node)
    return v2.Node(a=a, b=b, c=c, d=d)


def node_from_wire(message: v2.Node) -> bytes:
    """Return the 32 bytes."""
    return _FOUR.pack(message.a, message.b, message.c, message.d)


def signature_to_wire(signature: bytes) -> v2.Signature:
    """Return an Ed25519 signature as eight big-endian words."""
    invariant(len(signature) == SIGNATURE_BYTES, "a signature has 64 bytes")
    a, b, c, d, e, f, g, h = _EIGHT.unpack(signature)
    return v2.Signature(a=a, b=b, c=c, d=d, e=e, f=f, g=g, h=h)


def signature_from_wire(message: v2.Signature) -> bytes:
    """Return the 64 bytes."""
    return _EIGHT.pack(message.a, message.b, message.c, message.d, message.e, message.f, message.g, message.h)
