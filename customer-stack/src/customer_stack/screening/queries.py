"""One line of a batch of queries, and one line of its answers, both JSON. Pure.

A query has `id` and `name`; `schema` (person, entity, vessel, aircraft, or a schema of OpenSanctions),
`birth_date` (a day, a month or a year), `country` (code or name, one or several), `sex`, `documents` and
`without_alias` (ids of names to leave out for this query) may follow.

Guaranteed:
- a line that is no query becomes an answer with its number and what is wrong: never silence.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from customer_stack.screening.lists.countries import country_code
from customer_stack.screening.lists.entry import DateRange, Schema, Sex, document_number, whole_year
from customer_stack.screening.matching.matcher import MATCHER_VERSION
from customer_stack.screening.matching.party import Decision, Party, PossibleMatch

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
    return Query(key, party, frozenset(_strings(document.get("without_alias"), "without_alias")), tuple(ignored))


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
    return [part.strip() for text in _strings(_present(document, field), field) for part in text.split(";") if part.strip()]


def _strings(value: object, field: str) -> list[str]:
    if value is None:
        return []
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str | int) and not isinstance(each, bool) for each in found):
        raise QueryRefused("field_unusable", f"{field} is a text or a list of texts")
    return [str(each).strip() for each in found]


def _birth(text: str) -> DateRange:
    match = _BIRTH.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        year, month, day = (int(part) if part else None for part in match.groups())
        if month is None:
            return whole_year(year or 0)
        if day is not None:
            return DateRange(date(year or 0, month, day), date(year or 0, month, day))
        following = date((year or 0) + month // 12, month % 12 + 1, 1)
        return DateRange(date(year or 0, month, 1), following - timedelta(days=1))
    except (ValueError, OverflowError):
        raise QueryRefused("birth_date_unusable", "birth_date is YYYY, YYYY-MM or YYYY-MM-DD") from None


def describe_answer(
    line: int, query: Query, matches: Sequence[PossibleMatch], threshold: int, list_version: bytes
) -> dict[str, Any]:
    """Return the answer to a query."""
    hit = any(match.decide(threshold) is Decision.POSSIBLE_MATCH for match in matches)
    answer = {
        "line": line,
        "id": query.id,
        "decision": (Decision.POSSIBLE_MATCH if hit else Decision.CLEAR).value,
        "threshold": threshold,
        "matcher_version": MATCHER_VERSION,
        "list_version": list_version.hex(),
        "matches": [describe_match(match, threshold) for match in matches],
    }
    return answer | ({"ignored": list(query.ignored)} if query.ignored else {})


def describe_refusal(line: int, problem: QueryRefused) -> dict[str, Any]:
    """Return the answer to a line that was not screened."""
    return {
        "line": line,
        "id": problem.query_id,
        "decision": "error",
        "error": {"code": problem.code, "message": str(problem)},
    }


def describe_match(match: PossibleMatch, threshold: int) -> dict[str, Any]:
    """Return one entry with its score and why."""
    return {
        "entry": match.entry_id,
        "published_id": match.published_id,
        "list": match.source,
        "schema": match.schema.value,
        "name": match.name.text,
        "name_id": match.name.id,
        "name_kind": match.name.kind.value,
        "score": match.score,
        "evidence": match.evidence,
        "decision": match.decide(threshold).value,
        "explanation": describe_explanation(match),
    }


def describe_explanation(match: PossibleMatch) -> dict[str, Any]:
    """Return why a score is what it is."""
    why = match.explanation
    return {
        "name_score": why.name_score,
        "rarity": why.rarity,
        "pieces": [
            {"asked": each.asked, "listed": each.listed, "how": each.how, "likeness": each.thousandths}
            for each in why.pieces
        ],
        "qualifiers": {kind: agreement.value for kind, agreement in why.qualifiers},
    }
