"""One side of a matching in columns, and the bytes in which it is kept. Pure.

A million lines as objects cost a gigabyte and most of the time; as columns they cost a tenth of both. The
columns are ordered by id, so the same lines are the same columns, in whatever order somebody read them, and
their digest says which lines were compared.

*Guaranteed:*
- no line stands twice; amounts and days are exact integers;
- `decode` gives back what `encode` was given, and other lines have another digest.
"""

import hashlib
import struct
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.errors import invariant

ID_BYTES: Final = 16
CHUNK_LINES: Final = 50_000
MOST_TEXT: Final = 128
_HEAD: Final = struct.Struct("<QQQ")
_SQUEEZE: Final = 1


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines by id: signed amounts in minor units, days of Colombo since 1970, references, batches.

    A reference or a batch is "" where the line has none.
    """

    ids: Sequence[bytes]
    amounts: Sequence[int]
    days: Sequence[int]
    references: Sequence[str]
    batches: Sequence[str]

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self.ids)

    def id_at(self, place: int) -> UUID:
        """Return the id of a line."""
        return UUID(bytes=self.ids[place])


def order_lines(
    ids: Sequence[bytes],
    amounts: Sequence[int],
    days: Sequence[int],
    references: Sequence[str],
    batches: Sequence[str],
) -> Lines:
    """Return lines by id, from columns in any order."""
    count = len(ids)
    invariant(
        all(len(column) == count for column in (amounts, days, references, batches)), "columns of one length"
    )
    invariant(len(set(ids)) == count, "no line stands twice")
    order: Sequence[int] = range(count)
    if any(ids[place] > ids[place + 1] for place in range(count - 1)):
        order = sorted(order, key=ids.__getitem__)
    return Lines(
        [ids[place] for place in order],
        array("q", (amounts[place] for place in order)),
        array("i", (days[place] for place in order)),
        [references[place] for place in order],
        [batches[place] for place in order],
    )


def lines_of(rows: Iterable[tuple[UUID, int, int, str, str]]) -> Lines:
    """Return lines from (id, amount, day, reference, batch), in any order."""
    columns = list(zip(*rows, strict=True)) or [(), (), (), (), ()]
    ids, amounts, days, references, batches = columns
    return order_lines([each.bytes for each in ids], amounts, days, references, batches)


def encode(lines: Lines) -> tuple[list[bytes], bytes]:
    """Return lines as squeezed chunks, and the digest of what is in them."""
    digest = hashlib.sha256(b"bulkhead lines 1\n")
    chunks = []
    for start in range(0, len(lines), CHUNK_LINES):
        raw = _pack(lines, start, min(start + CHUNK_LINES, len(lines)))
        digest.update(raw)
        chunks.append(zlib.compress(raw, _SQUEEZE))
    return chunks, digest.digest()


def decode(chunks: Iterable[bytes]) -> tuple[Lines, bytes]:
    """Return the lines in squeezed chunks, and the digest of what is in them."""
    digest = hashlib.sha256(b"bulkhead lines 1\n")
    ids: list[bytes] = []
    amounts, days = array("q"), array("i")
    references: list[str] = []
    batches: list[str] = []
    for chunk in chunks:
        raw = zlib.decompress(chunk)
        digest.update(raw)
        count, first_text, second_text = _HEAD.unpack_from(raw)
        at = _HEAD.size
        ids += [raw[place : place + ID_BYTES] for place in range(at, at + count * ID_BYTES, ID_BYTES)]
        at += count * ID_BYTES
        amounts.extend(read_numbers("q", raw[at : at + count * 8], "little"))
        at += count * 8
        days.extend(read_numbers("i", raw[at : at + count * 4], "little"))
        at += count * 4
        references += raw[at : at + first_text].decode().split("\n")
        at += first_text
        batches += raw[at : at + second_text].decode().split("\n")
    return Lines(ids, amounts, days, references, batches), digest.digest()


def _pack(lines: Lines, start: int, stop: int) -> bytes:
    references = "\n".join(lines.references[start:stop]).encode()
    batches = "\n".join(lines.batches[start:stop]).encode()
    return b"".join(
        (
            _HEAD.pack(stop - start, len(references), len(batches)),
            *lines.ids[start:stop],
            _little(array("q", lines.amounts[start:stop])),
            _little(array("i", lines.days[start:stop])),
            references,
            batches,
        )
    )


def _little(numbers: "array[int]") -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def read_numbers(kind: str, raw: bytes, order: str) -> "array[int]":
    """Return whole numbers ("q": 64 bits, "i": 32) from bytes that lie in a `big` or `little` order."""
    numbers = array(kind)
    numbers.frombytes(raw)
    if sys.byteorder != order:
        numbers.byteswap()
    return numbers
