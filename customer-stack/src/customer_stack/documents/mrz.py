"""The machine-readable zone of passports, visas' and cards' three sizes: TD1, TD2 and TD3. Pure.

Source: ICAO Doc 9303, parts 3 (check digits, characters), 4 (TD3), 5 (TD1) and 6 (TD2), eighth edition.
Every check digit is verified, the composite one too: they find misread characters, and prove nothing else.

Years have two digits. Nobody was born after today, so a birth takes the latest year that is not in the
future; documents are valid for decades at most, so an expiry takes the year nearest to today.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from customer_stack.documents.nic import Sex

_WEIGHTS: Final = (7, 3, 1)
_LINE: Final = re.compile(r"[A-Z0-9<]+")
_FILLER: Final = "<"
_NEAREST_YEARS: Final = 50


class MrzFormat(StrEnum):
    """The three sizes of documents."""

    TD1 = "TD1"
    TD2 = "TD2"
    TD3 = "TD3"


class MrzProblem(StrEnum):
    """Why lines are no machine-readable zone, or not as they were printed."""

    FORM = "form"
    NUMBER_CHECK = "number_check"
    BIRTH_CHECK = "birth_check"
    EXPIRY_CHECK = "expiry_check"
    PERSONAL_CHECK = "personal_check"
    COMPOSITE_CHECK = "composite_check"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class MachineReadableZone:
    """What stands in the zone. Countries are three letters as printed; `born` None: not known in full."""

    format: MrzFormat
    document_code: str
    issuer: str = field(repr=False)
    number: str = field(repr=False)
    nationality: str = field(repr=False)
    born: date | None = field(repr=False)
    sex: Sex | None = field(repr=False)
    expires: date = field(repr=False)
    primary_name: str = field(repr=False)
    secondary_name: str = field(repr=False)
    optional: str = field(repr=False)

    @property
    def full_name(self) -> str:
        """Return the given names and the family name, as far as the zone had room for them."""
        return f"{self.secondary_name} {self.primary_name}".strip()


@dataclass(frozen=True, slots=True)
class _Fields:
    """The parts of a zone before they mean anything. `checked` is what the composite digit covers."""

    format: MrzFormat
    code: str
    issuer: str
    number: str
    number_check: str
    nationality: str
    birth: str
    sex: str
    expiry: str
    names: str
    optional: str
    personal_check: str | None
    checked: str
    composite: str


def check_digit(text: str) -> int:
    """Return the check digit of a field: weights 7, 3, 1 over digits, A = 10 to Z = 35, filler 0."""
    return sum(_value(character) * _WEIGHTS[place % 3] for place, character in enumerate(text)) % 10


def read_mrz(text: str, today: date) -> MachineReadableZone | MrzProblem:
    """Return what stands in the zone, or the first thing that is wrong with it. Lines end by line breaks."""
    lines = ["".join(line.split()).upper() for line in text.splitlines() if line.strip()]
    if any(_LINE.fullmatch(line) is None for line in lines):
        return MrzProblem.FORM
    match [len(line) for line in lines]:
        case [30, 30, 30]:
            fields = _split_td1(*lines)
        case [36, 36]:
            fields = _split_two_lines(MrzFormat.TD2, *lines)
        case [44, 44]:
            fields = _split_two_lines(MrzFormat.TD3, *lines)
        case _:
            return MrzProblem.FORM
    return _verify(fields) or _build(fields, today)


def _split_td1(first: str, second: str, third: str) -> _Fields:
    number, check, optional = _long_number(first[5:14], first[14], first[15:30])
    return _Fields(
        format=MrzFormat.TD1,
        code=first[0:2],
        issuer=first[2:5],
        number=number,
        number_check=check,
        nationality=second[15:18],
        birth=second[0:7],
        sex=second[7],
        expiry=second[8:15],
        names=third,
        optional=optional,
        personal_check=None,
        checked=first[5:30] + second[0:7] + second[8:15] + second[18:29],
        composite=second[29],
    )


def _split_two_lines(size: MrzFormat, first: str, second: str) -> _Fields:
    """Split TD2 and TD3, whose second lines begin alike. TD3 has one more check digit."""
    passport = size is MrzFormat.TD3
    end = 42 if passport else 35
    number, check, optional = second[0:9], second[9], second[28:end]
    if not passport:
        number, check, optional = _long_number(number, check, optional)
    return _Fields(
        format=size,
        code=first[0:2],
        issuer=first[2:5],
        number=number,
        number_check=check,
        nationality=second[10:13],
        birth=second[13:20],
        sex=second[20],
        expiry=second[21:28],
        names=first[5:],
        optional=optional,
        personal_check=second[42] if passport else None,
        checked=second[0:10] + second[13:20] + second[21:-1],
        composite=second[-1],
    )


def _long_number(number: str, check: str, optional: str) -> tuple[str, str, str]:
    """Return number, its check digit and the optional data; a long number goes on in the optional data."""
    rest, _, left = optional.partition(_FILLER)
    if check != _FILLER or len(rest) < 2:
        return number, check, optional
    return number + rest[:-1], rest[-1], left


def _verify(fields: _Fields) -> MrzProblem | None:
    if not _agrees(fields.number, fields.number_check):
        return MrzProblem.NUMBER_CHECK
    if not _agrees(fields.birth[:6], fields.birth[6]):
        return MrzProblem.BIRTH_CHECK
    if not _agrees(fields.expiry[:6], fields.expiry[6]):
        return MrzProblem.EXPIRY_CHECK
    if fields.personal_check is not None:
        is_empty = not fields.optional.strip(_FILLER)  # then the digit may be a filler: part 4, 4.2.2.2
        if not (is_empty and fields.personal_check == _FILLER) and not _agrees(
            fields.optional, fields.personal_check
        ):
            return MrzProblem.PERSONAL_CHECK
    return None if _agrees(fields.checked, fields.composite) else MrzProblem.COMPOSITE_CHECK


def _agrees(text: str, digit: str) -> bool:
    return digit.isdigit() and check_digit(text) == int(digit)


def _build(fields: _Fields, today: date) -> MachineReadableZone | MrzProblem:
    expires = _read_expiry(fields.expiry[:6], today)
    born = None if _FILLER in fields.birth[:6] else _read_birth(fields.birth[:6], today)
    if expires is None or (born is None and _FILLER not in fields.birth[:6]):
        return MrzProblem.DATE
    if fields.sex not in "MFX<" or not fields.number.strip(_FILLER):
        return MrzProblem.FORM
    primary, _, secondary = fields.names.partition(_FILLER * 2)
    return MachineReadableZone(
        format=fields.format,
        document_code=fields.code.strip(_FILLER),
        issuer=fields.issuer.strip(_FILLER),
        number=fields.number.strip(_FILLER),
        nationality=fields.nationality.strip(_FILLER),
        born=born,
        sex={"M": Sex.MALE, "F": Sex.FEMALE}.get(fields.sex),
        expires=expires,
        primary_name=_read_name(primary),
        secondary_name=_read_name(secondary),
        optional=fields.optional.strip(_FILLER),
    )


def _read_birth(digits: str, today: date) -> date | None:
    """Return the latest day with these two digits of a year that is not in the future."""
    this_century = today.year - today.year % 100
    for century in (this_century, this_century - 100):
        day = _day(digits, century)
        if day is not None and day <= today:
            return day
    return None


def _read_expiry(digits: str, today: date) -> date | None:
    """Return the day with these two digits of a year that is nearest to today, by years."""
    this_century = today.year - today.year % 100
    for century in (this_century - 100, this_century, this_century + 100):
        day = _day(digits, century)
        if day is not None and -_NEAREST_YEARS <= day.year - today.year < _NEAREST_YEARS:
            return day
    return None


def _day(digits: str, century: int) -> date | None:
    if not digits.isdigit():
        return None
    try:
        return date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None


def _read_name(text: str) -> str:
    return " ".join(text.replace(_FILLER, " ").split())


def _value(character: str) -> int:
    if character == _FILLER:
        return 0
    return int(character) if character.isdigit() else ord(character) - ord("A") + 10
