"""The SDN list of OFAC: sdn.csv with entries, alt.csv with strong aliases, add.csv with addresses.

No file has a header; `-0-` stands for nothing. A publication of all three ends each file with a control
character, or none: a file without it beside two that have it was cut off.

Guaranteed:
- an alias or an address of an entry that sdn.csv does not have is a refusal: the files belong to different
  days, or one is not whole.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from customer_stack.screening.lists.countries import country_codes
from customer_stack.screening.lists.entry import (
    ListEntry,
    ListName,
    NameKind,
    Schema,
    WatchList,
    digest,
)
from customer_stack.screening.lists.errors import ListRefused
from customer_stack.screening.lists.remarks import read_remarks
from customer_stack.screening.lists.table import decode, read_rows

SOURCE: Final = "ofac_sdn"
_END: Final = "\x1a"
_WIDTHS: Final = {"sdn.csv": 12, "alt.csv": 5, "add.csv": 6}
_SCHEMAS: Final = {
    "individual": Schema.PERSON,
    "vessel": Schema.VESSEL,
    "aircraft": Schema.AIRCRAFT,
    "": Schema.ENTITY,
}


@dataclass(frozen=True, slots=True)
class OfacFiles:
    """The three files of one publication."""

    sdn: bytes
    alt: bytes
    add: bytes


def read_ofac(files: OfacFiles) -> WatchList:
    """Return the list of one publication. Raises ListRefused."""
    texts = {
        name: decode(raw, name) for name, raw in zip(_WIDTHS, (files.sdn, files.alt, files.add), strict=True)
    }
    ended = {name: text.rstrip().endswith(_END) for name, text in texts.items()}
    if any(ended.values()) and not all(ended.values()):
        raise ListRefused(f"{', '.join(sorted(n for n, end in ended.items() if not end))}: cut off")
    rows = {name: _read(text, name) for name, text in texts.items()}
    known = {row[0] for row in rows["sdn.csv"]}
    if len(known) != len(rows["sdn.csv"]):
        raise ListRefused("sdn.csv: an entry stands twice")
    for name in ("alt.csv", "add.csv"):
        if strange := next((row[0] for row in rows[name] if row[0] not in known), None):
            raise ListRefused(f"{name} belongs to another sdn.csv: entry {strange} is not there")
    aliases, addresses = _group(rows["alt.csv"]), _group(rows["add.csv"])
    entries = tuple(_build(row, aliases[row[0]], addresses[row[0]]) for row in rows["sdn.csv"])
    return WatchList(SOURCE, digest(files.sdn, files.alt, files.add), entries)


def _read(text: str, name: str) -> list[list[str]]:
    rows = [
        ["" if field.strip() in {"-0-", "-0"} else field.strip() for field in row]
        for row in read_rows(text.rstrip().removesuffix(_END), name, _WIDTHS[name])
    ]
    if not rows:
        raise ListRefused(f"{name} has no row")
    if strange := next((row[0] for row in rows if not row[0].isdigit()), None):
        raise ListRefused(f"{name}: {strange[:40]!r} is not the number of an entry")
    return rows


def _group(rows: list[list[str]]) -> defaultdict[str, list[list[str]]]:
    grouped: defaultdict[str, list[list[str]]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return grouped


def _build(row: list[str], aliases: list[list[str]], addresses: list[list[str]]) -> ListEntry:
    number, name, kind, programmes = row[:4]
    if not name or kind not in _SCHEMAS:
        raise ListRefused(f"sdn.csv: entry {number} has no name, or a kind that is unknown")
    remarks = read_remarks(row[11])
    places = [*remarks.nationalities, *(place.split(",")[-1] for place in remarks.places)]
    names = [ListName(f"{number}:0", name, NameKind.PRIMARY)]
    names += [ListName(alias[1], alias[3], NameKind.STRONG) for alias in aliases if alias[3]]
    names += [
        ListName(f"{number}:w{place}", text, NameKind.WEAK)
        for place, text in enumerate(remarks.weak_names, 1)
    ]
    return ListEntry(
        id=f"SDN-{number}",
        published_id=number,
        schema=_SCHEMAS[kind],
        names=tuple(names),
        births=tuple(sorted(set(remarks.births))),
        nationalities=country_codes(remarks.nationalities),
        countries=country_codes([*places, *(address[4] for address in addresses if address[4])]),
        sex=remarks.sex,
        documents=tuple(sorted(set(remarks.documents))),
        programmes=tuple(part.strip() for part in programmes.split("] [") if part.strip()),
    )
