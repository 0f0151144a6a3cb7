"""Identifiers: UUIDs of version 7 for what we make, version 5 for what a name decides.

Version 7 (RFC 9562, section 5.7) begins with the time in milliseconds, so rows made together lie
together in an index. UUIDs are identifiers, never secrets.

Guaranteed: ids of one `SystemIds` ascend, also within a millisecond.
"""

import os
import time
from typing import Final, Protocol
from uuid import UUID, uuid5

HOUSE_TENANT: Final = UUID("00000000-0000-7000-8000-000000000001")
"""Owner of the rows that belong to no tenant of the customer side: market books, the execution house."""

_VERSION_7: Final = 0x7 << 76
_VARIANT: Final = 0b10 << 62
_TAIL_BITS: Final = 62


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

    def new(self) -> UUID:
        """Return an id above every id returned before."""
        milliseconds = time.time_ns() // 1_000_000
        if milliseconds > self._milliseconds:
            self._milliseconds = milliseconds
            # The top bit starts clear, so that a millisecond holds 2**73 steps before it could overflow.
            self._random = int.from_bytes(os.urandom(10), "big") >> 7
        else:
            self._random += 1 + int.from_bytes(os.urandom(4), "big")
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
    return uuid5(namespace, name)
