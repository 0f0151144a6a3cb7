"""What a record is in bytes, and how records become a chain. Pure.

What is hashed of a record is its row as PostgreSQL itself writes it with `COPY ... (FORMAT binary)`: the
columns id, txid, tenant_id, recorded_at, kind and body, each with its length before it. So what a server
sends is what is hashed, and no two rows give one hash. Such a row begins with the count of its columns, two
bytes of which the first is 0x00: the leaf's prefix in RFC 6962, section 2.1. Chain hashes begin with 0x02.
Bodies are JSON with sorted ASCII keys and without floats, which makes them RFC 8785 as they stand; still,
only the stored bytes are hashed, and nothing is ever serialised again to verify it.

Guaranteed: a leaf binds number, transaction, tenant, kind, time and body; a chain hash binds its number,
its leaf and all before.
"""

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import NoneType
from typing import Any, Final
from uuid import UUID

import orjson

from shared.errors import invariant

CHAIN_PREFIX: Final = b"\x02"
GENESIS: Final = hashlib.sha256(b"bulkhead-audit-v1").digest()
"""The chain hash before the first record."""

LEAF_COLUMNS: Final = "id, txid, tenant_id, recorded_at, kind, body"
"""What is hashed of a record, in this order."""

_LEAF: Final = struct.Struct(">HIqIQI16sIqI")
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
    """How many records are sealed, and the chain hash over all of them."""

    size: int
    chain: bytes


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
class Seal:
    """A record's number in the history and the hashes that tie it to what came before."""

    sequence: int
    record_txid: int
    record_id: int
    leaf: bytes
    chain: bytes

    @property
    def position(self) -> tuple[int, int]:
        """Return where the sealed record stands in the order of sealing."""
        return self.record_txid, self.record_id


class Problem(StrEnum):
    """What is wrong with the history at its first bad place."""

    SEAL_MISSING = "a seal is missing: the numbers have a gap"
    RECORD_MISSING = "a sealed record is gone"
    RECORD_UNSEALED = "a record stands among sealed ones and was never sealed"
    RECORD_ALTERED = "a record is not what was sealed"
    CHAIN_BROKEN = "a seal does not follow from the one before"
    HEAD_DIFFERS = "the history is not the one whose head was kept elsewhere"


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


def hash_chain(previous: bytes, sequence: int, leaf: bytes) -> bytes:
    """Return the chain hash of the record numbered `sequence`."""
    return hashlib.sha256(CHAIN_PREFIX + previous + sequence.to_bytes(8, "big") + leaf).digest()


def seal(head: AuditHead, records: list[StoredRecord]) -> list[Seal]:
    """Number `records`, which are in the order of sealing, after `head`."""
    chain, seals = head.chain, []
    for sequence, record in enumerate(records, start=head.size + 1):
        leaf = hash_leaf(record)
        chain = hash_chain(chain, sequence, leaf)
        seals.append(Seal(sequence, record.txid, record.id, leaf, chain))
    return seals


def find_problem(head: AuditHead, stored: Seal, record: StoredRecord | None) -> Problem | None:
    """Check the seal after `head` against the record that stands at its place."""
    if stored.sequence != head.size + 1:
        return Problem.SEAL_MISSING
    if record is None or record.position > stored.position:
        return Problem.RECORD_MISSING
    if record.position < stored.position:
        return Problem.RECORD_UNSEALED
    if hash_leaf(record) != stored.leaf:
        return Problem.RECORD_ALTERED
    if hash_chain(head.chain, stored.sequence, stored.leaf) != stored.chain:
        return Problem.CHAIN_BROKEN
    return None


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
