"""Keys of a running process: noticed when they change, kept when the change is bad."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from shared.boundary.errors import KeysUnusable
from shared.boundary.key_source import KeyFile, open_keys
from shared.boundary.keys import Direction, dump_keys, make_keys

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
A, B = "customer-lk.sandbox", "execution.sandbox"


def pair(start=NOW - DAY, end=NOW + DAY):
    return make_keys(A, B, not_before=start, not_after=end)


def signing_id(keys, at):
    return keys.find_signing(Direction.REQUEST, A, B, at).id


def rejected():
    return REGISTRY.get_sample_value("boundary_key_reloads_total", {"outcome": "rejected"}) or 0


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "keys.json"
    path.write_bytes(dump_keys(pair()))
    return path


def test_a_changed_file_is_noticed_within_a_second(file):
    keys = KeyFile(file)
    before, fresh = signing_id(keys, NOW), pair()
    file.write_bytes(dump_keys(fresh))
    assert signing_id(keys, NOW + SECOND / 2) == before
    assert signing_id(keys, NOW + SECOND) == fresh[0].id
    assert keys.find_verifying(before, Direction.REQUEST, B, NOW + SECOND) is None


def test_a_file_put_in_its_place_is_noticed_even_with_the_same_time(file, tmp_path):
    keys, fresh = KeyFile(file), pair()
    signing_id(keys, NOW)
    other, times = tmp_path / "other.json", file.stat()
    other.write_bytes(dump_keys(fresh))
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.replace(file)
    assert signing_id(keys, NOW + SECOND) == fresh[0].id


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.unlink(),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(file.read_bytes()[:-40]),
        lambda file: file.write_bytes(b'{"keys": []}'),
        lambda file: file.write_bytes(b"[]"),
        lambda file: file.write_bytes(dump_keys(pair(end=NOW))),
        lambda file: file.write_bytes(dump_keys(pair(start=NOW + DAY / 2))),
    ],
    ids=["gone", "empty", "torn", "no keys", "another form", "expired", "not yet"],
)
def test_a_bad_file_changes_nothing_and_is_counted_and_said_once(file, spoil):
    keys = KeyFile(file)
    before, count = signing_id(keys, NOW), rejected()
    spoil(file)
    with capture_logs() as logs:
        assert [signing_id(keys, NOW + n * SECOND) for n in (1, 2, 3)] == [before] * 3
    assert rejected() == count + 3
    assert [line["event"] for line in logs] == ["boundary.keys_rejected"]
    fresh = pair()
    file.write_bytes(dump_keys(fresh))
    assert signing_id(keys, NOW + 4 * SECOND) == fresh[0].id


def test_a_secret_never_reaches_the_log(file):
    keys, fresh = KeyFile(file), pair()
    signing_id(keys, NOW)
    document = dump_keys(fresh)
    file.write_bytes(document.replace(b"hmac-sha256", b"none"))
    with capture_logs() as logs:
        signing_id(keys, NOW + SECOND)
        file.write_bytes(document)
        signing_id(keys, NOW + 2 * SECOND)
    said = repr(logs).encode()
    assert len(logs) == 2
    assert not any(line.split(b'"')[3] in said for line in document.splitlines() if b'"secret"' in line)


def test_a_clock_that_was_set_back_does_not_stop_the_watching(file):
    keys, fresh = KeyFile(file), pair()
    signing_id(keys, NOW)
    file.write_bytes(dump_keys(fresh))
    assert signing_id(keys, NOW - DAY / 2) == fresh[0].id


def test_keys_come_from_exactly_one_of_file_and_environment(file):
    text = file.read_text()
    assert signing_id(open_keys(None, text), NOW) == signing_id(open_keys(file, None), NOW)
    for sources in ((None, None), (file, text), (None, ""), (None, "{}"), (file.with_name("absent"), None)):
        with pytest.raises(KeysUnusable):
            open_keys(*sources)
