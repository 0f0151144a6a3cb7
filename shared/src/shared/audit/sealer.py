"""The sealer: gives committed records their number and chain hash, a moment after the fact.

A chain computed by the writers themselves would make them queue for its head. So one sealer follows
behind, every 50 ms, in the order (transaction, id), and only up to the oldest transaction that still runs.
It keeps nothing in memory between turns: after a kill it goes on from the last seal that stands, and a
second sealer on the same database only waits.

Guaranteed: numbers without a gap, no record twice, none left out. The time from commit to seal is not
protected yet; it is measured as the lag.
"""

import asyncio
import contextlib
from datetime import datetime
from typing import Final

import asyncpg
import structlog
from prometheus_client import Counter, Gauge, Histogram

from shared.audit import domain, store
from shared.audit.domain import AuditHead, Seal, StoredRecord
from shared.database import Database, DatabaseUnavailable, Session
from shared.errors import InvariantViolated, invariant

INTERVAL_MS: Final = 50
BATCH_LIMIT: Final = 5_000
RECONNECT_SECONDS: Final = 0.5

LAG: Final = Gauge("audit_seal_lag_seconds", "Age of the oldest record that was found unsealed, 0 if none.")
WAIT: Final = Histogram(
    "audit_seal_wait_seconds",
    "From record to seal, for the oldest record of each turn.",
    buckets=(0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
SEALED: Final = Counter("audit_records_sealed", "Records sealed by this process.")
HEAD: Final = Gauge("audit_head_size", "Number of the last seal.")

_log = structlog.get_logger(__name__)


class Sealer:
    """Seals the records of one database until it is told to stop."""

    def __init__(self, dsn: str, interval_ms: int = INTERVAL_MS) -> None:
        """Prepare to work at `dsn` (sealer role), one turn every `interval_ms` when there is little to do."""
        self._dsn = dsn
        self._interval_seconds = interval_ms / 1000

    async def run(self, stop: asyncio.Event) -> None:
        """Seal until `stop` is set, reconnecting when the database goes away. Raises InvariantViolated."""
        while not stop.is_set():
            try:
                database = await Database.connect(self._dsn, name="audit-sealer", pool_size=1)
                try:
                    await self._serve(database, stop)
                finally:
                    await database.close()
            except InvariantViolated:
                raise
            except (DatabaseUnavailable, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                _log.warning("audit.sealer_disconnected", error=type(error).__name__)
                await _pause(stop, RECONNECT_SECONDS)

    async def _serve(self, database: Database, stop: asyncio.Event) -> None:
        async with database.session() as session:
            while not stop.is_set():
                if not await self.take_turn(session):
                    await _pause(stop, self._interval_seconds)

    async def take_turn(self, session: Session) -> bool:
        """Seal what may be sealed. Returns True when there is more to do at once."""
        async with session.transaction(probes_only=True, first=store.TAKE_TURN) as tx:
            found = await store.load_unsealed(tx, BATCH_LIMIT)
            if found is None:
                return False
            last, complete = found.last, found.complete
            invariant(
                last is None or last.record_txid < found.next_txid,
                "the audit was restored from a dump into another server: its transactions are numbered anew",
            )
            if complete:
                head = AuditHead(0, domain.GENESIS) if last is None else AuditHead(last.sequence, last.chain)
                await store.insert_seals(tx, domain.seal(head, found.records[:complete]))
        _measure(last, found.records, complete, found.now)
        return complete == BATCH_LIMIT


def _measure(last: Seal | None, records: list[StoredRecord], complete: int, now: datetime) -> None:
    oldest_seconds = (now - records[0].recorded_at).total_seconds() if records else 0.0
    LAG.set(max(0.0, oldest_seconds))
    HEAD.set((last.sequence if last else 0) + complete)
    if complete:
        WAIT.observe(oldest_seconds)
        SEALED.inc(complete)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
