"""Every query of what is held of the other's audit, and of what the other signed of ours."""

from datetime import datetime
from typing import Final
from uuid import UUID

from shared.audit.checkpoints import Checkpoint, read_note
from shared.audit.witness.domain import (
    FIRST_EPOCH,
    Cosignature,
    Held,
    RestoreCause,
    SignedCheckpoint,
    origin_of,
)
from shared.audit.witness.notes import Cosigned
from shared.database import Transaction

_HELD: Final = """
SELECT e.epoch, c.size, c.root, c.sent_at
FROM (SELECT coalesce(max(epoch), 1) AS epoch FROM witness_epoch) e
LEFT JOIN LATERAL (
    SELECT size, root, sent_at FROM witness_checkpoint WHERE epoch = e.epoch ORDER BY size DESC LIMIT 1
) c ON true
"""
_KEPT: Final = """
SELECT c.size, c.root
FROM (SELECT 1 AS epoch UNION ALL SELECT epoch FROM witness_epoch) e
CROSS JOIN LATERAL (
    SELECT size, root FROM witness_checkpoint
    WHERE epoch = e.epoch AND size <= (SELECT min(kept_size) FROM witness_epoch WHERE epoch > e.epoch)
    ORDER BY size DESC LIMIT 1
) c
ORDER BY c.size DESC LIMIT 1
"""
_UNWITNESSED: Final = """
SELECT CASE WHEN s.size > covered.size THEN extract(epoch FROM clock_timestamp() - s.sealed_at)::float8 END
FROM (
    SELECT coalesce(
        (SELECT max(c.size) FROM audit_cosignature c WHERE c.epoch = e.epoch), e.after_size
    ) AS size
    FROM (
        SELECT coalesce(max(epoch), 1) AS epoch, coalesce(max(after_size), 0) AS after_size FROM audit_epoch
    ) e
) covered
LEFT JOIN LATERAL (
    SELECT size, sealed_at FROM audit_seal WHERE start <= covered.size ORDER BY start DESC LIMIT 1
) s ON true
"""
"""Seals follow each other without a gap: the one that begins before the first record in question has it."""


async def load_epoch(tx: Transaction) -> int:
    """Return the epoch of our own log."""
    return int(await tx.fetch_value("SELECT coalesce(max(epoch), 1) FROM audit_epoch"))


async def load_epochs(tx: Transaction) -> dict[int, int]:
    """Return after which size each epoch of our own log began."""
    rows = await tx.fetch("SELECT epoch, after_size FROM audit_epoch ORDER BY epoch")
    return {FIRST_EPOCH: 0, **{row["epoch"]: row["after_size"] for row in rows}}


async def load_last_key(tx: Transaction) -> bytes | None:
    """Return the id of the key that signed our newest checkpoint."""
    key_id: bytes | None = await tx.fetch_value(
        "SELECT key_id FROM audit_checkpoint ORDER BY size DESC LIMIT 1"
    )
    return key_id


async def has_recorded(tx: Transaction, kind: str, text: str) -> bool:
    """Tell whether a record of this kind that has this text follows our newest checkpoint."""
    last = await tx.fetch_row(
        "SELECT last_txid::text, last_id FROM audit_seal "
        "WHERE size = (SELECT max(size) FROM audit_checkpoint) ORDER BY start DESC LIMIT 1"
    )
    txid, record_id = ("0", 0) if last is None else last
    return bool(
        await tx.fetch_value(
            "SELECT EXISTS (SELECT FROM audit_record WHERE (txid, id) > ($1::text::xid8, $2::bigint) "
            "AND kind = $3 AND position($4::bytea IN body) > 0)",
            txid,
            record_id,
            kind,
            text.encode(),
        )
    )


async def load_origin(tx: Transaction, first: str, size: int) -> str:
    """Return the origin under which our log signed a checkpoint of `size` records."""
    epochs = await load_epochs(tx)
    return origin_of(first, max(epoch for epoch, after in epochs.items() if after < max(size, 1)))


async def insert_epoch(
    tx: Transaction, epoch: int, after_size: int, operator: UUID, cause: RestoreCause, at: datetime
) -> bool:
    """Begin an epoch of our own log; return False when somebody has begun it already."""
    inserted = await tx.fetch_value(
        "INSERT INTO audit_epoch (epoch, after_size, operator, cause, began_at) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT DO NOTHING RETURNING true",
        epoch,
        after_size,
        operator,
        cause,
        at,
    )
    return inserted is not None


async def load_held(tx: Transaction) -> Held:
    """Return what we hold of the other's audit, in the epoch that was accepted last.

    Before its first checkpoint that is what we hold of the records that were kept of earlier epochs.
    """
    row = await tx.fetch_row(_HELD)
    epoch = FIRST_EPOCH if row is None else row["epoch"]
    if row is not None and row["size"] is not None:
        return Held(epoch, row["size"], row["root"], row["sent_at"])
    kept = None if epoch == FIRST_EPOCH else await tx.fetch_row(_KEPT)
    return Held(epoch) if kept is None else Held(epoch, kept["size"], kept["root"])


async def load_cosigned_at(tx: Transaction) -> datetime | None:
    """Return when we signed the other's newest checkpoint."""
    at: datetime | None = await tx.fetch_value(
        "SELECT cosigned_at FROM witness_checkpoint ORDER BY epoch DESC, size DESC LIMIT 1"
    )
    return at


async def load_last_held(tx: Transaction) -> SignedCheckpoint | None:
    """Return the checkpoint of the other's that we cosigned last, with the log's signature."""
    row = await tx.fetch_row(
        "SELECT epoch, size, root, signature FROM witness_checkpoint ORDER BY epoch DESC, size DESC LIMIT 1"
    )
    return None if row is None else SignedCheckpoint(*row)


async def load_held_root(tx: Transaction, epoch: int, size: int) -> bytes | None:
    """Return the root that we cosigned for this very size, if we did."""
    root: bytes | None = await tx.fetch_value(
        "SELECT root FROM witness_checkpoint WHERE epoch = $1 AND size = $2", epoch, size
    )
    return root


async def load_given(tx: Transaction, epoch: int, size: int) -> Cosignature | None:
    """Return our cosignature of the other's checkpoint of `size`."""
    row = await tx.fetch_row(
        "SELECT epoch, size, cosigned_at, cosignature FROM witness_checkpoint WHERE epoch = $1 AND size = $2",
        epoch,
        size,
    )
    return None if row is None else Cosignature(*row)


async def insert_held(
    tx: Transaction, previous_size: int, signed: SignedCheckpoint, given: Cosignature, sent_at: datetime
) -> bool:
    """Hold a checkpoint that continues the one of `previous_size`; return False when another one does.

    Compare and persist in one statement: of two at once, the second waits for the first. What continues
    an earlier epoch is the first of its own.
    """
    inserted = await tx.fetch_value(
        "INSERT INTO witness_checkpoint "
        "(epoch, previous_size, size, root, signature, sent_at, cosigned_at, cosignature) "
        "VALUES ($1, coalesce((SELECT size FROM witness_checkpoint WHERE epoch = $1 AND size = $2), 0), "
        "$3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING true",
        signed.epoch,
        previous_size,
        signed.size,
        signed.root,
        signed.signature,
        sent_at,
        given.at,
        given.signature,
    )
    return inserted is not None


async def accept_epoch(tx: Transaction, epoch: int, kept_size: int, operator: UUID, at: datetime) -> bool:
    """Accept that the other's log begins `epoch`; return False when it was accepted already."""
    inserted = await tx.fetch_value(
        "INSERT INTO witness_epoch (epoch, kept_size, operator, accepted_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING RETURNING true",
        epoch,
        kept_size,
        operator,
        at,
    )
    return inserted is not None


async def insert_received(tx: Transaction, cosigned: Cosigned, note: str, at: datetime) -> None:
    """Keep what the other signed of ours, as a note; the first one for a size stays."""
    signed = cosigned.signed
    await tx.execute(
        "INSERT INTO audit_cosignature (epoch, size, root, note, cosigned_at, received_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        signed.epoch,
        signed.size,
        signed.root,
        note,
        cosigned.cosignature.at,
        at,
    )


async def load_received_size(tx: Transaction, epoch: int) -> int:
    """Return the largest size of ours that the other signed in an epoch."""
    return int(
        await tx.fetch_value("SELECT coalesce(max(size), 0) FROM audit_cosignature WHERE epoch = $1", epoch)
    )


async def load_cosigned(tx: Transaction, *, at_least: int) -> tuple[Checkpoint, str] | None:
    """Return our first checkpoint of `at_least` records that the other signed, and its note.

    Of the newest epoch. The note has both signatures; None while there is none.
    """
    note = await tx.fetch_value(
        "SELECT note FROM audit_cosignature "
        "WHERE epoch = (SELECT coalesce(max(epoch), 1) FROM audit_epoch) AND size >= $1 "
        "ORDER BY size LIMIT 1",
        at_least,
    )
    return None if note is None else (read_note(note)[0], note)


async def load_newest_note(tx: Transaction) -> str | None:
    """Return our newest checkpoint that the other signed, as a note."""
    note: str | None = await tx.fetch_value(
        "SELECT note FROM audit_cosignature ORDER BY epoch DESC, size DESC LIMIT 1"
    )
    return note


async def load_unwitnessed_seconds(tx: Transaction) -> float:
    """Return the age of the oldest sealed record that no cosigned checkpoint covers, 0 if there is none."""
    return float(await tx.fetch_value(_UNWITNESSED) or 0)
