"""Writing and reading the audit, on the transaction that is given.

`append` is on the path of every money request: one statement for any number of records. Numbering and
hashing are the sealer's work, so that a record costs its writer two short columns and its bytes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from shared.audit import domain
from shared.audit.domain import AuditHead, AuditRecord, Seal, StoredRecord
from shared.database import Database, Transaction
from shared.errors import Kind, Refusal

SEAL_TIMEOUT_SECONDS: Final = 2.0
SEAL_POLL_SECONDS: Final = 0.02
SEALER_LOCK: Final = 0x61756474


TAKE_TURN: Final = f"SELECT set_config('audit.turn', pg_try_advisory_xact_lock({SEALER_LOCK})::text, true)"
"""Begins a transaction: takes the right to seal until its end, unless somebody has it, and notes which."""

_UNSEALED: Final = """
SELECT current_setting('audit.turn')::boolean AS is_ours, clock_timestamp() AS now,
       pg_snapshot_xmax(pg_current_snapshot()) AS next_txid,
       l.seq, l.record_txid, l.record_id, l.leaf, l.chain,
       r.ids, r.txids, r.tenants, r.kinds, r.times, r.bodies, r.complete
FROM (SELECT) AS here
LEFT JOIN LATERAL (
    SELECT seq, record_txid, record_id, leaf, chain FROM audit_seal ORDER BY seq DESC LIMIT 1
) l ON true
CROSS JOIN LATERAL (
    SELECT array_agg(id) AS ids, array_agg(txid) AS txids, array_agg(tenant_id) AS tenants,
           array_agg(kind) AS kinds, array_agg(recorded_at) AS times, array_agg(body) AS bodies,
           count(*) FILTER (WHERE txid < pg_snapshot_xmin(pg_current_snapshot())) AS complete
    FROM (
        SELECT id, txid, tenant_id, kind, recorded_at, body FROM audit_record
        WHERE (txid, id) > (coalesce(l.record_txid, '0'::xid8), coalesce(l.record_id, 0))
        ORDER BY txid, id LIMIT $1
    ) next
) r
"""


class NotSealedInTime(Refusal):
    """The records are safe, but the sealer has not reached them in time."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "audit.not_sealed_in_time"


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What a sealer finds at the beginning of its turn."""

    now: datetime
    next_txid: int
    """The number of the database's next transaction."""
    last: Seal | None
    records: list[StoredRecord]
    """After the last seal, in the order of sealing."""
    complete: int
    """How many of the records, from the first on, may be sealed."""


async def append(tx: Transaction, records: Sequence[AuditRecord]) -> None:
    """Write `records` in the transaction of their fact, in one statement."""
    if records:
        await tx.execute(
            "INSERT INTO audit_record (tenant_id, kind, body) "
            "SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[])",
            [record.tenant_id for record in records],
            [record.kind for record in records],
            [domain.body_bytes(record) for record in records],
        )


async def audit_head(tx: Transaction) -> AuditHead:
    """Return how many records are sealed and the chain hash over them."""
    last = await load_last_seal(tx)
    return AuditHead(0, domain.GENESIS) if last is None else AuditHead(last.sequence, last.chain)


async def current_transaction(tx: Transaction) -> int:
    """Return the number of this transaction, for `wait_sealed` after it has committed."""
    return int(await tx.fetch_value("SELECT pg_current_xact_id()"))


async def wait_sealed(
    database: Database, tenant_id: UUID, txid: int, *, timeout_seconds: float = SEAL_TIMEOUT_SECONDS
) -> None:
    """Return once what transaction `txid` recorded for the tenant is sealed. Raises NotSealedInTime."""
    try:
        async with asyncio.timeout(timeout_seconds):
            while True:
                async with database.transaction(tenant_id) as tx:
                    if await _is_sealed(tx, txid):
                        return
                await asyncio.sleep(SEAL_POLL_SECONDS)
    except TimeoutError:
        raise NotSealedInTime("Recorded, but not sealed yet. Ask again in a moment.") from None


async def load_last_seal(tx: Transaction) -> Seal | None:
    """Return the last seal, or None before the first."""
    row = await tx.fetch_row(
        "SELECT seq, record_txid, record_id, leaf, chain FROM audit_seal ORDER BY seq DESC LIMIT 1"
    )
    return None if row is None else Seal(*row)


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
    last = None if row["seq"] is None else Seal(*row[3:8])
    records = [StoredRecord(*each) for each in zip(*row[8:14], strict=True)] if row["ids"] else []
    return Unsealed(row["now"], row["next_txid"], last, records, row["complete"])


async def insert_seals(tx: Transaction, seals: Sequence[Seal]) -> None:
    """Write seals. A number or a record that has one already is a unique violation."""
    await tx.execute(
        "INSERT INTO audit_seal (seq, record_txid, record_id, leaf, chain) "
        "SELECT * FROM unnest($1::bigint[], $2::xid8[], $3::bigint[], $4::bytea[], $5::bytea[])",
        [seal.sequence for seal in seals],
        [seal.record_txid for seal in seals],
        [seal.record_id for seal in seals],
        [seal.leaf for seal in seals],
        [seal.chain for seal in seals],
    )


async def _is_sealed(tx: Transaction, txid: int) -> bool:
    last = await load_last_seal(tx)
    if last is None or last.record_txid < txid:
        return False
    later = await tx.fetch_value(
        "SELECT true FROM audit_record WHERE txid = $1::xid8 AND (txid, id) > ($2::xid8, $3::bigint) LIMIT 1",
        txid,
        last.record_txid,
        last.record_id,
    )
    return later is None
