"""What is hashed, and that no two different things hash alike."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audit import domain, tree
from shared.audit.domain import START, AuditRecord, StoredRecord
from shared.errors import InvariantViolated

TENANT = UUID("0190a5b2-0000-7000-8000-000000000001")
AT = datetime(2026, 11, 20, 12, 0, 0, 5, tzinfo=UTC)
RECORD = StoredRecord(7, 900, TENANT, "wager.placed", AT, b'{"a":1}')

plain = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text() | st.uuids()
keys = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)
)


class Outcome(StrEnum):
    ALLOWED = "allowed"


def record(**body):
    return AuditRecord(TENANT, "wager.placed", body, AT, "system")


def test_the_bytes_are_sorted_compact_json():
    written = domain.body_bytes(record(b=2, a=[TENANT, None, True], c=Outcome.ALLOWED))
    assert written == (
        b'{"actor":"system","at":"2026-11-20T12:00:00.000005Z",'
        b'"data":{"a":["0190a5b2-0000-7000-8000-000000000001",null,true],"b":2,"c":"allowed"}}'
    )


@given(st.dictionaries(keys, values, max_size=5))
def test_the_bytes_are_what_canonical_json_would_be(body):
    written = domain.body_bytes(record(**body))
    canonical = json.dumps(json.loads(written), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert written == canonical.encode()


@pytest.mark.parametrize("bad", [1.5, {"x": 0.1}, [1, [2.0]], {"é": 1}, {1: 2}, b"raw", 1 + 2j])
def test_floats_foreign_keys_and_other_types_are_refused(bad):
    with pytest.raises(InvariantViolated):
        domain.body_bytes(record(value=bad))


def test_integers_that_json_readers_would_round_are_refused():
    with pytest.raises(TypeError):
        domain.body_bytes(record(value=2**53))


@pytest.mark.parametrize(
    "change",
    [
        {"id": 8},
        {"txid": 901},
        {"tenant_id": UUID(int=5)},
        {"kind": "wager.placee"},
        {"recorded_at": AT.replace(microsecond=6)},
        {"body": b'{"a":2}'},
        {"kind": "wager.placed\x00\x00\x00\x07", "body": b""},
    ],
)
def test_every_field_changes_the_leaf(change):
    assert domain.hash_leaf(replace(RECORD, **change)) != domain.hash_leaf(RECORD)


def test_a_leaf_is_the_hash_of_the_row_as_a_binary_copy_writes_it():
    row = bytes.fromhex(
        "0006000000080000000000000007000000080000000000000384"
        "000000100190a5b200007000800000000000000100000008000303b2c0923005"
    )  # fmt: skip
    row += b"\x00\x00\x00\x0cwager.placed" + b'\x00\x00\x00\x07{"a":1}'
    assert domain.leaf_bytes(RECORD) == row
    assert domain.hash_leaf(RECORD) == sha256(row).digest()


def test_a_seal_goes_on_from_the_head_before():
    first, _ = domain.seal(START, [RECORD])
    leaf = domain.hash_leaf(RECORD)
    assert (first.start, first.leaves, first.head.size) == (0, leaf, 1)
    assert first.head.frontier.root == leaf
    assert first.head.chain == domain.hash_chain(domain.GENESIS, 0, (900, 7), leaf)
    others = [replace(RECORD, id=id_) for id_ in range(8, 520)]
    second, rows = domain.seal(first.head, others)
    leaves = [leaf, *map(domain.hash_leaf, others)]
    assert second.head.frontier.root == tree.root_of(leaves)
    assert (second.start, second.head.size, second.head.position) == (1, 513, (900, 519))
    assert [(row.level, row.number, len(row.hashes)) for row in rows] == [(8, 0, 2), (9, 0, 1)]
    assert rows[0].hashes[0] == tree.root_of(leaves[:256])


def test_everything_changes_the_chain():
    link = {"previous": domain.GENESIS, "start": 0, "position": (1, 2), "leaves": b"l"}
    for change in ({"previous": bytes(32)}, {"start": 1}, {"position": (1, 3)}, {"leaves": b"m"}):
        assert domain.hash_chain(**link | change) != domain.hash_chain(**link)
