from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.identity.documents import (
    Claim,
    DocumentType,
    Extracted,
    ReasonCode,
    birthday_of_nic,
    read_document,
)

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("number", "birthday"),
    [
        ("880011234V", date(1988, 1, 1)),
        ("885011234V", date(1988, 1, 1)),  # a woman
        ("880601234X", date(1988, 2, 29)),
        ("880611234V", date(1988, 3, 1)),
        ("890591234V", date(1989, 2, 28)),
        ("890601234V", date(1989, 3, 1)),  # 29 February of a common year means the day after
        ("890611234V", date(1989, 3, 2)),  # 1 March, or 2 March: the later
        ("893661234V", date(1989, 12, 31)),
        ("200106112345", date(2001, 3, 2)),
        ("200436612345", date(2004, 12, 31)),
        ("880001234V", None),
        ("883671234V", None),
        ("885001234V", None),
        ("889001234V", None),
        ("12345", None),
        ("880011234Z", None),
    ],
)
def test_a_nic_says_its_birthday(number, birthday):
    assert birthday_of_nic(number) == birthday


@given(st.dates(date(1930, 1, 1), TODAY), st.booleans(), st.integers(0, 99999))
def test_both_ways_of_counting_give_the_day_or_the_one_after(birthday, female, serial):
    offset = 500 if female else 0
    plain = birthday.timetuple().tm_yday
    leap = birthday.replace(year=2000).timetuple().tm_yday
    for day in (plain, leap):
        read = birthday_of_nic(f"{birthday.year}{day + offset:03d}{serial:05d}")
        assert read in (birthday, birthday + timedelta(days=1))


def claim(kind: DocumentType, number: str, country: str = "LK") -> Claim:
    return Claim("Nimal Perera", date(1990, 5, 1), "LK", kind, number, country)


def test_the_document_wins_over_what_a_person_says():
    read = read_document(claim(DocumentType.NIC, "200936112345"), TODAY)
    assert isinstance(read, Extracted)
    assert read.date_of_birth == date(2009, 12, 27)
    passport = read_document(claim(DocumentType.PASSPORT, "N1234567"), TODAY)
    assert isinstance(passport, Extracted)
    assert passport.date_of_birth == date(1990, 5, 1)


@pytest.mark.parametrize(
    ("kind", "number", "country", "reason"),
    [
        (DocumentType.NIC, "nonsense", "LK", ReasonCode.DOCUMENT_ILL_FORMED),
        (DocumentType.NIC, "880010000V", "LK", ReasonCode.DOCUMENT_UNKNOWN),
        (DocumentType.NIC, "880011234V", "IN", ReasonCode.DOCUMENT_COUNTRY),
        (DocumentType.NIC, "209900112345", "LK", ReasonCode.DOCUMENT_ILL_FORMED),
        (DocumentType.PASSPORT, "N12", "LK", ReasonCode.DOCUMENT_ILL_FORMED),
        (DocumentType.PASSPORT, "N1230000", "LK", ReasonCode.DOCUMENT_UNKNOWN),
    ],
)
def test_what_cannot_be_read_is_rejected_with_a_reason(kind, number, country, reason):
    assert read_document(claim(kind, number, country), TODAY) is reason
