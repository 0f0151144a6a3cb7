"""What stands on a list, whoever published it: one frozen entry per person, entity, vessel or aircraft.

A list writes what it knows in its own words; the readers beside this file translate. What an entry does not
say is empty and never guessed, since a qualifier that was guessed would clear somebody.

Guaranteed:
- entries are values: equal facts give an equal fingerprint, and any change of a fact gives another one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.errors import invariant


class Schema(StrEnum):
    """What sort of thing has the name. Only likes are compared; UNKNOWN is compared with all."""

    PERSON = "person"
    ENTITY = "entity"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    UNKNOWN = "unknown"


class NameKind(StrEnum):
    """How much the publisher stands by a name. A weak one is too broad to find anybody by it alone."""

    PRIMARY = "primary"
    STRONG = "strong"
    WEAK = "weak"


class Sex(StrEnum):
    """What a list says of a person's sex; lists know two."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True)
class ListName:
    """One name of an entry. The id is the publisher's where it has one, else its place in the entry."""

    id: str
    text: str
    kind: NameKind


@dataclass(frozen=True, slots=True, order=True)
class DateRange:
    """The days on which somebody may have been born: one day, a year, or years."""

    first: date
    last: date

    def __post_init__(self) -> None:
        invariant(self.first <= self.last, "a range of dates ends before it begins")


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One person, entity, vessel or aircraft of a list.

    `nationalities` are stated as such; `countries` are all that the list connects with the entry. Document
    numbers are capitals and digits only. Countries are ISO 3166 codes in small letters. Who is listed for an
    office or a relation, and under no sanction, is not `is_sanctioned`.
    """

    id: str
    published_id: str
    schema: Schema
    names: tuple[ListName, ...]
    births: tuple[DateRange, ...] = ()
    nationalities: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sex: Sex | None = None
    documents: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    is_sanctioned: bool = True

    def fingerprint(self) -> bytes:
        """Return the digest of all that the entry says."""
        return _digest_lines([*self._identity(), self.programmes])

    def identity_print(self) -> bytes:
        """Return the digest of what says who is meant, which is all that the matcher looks at."""
        return _digest_lines(self._identity())

    def _identity(self) -> list[Sequence[str]]:
        return [
            [self.id, self.schema.value, self.sex.value if self.sex else ""],
            [f"{each.kind}\x1f{each.text}" for each in self.names],
            [f"{each.first}/{each.last}" for each in self.births],
            self.nationalities,
            self.countries,
            self.documents,
            *([] if self.is_sanctioned else [["exposed"]]),
        ]


@dataclass(frozen=True, slots=True)
class WatchList:
    """A list as published at one time. `version` is the digest of its bytes."""

    source: str
    version: bytes
    entries: tuple[ListEntry, ...]


def whole_year(year: int, *, until: int | None = None) -> DateRange:
    """Return all days of a year, or of the years until another."""
    return DateRange(date(year, 1, 1), date(until or year, 12, 31))


def calendar_range(year: int | None, month: int | None = None, day: int | None = None) -> DateRange:
    """Return all days of a year, of a month, or one day. Raises ValueError, OverflowError."""
    if not year or month is None:
        return whole_year(year or 0)
    if day is not None:
        return DateRange(date(year, month, day), date(year, month, day))
    following = date(year + month // 12, month % 12 + 1, 1)
    return DateRange(date(year, month, 1), following - timedelta(days=1))


def document_number(text: str) -> str:
    """Return a number as capitals and digits, since lists and people put blanks and dashes as they like."""
    return "".join(each for each in text.upper() if each.isalnum()).removeprefix("NO")


def _digest_lines(lines: Sequence[Sequence[str]]) -> bytes:
    return hashlib.sha256("\x1d".join("\x1e".join(line) for line in lines).encode()).digest()


def digest(*parts: bytes) -> bytes:
    """Return the version of a list that was published as these files, in this order."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.digest()


def combine_versions(lists: Sequence[WatchList]) -> bytes:
    """Return the version of several lists together, whatever their order."""
    parts = sorted((each.source.encode(), each.version) for each in lists)
    return digest(*(part for pair in parts for part in pair))
