"""Encryption of personal data and blind indexes."""

import json
from uuid import UUID

import pytest

from customer_stack.customers.sealing import FieldKeys, FieldKeysUnusable, RecordSealing, SealBroken, Sealing

ONE, OTHER = UUID(int=1), UUID(int=2)
KEYS = FieldKeys(current=2, encryption={1: b"1" * 32, 2: b"2" * 32}, blind_index=b"i" * 32)
PLACE = ("customer_profile", "phone", ONE)


def test_what_is_sealed_for_a_place_opens_there_and_nowhere_else():
    wrapped, cipher = Sealing(KEYS).create_key(ONE)
    sealed = cipher.seal(PLACE, "+94771234567")
    assert Sealing(KEYS).unwrap(ONE, wrapped).open(PLACE, sealed) == "+94771234567"
    for place in [
        ("customer_profile", "email", ONE),
        ("customer_profile", "phone", OTHER),
        ("x", "phone", ONE),
    ]:
        with pytest.raises(SealBroken):
            cipher.open(place, sealed)


def test_an_altered_field_does_not_open():
    _, cipher = Sealing(KEYS).create_key(ONE)
    sealed = bytearray(cipher.seal(PLACE, "text"))
    sealed[-1] ^= 1
    with pytest.raises(SealBroken):
        cipher.open(PLACE, bytes(sealed))


def test_a_data_key_unwraps_for_its_person_only():
    wrapped, _ = Sealing(KEYS).create_key(ONE)
    assert wrapped.wrapping_key == 2
    with pytest.raises(SealBroken):
        Sealing(KEYS).unwrap(OTHER, wrapped)


def test_equal_texts_are_sealed_differently():
    _, cipher = Sealing(KEYS).create_key(ONE)
    assert cipher.seal(PLACE, "same") != cipher.seal(PLACE, "same")


def test_an_index_depends_on_purpose_tenant_and_text():
    sealing = Sealing(KEYS)
    base = sealing.index("email", ONE, "a@b.lk")
    assert base == sealing.index("email", ONE, "a@b.lk")
    assert base not in {
        sealing.index("document", ONE, "a@b.lk"),
        sealing.index("email", OTHER, "a@b.lk"),
        sealing.index("email", ONE, "b@b.lk"),
    }


def test_a_record_opens_after_the_current_key_was_replaced():
    old = FieldKeys(current=1, encryption=KEYS.encryption, blind_index=KEYS.blind_index)
    sealed = RecordSealing(old).seal(PLACE, "001234567")
    assert RecordSealing(KEYS).open(PLACE, sealed) == "001234567"
    with pytest.raises(SealBroken):
        RecordSealing(KEYS).open(("x", "phone", ONE), sealed)


@pytest.mark.parametrize(
    "document",
    ["", "{}", '{"current": 1, "encryption": {"1": "c2hvcnQ="}, "blind_index": "c2hvcnQ="}', "[]"],
)
def test_unusable_key_files_are_refused(tmp_path, document):
    file = tmp_path / "keys.json"
    file.write_text(document)
    with pytest.raises(FieldKeysUnusable):
        FieldKeys.read(file)


def test_a_current_key_that_is_not_there_is_refused(field_keys_file):
    document = json.loads(field_keys_file.read_text())
    field_keys_file.write_text(json.dumps(document | {"current": 3}))
    with pytest.raises(FieldKeysUnusable):
        FieldKeys.read(field_keys_file)


def test_keys_are_never_shown():
    assert "1111" not in repr(KEYS)
    assert "iiii" not in repr(KEYS)
