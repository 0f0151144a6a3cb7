"""Numbers of national identity cards: both forms, both ways of counting days, and what is no number."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.documents.nic import (
    BirthAgreement,
    NationalId,
    NicProblem,
    Sex,
    canonical_form,
    check_digit_of,
    read_national_id,
)

TODAY = date(2026, 11, 28)


def leap_day_of_year(born):
    return born.replace(year=2000).timetuple().tm_yday


def number_of(born, *, sex=Sex.MALE, serial=1234, leap_count=False, check="7"):
    day = leap_day_of_year(born) if leap_count else born.timetuple().tm_yday
    return f"{born.year}{day + (500 if sex is Sex.FEMALE else 0):03d}{serial:04d}{check}"


@pytest.mark.parametrize(
    ("number", "sex", "days"),
    [
        ("880011234V", Sex.MALE, [date(1988, 1, 1)]),
        ("885011234x", Sex.FEMALE, [date(1988, 1, 1)]),
        ("880601234X", Sex.MALE, [date(1988, 2, 29)]),
        ("880611234V", Sex.MALE, [date(1988, 3, 1)]),
        ("890591234V", Sex.MALE, [date(1989, 2, 28)]),
        ("890601234V", Sex.MALE, [date(1989, 3, 1)]),  # no 29 February: only the calendar's count is left
        ("890611234V", Sex.MALE, [date(1989, 3, 1), date(1989, 3, 2)]),
        ("893661234V", Sex.MALE, [date(1989, 12, 31)]),  # no 366th day: only the other count is left
        ("883661234V", Sex.MALE, [date(1988, 12, 31)]),
        ("911042754V", Sex.MALE, [date(1991, 4, 13), date(1991, 4, 14)]),
        ("2000 366 1234 5", Sex.MALE, [date(2000, 12, 31)]),
        ("200186612345", Sex.FEMALE, [date(2001, 12, 31)]),
    ],
)
def test_a_number_says_the_days_it_may_mean(number, sex, days):
    read = read_national_id(number, TODAY)
    assert isinstance(read, NationalId)
    assert (read.sex, list(read.birth_dates), read.latest_birth_date) == (sex, days, days[-1])


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("", NicProblem.FORM),
        ("88001123V", NicProblem.FORM),
        ("880011234Z", NicProblem.FORM),
        ("8800112345", NicProblem.FORM),
        ("1988001123456", NicProblem.FORM),
        ("19880011234V", NicProblem.FORM),
        ("\u0661\u0669\u0668\u0668001123\u0664\u0665\u0666", NicProblem.FORM),  # digits of another script
        ("090011234V", NicProblem.YEAR),  # 1909
        ("190900112345", NicProblem.YEAR),
        ("202700112345", NicProblem.YEAR),
        ("880001234V", NicProblem.DAY),
        ("883671234V", NicProblem.DAY),
        ("885001234V", NicProblem.DAY),
        ("888671234V", NicProblem.DAY),
        ("889991234V", NicProblem.DAY),
        ("202636512345", NicProblem.DAY),  # after today
    ],
)
def test_what_is_no_number_says_why(number, problem):
    assert read_national_id(number, TODAY) is problem


births = st.dates(date(1910, 1, 1), date(1999, 12, 31))


@given(births, st.sampled_from(Sex), st.integers(0, 999), st.booleans(), st.sampled_from("VXvx"))
def test_the_old_and_the_new_form_are_one_person(born, sex, serial, leap_count, letter):
    new = number_of(born, sex=sex, serial=serial, leap_count=leap_count)
    old = f"{new[2:7]}{new[8:]}{letter}"
    assert canonical_form(old) == canonical_form(new) == new
    assert read_national_id(old, TODAY) == read_national_id(new, TODAY)


@given(st.dates(date(1910, 1, 1), TODAY), st.sampled_from(Sex), st.integers(0, 9999), st.booleans())
def test_both_counts_contain_the_birthday_and_the_age_gate_never_sees_it_earlier(
    born, sex, serial, leap_count
):
    read = read_national_id(number_of(born, sex=sex, serial=serial, leap_count=leap_count), TODAY)
    assert isinstance(read, NationalId)
    assert born in read.birth_dates
    assert read.latest_birth_date >= born
    assert read.birth_dates[-1] - read.birth_dates[0] <= timedelta(days=1)
    assert (read.sex, read.serial) == (sex, serial)
    assert read.compare_birth(born, sex) is BirthAgreement.AGREES
    other = Sex.MALE if sex is Sex.FEMALE else Sex.FEMALE
    assert read.compare_birth(born, other) is BirthAgreement.SEX_DIFFERS


@given(births, st.dates(date(1905, 1, 1), TODAY))
def test_another_year_is_told_from_another_day(born, stated):
    read = read_national_id(number_of(born), TODAY)
    if stated in read.birth_dates:
        expected = BirthAgreement.AGREES
    elif stated.year == born.year:
        expected = BirthAgreement.DAY_DIFFERS
    else:
        expected = BirthAgreement.YEAR_DIFFERS
    assert read.compare_birth(stated) is expected


@given(births, st.integers(0, 9999), st.integers(0, 9))
def test_a_check_digit_is_noted_and_never_refuses(born, serial, check):
    number = number_of(born, serial=serial, check=str(check))
    read = read_national_id(number, TODAY)
    assert isinstance(read, NationalId)
    assert read.is_check_digit_usual is (check_digit_of(number[:11]) == check)


def test_the_check_digit_of_a_real_number_is_the_usual_one():
    assert read_national_id("911042754V", TODAY).is_check_digit_usual


@given(st.text())
def test_no_text_breaks_the_reader(text):
    assert isinstance(read_national_id(text, TODAY), NationalId | NicProblem)
    assert canonical_form(canonical_form(text)) == canonical_form(text)


def test_a_number_shows_nothing_of_itself():
    read = read_national_id("911042754V", TODAY)
    assert repr(read) == "NationalId(is_check_digit_usual=True)"
