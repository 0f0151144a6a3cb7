"""The disaster drill: what was acknowledged comes back, and what did not would be seen."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkhead_local.backup import wrong_files
from bulkhead_local.drill import Options, Verdict, run
from bulkhead_local.drill_load import prefix_length
from bulkhead_local.prepared import prepare_databases


@given(st.integers(0, 20), st.sets(st.integers(0, 30)))
def test_a_prefix_is_what_was_stored_without_a_gap(count, extra):
    sent = list(range(20))
    stored = set(range(count)) | {each for each in extra if each >= 20}
    assert prefix_length(sent, stored) == count
    for gap in range(count - 1):
        assert prefix_length(sent, stored - {gap}) is None


def test_a_base_backup_that_differs_from_its_manifest_is_seen(tmp_path: Path):
    files = {"kept": b"1", "changed": b"2", "gone": b"3", "naïve": b"4"}
    listed = [
        ({"Path": name} if name.isascii() else {"Encoded-Path": name.encode().hex()})
        | {"Checksum": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    ]
    (tmp_path / "backup_manifest").write_text(json.dumps({"Files": listed}))
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    assert wrong_files(tmp_path) == []
    (tmp_path / "changed").write_bytes(b"0")
    (tmp_path / "gone").unlink()
    assert wrong_files(tmp_path) == ["changed", "gone"]


def test_one_comparison_that_fails_fails_the_drill():
    said: list[str] = []
    verdict = Verdict(said.append)
    verdict.require(True, "one")
    assert verdict.good
    verdict.require(False, "two")
    verdict.require(True, "three")
    assert not verdict.good
    assert [line.split()[0] for line in said] == ["held", "BROKEN", "held"]


@pytest.mark.system
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "acknowledged transfers are stored"),
        ({"to_moment": True}, "the balances of that moment"),
        ({"lose_segment": True}, "in the segment that is gone"),
    ],
    ids=["everything comes back", "up to a moment", "from the archive alone"],
)
def test_a_lost_database_is_restored(tmp_path: Path, options: dict[str, bool], expected: str):
    said: list[str] = []
    migrated = prepare_databases() / "postgres" / "customer"
    assert run(Options(tmp_path / "drill", load_seconds=1.0, prepared=migrated, **options), said.append), said
    assert any(expected in line for line in said)
    assert not (tmp_path / "drill").exists()
