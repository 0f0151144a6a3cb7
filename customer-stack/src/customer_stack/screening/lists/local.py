"""The house's own list: a CSV file with a header, which people write by hand.

Columns `id`, `names` (separated by ;, the first is the primary one) and `programme`; `schema`, `births`
(days, years or ranges with /), `countries` and `documents` may follow. Ids have the form LOCAL-1.
"""

import re
from typing import Final

from customer_stack.screening.lists.countries import country_code
from customer_stack.screening.lists.entry import (
    DateRange,
    ListEntry,
    ListName,
    NameKind,
    Schema,
    WatchList,
    calendar_range,
    digest,
    document_number,
    whole_year,
)
from customer_stack.screening.lists.errors import ListRefused
from customer_stack.screening.lists.table import decode, read_named_rows
from shared.errors import InvariantViolated

SOURCE: Final = "local"
_NEEDED: Final = frozenset({"id", "names", "programme"})
_BIRTH: Final = re.compile(r"(\d{4})(?:-(\d{2})-(\d{2})|/(\d{4}))?")


def read_local(raw: bytes, name: str = "local.csv") -> WatchList:
    """Return the list. Raises ListRefused."""
    entries = tuple(_read_entry(row, name) for row in read_named_rows(decode(raw, name), name, _NEEDED))
    if not entries:
        raise ListRefused(f"{name} has no entry")
    if len({entry.id for entry in entries}) != len(entries):
        raise ListRefused(f"{name}: an id stands twice")
    return WatchList(SOURCE, digest(raw), entries)


def _read_entry(row: dict[str, str], name: str) -> ListEntry:
    key, texts = row["id"].strip(), [text.strip() for text in row["names"].split(";")]
    if not key or not all(any(each.isalpha() for each in text) for text in texts):
        raise ListRefused(f"{name}: entry {key!r} has a name without a letter, or no id")
    try:
        schema = Schema(row.get("schema", "").strip() or Schema.UNKNOWN)
    except ValueError:
        raise ListRefused(f"{name}: entry {key} has an unknown schema") from None
    countries = []
    for text in _split(row, "countries"):
        code = country_code(text)
        if code is None:
            raise ListRefused(f"{name}: entry {key} has an unknown country")
        countries.append(code)
    return ListEntry(
        id=key,
        published_id=key,
        schema=schema,
        names=tuple(
            ListName(f"{key}:{place}", text, NameKind.STRONG if place else NameKind.PRIMARY)
            for place, text in enumerate(texts)
        ),
        births=tuple(sorted(_read_birth(text, key, name) for text in _split(row, "births"))),
        countries=tuple(sorted(set(countries))),
        documents=tuple(sorted({document_number(text) for text in _split(row, "documents")})),
        programmes=(row["programme"].strip(),),
    )


def _split(row: dict[str, str], column: str) -> list[str]:
    return [text.strip() for text in row.get(column, "").split(";") if text.strip()]


def _read_birth(text: str, key: str, name: str) -> DateRange:
    match = _BIRTH.fullmatch(text)
    if match is not None:
        year, month, day, until = (int(part) if part else None for part in match.groups())
        try:
            return whole_year(year or 0, until=until) if until else calendar_range(year, month, day)
        except (ValueError, InvariantViolated):
            pass
    raise ListRefused(f"{name}: entry {key} has a date of birth that is none")
