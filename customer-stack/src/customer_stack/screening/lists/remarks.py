"""The remarks of OFAC's SDN list: facts in one line, separated by semicolons.

    DOB 07 Oct 1963; alt. DOB circa 1965; POB Durango, Spain; nationality Spain; Passport AB-123 (Spain);
    Gender Male; a.k.a. 'TOMO'.

Weak aliases stand here and in no other file. A remark of a form that is not known is left out: remarks are
prose, and most of it qualifies nobody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from customer_stack.screening.lists.entry import DateRange, Sex, calendar_range, document_number, whole_year
from shared.errors import InvariantViolated

CIRCA_YEARS: Final = 2
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_DAY: Final = r"(?:(\d{1,2}) )?(?:([A-Z][a-z]{2})[a-z]* )?(\d{4})"
_BIRTH: Final = re.compile(rf"(?:alt\. )?DOB (circa )?{_DAY}(?:(?: to |-){_DAY})?$", re.IGNORECASE)
_ALIAS: Final = re.compile(r"[afn]\.k\.a\. '(.*)'$")
_PLACE: Final = re.compile(r"(?:alt\. )?(POB|nationality|citizen) (.+)$")
_DOCUMENT: Final = re.compile(
    r"(?:alt\. )?(?:[A-Z][\w.'/ -]*?)?(?:Passport|Cedula No\.|Cedula|National ID No\.|I\.D\.|D\.N\.I\.|"
    r"C\.U\.R\.P\.|"
    r"R\.F\.C\.|SSN|NIT #|RUC #|RIF #|Tax ID No\.|[A-Za-z.']* ?ID|ID No\.|(?:[A-Z][\w.']* )*Number|"
    r"(?:[A-Z][\w.']* )*No\.|IMO)(?: IMO| #)? ([A-Z0-9][\w./ -]*?)"
    r"(?: \(([^()]*)\))?(?: (?:issued|expires|effective).*)?$"
)
_NO_IDENTITY: Final = re.compile(
    r"Phone|Telephone|Fax|Gazette|Executive Order|Serial|Construction|Model|Section"
)


@dataclass(slots=True)
class Remarks:
    """What the remarks of one entry say."""

    births: list[DateRange] = field(default_factory=list)
    weak_names: list[str] = field(default_factory=list)
    nationalities: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    sex: Sex | None = None


def read_remarks(text: str) -> Remarks:
    """Return the facts of a line of remarks."""
    found = Remarks()
    for part in _parts(text):
        if match := _ALIAS.match(part):
            found.weak_names.append(match[1].strip())
        elif "DOB" in part:
            if (birth := _read_birth(part)) is not None:
                found.births.append(birth)
        elif match := _PLACE.match(part):
            (found.places if match[1] == "POB" else found.nationalities).append(match[2])
        elif part in {"Gender Male", "Gender Female"}:
            found.sex = Sex(part.split()[1].lower())
        elif not _NO_IDENTITY.search(part) and (match := _DOCUMENT.match(part)):
            number = document_number(match[1])
            if len(number) >= 5 and any(each.isdigit() for each in number):
                found.documents.append(number)
    return found


def _parts(text: str) -> Iterator[str]:
    for part in text.split(";"):
        bare = part.strip().removesuffix(".").strip()
        if bare:
            yield bare


def _read_birth(part: str) -> DateRange | None:
    match = _BIRTH.match(part)
    if match is None:
        return None
    circa, day, month, year, last_day, last_month, last_year = match.groups()
    try:
        first = _range(day, month, int(year))
        last = _range(last_day, last_month, int(last_year)) if last_year else first
        whole = DateRange(first.first, last.last)
        if circa:
            return whole_year(whole.first.year - CIRCA_YEARS, until=whole.last.year + CIRCA_YEARS)
    except (ValueError, KeyError, ArithmeticError, InvariantViolated):
        return None
    return whole


def _range(day: str | None, month: str | None, year: int) -> DateRange:
    return calendar_range(
        year, _MONTHS[month.lower()] if month else None, int(day) if day and month else None
    )
