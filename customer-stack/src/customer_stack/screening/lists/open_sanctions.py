"""OpenSanctions' targets.simple.csv: one row per target, several values in a field separated by semicolons.

Schemas that have no name to match (addresses, securities, wallets) are left out.
"""

import re
from typing import Final

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
)
from customer_stack.screening.lists.errors import ListRefused
from customer_stack.screening.lists.table import decode, read_named_rows

SOURCE: Final = "open_sanctions"
_NEEDED: Final = frozenset(
    {"id", "schema", "name", "aliases", "birth_date", "countries", "identifiers", "sanctions", "dataset"}
)
_SCHEMAS: Final = {
    "Person": Schema.PERSON,
    "Organization": Schema.ENTITY,
    "Company": Schema.ENTITY,
    "PublicBody": Schema.ENTITY,
    "LegalEntity": Schema.UNKNOWN,
    "Vessel": Schema.VESSEL,
    "Airplane": Schema.AIRCRAFT,
}
_DAY: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def read_open_sanctions(raw: bytes, name: str = "targets.simple.csv") -> WatchList:
    """Return the list. Raises ListRefused."""
    entries = []
    for row in read_named_rows(decode(raw, name), name, _NEEDED):
        if row["schema"] not in _SCHEMAS:
            continue
        if not row["id"] or not row["name"]:
            raise ListRefused(f"{name}: entry {row['id'][:40]!r} has no id or no name")
        entries.append(_build(row))
    if not entries:
        raise ListRefused(f"{name} has no entry")
    if len({entry.id for entry in entries}) != len(entries):
        raise ListRefused(f"{name}: an entry stands twice")
    return WatchList(SOURCE, digest(raw), tuple(entries))


def _build(row: dict[str, str]) -> ListEntry:
    aliases = [alias for alias in _split(row["aliases"]) if alias != row["name"]]
    names = [ListName(f"{row['id']}:0", row["name"], NameKind.PRIMARY)]
    names += [ListName(f"{row['id']}:{n}", text, NameKind.STRONG) for n, text in enumerate(aliases, 1)]
    births = {birth for text in _split(row["birth_date"]) if (birth := _read_birth(text)) is not None}
    documents = {document_number(text) for text in _split(row["identifiers"])}
    return ListEntry(
        id=f"OS-{row['id']}",
        published_id=row["id"],
        schema=_SCHEMAS[row["schema"]],
        names=tuple(names),
        births=tuple(sorted(births)),
        countries=tuple(sorted(set(_split(row["countries"])))),
        documents=tuple(sorted(number for number in documents if len(number) >= 5)),
        programmes=tuple(_split(row["dataset"])),
        is_sanctioned=bool(row["sanctions"].strip()),
    )


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _read_birth(text: str) -> DateRange | None:
    match = _DAY.match(text)
    if match is None:
        return None
    try:
        return calendar_range(*(int(part) if part else None for part in match.groups()))
    except (ValueError, OverflowError):
        return None
