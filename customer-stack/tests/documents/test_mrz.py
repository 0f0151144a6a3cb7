"""Machine-readable zones: ICAO's own specimens, altered ones, and made ones."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.documents.countries import two_letters
from customer_stack.documents.mrz import MachineReadableZone, MrzFormat, MrzProblem, check_digit, read_mrz
from customer_stack.documents.nic import Sex

TODAY = date(2026, 11, 28)
PASSPORT = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
)  # fmt: skip
CARD = (
    "I<UTOD231458907<<<<<<<<<<<<<<<\n"
    "7408122F1204159UTO<<<<<<<<<<<6\n"
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
)  # fmt: skip
TWO_LINE_CARD = (
    "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"
    "D231458907UTO7408122F1204159<<<<<<<6"
)  # fmt: skip


def passport(*, number="N1234567", born="900210", expires="310501", sex="M", names="PERERA<<NIMAL<KUMARA"):
    def with_digit(text):
        return text + str(check_digit(text))

    first = f"P<LKA{names}".ljust(44, "<")
    number, born, expires = with_digit(number.ljust(9, "<")), with_digit(born), with_digit(expires)
    personal = with_digit("199004101234<<")
    composite = check_digit(number + born + expires + personal)
    return f"{first}\n{number}LKA{born}{sex}{expires}{personal}{composite}"


@pytest.mark.parametrize(
    ("zone", "size", "number"),
    [
        (PASSPORT, MrzFormat.TD3, "L898902C3"),
        (CARD, MrzFormat.TD1, "D23145890"),
        (TWO_LINE_CARD, MrzFormat.TD2, "D23145890"),
    ],
)
def test_the_specimens_of_the_standard_are_read(zone, size, number):
    read = read_mrz(zone, date(2011, 1, 1))
    assert isinstance(read, MachineReadableZone)
    assert (read.format, read.number, read.issuer, read.nationality) == (size, number, "UTO", "UTO")
    assert (read.born, read.expires, read.sex) == (date(1974, 8, 12), date(2012, 4, 15), Sex.FEMALE)
    assert (read.primary_name, read.secondary_name) == ("ERIKSSON", "ANNA MARIA")
    assert read.full_name == "ANNA MARIA ERIKSSON"


def test_a_long_number_of_a_card_goes_on_in_the_optional_data():
    digit = check_digit("D23145890734")
    first = f"I<UTOD23145890<734{digit}<<<<<<<<<<<"
    second = f"7408122F1204159UTO<<<<<<<<<<<{check_digit(first[5:30] + '74081221204159' + '<' * 11)}"
    read = read_mrz(f"{first}\n{second}\nERIKSSON<<ANNA<MARIA<<<<<<<<<<", date(2011, 1, 1))
    assert isinstance(read, MachineReadableZone)
    assert (read.number, read.optional) == ("D23145890734", "")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("L898902C36", "L898902C35"), MrzProblem.NUMBER_CHECK),
        (("L898902C36", "L898901C36"), MrzProblem.NUMBER_CHECK),
        (("7408122F", "7408112F"), MrzProblem.BIRTH_CHECK),
        (("1204159ZE", "1204169ZE"), MrzProblem.EXPIRY_CHECK),
        (("ZE184226B", "ZE184226C"), MrzProblem.PERSONAL_CHECK),
        (("<<<10", "<<<11"), MrzProblem.COMPOSITE_CHECK),
        (("UTOERIKSSON", "UTOERIKSSO"), MrzProblem.FORM),
        (("ERIKSSON", "ERIK5S\u00d6N"), MrzProblem.FORM),
        (("2F12", "2Q12"), MrzProblem.FORM),
    ],
)
def test_an_altered_zone_says_what_is_wrong(change, problem):
    assert read_mrz(PASSPORT.replace(*change), date(2011, 1, 1)) is problem


def test_blanks_and_small_letters_are_how_people_type():
    typed = PASSPORT.lower().replace("uto7", " uto 7")
    assert read_mrz(f"\n{typed}\n", date(2011, 1, 1)) == read_mrz(PASSPORT, date(2011, 1, 1))


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("261128", date(2026, 11, 28)),
        ("261129", date(1926, 11, 29)),
        ("000229", date(2000, 2, 29)),
        ("270101", date(1927, 1, 1)),
        ("900210", date(1990, 2, 10)),
    ],
)
def test_a_birth_is_never_in_the_future(born, expected):
    assert read_mrz(passport(born=born), TODAY).born == expected


@pytest.mark.parametrize(
    ("expires", "expected"),
    [("310501", date(2031, 5, 1)), ("990501", date(1999, 5, 1)), ("750501", date(2075, 5, 1))],
)
def test_an_expiry_is_near_today(expires, expected):
    assert read_mrz(passport(expires=expires), TODAY).expires == expected


def test_unknown_parts_of_a_birth_are_unknown_and_impossible_ones_refused():
    assert read_mrz(passport(born="90<<<<"), TODAY).born is None
    assert read_mrz(passport(born="900230"), TODAY) is MrzProblem.DATE
    assert read_mrz(passport(expires="<<<<<<"), TODAY) is MrzProblem.DATE
    assert read_mrz(passport(sex="X"), TODAY).sex is None


letters = st.text(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), min_size=1, max_size=12)
dates = st.dates(date(1930, 1, 1), TODAY)


@given(
    st.text(st.sampled_from("ABCXYZ0123456789"), min_size=1, max_size=9),
    dates,
    letters,
    letters,
    st.sampled_from("MF"),
)
def test_what_was_printed_is_what_is_read(number, born, family, given_name, sex):
    zone = passport(number=number, born=f"{born:%y%m%d}", names=f"{family}<<{given_name}", sex=sex)
    read = read_mrz(zone, TODAY)
    assert isinstance(read, MachineReadableZone)
    assert (read.number, read.primary_name, read.secondary_name) == (number, family, given_name)
    assert (read.born.month, read.born.day, read.born.year % 100) == (born.month, born.day, born.year % 100)
    assert read.born <= TODAY
    assert read.sex is {"M": Sex.MALE, "F": Sex.FEMALE}[sex]


@given(st.integers(0, 43), st.sampled_from("0123456789"))
def test_one_misread_digit_of_a_checked_field_is_always_found(place, digit):
    first, second = PASSPORT.split("\n")
    altered = second[:place] + digit + second[place + 1 :]
    checked = place < 10 or 13 <= place < 20 or place >= 21
    if not second[place].isdigit() or second[place] == digit or not checked:
        return
    assert isinstance(read_mrz(f"{first}\n{altered}", date(2011, 1, 1)), MrzProblem)


@given(st.text())
def test_no_text_breaks_the_reader(text):
    assert isinstance(read_mrz(text, TODAY), MachineReadableZone | MrzProblem)


@given(
    st.text(st.sampled_from("ABZ019<"), min_size=44, max_size=44),
    st.text(st.sampled_from("09<AF"), min_size=44),
)
def test_no_zone_breaks_the_reader(first, second):
    assert isinstance(read_mrz(f"{first}\n{second[:44]}", TODAY), MachineReadableZone | MrzProblem)


def test_a_zone_shows_nothing_of_itself():
    assert "ERIKSSON" not in repr(read_mrz(PASSPORT, TODAY))
    assert "L898902C3" not in repr(read_mrz(PASSPORT, TODAY))


def test_printed_countries_become_two_letters():
    assert [two_letters(code) for code in ("LKA", "D", "GBN", "IND", "UTO", "XXA")] == [
        "LK",
        "DE",
        "GB",
        "IN",
        None,
        None,
    ]
