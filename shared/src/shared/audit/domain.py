"""What a record is in bytes, and how records become a history. Pure.

What is hashed of a record is its row as PostgreSQL itself writes it with `COPY ... (FORMAT binary)`: the
columns id, txid, tenant_id, recorded_at, kind and body, each with its length before it. So what a server
sends is what is hashed, and no two rows give one hash. Such a row begins with the count of its columns, two
bytes of which the first is 0x00: the leaf's prefix in RFC 6962, section 2.1. Chain hashes begin with 0x02.
Bodies are JSON with sorted ASCII keys and without floats, which makes them RFC 8785 as they stand; still,
only the stored bytes are hashed, and nothing is ever serialised again to verify it.

A seal covers the records of one turn of the sealer. The tree's root binds every record at its place; the
chain ties each seal to the one before, so that a seal that is gone or in another order shows without a root
to compare with.

Guaranteed: a leaf binds id, transaction, tenant, kind, time and body; a root binds every leaf at its place;
a chain hash binds a seal's records and all before.
"""

import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from types import NoneType
from typing import Any, Final
from uuid import UUID

import orjson

from shared.audit.tree import Frontier, Row
from shared.errors import invariant

CHAIN_PREFIX: Final = b"\x02"
STORED_LEVEL: Final = 8
"""Complete subtrees below this level, over less than 256 leaves, are not stored: a seal has their leaves."""
GENESIS: Final = hashlib.sha256(b"bulkhead-audit-v1").digest()
"""The chain hash before the first record."""

LEAF_COLUMNS: Final = "id, txid, tenant_id, recorded_at, kind, body"
"""What is hashed of a record, in this order."""

_LEAF: Final = struct.Struct(">HIqIQI16sIqI")
_LINK: Final = struct.Struct(">QQq")
_LENGTH: Final = struct.Struct(">I")
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""PostgreSQL's own."""
_MICROSECOND: Final = timedelta(microseconds=1)
_PLAIN: Final = frozenset({str, int, bool, NoneType, UUID})
_OPTIONS: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER | orjson.OPT_UTC_Z


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One thing that happened. `kind` is `module.what_happened`; `body` holds ids and amounts only.

    `actor` is "customer:<id>", "staff:<id>" or "system". Values of `body` are strings, integers below
    2**53, booleans, None, UUIDs, and lists and dicts of these.
    """

    tenant_id: UUID
    kind: str
    body: Mapping[str, Any]
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class AuditHead:
    """How many records are sealed, and the root of the tree over all of them."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it lies in the database."""

    id: int
    txid: int
    tenant_id: UUID
    kind: str
    recorded_at: datetime
    body: bytes

    @property
    def position(self) -> tuple[int, int]:
        """Return where the record stands in the order of sealing."""
        return self.txid, self.id


@dataclass(frozen=True, slots=True)
class Head:
    """Where the history stands after a seal: what the next one goes on from."""

    frontier: Frontier
    chain: bytes
    position: tuple[int, int]
    """Transaction and id of the last record."""

    @property
    def size(self) -> int:
        """Return how many records are sealed."""
        return self.frontier.size


START: Final = Head(Frontier(), GENESIS, (0, 0))
"""The head before the first record."""


@dataclass(frozen=True, slots=True)
class Seal:
    """One turn of the sealer: the leaves of the records it numbered, and the head after them."""

    start: int
    """How many records stand before the first of this seal."""
    leaves: bytes
    """Hashes of the records, side by side."""
    head: Head


def body_bytes(record: AuditRecord) -> bytes:
    """Return the bytes that are stored and hashed: sorted keys, no floats, nothing but ASCII in keys."""
    _check(record.body)
    document = {"actor": record.actor, "at": record.at, "data": record.body}
    return orjson.dumps(document, default=_write_driver_uuid, option=_OPTIONS)


def _write_driver_uuid(value: object) -> str:
    """Write the database driver's own class of UUIDs like any other; orjson knows the standard one only."""
    invariant(isinstance(value, UUID), "a checked body holds nothing else that is not plain")
    return str(value)


def leaf_bytes(record: StoredRecord) -> bytes:
    """Return the bytes whose hash is the record's leaf: its row as a binary copy writes it."""
    kind = record.kind.encode()
    header = _LEAF.pack(
        len(fields(record)),
        8,
        record.id,
        8,
        record.txid,
        16,
        record.tenant_id.bytes,
        8,
        (record.recorded_at - _EPOCH) // _MICROSECOND,
        len(kind),
    )
    return header + kind + _LENGTH.pack(len(record.body)) + record.body


def hash_leaf(record: StoredRecord) -> bytes:
    """Return the hash of a whole record."""
    return hashlib.sha256(leaf_bytes(record)).digest()


def hash_chain(previous: bytes, start: int, position: tuple[int, int], leaves: bytes) -> bytes:
    """Return the chain hash of a seal: over the one before, its first number, its last record, its leaves."""
    header = _LINK.pack(start, *position)
    return hashlib.sha256(CHAIN_PREFIX + previous + header + leaves).digest()


def seal(head: Head, records: Sequence[StoredRecord]) -> tuple[Seal, list[Row]]:
    """Number `records`, which are in the order of sealing, after `head`.

    Returns with the seal the subtrees that it completes and that are stored.
    """
    leaves = [hash_leaf(record) for record in records]
    frontier, rows = head.frontier.grow(leaves)
    position, packed = records[-1].position, b"".join(leaves)
    chain = hash_chain(head.chain, head.size, position, packed)
    stored = [row for row in rows if row.level >= STORED_LEVEL]
    return Seal(head.size, packed, Head(frontier, chain, position)), stored


def _check(value: object) -> None:
    """Refuse floats and whatever else has no single form."""
    if type(value) in _PLAIN:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            invariant(type(key) is str and key.isascii(), "keys of audit bodies are ASCII text")
            if type(item) not in _PLAIN:
                _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    else:
        plain = isinstance(value, str | int | UUID)
        invariant(plain, "an audit body holds text, integers, booleans and ids only")
