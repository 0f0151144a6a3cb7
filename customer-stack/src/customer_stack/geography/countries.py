"""The table of countries in memory: read at the start, read again when its file changes.

The answer for an address is remembered, since customers send many requests from one. A file that changed is
read in a thread, which costs seconds for a table of the whole world, once in a while.
"""

import asyncio
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

import structlog

from customer_stack.geography.domain.addresses import Trusted, client_address
from customer_stack.geography.domain.tables import Table, read_table
from customer_stack.geography.errors import TableInvalid

REMEMBERED_LIMIT: Final = 16_384
_REMEMBERED_LENGTH: Final = 120
"""Longer headers than these are no client's whom we know: they are worked out anew and not kept."""

_log = structlog.get_logger(__name__)

_Mark = tuple[int, int, int]


class Countries:
    """Finds countries of clients, by the last table that was good."""

    def __init__(self, file: Path, trusted: Trusted) -> None:
        """Find nothing before `load`: a process that serves nobody needs no table."""
        self._file = file
        self._trusted = trusted
        self._mark: _Mark | None = None
        self._table: Table | None = None
        self._remembered = lru_cache(REMEMBERED_LIMIT)(self._look_up)

    def load(self) -> Self:
        """Read the file before the first request. Raises TableInvalid."""
        try:
            self._mark, self._table = _mark_of(self._file), _read(self._file)
        except (OSError, TableInvalid) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise TableInvalid(
                f"CUSTOMER_COUNTRY_TABLE_FILE cannot be used: {reason}. Name a table of start, end, country."
            ) from error
        self._remembered.cache_clear()
        return self

    def find(self, peer: str | None, forwarded: list[str]) -> str | None:
        """Return the country behind a connection; None: it is not known."""
        lines = tuple(forwarded) if self._trusted.networks else ()
        if sum(map(len, lines)) > _REMEMBERED_LENGTH:
            return self._look_up(peer, lines)
        return self._remembered(peer, lines)

    async def refresh(self) -> bool:
        """Read the file again if it changed; tell whether another table counts now.

        A file that was refused is not read again before it changes.
        """
        try:
            mark = _mark_of(self._file)
            if mark == self._mark:
                return False
            self._mark = mark
            table = await asyncio.to_thread(_read, self._file)
            if _mark_of(self._file) != mark:  # it is still being written: the next look reads it whole
                return False
        except (OSError, TableInvalid) as error:
            _log.error("geography.table_refused", reason=str(error))
            return False
        self._table = table
        self._remembered.cache_clear()
        _log.info("geography.table_read", ranges=table.size)
        return True

    def _look_up(self, peer: str | None, forwarded: tuple[str, ...]) -> str | None:
        address = client_address(peer, forwarded, self._trusted)
        return None if address is None or self._table is None else self._table.find(address)


def _mark_of(file: Path) -> _Mark:
    """Return what differs when a file was written again."""
    found = file.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(file: Path) -> Table:
    try:
        with file.open(encoding="ascii", newline="") as lines:
            return read_table(lines)
    except UnicodeDecodeError as error:
        raise TableInvalid("the table holds more than ASCII") from error
