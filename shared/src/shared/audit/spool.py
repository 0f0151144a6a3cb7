"""Heads that were kept elsewhere, laid out on the disk by size while a history is verified.

A witness signs a checkpoint a second, thirty millions a year: a verification holds none but those of the page
at hand. The file is in a folder that its maker removes; it holds sizes and hashes, nothing of anybody.

Guaranteed: constant memory; each process reads through a connection of its own.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.audit.domain import AuditHead

ELSEWHERE: Final = 0
"""The epoch of a head of which none is known: no restore takes it away."""
_MOST: Final = 2**63 - 1
_TABLE: Final = """
CREATE TABLE head (size integer, root blob, epoch integer, PRIMARY KEY (size, root, epoch)) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class HeadSpool:
    """The heads in one file. Small enough to hand to another process."""

    file: Path

    @classmethod
    def begin(cls, folder: Path) -> "HeadSpool":
        """Make an empty one in a folder of its own."""
        spool = cls(folder / "heads.sqlite")
        with spool._open() as database:
            database.execute(_TABLE)
        return spool

    def add(self, epoch: int, heads: Iterable[AuditHead]) -> None:
        """Add heads of one epoch; one that is there already counts once."""
        rows = ((head.size, head.root, epoch) for head in heads)
        with self._open() as database:
            database.executemany("INSERT OR IGNORE INTO head VALUES (?, ?, ?)", rows)

    def forget(self, lost: Mapping[int, int]) -> None:
        """Forget what epochs signed beyond the sizes at which a later one began: epoch to size."""
        with self._open() as database:
            for epoch in self.largest():
                ends = [size for later, size in lost.items() if later > epoch]
                if epoch != ELSEWHERE and ends:
                    database.execute("DELETE FROM head WHERE epoch = ? AND size > ?", (epoch, min(ends)))

    def between(self, before: int, last: int) -> tuple[AuditHead, ...]:
        """Return the heads over more than `before` records and `last` at most, by size."""
        return tuple(self.each(before, last))

    def each(self, before: int = 0, last: int = _MOST) -> Iterator[AuditHead]:
        """Give heads by size, one after the other."""
        with self._open() as database:
            query = "SELECT DISTINCT size, root FROM head WHERE size > ? AND size <= ? ORDER BY size, root"
            for row in database.execute(query, (before, last)):
                yield AuditHead(*row)

    def largest(self) -> dict[int, int]:
        """Return the largest size of each epoch."""
        with self._open() as database:
            return dict(database.execute("SELECT epoch, max(size) FROM head GROUP BY epoch"))

    def count_signed(self) -> int:
        """Return how many heads an epoch has signed."""
        query = "SELECT count(*) FROM (SELECT DISTINCT size, root FROM head WHERE epoch <> ?)"
        with self._open() as database:
            return int(database.execute(query, (ELSEWHERE,)).fetchone()[0])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # Nothing is lost with it: whoever verifies collects anew.
        with closing(sqlite3.connect(self.file, timeout=30)) as database:
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            yield database
            database.commit()
