"""Proves a pack: has the audit carry its manifest's hash, waits for a signed checkpoint, writes the proofs.

Guaranteed: the record with the manifest's hash is sealed, and under a signed checkpoint, before the pack is
whole. Where a witness cosigns in time, its signature is in the pack; where not, the pack says so.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from shared.audit import AuditRecord, append, audit_head
from shared.audit.checkpoints import Checkpoint, Verifier, write_note
from shared.audit.keys import load_verifiers
from shared.audit.proofs import MOST_RECORDS, prove_records
from shared.audit.store import current_transaction, load_checkpoint, load_last_checkpoint, wait_sealed
from shared.audit.witness.store import load_cosigned, load_origin
from shared.database import Database, Transaction
from shared.errors import Kind, Refusal
from shared.evidence.domain import RECORD_KIND
from shared.evidence.writing import PackWriter, Proven

SEAL_SECONDS: Final = 10.0
WITNESS_SECONDS: Final = 20.0
POLL_SECONDS: Final = 0.1
AT_ONCE: Final = MOST_RECORDS // 10

LoadCosigned = Callable[[Transaction, int], Awaitable[tuple[Checkpoint, str] | None]]
"""Gives our first checkpoint of so many records or more that the other stack cosigned, and its note."""
Position = tuple[int, int]
"""Transaction and id of a record: where it stands in the order of sealing."""


class NotProvenInTime(Refusal):
    """No signed checkpoint covered the pack's record in time."""

    kind = Kind.UNAVAILABLE
    code = "evidence.not_proven_in_time"


@dataclass(frozen=True, slots=True)
class Proving:
    """By what packs are proven: the log's keys, its witnesses', and where cosigned notes come from."""

    origin: str
    keys: tuple[Verifier, ...]
    load_cosigned: LoadCosigned | None
    witness_seconds: float = WITNESS_SECONDS


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint over the record at `own`, which has the manifest's hash; and whether a witness signed."""

    own: Position
    size: int
    text: str
    is_witnessed: bool


def prove_with(own: Path, others: Path) -> Proving:
    """Return what packs are proven with, from files of public keys. Raises AuditKeyUnusable."""
    keys = load_verifiers(own)
    return Proving(keys[-1].name, (*keys, *load_verifiers(others)), _load_cosigned)


async def record_manifest(
    tx: Transaction, tenant_id: UUID, body: Mapping[str, object], at: datetime, actor: str
) -> Position:
    """Have the audit carry the manifest's hash, which `body` has; return where that record stands."""
    await append(tx, [AuditRecord(tenant_id, RECORD_KIND, body, at, actor)])
    txid = await current_transaction(tx)
    row = await tx.fetch_row(
        "SELECT txid, id FROM audit_record WHERE txid = $1::xid8 AND kind = $2", txid, RECORD_KIND
    )
    return (row["txid"], row["id"])  # type: ignore[index]  # it was written a moment ago


async def wait_for_note(database: Database, tenant_id: UUID, own: Position, proving: Proving) -> Note:
    """Return a signed checkpoint over the record at `own`, cosigned where that can be had in time.

    Raises NotSealedInTime, NotProvenInTime.
    """
    await wait_sealed(database, tenant_id, own[0], timeout_seconds=SEAL_SECONDS)
    async with database.transaction(tenant_id) as tx:
        size = (await audit_head(tx)).size
    deadline = asyncio.get_running_loop().time() + proving.witness_seconds
    while True:
        is_late = asyncio.get_running_loop().time() >= deadline
        async with database.transaction(tenant_id) as tx:
            found = await _load_note(tx, size, proving, is_last=is_late or proving.load_cosigned is None)
        if found is not None:
            return Note(own, *found)
        if is_late:
            raise NotProvenInTime(
                "No checkpoint covers the pack's record yet. See that the worker runs, and ask again."
            )
        await asyncio.sleep(POLL_SECONDS)


async def _load_note(
    tx: Transaction, size: int, proving: Proving, *, is_last: bool
) -> tuple[int, str, bool] | None:
    """Return a cosigned checkpoint over `size` records or more; when `is_last`, one that is only signed."""
    cosigned = None if proving.load_cosigned is None else await proving.load_cosigned(tx, size)
    if cosigned is not None:
        return cosigned[0].size, cosigned[1], True
    newest = await load_last_checkpoint(tx) if is_last and await load_checkpoint(tx, at_least=size) else None
    if newest is None:
        return None
    origin = await load_origin(tx, proving.origin, newest.size)
    return newest.size, write_note(newest.checkpoint(origin), [newest.line(origin)]), False


async def write_proofs(
    database: Database, tenant_id: UUID, writer: PackWriter, positions: Sequence[Position], note: Note
) -> AsyncIterator[None]:
    """Write the proofs of the manifest's record and of all promised ones, then the note; give way between.

    Raises NotProvable, PackTooLarge.
    """
    async with database.transaction(tenant_id) as tx:
        writer.begin_proofs(*await _prove(tx, [note.own], note.size))
    for start in range(0, len(positions), AT_ONCE):
        async with database.transaction(tenant_id) as tx:
            writer.add_proofs(await _prove(tx, positions[start : start + AT_ONCE], note.size))
        yield
    writer.end(note.text)
    yield


async def _prove(tx: Transaction, positions: Sequence[Position], size: int) -> list[Proven]:
    return [
        Proven(proof.record, proof.index + 1, proof.hashes)
        for proof in await prove_records(tx, positions, size)
    ]


async def _load_cosigned(tx: Transaction, size: int) -> tuple[Checkpoint, str] | None:
    return await load_cosigned(tx, at_least=size)
