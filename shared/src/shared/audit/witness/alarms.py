"""Every query of alarms about either log: they stand until a person ends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.audit.witness.domain import AlarmEnding, AlarmKind
from shared.database import Transaction
from shared.ids import uuid_from_name

_NAMES: Final = UUID("5b0f8a3e-3f0c-4d5e-9a55-6f2f0d1f7c11")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen when an alarm was raised: what is held, and what was offered instead."""

    kind: AlarmKind
    epoch: int
    held_size: int
    held_root: bytes | None
    size: int
    root: bytes
    signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm, and how it ended if it did."""

    id: UUID
    evidence: Evidence
    raised_at: datetime
    ending: AlarmEnding | None = None
    ended_by: UUID | None = None


async def raise_alarm(tx: Transaction, evidence: Evidence, at: datetime) -> UUID | None:
    """Write an alarm unless one of its kind stands for what is held; return its id when it is new."""
    ended = await tx.fetch_value(
        "SELECT count(e.alarm_id) FROM witness_alarm a JOIN witness_alarm_end e ON e.alarm_id = a.id "
        "WHERE a.kind = $1 AND a.epoch = $2 AND a.held_size = $3",
        evidence.kind,
        evidence.epoch,
        evidence.held_size,
    )
    # The same id while it stands: of two who see it at once, one writes it.
    name = f"{evidence.kind}/{evidence.epoch}/{evidence.held_size}/{ended}"
    found: UUID | None = await tx.fetch_value(
        "INSERT INTO witness_alarm "
        "(id, kind, epoch, held_size, held_root, size, root, signature, raised_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id",
        uuid_from_name(_NAMES, name),
        evidence.kind,
        evidence.epoch,
        evidence.held_size,
        evidence.held_root,
        evidence.size,
        evidence.root,
        evidence.signature,
        at,
    )
    return found


async def is_disowned(tx: Transaction, epoch: int) -> bool:
    """Tell whether an alarm stands that our own log of this epoch is not what it was."""
    return await _stands(tx, (AlarmKind.DISOWNED, AlarmKind.BEHIND), epoch)


async def is_doubted(tx: Transaction, epoch: int) -> bool:
    """Tell whether an alarm stands that the other's log of this epoch is not what it was."""
    return await _stands(tx, (AlarmKind.FORKED, AlarmKind.SHRUNK), epoch)


async def _stands(tx: Transaction, kinds: Sequence[AlarmKind], epoch: int) -> bool:
    return bool(
        await tx.fetch_value(
            "SELECT EXISTS (SELECT FROM witness_alarm a WHERE a.kind = ANY($1::witness_alarm_kind[]) "
            "AND a.epoch >= $2 AND NOT EXISTS (SELECT FROM witness_alarm_end e WHERE e.alarm_id = a.id))",
            list(kinds),
            epoch,
        )
    )


async def end_alarm(
    tx: Transaction, alarm_id: UUID, operator: UUID, ending: AlarmEnding, at: datetime
) -> bool:
    """End an alarm; return False when there is none of this id that stands."""
    ended = await tx.fetch_value(
        "INSERT INTO witness_alarm_end (alarm_id, operator, ending, ended_at) "
        "SELECT id, $2, $3, $4 FROM witness_alarm WHERE id = $1 ON CONFLICT DO NOTHING RETURNING true",
        alarm_id,
        operator,
        ending,
        at,
    )
    return ended is not None


async def list_alarms(tx: Transaction, limit: int, *, only_standing: bool) -> Sequence[Alarm]:
    """Return the newest alarms."""
    rows = await tx.fetch(
        "SELECT a.id, a.kind, a.epoch, a.held_size, a.held_root, a.size, a.root, a.signature, a.raised_at, "
        "e.ending, e.operator FROM witness_alarm a LEFT JOIN witness_alarm_end e ON e.alarm_id = a.id "
        "WHERE NOT $2 OR e.alarm_id IS NULL ORDER BY a.raised_at DESC, a.id LIMIT $1",
        limit,
        only_standing,
    )
    return [
        Alarm(
            row["id"],
            Evidence(AlarmKind(row["kind"]), *list(row.values())[2:8]),
            row["raised_at"],
            None if row["ending"] is None else AlarmEnding(row["ending"]),
            row["operator"],
        )
        for row in rows
    ]
