"""An entry of a list as it is stored: JSON with fixed keys, from which the same entry comes back. Pure.

Guaranteed:
- what is read is equal to what was written, fact by fact;
- the digest of a version's contents depends on its entries alone, not on their order or on how they came.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from customer_stack.screening.lists.entry import DateRange, ListEntry, ListName, NameKind, Schema, Sex


def write_entry(entry: ListEntry) -> bytes:
    """Return the stored form of an entry."""
    return orjson.dumps(
        {
            "id": entry.id,
            "published_id": entry.published_id,
            "schema": entry.schema.value,
            "names": [[name.id, name.text, name.kind.value] for name in entry.names],
            "births": [[each.first.isoformat(), each.last.isoformat()] for each in entry.births],
            "nationalities": entry.nationalities,
            "countries": entry.countries,
            "sex": None if entry.sex is None else entry.sex.value,
            "documents": entry.documents,
            "programmes": entry.programmes,
            "is_sanctioned": entry.is_sanctioned,
        }
    )


def read_entry(stored: bytes) -> ListEntry:
    """Return the entry that was stored."""
    fields: dict[str, Any] = orjson.loads(stored)
    return ListEntry(
        id=fields["id"],
        published_id=fields["published_id"],
        schema=Schema(fields["schema"]),
        names=tuple(ListName(key, text, NameKind(kind)) for key, text, kind in fields["names"]),
        births=tuple(
            DateRange(date.fromisoformat(first), date.fromisoformat(last)) for first, last in fields["births"]
        ),
        nationalities=tuple(fields["nationalities"]),
        countries=tuple(fields["countries"]),
        sex=None if fields["sex"] is None else Sex(fields["sex"]),
        documents=tuple(fields["documents"]),
        programmes=tuple(fields["programmes"]),
        is_sanctioned=fields["is_sanctioned"],
    )


def digest_contents(fingerprints: Mapping[str, bytes]) -> bytes:
    """Return the digest of a version's entries, given as entry id -> fingerprint."""
    total = hashlib.sha256()
    for entry_id in sorted(fingerprints):
        total.update(fingerprints[entry_id])
    return total.digest()
