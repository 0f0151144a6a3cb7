"""Gathering who has many events, when a reading has met them; a short transaction for each.

It waits for everybody who counts, and they for it: so for a moment only, and it tries again later.
"""

from typing import Final

from customer_stack.aml.store import gathering as store
from shared.database import Database, DatabaseBusy

LOCK_TIMEOUT_MS: Final = 50


class Gathering:
    """Gathers the subjects that this process has met."""

    def __init__(self, database: Database) -> None:
        """Work in `database`."""
        self._database = database

    async def run(self) -> int:
        """Gather everybody who waits; return how many were gathered."""
        waiting = store.take_crowded()
        async with self._database.session() as session:
            for number, key in enumerate(waiting):
                try:
                    async with session.transaction(
                        key[0], lock_timeout_ms=LOCK_TIMEOUT_MS, probes_only=True
                    ) as tx:
                        await store.gather(tx, [key])
                except DatabaseBusy:
                    store.give_back(waiting[number:])
                    return number
        return len(waiting)
