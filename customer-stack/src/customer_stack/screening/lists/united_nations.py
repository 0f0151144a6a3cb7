"""The consolidated list of the United Nations Security Council, as XML.

Individuals have up to four names in order, and aliases of good or low quality; low is a weak name here.
What others send as XML is read by defusedxml, which refuses entities and references to elsewhere.
"""

from datetime import date
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from customer_stack.screening.lists.countries import country_codes
from customer_stack.screening.lists.entry import (
    DateRange,
    ListEntry,
    ListName,
    NameKind,
    Schema,
    Sex,
    WatchList,
    digest,
    document_number,
    whole_year,
)
from customer_stack.screening.lists.errors import ListRefused
from shared.errors import InvariantViolated

SOURCE: Final = "un_consolidated"
APPROXIMATE_YEARS: Final = 1
_NAMES: Final = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")


def read_united_nations(raw: bytes, name: str = "consolidated.xml") -> WatchList:
    """Return the list. Raises ListRefused."""
    if not raw.strip():
        raise ListRefused(f"{name} is empty")
    try:
        root: Element = fromstring(raw, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise ListRefused(f"{name} is no whole XML document: {error}") from None
    if root.tag != "CONSOLIDATED_LIST":
        raise ListRefused(f"{name} is no consolidated list: its root is {root.tag[:40]!r}")
    people, entities = root.findall("INDIVIDUALS/INDIVIDUAL"), root.findall("ENTITIES/ENTITY")
    if not people or not entities:
        raise ListRefused(f"{name} has no individuals, or no entities")
    entries = [_build(each, "INDIVIDUAL", Schema.PERSON, name) for each in people]
    entries += [_build(each, "ENTITY", Schema.ENTITY, name) for each in entities]
    if len({entry.id for entry in entries}) != len(entries):
        raise ListRefused(f"{name}: an entry stands twice")
    return WatchList(SOURCE, digest(raw), tuple(entries))


def _build(node: Element, prefix: str, schema: Schema, source: str) -> ListEntry:
    number, name = _text(node, "DATAID"), " ".join(filter(None, (_text(node, part) for part in _NAMES)))
    if not number.isdigit() or not name:
        raise ListRefused(f"{source}: entry {number[:40]!r} has no number or no name")
    names = [ListName(f"{number}:0", name, NameKind.PRIMARY)]
    if original := _text(node, "NAME_ORIGINAL_SCRIPT"):
        names.append(ListName(f"{number}:original", original, NameKind.STRONG))
    for place, alias in enumerate(node.findall(f"{prefix}_ALIAS"), 1):
        weak = _text(alias, "QUALITY") == "Low"
        texts = [text.strip() for text in _text(alias, "ALIAS_NAME").split(";") if text.strip()]
        names += [
            ListName(f"{number}:{place}", text, NameKind.WEAK if weak else NameKind.STRONG) for text in texts
        ]
    nationalities = [_spaced(each.text) for each in node.findall("NATIONALITY/VALUE")]
    places = [
        _spaced(each.text)
        for path in (f"{prefix}_ADDRESS/COUNTRY", f"{prefix}_PLACE_OF_BIRTH/COUNTRY")
        for each in node.findall(path)
    ]
    documents = {
        document_number(_text(each, "NUMBER").split("(")[0]) for each in node.findall(f"{prefix}_DOCUMENT")
    }
    sex = _text(node, "GENDER").lower()
    return ListEntry(
        id=f"UN-{number}",
        published_id=number,
        schema=schema,
        names=tuple(names),
        births=_births(node),
        nationalities=country_codes([each for each in nationalities if each]),
        countries=country_codes([each for each in (*nationalities, *places) if each]),
        sex=Sex(sex) if sex in set(Sex) else None,
        documents=tuple(sorted(number for number in documents if len(number) >= 5)),
        programmes=tuple(filter(None, (_text(node, "UN_LIST_TYPE"), _text(node, "REFERENCE_NUMBER")))),
    )


def _births(node: Element) -> tuple[DateRange, ...]:
    found = set()
    for each in node.findall("INDIVIDUAL_DATE_OF_BIRTH"):
        day, year = _text(each, "DATE"), _text(each, "YEAR")
        since, until = _text(each, "FROM_YEAR"), _text(each, "TO_YEAR")
        around = APPROXIMATE_YEARS if _text(each, "TYPE_OF_DATE") == "APPROXIMATELY" else 0
        try:
            if day and not around:
                born = date.fromisoformat(day[:10])
                found.add(DateRange(born, born))
            elif day or year:
                middle = int((day or year)[:4])
                found.add(whole_year(middle - around, until=middle + around))
            elif since and until:
                found.add(whole_year(int(since), until=int(until)))
        except (ValueError, ArithmeticError, InvariantViolated):
            continue
    return tuple(sorted(found))


def _text(node: Element, tag: str) -> str:
    return _spaced(node.findtext(tag))


def _spaced(text: str | None) -> str:
    return " ".join((text or "").split())
