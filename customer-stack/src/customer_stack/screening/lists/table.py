"""Rows of a published CSV file, refused as a whole when one of them is not what it should be.

Guaranteed:
- a file that ends inside a row, or inside a quoted field, is refused: half a list would clear people.
"""

import csv
import io
from collections.abc import Iterator

from customer_stack.screening.lists.errors import ListRefused

FIELD_LIMIT = 1 << 20


def decode(raw: bytes, name: str) -> str:
    """Return the text of a file. Old publications are Latin-1, newer ones UTF-8, some with its mark."""
    if not raw.strip():
        raise ListRefused(f"{name} is empty")
    if b"\0" in raw:
        raise ListRefused(f"{name} is no text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def read_rows(text: str, name: str, width: int) -> Iterator[list[str]]:
    """Yield the rows of a file without a header. Raises ListRefused with the line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    csv.field_size_limit(FIELD_LIMIT)
    try:
        for row in reader:
            if not row:
                continue
            if len(row) != width:
                raise ListRefused(
                    f"{name}, line {reader.line_num}: {len(row)} fields in place of {width}; cut off?"
                )
            yield row
    except csv.Error as error:
        raise ListRefused(f"{name}, line {reader.line_num}: {error}; cut off?") from None


def read_named_rows(text: str, name: str, needed: frozenset[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of a file with a header, by name of column. Raises ListRefused."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    csv.field_size_limit(FIELD_LIMIT)
    try:
        header = next(reader, [])
        if missing := sorted(needed - set(header)):
            raise ListRefused(f"{name} has no column {', '.join(missing)}")
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                raise ListRefused(
                    f"{name}, line {reader.line_num}: {len(row)} fields in place of {len(header)}; cut off?"
                )
            yield dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise ListRefused(f"{name}, line {reader.line_num}: {error}; cut off?") from None
