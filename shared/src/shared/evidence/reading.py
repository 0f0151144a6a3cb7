"""Reads what a pack is made of, from one snapshot: first of all the audit's records of a time.

Records are found by the ids in their bodies: the audit has no index by subject, so its records of the time
are read once, in order.
"""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.audit.domain import StoredRecord
from shared.database import Transaction

PAGE: Final = 1_000
FETCH_SECONDS: Final = 60.0
SNAPSHOT: Final = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    f"SET LOCAL statement_timeout = {int(FETCH_SECONDS * 1000)}",
)
_IDS: Final = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_RECORDS: Final = (
    "SELECT id, txid, tenant_id, kind, recorded_at, body FROM audit_record "
    "WHERE tenant_id = $1 AND recorded_at >= $2 AND recorded_at < $3 ORDER BY txid, id"
)


async def begin(tx: Transaction) -> None:
    """Read everything of this transaction from one snapshot. It writes nothing, so no sealer waits for it."""
    for statement in SNAPSHOT:
        await tx.execute(statement)


async def read_records(
    tx: Transaction, tenant_id: UUID, first_at: datetime, last_at: datetime
) -> AsyncIterator[list[StoredRecord]]:
    """Return the audit's records of a time in the order of sealing, PAGE at a time."""
    cursor = await tx.connection.cursor(_RECORDS, tenant_id, first_at, last_at, timeout=FETCH_SECONDS)
    while rows := await cursor.fetch(PAGE, timeout=FETCH_SECONDS):
        yield [StoredRecord(**dict(row)) for row in rows]


def ids_in(body: bytes) -> list[bytes]:
    """Return every id that a record's body has."""
    return _IDS.findall(body)
