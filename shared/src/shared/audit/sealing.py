"""What the sealer reads and writes in one turn: two statements, on the transaction that is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.audit.checkpoints import Checkpoint, Signature
from shared.audit.domain import START, Head, Seal, StoredRecord
from shared.audit.tree import Frontier, Row
from shared.database import Transaction

SEALER_LOCK: Final = 0x61756474

TAKE_TURN: Final = f"SELECT set_config('audit.turn', pg_try_advisory_xact_lock({SEALER_LOCK})::text, true)"
"""Begins a transaction: takes the right to seal until its end, unless somebody has it, and notes which."""

_UNSEALED: Final = """
SELECT current_setting('audit.turn')::boolean AS is_ours, clock_timestamp() AS now,
       pg_snapshot_xmax(pg_current_snapshot()) AS next_txid,
       l.size, l.frontier, l.chain, l.last_txid, l.last_id,
       c.size AS checked_size, c.made_at AS checked_at,
       r.ids, r.txids, r.tenants, r.kinds, r.times, r.bodies, r.complete
FROM (SELECT) AS here
LEFT JOIN LATERAL (
    SELECT size, frontier, chain, last_txid, last_id FROM audit_seal ORDER BY start DESC LIMIT 1
) l ON true
LEFT JOIN LATERAL (SELECT size, made_at FROM audit_checkpoint ORDER BY size DESC LIMIT 1) c ON true
CROSS JOIN LATERAL (
    SELECT array_agg(id) AS ids, array_agg(txid) AS txids, array_agg(tenant_id) AS tenants,
           array_agg(kind) AS kinds, array_agg(recorded_at) AS times, array_agg(body) AS bodies,
           count(*) FILTER (WHERE txid < pg_snapshot_xmin(pg_current_snapshot())) AS complete
    FROM (
        SELECT id, txid, tenant_id, kind, recorded_at, body FROM audit_record
        WHERE (txid, id) > (coalesce(l.last_txid, '0'::xid8), coalesce(l.last_id, 0))
        ORDER BY txid, id LIMIT $1
    ) next
) r
"""
_INSERT: Final = """
WITH seal AS (
    INSERT INTO audit_seal (start, size, last_txid, last_id, leaves, frontier, chain)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
)
INSERT INTO audit_node (level, number, hash) SELECT * FROM unnest($8::smallint[], $9::bigint[], $10::bytea[])
"""


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What a sealer finds at the beginning of its turn."""

    now: datetime
    next_txid: int
    """The number of the database's next transaction."""
    head: Head
    checked_size: int
    """How many records the last checkpoint covers."""
    checked_at: datetime | None
    """When it was made; None before the first."""
    records: list[StoredRecord]
    """After the head, in the order of sealing."""
    complete: int
    """How many of the records, from the first on, may be sealed."""


async def load_unsealed(tx: Transaction, limit: int) -> Unsealed | None:
    """Return what stands after the last seal in the order of sealing; None when it is somebody else's turn.

    The transaction began with `TAKE_TURN`. This statement begins when the turn is already ours, so it sees
    the last seal of whoever had it before.

    Transactions below the oldest one that still runs have all ended: no record of theirs can appear any
    more, so what is visible of them is complete. Only that part may be sealed; the order (txid, id) puts
    it first. Therefore nothing unsealed ever stands before the last seal, and the index is read from
    there on, however long the history is.
    """
    [row] = await tx.fetch(_UNSEALED, limit)
    if not row["is_ours"]:
        return None
    head = START
    if row["size"] is not None:
        frontier = Frontier.unpack(row["size"], row["frontier"])
        head = Head(frontier, row["chain"], (row["last_txid"], row["last_id"]))
    records = [StoredRecord(*each) for each in zip(*row[10:16], strict=True)] if row["ids"] else []
    checked = row["checked_size"] or 0, row["checked_at"]
    return Unsealed(row["now"], row["next_txid"], head, *checked, records, row["complete"])


async def insert_seal(tx: Transaction, made: Seal, rows: Sequence[Row]) -> None:
    """Write a seal and the subtrees it completed. A second one after the same head is a unique violation."""
    nodes = [(row.level, row.number + i, value) for row in rows for i, value in enumerate(row.hashes)]
    await tx.execute(
        _INSERT,
        made.start,
        made.head.size,
        *made.head.position,
        made.leaves,
        made.head.frontier.pack(),
        made.head.chain,
        [node[0] for node in nodes],
        [node[1] for node in nodes],
        [node[2] for node in nodes],
    )


async def insert_checkpoint(tx: Transaction, checkpoint: Checkpoint, signature: Signature) -> None:
    """Write a checkpoint with the log's signature."""
    await tx.execute(
        "INSERT INTO audit_checkpoint (size, root, key_id, signature) VALUES ($1, $2, $3, $4)",
        checkpoint.size,
        checkpoint.root,
        signature.key_id,
        signature.payload,
    )
