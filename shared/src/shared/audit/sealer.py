"""The sealer: gives committed records their place in the tree, a moment after the fact; signs checkpoints.

A tree or chain that the writers themselves made longer would have them queue for its end. So one sealer
follows behind, every 40 ms, in the order (transaction, id), and only up to the oldest transaction that still
runs. It writes tables that no writer reads or locks. It keeps nothing in memory between turns: after a kill
it goes on from the last seal that stands, and a second sealer on the same database only waits.

A checkpoint is signed in the transaction of the seals, once so many records or so much time have passed
since the last one.

Guaranteed: places without a gap, no record twice, none left out; no checkpoint that does not follow from the
one before. The time from commit to seal is not protected yet; it is measured as the lag.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg
import structlog
from prometheus_client import Counter, Gauge, Histogram

from shared.audit import domain, sealing
from shared.audit.checkpoints import Checkpoint, Signer
from shared.audit.domain import Head
from shared.audit.sealing import Unsealed
from shared.audit.witness.signing import SigningGuard
from shared.database import Database, DatabaseUnavailable, Session, Transaction
from shared.errors import InvariantViolated, invariant
from shared.operations.gauges import READ_AT

INTERVAL_MS: Final = 40
BATCH_LIMIT: Final = 5_000
RECONNECT_SECONDS: Final = 0.5

LAG: Final = Gauge("audit_seal_lag_seconds", "Age of the oldest record that was found unsealed, 0 if none.")
WAIT: Final = Histogram(
    "audit_seal_wait_seconds",
    "From record to seal, for the oldest record of each turn.",
    buckets=(0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
SEALED: Final = Counter("audit_records_sealed", "Records sealed by this process.")
HEAD: Final = Gauge("audit_head_size", "How many records are sealed.")
CHECKPOINT: Final = Gauge("audit_checkpoint_size", "How many records the newest checkpoint covers.")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the sealer works when there is little to do, and how often it signs."""

    interval_ms: int = INTERVAL_MS
    checkpoint_records: int = 10_000
    checkpoint_every: timedelta = timedelta(seconds=1)

    def is_due(self, found: Unsealed, size: int) -> bool:
        """Tell whether a checkpoint over `size` records is to be signed now."""
        if size <= found.checked_size:
            return False
        is_long_ago = found.checked_at is None or found.now - found.checked_at >= self.checkpoint_every
        return is_long_ago or size - found.checked_size >= self.checkpoint_records


class Sealer:
    """Seals the records of one database until it is told to stop."""

    def __init__(
        self, dsn: str, signer: Signer, pace: Pace | None = None, guard: SigningGuard | None = None
    ) -> None:
        """Prepare to work at `dsn` (sealer role) and to sign as `signer`, the log of this database.

        `guard` says under which origin, and when nothing may be signed; without one always as `signer`.
        """
        self._guard = guard
        self._dsn = dsn
        self._signer = signer
        self._pace = pace or Pace()
        self._interval_seconds = self._pace.interval_ms / 1000
        self._turned_at = READ_AT.labels("sealer")

    async def run(self, stop: asyncio.Event) -> None:
        """Seal until `stop` is set, reconnecting when the database goes away. Raises InvariantViolated."""
        while not stop.is_set():
            try:
                database = await Database.connect(self._dsn, name="audit-sealer", pool_size=1)
                if self._guard is not None:
                    self._guard.forget()
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
                began = time.monotonic()
                if not await self.take_turn(session):
                    # Turns begin at a steady pace: how long one takes does not add to the next one's lag.
                    await _pause(stop, max(0.0, began + self._interval_seconds - time.monotonic()))

    async def take_turn(self, session: Session) -> bool:
        """Seal what may be sealed. Returns True when there is more to do at once.

        A turn that ends says so by the time, also where another sealer has the lock: the lag of one that has
        no turn any more stays what it was.
        """
        has_more = await self._take_turn(session)
        self._turned_at.set_to_current_time()
        return has_more

    async def _take_turn(self, session: Session) -> bool:
        async with session.transaction(probes_only=True, first=sealing.TAKE_TURN) as tx:
            found = await sealing.load_unsealed(tx, BATCH_LIMIT)
            if found is None:
                return False
            invariant(
                found.head.position[0] < found.next_txid,
                "the audit was restored from a dump into another server: its transactions are numbered anew",
            )
            head = await self._seal(tx, found)
            if self._pace.is_due(found, head.size):
                await self._sign(tx, head)
        _measure(found, head)
        return found.complete == BATCH_LIMIT

    async def _sign(self, tx: Transaction, head: Head) -> None:
        origin: str | None = self._signer.name
        if self._guard is not None:
            origin = await self._guard.find_origin(tx, head.size, self._signer.verifier.public_key)
        if origin is None:
            return
        checkpoint = Checkpoint(origin, head.size, head.frontier.root)
        await sealing.insert_checkpoint(tx, checkpoint, self._signer.under(origin).sign(checkpoint))
        CHECKPOINT.set(head.size)

    async def _seal(self, tx: Transaction, found: Unsealed) -> Head:
        if not found.complete:
            return found.head
        made, rows = domain.seal(found.head, found.records[: found.complete])
        await sealing.insert_seal(tx, made, rows)
        return made.head


def _measure(found: Unsealed, head: Head) -> None:
    oldest_seconds = (found.now - found.records[0].recorded_at).total_seconds() if found.records else 0.0
    LAG.set(max(0.0, oldest_seconds))
    HEAD.set(head.size)
    if found.complete:
        WAIT.observe(oldest_seconds)
        SEALED.inc(found.complete)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
