"""What a pack says, as frozen values, and how values are written in it. Pure.

A row is written in the order of its columns. Times are UTC with microseconds in one width, so that they
compare like texts; amounts are whole numbers; ids are texts; bytes are hexadecimal.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson

from shared.errors import invariant

FORMAT: Final = "bulkhead.evidence.v1"
RECORD_KIND: Final = "evidence.pack_sealed"
"""The audit record that carries the SHA-256 of a pack's manifest."""
AMOUNTS: Final = "whole numbers of the smallest unit: LKR cents, USD millionths, contract hundredths"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class About:
    """What a pack is of: its scope, its time from `first_at` to before `last_at`, and who asked for it.

    `amounts`: in words, in which units its numbers are.
    """

    pack_id: UUID
    origin: str
    tenant_id: UUID
    scope_kind: str
    scope_id: UUID | None
    first_at: datetime
    last_at: datetime
    made_at: datetime
    operator: str
    personal_data: bool
    amounts: str = AMOUNTS


@dataclass(frozen=True, slots=True)
class Running:
    """Numbers without a gap and balances that follow from amounts, for every value of the columns `by`."""

    by: tuple[str, ...]
    number: str
    amount: str
    balance: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of rows. `time` and `key`: the columns that say when a row was, and which id it has."""

    name: str
    says: str
    columns: tuple[str, ...]
    schema_version: int = 1
    time: str | None = None
    key: str | None = None
    running: Running | None = None

    def __post_init__(self) -> None:
        """Refuse a sheet that names a column it does not have."""
        named = [each for each in (self.time, self.key) if each is not None]
        if self.running is not None:
            rule = self.running
            named += [*rule.by, rule.number, rule.amount, rule.balance]
        invariant(set(named) <= set(self.columns), f"{self.name} names a column that it does not have")


def plain(value: object) -> Any:
    """Return a value as JSON has it."""
    match value:
        case None | bool() | int():
            shown: Any = value
        case datetime():
            shown = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date():
            shown = value.isoformat()
        case bytes():
            shown = value.hex()
        case str() | UUID() | Decimal():
            shown = str(value)
        case Mapping():
            shown = {str(name): plain(each) for name, each in value.items()}
        case list() | tuple():
            shown = [plain(each) for each in value]
        case _:
            shown = None
            invariant(False, "a pack holds plain values only")
    return shown


def plain_row(sheet: Sheet, row: Mapping[str, object]) -> dict[str, Any]:
    """Return a row with its columns in order."""
    return {column: plain(row[column]) for column in sheet.columns}


def write_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as JSON Lines."""
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def write_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return rows as CSV (RFC 4180); what a spreadsheet would take for a formula has an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return str(value) if isinstance(value, int) else canonical(value).decode()


def canonical(document: object) -> bytes:
    """Return a document as JSON in its one form: sorted keys, no blanks, ASCII."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
