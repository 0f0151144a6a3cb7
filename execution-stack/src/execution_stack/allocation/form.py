"""How a manifest is written down: the bytes that are stored, hashed, and read by whoever replays it.

Two forms. Rows, of the first algorithm: one ASCII JSON object with sorted keys and no spaces, the intents as
[id, quantity, max_total, arrival]. Columns, of the current one: a head, which is such an object with the
number of intents, a line feed, then all ids (16 bytes each), all quantities, all caps and all arrivals (8
bytes each, signed, most significant first), in the order of the head's intents. Fixed widths, so that there
is one way to write a manifest and a million intents are written and read in a fraction of a second.
"""

import json
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

import numpy as np

from shared.errors import invariant

Head = dict[str, Any]
Numbers = tuple[Sequence[int], Sequence[int], Sequence[int]]
"""Quantities, caps and arrivals."""
Parts = tuple[Head, tuple[UUID, ...], tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]]

_ID_BYTES: Final = 16
_BLOCK: Final = 8_192
"""Ids that are written at a time: what they are copied through stays small, and is used again."""
_NUMBER: Final = np.dtype(">i8")
_bytes_of = attrgetter("bytes")


def _json(body: Head) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def write_rows(head: Head, intent_ids: Sequence[UUID], numbers: Numbers) -> bytes:
    """Write a manifest as one JSON object."""
    rows = [[str(intent_id), *values] for intent_id, *values in zip(intent_ids, *numbers, strict=True)]
    return _json({**head, "intents": rows})


def read_rows(content: bytes) -> Parts:
    """Read a manifest that is one JSON object."""
    head = json.loads(content)
    ids, quantities, max_totals, arrivals = zip(*head.pop("intents"), strict=True)
    return head, tuple(map(UUID, ids)), (quantities, max_totals, arrivals)


def ids_in_bytes(intent_ids: Sequence[UUID]) -> bytes:
    """Return all ids, 16 bytes each."""
    blocks = (intent_ids[at : at + _BLOCK] for at in range(0, len(intent_ids), _BLOCK))
    return b"".join([b"".join(map(_bytes_of, block)) for block in blocks])


def are_distinct(ids: bytes) -> bool:
    """Tell whether no two ids are the same.

    Ids whose last halves differ do; sorting a million halves is ten times as fast as a set of a million ids.
    Should two halves be the same, whole ids are compared.
    """
    halves = np.sort(np.frombuffer(ids, dtype=np.uint64)[1::2])
    if (halves[1:] != halves[:-1]).all():
        return True
    whole = {ids[at : at + _ID_BYTES] for at in range(0, len(ids), _ID_BYTES)}
    return len(whole) == len(halves)


def write_columns(head: Head, ids: bytes, numbers: Numbers) -> bytes:
    """Write a manifest as a head and columns."""
    columns = [np.array(values, dtype=np.int64).astype(_NUMBER).tobytes() for values in numbers]
    return b"".join((_json({**head, "intents": len(ids) // _ID_BYTES}), b"\n", ids, *columns))


def read_columns(content: bytes) -> Parts:
    """Read a manifest that is a head and columns."""
    first, _, rest = content.partition(b"\n")
    head = json.loads(first)
    count = int(head.pop("intents"))
    width = _ID_BYTES + 3 * _NUMBER.itemsize
    invariant(count > 0 and len(rest) == count * width, "a manifest has every value of every intent")
    ids = tuple(UUID(bytes=rest[at : at + _ID_BYTES]) for at in range(0, count * _ID_BYTES, _ID_BYTES))
    numbers = np.frombuffer(rest, dtype=_NUMBER, offset=count * _ID_BYTES).reshape(3, count)
    quantities, max_totals, arrivals = (tuple(each.tolist()) for each in numbers)
    return head, ids, (quantities, max_totals, arrivals)
