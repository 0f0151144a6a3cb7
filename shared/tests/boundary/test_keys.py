"""Key files: complete, explicit, and silent about their secrets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from shared.boundary.errors import KeysUnusable
from shared.boundary.keys import KEYS_LIMIT, SIGNS_AFTER, Direction, KeyRing, dump_keys, load_keys, make_keys

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
A, B = "customer-lk.sandbox", "execution.sandbox"


def pair(start=NOW - DAY, end=NOW + DAY):
    return make_keys(A, B, not_before=start, not_after=end)


def test_a_written_file_reads_back(tmp_path):
    keys = pair()
    path = tmp_path / "keys.json"
    path.write_bytes(dump_keys(keys))
    ring = load_keys(path)
    assert ring.find_signing(Direction.REQUEST, A, B, NOW) == keys[0]
    assert ring.find_signing(Direction.RESPONSE, B, A, NOW) == keys[1]


def test_a_secret_is_never_shown():
    key = pair()[0]
    assert repr(key.secret) not in repr(key)
    assert "secret" not in repr(key)


def test_each_direction_has_a_secret_of_its_own():
    request, response = pair()
    assert request.secret != response.secret
    assert request.id != response.id


def test_a_key_verifies_only_its_direction_audience_and_time():
    request, response = pair()
    ring = KeyRing([request, response])
    assert ring.find_verifying(request.id, Direction.REQUEST, B, NOW) == request
    assert ring.find_verifying(request.id, Direction.RESPONSE, B, NOW) is None
    assert ring.find_verifying(request.id, Direction.REQUEST, A, NOW) is None
    assert ring.find_verifying(response.id, Direction.REQUEST, B, NOW) is None
    assert ring.find_verifying(request.id, Direction.REQUEST, B, NOW + DAY) is None
    assert ring.find_verifying(request.id, Direction.REQUEST, B, NOW - DAY) == request
    assert ring.find_verifying(request.id, Direction.REQUEST, B, NOW - DAY - DAY / 2) is None


def test_the_newest_key_that_has_waited_signs():
    old, newer, future = pair(), pair(start=NOW), pair(start=NOW + DAY / 2)
    ring = KeyRing([*old, *newer, *future])
    assert ring.find_signing(Direction.REQUEST, A, B, NOW) == old[0]
    assert ring.find_verifying(newer[0].id, Direction.REQUEST, B, NOW) == newer[0]
    assert ring.find_signing(Direction.REQUEST, A, B, NOW + SIGNS_AFTER) == newer[0]
    assert KeyRing(newer).find_signing(Direction.REQUEST, A, B, NOW) == newer[0]
    with pytest.raises(KeysUnusable):
        ring.find_signing(Direction.REQUEST, A, B, NOW + 2 * DAY)
    with pytest.raises(KeysUnusable):
        ring.find_signing(Direction.REQUEST, A, "execution.production", NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"secret": bytes(31)},
        {"sender": "Nimal Perera"},
        {"audience": "execution"},
        {"audience": A},
        {"not_after": NOW - DAY},
        {"not_before": NOW.replace(tzinfo=None)},
    ],
)
def test_a_key_that_breaks_a_rule_is_refused(change):
    with pytest.raises(KeysUnusable):
        KeyRing([replace(pair()[0], **change)])


def test_there_is_at_least_one_key_and_a_bounded_number():
    for records in ([], [key for _ in range(KEYS_LIMIT // 2 + 1) for key in pair()]):
        with pytest.raises(KeysUnusable):
            KeyRing(records)


def test_an_id_stands_for_one_key():
    key = pair()[0]
    with pytest.raises(KeysUnusable):
        KeyRing([key, key])


@pytest.mark.parametrize(
    "change",
    [
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"secret": "not base64!"},
        {"id": "first"},
        {"direction": "both"},
        {"not_after": "tomorrow"},
        {"note": "an extra field"},
        {"secret": None},
        {"sender": 7},
    ],
)
def test_a_file_of_another_form_is_refused_without_quoting_it(tmp_path, change):
    document = orjson.loads(dump_keys(pair()))
    document["keys"][0].update(change)
    path = tmp_path / "keys.json"
    path.write_bytes(orjson.dumps(document))
    with pytest.raises(KeysUnusable) as caught:
        load_keys(path)
    assert str(next(iter(change.values()))) not in str(caught.value)
    assert caught.value.__cause__ is None


def test_there_are_no_keys_without_a_file(tmp_path):
    with pytest.raises(KeysUnusable):
        load_keys(tmp_path / "absent.json")
