"""QR payloads against the EMVCo specification, and every way in which one can be damaged."""

from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from customer_stack.transfers.domain import qr
from customer_stack.transfers.domain.codes import make_code
from customer_stack.transfers.domain.qr import (
    QrCode,
    compute_crc,
    make_payload,
    read_objects,
    read_our_payload,
    read_payload,
    write_object,
)
from customer_stack.transfers.errors import QrCodeForeign, QrCodeUnreadable, QrTextUnprintable

# The example of the specification (EMV QRCPS, Merchant-Presented Mode, annex on examples).
OFFICIAL = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN"
    "5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***"
    "0708A60086670902ME91320016A0112233449988770708123456786304A13A"
)
PRINTABLE = (
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1).map(str.strip).filter(bool)
)
CODES = st.builds(
    QrCode,
    code_id=st.uuids(),
    account_code=st.integers(0, 2**50 - 1).map(make_code),
    amount=st.none() | st.integers(1, 10**12 - 1),
    name=PRINTABLE.map(lambda text: text[:25].strip()).filter(bool),
    city=PRINTABLE.map(lambda text: text[:15].strip()).filter(bool),
    reference=st.none() | PRINTABLE.map(lambda text: text[:25].strip()).filter(bool),
)
SAMPLE = QrCode(UUID(int=7), make_code(12345), 1_234_50, "Kandy Tea House", "Kandy", "INV-2026-7")


def sealed(body):
    """Return a body with its checksum."""
    return body + "6304" + compute_crc(body + "6304")


def test_the_example_of_the_specification_is_read():
    objects = read_payload(OFFICIAL)
    assert (objects["59"], objects["60"], objects["54"], objects["53"]) == (
        "BEST TRANSPORT",
        "BEIJING",
        "23.72",
        "156",
    )
    assert read_objects(objects["64"]) == {"00": "ZH", "01": "最佳运输", "02": "北京"}
    assert read_objects(objects["62"])["07"] == "A6008667"


def test_the_checksum_is_that_of_the_specification():
    assert compute_crc(OFFICIAL[:-4]) == "A13A"
    assert compute_crc("123456789") == "29B1"  # the check value of CRC-16/CCITT-FALSE


def test_another_network_is_refused_as_such():
    with pytest.raises(QrCodeForeign):
        read_our_payload(OFFICIAL)


def test_our_payload_is_what_a_reader_of_any_network_expects():
    payload = make_payload(SAMPLE)
    objects = read_payload(payload)
    assert payload.startswith("000201" + "010212")
    assert list(objects)[-1] == "63"
    assert {name: objects[name] for name in ("52", "53", "54", "58", "59", "60")} == {
        "52": "0000",
        "53": "144",
        "54": "1234.50",
        "58": "LK",
        "59": "Kandy Tea House",
        "60": "Kandy",
    }
    assert read_objects(objects["26"]) == {
        "00": "lk.bulkhead.pay",
        "01": SAMPLE.account_code,
        "02": SAMPLE.code_id.hex,
    }
    assert read_objects(objects["62"]) == {"05": "INV-2026-7"}


@given(CODES)
@example(SAMPLE)
def test_what_is_made_is_read_back_equal(code):
    payload = make_payload(code)
    assert len(payload) <= qr.PAYLOAD_LIMIT
    assert read_our_payload(payload) == code


@given(CODES, st.data())
def test_one_changed_character_is_always_found(code, data):
    payload = make_payload(code)
    place = data.draw(st.integers(0, len(payload) - 1))
    other = data.draw(
        st.characters(min_codepoint=0x20, max_codepoint=0x7E).filter(lambda c: c != payload[place])
    )
    with pytest.raises(QrCodeUnreadable):
        read_our_payload(payload[:place] + other + payload[place + 1 :])


@given(CODES, st.data())
def test_a_cut_payload_is_always_found(code, data):
    payload = make_payload(code)
    with pytest.raises(QrCodeUnreadable):
        read_our_payload(payload[: data.draw(st.integers(0, len(payload) - 1))])


@given(st.text(max_size=600))
def test_no_text_breaks_the_reader(text):
    with pytest.raises(QrCodeUnreadable):
        read_our_payload(text)


OBJECT = st.tuples(st.integers(0, 99).map("{:02d}".format), st.text(min_size=1, max_size=99))


@given(st.lists(OBJECT, max_size=5, unique_by=lambda each: each[0]))
def test_objects_are_read_back_in_their_order(objects):
    assert list(read_objects("".join(write_object(*each) for each in objects)).items()) == objects


BASE = "000201" + "010211"
OURS = make_payload(SAMPLE)[12:][: 4 + int(make_payload(SAMPLE)[14:16])]
REST = "52040000" + "5303144" + "5802LK" + "5905Kandy" + "6005Kandy"


def test_ids_that_we_do_not_know_are_passed_over():
    more = write_object("40", write_object("00", "lk.other.network")) + write_object("61", "20000")
    more += write_object("65", "නුවර") + write_object("85", write_object("00", "x") + write_object("01", "ක"))
    more += write_object("64", write_object("00", "SI") + write_object("01", "තේ කඩය"))
    code = read_our_payload(sealed(BASE + OURS + REST + more))
    assert (code.code_id, code.amount, code.name) == (SAMPLE.code_id, None, "Kandy")


def test_our_identifier_is_compared_without_regard_to_case_and_found_in_any_place():
    ours = OURS[4:].replace("lk.bulkhead.pay", "LK.Bulkhead.Pay")
    body = BASE + write_object("26", write_object("00", "lk.other")) + write_object("51", ours) + REST
    assert read_our_payload(sealed(body)).code_id == SAMPLE.code_id


@pytest.mark.parametrize(
    "body",
    [
        BASE + OURS + REST + "5802LK",  # an object twice
        "010211" + "000201" + OURS + REST,  # the format is not first
        "000202" + "010211" + OURS + REST,  # another format
        "000201" + "010213" + OURS + REST,  # no such initiation
        BASE + OURS + REST.replace("52040000", ""),  # no category
        BASE + OURS + REST.replace("5303144", ""),  # no currency
        BASE + OURS + REST.replace("5802LK", ""),
        BASE + OURS + REST.replace("5905Kandy", ""),
        BASE + OURS + REST.replace("6005Kandy", ""),
        BASE + REST,  # nobody to pay
        BASE + OURS + REST.replace("5303144", "5303840"),  # our template in another currency
        BASE + OURS + REST.replace("5802LK", "5802lk"),
        BASE + OURS + REST.replace("5802LK", "5802IN"),
        BASE + OURS + REST.replace("52040000", "520400A0"),
        BASE + OURS + REST + write_object("54", "10.00"),  # static, yet with an amount
        "000201" + "010212" + OURS + REST,  # dynamic, yet without
        "000201" + "010212" + OURS + REST + write_object("54", "0.00"),
        "000201" + "010212" + OURS + REST + write_object("54", "1.005"),
        "000201" + "010212" + OURS + REST + write_object("54", "1,00"),
        "000201" + "010212" + OURS + REST + write_object("54", "-1"),
        "000201" + "010212" + OURS + REST + write_object("54", "99999999999.99"),
        BASE + OURS + REST + write_object("55", "01"),  # a tip is asked for
        BASE + OURS + REST + write_object("62", "05"),
        BASE + OURS + REST + write_object("62", write_object("05", "x" * 26)),
        BASE + OURS + REST + write_object("64", write_object("00", "SI")),
        BASE + OURS + REST.replace("5905Kandy", "5905Kandü"),
        BASE + OURS + REST.replace("5905Kandy", write_object("59", "x" * 26)),
        BASE + OURS + REST.replace("6005Kandy", write_object("60", "x" * 16)),
        BASE + write_object("26", write_object("00", "lk.bulkhead.pay")) + REST,
        BASE + OURS + REST + "8500",  # empty
        BASE + OURS + REST + "85",
        BASE + OURS + REST + "8599x",
        BASE + OURS + REST + "ab05Kandy",
    ],
)
def test_a_damaged_code_is_refused_though_its_checksum_is_right(body):
    with pytest.raises(QrCodeUnreadable):
        read_our_payload(sealed(body))


@pytest.mark.parametrize(("text", "cents"), [("98.73", 9873), ("98", 9800), ("98.", 9800), ("0.5", 50)])
def test_the_forms_of_an_amount(text, cents):
    body = "000201" + "010212" + OURS + REST + write_object("54", text)
    assert read_our_payload(sealed(body)).amount == cents


@pytest.mark.parametrize("name", ["", "x" * 26, "නුවර", " Kandy", "a\nb", "a\x00"])
def test_a_text_that_no_code_can_carry_is_refused(name):
    with pytest.raises(QrTextUnprintable):
        make_payload(QrCode(UUID(int=1), make_code(1), None, name, "Kandy"))
