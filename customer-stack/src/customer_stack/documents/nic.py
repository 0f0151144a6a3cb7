"""The number of the Sri Lankan national identity card, old form and new. Pure.

Old: `YYDDDSSSC` and V or X; new: `YYYYDDDSSSSC`. DDD is the day of the year, plus 500 for women. The old
form becomes the new one by 19 before the year and 0 before the serial, so one person has one canonical form.

Two ways of counting days are in use: the calendar's, and that of a year which always has a 29 February. After
28 February of a common year they read one code as two days, so a number says one birthday or two.

V and X said whether the holder might vote. Cards were issued with either for reasons of their own; nothing
here reads them. The check digit's rule was never published, so a number that breaks it is only noted.

Sources: the Department for Registration of Persons' own description of both forms; Immigration and Refugee
Board of Canada, LKA102779 (2008), for V and X; the FIU's checks of reports for the years of birth.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

FIRST_YEAR: Final = 1910
OLD_CENTURY: Final = 1900
WOMEN_FROM: Final = 500
LAST_DAY_CODE: Final = 366

_OLD: Final = re.compile(r"(?P<year>[0-9]{2})(?P<day>[0-9]{3})(?P<serial>[0-9]{3})(?P<check>[0-9])[VX]")
_NEW: Final = re.compile(r"(?P<year>[0-9]{4})(?P<day>[0-9]{3})(?P<serial>[0-9]{4})(?P<check>[0-9])")
_CHECK_WEIGHTS: Final = (8, 4, 3, 2, 7, 6, 5, 7, 4, 3, 2)
_LEAP_YEAR: Final = 2000


class Sex(StrEnum):
    """As identity documents state it."""

    FEMALE = "female"
    MALE = "male"


class NicProblem(StrEnum):
    """Why a text is no number of a card."""

    FORM = "form"
    YEAR = "year"
    DAY = "day"


class BirthAgreement(StrEnum):
    """How a stated birth compares with a card's number. Only AGREES agrees; DAY_DIFFERS is for a person."""

    AGREES = "agrees"
    DAY_DIFFERS = "day_differs"
    YEAR_DIFFERS = "year_differs"
    SEX_DIFFERS = "sex_differs"


@dataclass(frozen=True, slots=True)
class NationalId:
    """What stands in a card's number. `birth_dates`: every day that the day code may mean, earliest first."""

    canonical: str = field(repr=False)
    sex: Sex = field(repr=False)
    birth_dates: tuple[date, ...] = field(repr=False)
    serial: int = field(repr=False)
    is_check_digit_usual: bool

    @property
    def latest_birth_date(self) -> date:
        """Return the day that makes its holder youngest: an age gate counts from here."""
        return self.birth_dates[-1]

    def compare_birth(self, stated: date, sex: Sex | None = None) -> BirthAgreement:
        """Compare a stated birthday, and a stated sex if there is one, with the number."""
        if sex is not None and sex is not self.sex:
            return BirthAgreement.SEX_DIFFERS
        if stated in self.birth_dates:
            return BirthAgreement.AGREES
        years = {day.year for day in self.birth_dates}
        return BirthAgreement.DAY_DIFFERS if stated.year in years else BirthAgreement.YEAR_DIFFERS


def canonical_form(text: str) -> str:
    """Return the form in which one card is one text: twelve digits for both forms of a number.

    Looks at the form alone, so that a number which means nothing still equals itself. What has neither form
    comes back without blanks, in capitals.
    """
    compact = "".join(text.split()).upper()
    old = _OLD.fullmatch(compact)
    if old is None:
        return compact
    return f"{OLD_CENTURY // 100}{old['year']}{old['day']}0{old['serial']}{old['check']}"


def read_national_id(text: str, today: date) -> NationalId | NicProblem:
    """Return what stands in a card's number, or why it is none. Nobody was born after `today`."""
    canonical = canonical_form(text)
    match = _NEW.fullmatch(canonical)
    if match is None:
        return NicProblem.FORM
    year, code = int(match["year"]), int(match["day"])
    if not FIRST_YEAR <= year <= today.year:
        return NicProblem.YEAR
    sex = Sex.FEMALE if code > WOMEN_FROM else Sex.MALE
    day_of_year = code - WOMEN_FROM if sex is Sex.FEMALE else code
    if not 1 <= day_of_year <= LAST_DAY_CODE:
        return NicProblem.DAY
    dates = tuple(day for day in _read_day(year, day_of_year) if day <= today)
    if not dates:
        return NicProblem.DAY
    usual = check_digit_of(canonical[:11]) == int(match["check"])
    return NationalId(canonical, sex, dates, int(match["serial"]), usual)


def check_digit_of(digits: str) -> int:
    """Return the check digit that eleven digits usually have. Unofficial: weights modulo 11."""
    total = sum(weight * int(digit) for weight, digit in zip(_CHECK_WEIGHTS, digits, strict=True))
    return -total % 11 % 10


def _read_day(year: int, day_of_year: int) -> list[date]:
    """Return the days that a day code means, earliest first: one or two."""
    found = set()
    plain = date(year, 1, 1) + timedelta(days=day_of_year - 1)
    if plain.year == year:
        found.add(plain)
    in_leap_year = date(_LEAP_YEAR, 1, 1) + timedelta(days=day_of_year - 1)
    if (in_leap_year.month, in_leap_year.day) != (2, 29) or _is_leap(year):
        found.add(in_leap_year.replace(year=year))
    return sorted(found)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
