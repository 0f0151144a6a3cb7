"""Phone numbers, as people write them, in one form."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.documents.phone import read_phone


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("0771234567", "LK", "+94771234567"),
        ("077 123 4567", "LK", "+94771234567"),
        ("077-1234567", "LK", "+94771234567"),
        ("771234567", "LK", "+94771234567"),
        ("+94 77 123 4567", "LK", "+94771234567"),
        ("0094771234567", "LK", "+94771234567"),
        ("+94 (0)77 1234567", "LK", "+94771234567"),
        ("011 2345678", "LK", "+94112345678"),
        ("+44 20 7946 0018", "LK", "+442079460018"),
        ("020 7946 0018", "GB", "+442079460018"),
    ],
)
def test_one_phone_is_one_number(written, region, number):
    assert read_phone(written, region) == number


@pytest.mark.parametrize(
    "written",
    [
        "",
        "12345",
        "+9477123456789012",
        "+999123456789",
        "call me",
        "0771234567 ext. 5",
        "\u0660\u0667\u0667",
        "0" * 100,
    ],
)
def test_what_is_no_phone_is_nothing(written):
    assert read_phone(written) is None


@given(st.integers(70_0000000, 78_9999999))
def test_every_way_to_write_a_mobile_is_the_same(number):
    written = {f"0{number}", f"+94{number}", f"+94 {number}", f"0094{number}"}
    assert {read_phone(each) for each in written} == {f"+94{number}"}


@given(st.text())
def test_no_text_breaks_the_reader(text):
    number = read_phone(text)
    assert number is None or (re.fullmatch(r"\+[1-9][0-9]{1,14}", number) and read_phone(number) == number)
