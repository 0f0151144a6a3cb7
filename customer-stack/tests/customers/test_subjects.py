"""A person's secret beside the database: without it no wrapped key opens, whatever else is at hand."""

from dataclasses import replace
from uuid import UUID

import pytest

from customer_stack.customers.sealing import FieldErased, FieldKeys, SealBroken, Sealing
from customer_stack.customers.subjects import BLOCK, SECRET_BYTES, SubjectKeys, SubjectKeysUnusable

ONE = UUID(int=1)


def test_places_are_made_in_blocks_and_stay_what_they_are(tmp_path):
    subjects = SubjectKeys(tmp_path / "subjects.bin")
    first, last = subjects.take(1), subjects.take(BLOCK)
    assert first != last
    assert subjects.path.stat().st_size == BLOCK * SECRET_BYTES
    assert subjects.path.stat().st_mode & 0o077 == 0
    assert subjects.take(BLOCK + 1) is not None
    assert (subjects.find(1), subjects.find(BLOCK)) == (first, last)


def test_a_destroyed_place_is_never_given_again(tmp_path):
    subjects = SubjectKeys(tmp_path / "subjects.bin")
    kept = subjects.take(1)
    subjects.take(2)
    subjects.destroy(2)
    subjects.destroy(2)
    assert (subjects.find(1), subjects.find(2), subjects.take(2)) == (kept, None, None)


def test_a_wrapped_key_out_of_an_old_backup_opens_nothing_after_the_erasure(tmp_path):
    subjects = SubjectKeys(tmp_path / "subjects.bin")
    keys = FieldKeys(1, {1: bytes(range(32))}, bytes(32), subjects)
    subjects.take(7)
    backup, cipher = Sealing(keys).create_key(ONE, 7)
    place = ("customer_profile", "phone", ONE)
    sealed = cipher.seal(place, "+94771234567")
    assert Sealing(keys).unwrap(ONE, backup).open(place, sealed) == "+94771234567"
    with pytest.raises(SealBroken):
        Sealing(keys).unwrap(ONE, replace(backup, subject=None))
    subjects.destroy(7)
    with pytest.raises(FieldErased):
        Sealing(keys).unwrap(ONE, backup)


def test_a_file_that_is_gone_or_cut_off_is_no_erasure(tmp_path):
    subjects = SubjectKeys(tmp_path / "subjects.bin")
    with pytest.raises(SubjectKeysUnusable):
        subjects.find(1)
    subjects.take(1)
    with pytest.raises(SubjectKeysUnusable, match="shorter"):
        subjects.find(BLOCK + 1)
