"""One line of a batch of queries, as JSON. Pure.

A query has `id` and `name`; `schema` (person, entity, vessel, aircraft, or a schema of OpenSanctions),
`birth_date` (a day, a month or a year), `country` (code or name, one or several), `sex`, `documents` and
`without_alias` (ids of names to leave out for this query) may follow.

Guaranteed:
- a line that is no query is refused with a code and a sentence: never taken for something else.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from customer_stack.screening.lists.countries import country_code
from customer_stack.screening.lists.entry import DateRange, Schema, Sex, calendar_range, document_number
from customer_stack.screening.matching.party import Party

LONGEST_LINE: Final = 1 << 16
LONGEST_NAME: Final = 500
_SCHEMAS: Final = {
    **{schema.value: schema for schema in Schema},
    "individual": Schema.PERSON,
    "organization": Schema.ENTITY,
    "organisation": Schema.ENTITY,
    "company": Schema.ENTITY,
    "publicbody": Schema.ENTITY,
    "legalentity": Schema.UNKNOWN,
    "airplane": Schema.AIRCRAFT,
    "thing": Schema.UNKNOWN,
    "": Schema.UNKNOWN,
}
_NAMES_OF_FIELDS: Final = {
    "birth_date": ("birth_date", "birthDate", "date_of_birth", "dob"),
    "country": ("country", "countries", "nationality"),
    "sex": ("sex", "gender"),
    "documents": ("documents", "document"),
}
_BIRTH: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?")


class QueryRefused(Exception):
    """A line that is no query: `code` for machines, the sentence for people. `id` when it could be read."""

    def __init__(self, code: str, message: str, query_id: object = None) -> None:
        """Keep what is wrong."""
        super().__init__(message)
        self.code = code
        self.query_id = query_id


@dataclass(frozen=True, slots=True)
class Query:
    """A line that was understood. `ignored` names fields whose value is no such thing."""

    id: Any
    party: Party
    without: frozenset[str]
    ignored: tuple[str, ...]


def read_query(line: bytes) -> Query:
    """Understand one line. Raises QueryRefused."""
    if len(line) > LONGEST_LINE:
        raise QueryRefused("line_too_long", f"a line has at most {LONGEST_LINE} bytes")
    try:
        document = json.loads(line.decode())
    except (ValueError, RecursionError):
        raise QueryRefused("not_json", "the line is no JSON in UTF-8") from None
    if not isinstance(document, dict):
        raise QueryRefused("not_an_object", "a query is an object with id and name")
    key = document.get("id")
    if key is None or isinstance(key, dict | list):
        raise QueryRefused("id_missing", "a query has an id")
    try:
        return _read(key, document)
    except QueryRefused as problem:
        problem.query_id = key
        raise


def _read(key: object, document: Mapping[str, Any]) -> Query:
    name = _text(document, "name", "name")
    if not name:
        raise QueryRefused("name_missing", "a query has a name; an empty name was not screened")
    if len(name) > LONGEST_NAME:
        raise QueryRefused("name_too_long", f"a name has at most {LONGEST_NAME} letters")
    schema = _SCHEMAS.get(_text(document, "schema", "schema").casefold())
    if schema is None:
        raise QueryRefused("schema_unknown", f"schema is one of {', '.join(sorted(set(Schema)))}")
    countries = [(text, country_code(text)) for text in _texts(document, "country")]
    sex = _field(document, "sex").casefold()
    sexes = {"m": Sex.MALE, "f": Sex.FEMALE, **{each.value: each for each in Sex}}
    ignored = [name for name, bad in (("country", any(c is None for _, c in countries)),) if bad]
    ignored += ["sex"] if sex and sex not in sexes else []
    birth = _field(document, "birth_date")
    party = Party(
        name=name,
        schema=schema,
        birth=_birth(birth) if birth else None,
        countries=tuple(sorted({code for _, code in countries if code})),
        sex=sexes.get(sex),
        documents=tuple(filter(None, (document_number(text) for text in _texts(document, "documents")))),
    )
    without = frozenset(_strings(document.get("without_alias"), "without_alias"))
    return Query(key, party, without, tuple(ignored))


def _present(document: Mapping[str, Any], field: str) -> object:
    return next((document[name] for name in _NAMES_OF_FIELDS[field] if document.get(name) is not None), None)


def _field(document: Mapping[str, Any], field: str) -> str:
    value = _present(document, field)
    return _text({field: value}, field, field)


def _text(document: Mapping[str, Any], key: str, field: str) -> str:
    value = document.get(key)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and field == "birth_date":
        value = str(value)
    if not isinstance(value, str):
        raise QueryRefused("field_unusable", f"{field} is a text")
    return value.strip()


def _texts(document: Mapping[str, Any], field: str) -> list[str]:
    texts = _strings(_present(document, field), field)
    return [part.strip() for text in texts for part in text.split(";") if part.strip()]


def _strings(value: object, field: str) -> list[str]:
    if value is None:
        return []
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str | int) and not isinstance(each, bool) for each in found):
        raise QueryRefused("field_unusable", f"{field} is a text or a list of texts")
    return [str(each).strip() for each in found]


def _birth(text: str) -> DateRange:
    if match := _BIRTH.fullmatch(text):
        try:
            return calendar_range(*(int(part) if part else None for part in match.groups()))
        except (ValueError, OverflowError):
            pass
    raise QueryRefused("birth_date_unusable", "birth_date is YYYY, YYYY-MM or YYYY-MM-DD")
