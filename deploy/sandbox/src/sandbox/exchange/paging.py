"""Pages of lists that grow: newest first, with a cursor that new entries cannot shift.

A cursor names the position, counted from the oldest, below which the next page starts. An empty cursor ends
the list.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from sandbox.exchange.errors import InvalidParameters

T = TypeVar("T")

LOOP = base64.urlsafe_b64encode(b"loop").decode()  # leads to the first page again: a fault, not a way


def newest_first(
    items: Sequence[T],
    keep: Callable[[T], bool],
    limit: int,
    cursor: str,
    too_old: Callable[[T], bool] | None = None,
) -> tuple[list[T], str]:
    """Return up to `limit` kept items, newest first, and the next cursor. Raises InvalidParameters.

    The first item that is `too_old` ends the list: whatever is before it is older still.
    """
    page: list[T] = []
    position = min(_position(cursor, len(items)), len(items))
    while position > 0:
        item = items[position - 1]
        if too_old is not None and too_old(item):
            break
        if keep(item):
            if len(page) == limit:
                return page, _cursor(position)
            page.append(item)
        position -= 1
    return page, ""


def oldest_first(items: Sequence[T], limit: int, cursor: str) -> tuple[list[T], str]:
    """Return up to `limit` items of a list that grows only at its end. Raises InvalidParameters."""
    start = _position(cursor, 0)
    end = start + limit
    return list(items[start:end]), _cursor(end) if end < len(items) else ""


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode()


def _position(cursor: str, first: int) -> int:
    if not cursor or cursor == LOOP:
        return first
    try:
        return max(0, int(base64.urlsafe_b64decode(cursor.encode())))
    except (ValueError, binascii.Error) as error:
        raise InvalidParameters("invalid cursor") from error
