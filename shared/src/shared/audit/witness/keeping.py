"""What a stack's worker does beside the exchange: appends cosigned checkpoints to the file, and measures.

Only the newest goes to the file, at most every few seconds: each covers all before it.
"""

import asyncio

from shared.audit.witness import store
from shared.audit.witness.notes import NoteFile
from shared.audit.witness.service import measure
from shared.database import Database


class NoteKeeper:
    """Keeps the file of one stack's own cosigned checkpoints up to date. For one task."""

    def __init__(self, database: Database, file: NoteFile | None) -> None:
        """Append to `file`; without one only measure."""
        self._database = database
        self._file = file
        self._last: str | None = None

    async def keep(self) -> None:
        """Append the newest note unless the file has it, and set the metrics. Raises NoteFileUnusable."""
        async with self._database.transaction() as tx:
            await measure(tx)
            newest = await store.load_newest_note(tx)
        if self._file is None or newest is None or newest == self._last:
            return
        await asyncio.to_thread(self._append, self._file, newest)
        self._last = newest

    def _append(self, file: NoteFile, note: str) -> None:
        if file.last_note() != note:
            file.append([note])
