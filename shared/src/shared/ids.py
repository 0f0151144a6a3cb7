"""Identifiers: UUIDs of version 7 for what we make, version 5 for what a name decides.

Version 7 (RFC 9562, section 5.7) begins with the time in milliseconds, so rows made together lie
together in an index. UUIDs are identifiers, never secrets.

Guaranteed: ids of one `SystemIds` ascend, also within a millisecond.
"""

import os
import time
from hashlib import sha1
from typing import Final, Protocol
from uuid import UUID

from asyncpg.pgproto import pgproto

HOUSE_TENANT: Final = UUID("00000000-0000-7000-8000-000000000001")
"""Owner of the rows that belong to no tenant of the customer side: market books, the execution house."""

_VERSION_7: Final = 0x7 << 76
_VERSION_5: Final = 0x5 << 76
_VARIANT: Final = 0b10 << 62
_OUTSIDE_VERSION_AND_VARIANT: Final = ~(0xF << 76 | 0b11 << 62)
_TAIL_BITS: Final = 62
_DRAW_BYTES: Final = 4096


class Ids(Protocol):
    """A source of new identifiers."""

    def new(self) -> UUID:
        """Return an id that was never returned before."""
        ...


def _version_7(milliseconds: int, random: int) -> UUID:
    head, tail = random >> _TAIL_BITS, random & ((1 << _TAIL_BITS) - 1)
    return UUID(int=(milliseconds << 80) | _VERSION_7 | (head << 64) | _VARIANT | tail)


class SystemIds:
    """Version 7 ids from the machine's clock and random source."""

    def __init__(self) -> None:
        """Begin below every id of the present millisecond."""
        self._milliseconds = 0
        self._random = 0
        self._drawn = b""
        self._used = 0

    def _draw(self, size: int) -> int:
        """Return `size` random bytes as a number. They are drawn from the machine many at a time."""
        if self._used + size > len(self._drawn):
            self._drawn, self._used = os.urandom(_DRAW_BYTES), 0
        self._used += size
        return int.from_bytes(self._drawn[self._used - size : self._used], "big")

    def new(self) -> UUID:
        """Return an id above every id returned before."""
        milliseconds = time.time_ns() // 1_000_000
        if milliseconds > self._milliseconds:
            self._milliseconds = milliseconds
            # The top bit starts clear, so that a millisecond holds 2**73 steps before it could overflow.
            self._random = self._draw(10) >> 7
        else:
            self._random += 1 + self._draw(4)
        return _version_7(self._milliseconds, self._random)


class CountingIds:
    """Ids in a known order. For tests and replays."""

    def __init__(self, start: int = 1) -> None:
        """Count from `start`."""
        self._next = start

    def new(self) -> UUID:
        """Return the next id."""
        self._next += 1
        return _version_7(1_700_000_000_000, self._next - 1)


def uuid_from_name(namespace: UUID, name: str) -> UUID:
    """Return the version 5 id of `name` in `namespace` (RFC 9562, section 5.5)."""
    # As uuid.uuid5 does it, which looks its hash up anew on each of the many calls of a page of reports; and
    # of the database driver's class, which is made, hashed and sent to the database several times as fast.
    digest = sha1(namespace.bytes + name.encode(), usedforsecurity=False).digest()
    number = int.from_bytes(digest[:16], "big") & _OUTSIDE_VERSION_AND_VARIANT | _VERSION_5 | _VARIANT
    made: UUID = pgproto.UUID(number.to_bytes(16, "big"))
    return made
