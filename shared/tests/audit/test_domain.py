"""What is hashed, and that no two different things hash alike."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audit import domain
from shared.audit.domain import AuditHead, AuditRecord, Problem, StoredRecord
from shared.errors import InvariantViolated

TENANT = UUID("0190a5b2-0000-7000-8000-000000000001")
AT = datetime(2026, 11, 20, 12, 0, 0, 5, tzinfo=UTC)
RECORD = StoredRecord(7, 900, TENANT, "wager.placed", AT, b'{"a":1}')
START = AuditHead(0, domain.GENESIS)

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


def test_the_first_seal_follows_the_genesis_hash():
    (only,) = domain.seal(START, [RECORD])
    assert only.sequence == 1
    assert only.chain == domain.hash_chain(domain.GENESIS, 1, domain.hash_leaf(RECORD))
    assert domain.find_problem(START, only, RECORD) is None


def test_each_kind_of_damage_has_its_name():
    (good,) = domain.seal(START, [RECORD])
    find = domain.find_problem
    assert find(START, replace(good, sequence=2), RECORD) is Problem.SEAL_MISSING
    assert find(START, good, None) is Problem.RECORD_MISSING
    assert find(START, good, replace(RECORD, id=8)) is Problem.RECORD_MISSING
    assert find(START, good, replace(RECORD, id=6)) is Problem.RECORD_UNSEALED
    assert find(START, good, replace(RECORD, body=b"{}")) is Problem.RECORD_ALTERED
    assert find(START, replace(good, chain=bytes(32)), RECORD) is Problem.CHAIN_BROKEN
    assert find(AuditHead(0, bytes(32)), good, RECORD) is Problem.CHAIN_BROKEN
