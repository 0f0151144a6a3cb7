"""What others hold of a log, collected for its verification: from files of notes and from databases.

A source is a file to which cosigned checkpoints were appended, or the address of the other stack's database
(auditor role), which has the checkpoints that it cosigned. Only what both keys signed counts, so a source
need not be trusted: whoever changes it can take evidence away, and a verification names how much it had.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final

import asyncpg

from shared.audit.checkpoints import NoteUnusable
from shared.audit.domain import AuditHead
from shared.audit.witness.domain import Cosignature, LogKeys, SignedCheckpoint
from shared.audit.witness.notes import Cosigned, cosigned_of, note_of, read_notes
from shared.database_address import connect
from shared.errors import Kind, Refusal

_SCHEMES: Final = ("postgresql://", "postgres://")
_HELD: Final = (
    "SELECT epoch, size, root, signature, cosigned_at, cosignature FROM witness_checkpoint "
    "ORDER BY epoch, size"
)
_ACCEPTED: Final = "SELECT epoch, kept_size FROM witness_epoch"
_OWN: Final = "SELECT note FROM audit_cosignature ORDER BY epoch, size"
_EPOCHS: Final = "SELECT epoch, after_size FROM audit_epoch ORDER BY epoch"
_READING: Final = {"application_name": "audit-verify", "statement_timeout": "60000", "timezone": "UTC"}


class EvidenceUnusable(Refusal):
    """A source is empty, or has something that both logs did not sign: it was changed, or is of others."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "audit.evidence_unusable"


@dataclass(slots=True)
class Evidence:
    """What is held of one log, by whom ever."""

    epochs: dict[int, int]
    """After which size each epoch begins, as the log's own database says. It takes nothing away: whoever
    rewrites that database may say anything."""
    cosigned: list[Cosigned] = field(default_factory=list)
    accepted: dict[int, int] = field(default_factory=dict)
    """Epochs that the witness's people accepted, as its database says, and how many records each kept."""

    torn: int = 0
    """Lines of files that a crash cut: no evidence."""

    def heads(self) -> list[AuditHead]:
        """Return the heads that the history must have.

        What an epoch signed beyond the records that its witness accepted as kept is no part of it any more.
        """
        found = {
            (each.signed.size, each.signed.root): AuditHead(each.signed.size, each.signed.root)
            for each in self.cosigned
            if _beyond(each, self.accepted) == 0
        }
        return sorted(found.values(), key=lambda head: head.size)

    def lost(self) -> int:
        """Return how many signed records a restore took away that no witness has accepted.

        An epoch is a row in the log's own database: without a witness's word it may hide a cut.
        """
        unaccepted = {epoch: after for epoch, after in self.epochs.items() if epoch not in self.accepted}
        return max(
            (_beyond(each, unaccepted) for each in self.cosigned if not _beyond(each, self.accepted)),
            default=0,
        )


def _beyond(each: Cosigned, epochs: Mapping[int, int]) -> int:
    """Return how many records of a checkpoint were lost when later epochs began."""
    ends = [size for epoch, size in epochs.items() if epoch > each.signed.epoch]
    return max(0, each.signed.size - min(ends, default=each.signed.size))


async def collect(dsn: str, sources: Sequence[str], own: LogKeys, other: LogKeys | None) -> Evidence:
    """Read what the log's own database at `dsn` and all `sources` have of it; without `other` only epochs.

    Raises EvidenceUnusable, NoteFileUnusable, DatabaseAddressUnusable.
    """
    connection = await connect("The auditor's database address", dsn, _READING)
    try:
        found = Evidence({row["epoch"]: row["after_size"] for row in await connection.fetch(_EPOCHS)})
        if other is not None:
            found.cosigned += [_genuine(row["note"], own, other) for row in await connection.fetch(_OWN)]
    finally:
        await connection.close()
    if other is not None:
        for source in sources:
            before = len(found.cosigned)
            await _read(found, source, own, other)
            if len(found.cosigned) == before:
                raise EvidenceUnusable(
                    f"{_name(source)} has no checkpoint that both logs signed, so it proves nothing. "
                    "Name the file or the address that has the other stack's signatures; "
                    "if this is it, they were lost."
                )
    return found


async def _read(found: Evidence, source: str, own: LogKeys, other: LogKeys) -> None:
    if not source.startswith(_SCHEMES):
        read = await asyncio.to_thread(read_notes, Path(source), own, other)
        if read.bad_lines:
            raise EvidenceUnusable(
                f"{source}: line {read.bad_lines[0]} is not a checkpoint that both logs signed "
                f"({len(read.bad_lines)} such lines)."
            )
        found.cosigned += read.notes
        found.torn += len(read.torn_lines)
        return
    connection = await connect("The witness's database address", source, _READING)
    try:
        found.cosigned += [_held(row, own, other) for row in await connection.fetch(_HELD)]
        found.accepted |= {row["epoch"]: row["kept_size"] for row in await connection.fetch(_ACCEPTED)}
    finally:
        await connection.close()


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
