"""What stands in an identity document. Pure.

A Sri Lankan NIC carries its holder's birthday: nine digits with V or X (two of them the year in the twentieth
century), or twelve digits (four for the year), then the day of the year, plus 500 for women. Two conventions
of counting days are in use: calendar days, and days of a year that always has a 29 February. They differ by a
day after February in common years; here the later date counts, so that nobody is taken for older than they
may be.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

OLD_NIC = re.compile(r"(?P<year>\d{2})(?P<day>\d{3})(?P<serial>\d{4})[VX]")
NEW_NIC = re.compile(r"(?P<year>\d{4})(?P<day>\d{3})(?P<serial>\d{5})")
PASSPORT = re.compile(r"[A-Z]{0,2}\d{6,9}")
LAST_YEAR_DAY = 366
FEMALE_OFFSET = 500
LEAP_YEAR = 2000
UNKNOWN_SERIAL = "0000"


class DocumentType(StrEnum):
    """What the vendor can read."""

    NIC = "nic"
    PASSPORT = "passport"


class ReasonCode(StrEnum):
    """Why a verification was rejected."""

    DOCUMENT_ILL_FORMED = "document_ill_formed"
    DOCUMENT_UNKNOWN = "document_unknown"
    DOCUMENT_COUNTRY = "document_country_not_supported"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a person says about themselves, and the document they show."""

    full_name: str
    date_of_birth: date
    residency: str
    document_type: DocumentType
    document_number: str
    document_country: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """What the document says."""

    full_name: str
    date_of_birth: date
    document_number: str
    country: str
    residency: str


def read_document(claim: Claim, today: date) -> Extracted | ReasonCode:
    """Return what the document says, or why it says nothing.

    A passport number has no birthday in it: there the claimed one stands in the document. Numbers whose
    serial ends in 0000 are in no register.
    """
    number = claim.document_number.strip().upper().replace(" ", "")
    birthday: date | None = claim.date_of_birth
    if claim.document_type is DocumentType.NIC:
        if claim.document_country != "LK":
            return ReasonCode.DOCUMENT_COUNTRY
        birthday = birthday_of_nic(number)
    elif not PASSPORT.fullmatch(number):
        birthday = None
    if birthday is None or birthday > today:
        return ReasonCode.DOCUMENT_ILL_FORMED
    if number.rstrip("VX").endswith(UNKNOWN_SERIAL):
        return ReasonCode.DOCUMENT_UNKNOWN
    return Extracted(claim.full_name, birthday, number, claim.document_country, claim.residency)


def birthday_of_nic(number: str) -> date | None:
    """Return the later of the birthdays that the number may mean, or None when it means none."""
    old, new = OLD_NIC.fullmatch(number), NEW_NIC.fullmatch(number)
    if old is not None:
        year, day = 1900 + int(old["year"]), int(old["day"])
    elif new is not None:
        year, day = int(new["year"]), int(new["day"])
    else:
        return None
    if day > FEMALE_OFFSET:
        day -= FEMALE_OFFSET
    if not 1 <= day <= LAST_YEAR_DAY or year < 1900:
        return None
    dates = [one for one in (_calendar_day(year, day), _day_of_leap_calendar(year, day)) if one is not None]
    return max(dates, default=None)


def _calendar_day(year: int, day: int) -> date | None:
    counted = date(year, 1, 1) + timedelta(days=day - 1)
    return counted if counted.year == year else None


def _day_of_leap_calendar(year: int, day: int) -> date | None:
    named = date(LEAP_YEAR, 1, 1) + timedelta(days=day - 1)
    try:
        return named.replace(year=year)
    except ValueError:
        return None  # 29 February of a common year
