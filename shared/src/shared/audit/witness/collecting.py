"""What others hold of a log, collected for its verification: from files of notes and from databases.

A source is a file to which cosigned checkpoints were appended, or the address of the other stack's database
(auditor role), which has the checkpoints that it cosigned. Only what both keys signed counts, so a source
need not be trusted: whoever changes it can take evidence away, and a verification names how much it had.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Final

import asyncpg

from shared.audit.checkpoints import NoteUnusable
from shared.audit.domain import AuditHead
from shared.audit.spool import ELSEWHERE, HeadSpool
from shared.audit.witness.domain import Cosignature, LogKeys, SignedCheckpoint
from shared.audit.witness.notes import Cosigned, cosigned_of, note_of, read_notes
from shared.database_address import connect
from shared.errors import Kind, Refusal

AT_ONCE: Final = 1_000
_SCHEMES: Final = ("postgresql://", "postgres://")
_NEXT: Final = "WHERE (epoch, size) > ($1::integer, $2::bigint) ORDER BY epoch, size LIMIT $3"
_HELD: Final = (
    f"SELECT epoch, size, root, signature, cosigned_at, cosignature FROM witness_checkpoint {_NEXT}"
)
_ACCEPTED: Final = "SELECT epoch, kept_size FROM witness_epoch"
_OWN: Final = f"SELECT epoch, size, note FROM audit_cosignature {_NEXT}"
_EPOCHS: Final = "SELECT epoch, after_size FROM audit_epoch ORDER BY epoch"
_READING: Final = {"application_name": "audit-verify", "statement_timeout": "60000", "timezone": "UTC"}


class EvidenceUnusable(Refusal):
    """A source is empty, or has something that both logs did not sign: it was changed, or is of others."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "audit.evidence_unusable"


@dataclass(slots=True)
class Evidence:
    """What is held of one log, by whom ever. Heads are in the spool."""

    spool: HeadSpool
    epochs: dict[int, int]
    """After which size each epoch begins, as the log's own database says. It takes nothing away: whoever
    rewrites that database may say anything."""
    accepted: dict[int, int] = field(default_factory=dict)
    """Epochs that the witness's people accepted, as its database says, and how many records each kept."""

    torn: int = 0
    """Lines of files that a crash cut: no evidence."""

    def lost(self) -> int:
        """Return how many signed records a restore took away that no witness has accepted.

        An epoch is a row in the log's own database: without a witness's word it may hide a cut.
        """
        unaccepted = {epoch: after for epoch, after in self.epochs.items() if epoch not in self.accepted}
        return max(
            (_beyond(*each, unaccepted) for each in self.spool.largest().items() if each[0] != ELSEWHERE),
            default=0,
        )


def _beyond(epoch: int, size: int, epochs: Mapping[int, int]) -> int:
    """Return how many records of a checkpoint were lost when later epochs began."""
    ends = [end for later, end in epochs.items() if later > epoch]
    return max(0, size - min(ends, default=size))


async def collect(
    dsn: str, sources: Sequence[str], own: LogKeys, other: LogKeys | None, spool: HeadSpool
) -> Evidence:
    """Lay into `spool` what the log's own database at `dsn` and all `sources` have of it.

    Those are the heads that the history must have: what an epoch signed beyond the records that its witness
    accepted as kept is no part of it any more. Without `other` only epochs are read.
    Raises EvidenceUnusable, NoteFileUnusable, DatabaseAddressUnusable.
    """
    connection = await connect("The auditor's database address", dsn, _READING)
    try:
        epochs = {row["epoch"]: row["after_size"] for row in await connection.fetch(_EPOCHS)}
        found = Evidence(spool, epochs)
        if other is not None:
            await _spool_rows(spool, connection, _OWN, lambda row: _genuine(row["note"], own, other))
    finally:
        await connection.close()
    if other is not None:
        for source in sources:
            if not await _read(found, source, own, other):
                raise EvidenceUnusable(
                    f"{_name(source)} has no checkpoint that both logs signed, so it proves nothing. "
                    "Name the file or the address that has the other stack's signatures; "
                    "if this is it, they were lost."
                )
    spool.forget(found.accepted)
    return found


async def _read(found: Evidence, source: str, own: LogKeys, other: LogKeys) -> int:
    """Take what a source has; return how many checkpoints that is."""
    if not source.startswith(_SCHEMES):
        count, torn = await asyncio.to_thread(_spool_file, found.spool, source, own, other)
        found.torn += torn
        return count
    connection = await connect("The witness's database address", source, _READING)
    try:
        count = await _spool_rows(found.spool, connection, _HELD, lambda row: _held(row, own, other))
        found.accepted |= {row["epoch"]: row["kept_size"] for row in await connection.fetch(_ACCEPTED)}
    finally:
        await connection.close()
    return count


async def _spool_rows(
    spool: HeadSpool,
    connection: "asyncpg.Connection[Any]",
    query: str,
    read: Callable[[asyncpg.Record], Cosigned],
) -> int:
    count, after = 0, (0, 0)
    while rows := await connection.fetch(query, *after, AT_ONCE):
        await asyncio.to_thread(_spool, spool, [read(row) for row in rows])
        count += len(rows)
        after = rows[-1]["epoch"], rows[-1]["size"]
    return count


def _spool_file(spool: HeadSpool, source: str, own: LogKeys, other: LogKeys) -> tuple[int, int]:
    """Take the notes in a file; return how many it has, and how many lines of it are torn."""
    count = torn = 0
    bad: list[int] = []
    lines = read_notes(Path(source), own, other)
    while page := list(islice(lines, AT_ONCE)):
        notes = [line.note for line in page if line.note is not None]
        bad += [line.number for line in page if line.note is None and not line.is_torn][: not bad]
        torn += sum(line.is_torn for line in page)
        count += len(notes)
        _spool(spool, notes)
    if bad:
        raise EvidenceUnusable(f"{source}: line {bad[0]} is not a checkpoint that both logs signed.")
    return count, torn


def _spool(spool: HeadSpool, cosigned: Sequence[Cosigned]) -> None:
    by_epoch: dict[int, list[AuditHead]] = {}
    for each in cosigned:
        by_epoch.setdefault(each.signed.epoch, []).append(AuditHead(each.signed.size, each.signed.root))
    for epoch, heads in by_epoch.items():
        spool.add(epoch, heads)


def _name(source: str) -> str:
    return "The witness's database" if source.startswith(_SCHEMES) else source


def _held(row: asyncpg.Record, own: LogKeys, other: LogKeys) -> Cosigned:
    signed = SignedCheckpoint(row["epoch"], row["size"], row["root"], row["signature"])
    given = Cosignature(signed.epoch, signed.size, row["cosigned_at"], row["cosignature"])
    if note_of(Cosigned(signed, given), own, other) is None:
        raise EvidenceUnusable(
            f"The witness's checkpoint of {signed.size} records is not signed by both logs."
        )
    return Cosigned(signed, given)


def _genuine(note: str, own: LogKeys, other: LogKeys) -> Cosigned:
    try:
        return cosigned_of(note, own, other)
    except NoteUnusable as error:
        raise EvidenceUnusable("A cosigned checkpoint in the log's own database is not genuine.") from error
