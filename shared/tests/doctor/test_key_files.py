"""Which key signs, and how long keys and certificates are still good."""

from datetime import UTC, datetime, timedelta

import pytest

from bulkhead_local.certificates import ensure_certificate
from shared.boundary.errors import KeysUnusable
from shared.boundary.keys import dump_keys, make_keys
from shared.doctor.examining import State
from shared.doctor.key_files import look_at_boundary_keys, look_at_certificates
from shared.doctor.machine import look_at_permissions, look_at_room

NOW = datetime.now(UTC)
PAIR = "customer.sandbox", "execution.sandbox"


def ring(*days):
    records = [
        each
        for begins, ends in days
        for each in make_keys(*PAIR, not_before=NOW + timedelta(begins), not_after=NOW + timedelta(ends))
    ]
    return dump_keys(records).decode(), records


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ([(-1, 90)], State.OK),
        ([(-80, 10)], State.WARN),
        ([(-80, 10), (-1, 90)], State.OK),
        ([(-90, -1)], State.WRONG),
        ([(1, 90)], State.WRONG),
    ],
)
def test_calls_and_answers_have_a_key_that_lasts(days, state):
    document, records = ring(*days)
    found = list(look_at_boundary_keys(document, *PAIR, NOW))
    assert [each.state for each in found] == [state, state]
    active = [str(each.id) for each in records if each.is_active(NOW)]
    assert all(any(key in each.sentence for each in found) for key in active)
    assert "rotate-keys" in found[0].sentence or state is State.OK


def test_keys_of_others_do_not_count_and_what_is_no_key_is_refused():
    document, _ = ring((-1, 90))
    assert {each.state for each in look_at_boundary_keys(document, "customer.production", PAIR[1], NOW)} == {
        State.WRONG
    }
    with pytest.raises(KeysUnusable):
        list(look_at_boundary_keys("{}", *PAIR, NOW))


@pytest.mark.parametrize(
    ("days", "state"), [(0, State.OK), (80, State.WARN), (91, State.WRONG), (-1, State.WRONG)]
)
def test_a_certificate_is_told_before_it_ends(tmp_path, days, state):
    made = ensure_certificate(tmp_path, "customer")
    (found,) = look_at_certificates("X_FILE", made.certificate, NOW + timedelta(days))
    assert found.state is state


def test_a_file_that_is_no_certificate_is_told(tmp_path):
    (tmp_path / "none.pem").write_text("none")
    (found,) = look_at_certificates("X_FILE", tmp_path / "none.pem", NOW)
    assert (found.name, found.state) == ("keys.x_file", State.WRONG)


def test_room_and_rights_of_files_are_told(tmp_path):
    (found,) = look_at_room({"X": tmp_path / "notes.jsonl", "Y": None})
    assert found.name == "disk.x"
    (found,) = look_at_room({"X": tmp_path / "none" / "notes.jsonl"})
    assert found.state is State.WRONG
    file = tmp_path / "key"
    file.write_text("")
    file.chmod(0o644)
    for is_production, state in ((True, State.WRONG), (False, State.WARN)):
        (found,) = look_at_permissions([file, None], is_production=is_production)
        assert found.state is state
    file.chmod(0o600)
    (found,) = look_at_permissions([file], is_production=True)
    assert found.state is State.OK
