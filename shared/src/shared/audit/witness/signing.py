"""Under which name our log may sign its next checkpoint, if it may sign at all.

A database that was restored from an old backup does not know what it once signed. Signing on, it would give
a second history its signature, and the witness would have to call it a forger. So before the first
checkpoint of a connection (a database is also restored, or fails over, under a process that goes on) the
history is compared with the newest note in the file, which no restore brings back; and nothing is signed
while the other stack says that it holds more, or something else, than we have. Sealing goes on: only the
signature waits, until a person ends the alarm or begins a new epoch.

A key that is no longer the newest signs nothing once its successor has: a worker that goes on with it beside
a new one only seals.

Guaranteed: no checkpoint is signed that contradicts the newest note in the file, or by a retired key.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

import structlog
from prometheus_client import Gauge

from shared.audit import store as log
from shared.audit.checkpoints import NoteUnusable
from shared.audit.proofs import NotProvable, load_root
from shared.audit.witness import alarms, store
from shared.audit.witness.domain import LogKeys, SignedCheckpoint, origin_of
from shared.audit.witness.notes import NoteFile, NoteFileUnusable, cosigned_of
from shared.database import Transaction

STOPPED: Final = Gauge(
    "audit_signing_stopped", "1 while our log signs nothing, because its history is not what it was."
)

_log = structlog.get_logger(__name__)


class SigningGuard:
    """Decides for one sealer. Asked before each checkpoint."""

    def __init__(self, own: LogKeys, other: LogKeys, file: NoteFile | None) -> None:
        """Compare with the notes in `file` that both logs' keys signed."""
        self._own = own
        self._other = other
        self._file = file
        self._compared_epoch = 0
        self._said: str | None = None

    def forget(self) -> None:
        """Compare again before the next checkpoint. Call it at each connect: it may be another history."""
        self._compared_epoch = 0

    async def find_origin(self, tx: Transaction, size: int, public_key: bytes) -> str | None:
        """Return the origin under which `size` records may be signed by a key now, or None."""
        epochs = await store.load_epochs(tx)
        epoch = max(epochs)
        may_sign = size > epochs[epoch] and not await alarms.is_disowned(tx, epoch)
        may_sign = may_sign and await self._is_current(tx, public_key, epochs)
        if may_sign and self._compared_epoch < epoch:
            may_sign = await self._continues_file(tx, epoch, size)
            self._compared_epoch = epoch if may_sign else 0
        STOPPED.set(0 if may_sign else 1)
        if may_sign:
            self._said = None
        return origin_of(self._own.origin, epoch) if may_sign else None

    async def find_lost(self, tx: Transaction) -> SignedCheckpoint | None:
        """Return the newest note's checkpoint if this database does not have what it covers, else None.

        A file that cannot be used proves no loss; then nothing is signed either.
        """
        try:
            newest = await asyncio.to_thread(self._read_newest)
        except NoteFileUnusable as unusable:
            self._say(unusable.code)
            return None
        epoch = await store.load_epoch(tx)
        if newest is None or newest.epoch < epoch:
            return None
        size = (await log.audit_head(tx)).size
        return None if await _holds(tx, newest, epoch, size) else newest

    async def _is_current(self, tx: Transaction, public_key: bytes, epochs: Iterable[int]) -> bool:
        """Tell whether no later key has signed: a process that began before the rotation signs no more."""
        last = await store.load_last_key(tx)
        is_current = last is None or last in self._own.ids_up_to(public_key, epochs)
        if not is_current:
            self._say("key_retired")
        return is_current

    async def _continues_file(self, tx: Transaction, epoch: int, size: int) -> bool:
        """Tell whether the history is the one of the newest note, or longer; without a file there is none."""
        try:
            newest = await asyncio.to_thread(self._read_newest)
        except NoteFileUnusable as unusable:
            self._say(unusable.code)
            return False
        if newest is None or newest.epoch < epoch:
            return True
        good = await _holds(tx, newest, epoch, size)
        if not good:
            self._say("restored", noted=newest.size, noted_epoch=newest.epoch, size=size)
        return good

    def _say(self, reason: str, **sizes: int) -> None:
        """Log once why nothing is signed; the metric says it all the time."""
        if self._said != reason:
            self._said = reason
            _log.error("audit.signing_stopped", reason=reason, **sizes)

    def _read_newest(self) -> SignedCheckpoint | None:
        """Return the checkpoint of the newest genuine note. Raises NoteFileUnusable."""
        note = None if self._file is None else self._file.last_note()
        if note is None:
            return None
        try:
            return cosigned_of(note, self._own, self._other).signed
        except NoteUnusable as error:
            raise NoteFileUnusable("The newest note in the file is not signed by both logs.") from error


async def _holds(tx: Transaction, noted: SignedCheckpoint, epoch: int, size: int) -> bool:
    """Tell whether a log of `size` records in `epoch` has what was noted."""
    try:
        is_there = noted.epoch == epoch and noted.size <= size
        return is_there and await load_root(tx, noted.size) == noted.root
    except NotProvable:
        return False
