"""What a pack is made of: rows of the sources and records of the audit, page by page from one snapshot.

Statements of sources are made of the reviewed catalogue; values are parameters. Records are found by the ids
in their bodies: the audit has no index by subject, so its records of the time are read once, in order.
"""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from customer_stack.evidence.domain.packs import Scope, Wish
from customer_stack.evidence.domain.sources import Source
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
_PERSON: Final = {
    Scope.CUSTOMER: "SELECT id FROM customer_account WHERE id = $1",
    Scope.ACCOUNT: "SELECT c.id FROM ledger_book b LEFT JOIN customer_account c USING (id) WHERE b.id = $1",
    Scope.CASE: "SELECT customer_id FROM cases_case WHERE id = $1",
    Scope.MARKET: "SELECT NULL::uuid FROM market WHERE id = $1",
    Scope.WINDOW: "SELECT NULL::uuid FROM wager_report WHERE window_id = $1 LIMIT 1",
    Scope.STAFF: "SELECT NULL::uuid FROM access_staff WHERE id = $1",
}


async def begin(tx: Transaction) -> None:
    """Read everything of this transaction from one snapshot. It writes nothing, so no sealer waits for it."""
    for statement in SNAPSHOT:
        await tx.execute(statement)


async def find_person(tx: Transaction, scope: Scope, scope_id: UUID) -> tuple[bool, UUID | None]:
    """Tell whether a scope is there, and whose it is when it is of one customer."""
    row = await tx.fetch_row(_PERSON[scope], scope_id)
    return row is not None, None if row is None else row[0]


async def read_rows(tx: Transaction, source: Source, wish: Wish) -> AsyncIterator[Sequence[Any]]:
    """Return a source's rows of a scope and time, PAGE at a time."""
    cursor = await tx.connection.cursor(
        source.statement(wish.scope), wish.scope_id, wish.first_at, wish.last_at, timeout=FETCH_SECONDS
    )
    while rows := await cursor.fetch(PAGE, timeout=FETCH_SECONDS):
        yield rows


async def read_records(
    tx: Transaction, tenant_id: UUID, first_at: datetime, last_at: datetime
) -> AsyncIterator[list[StoredRecord]]:
    """Return the audit's records of a time in the order of sealing, PAGE at a time."""
    cursor = await tx.connection.cursor(_RECORDS, tenant_id, first_at, last_at, timeout=FETCH_SECONDS)
    while rows := await cursor.fetch(PAGE, timeout=FETCH_SECONDS):
        yield [StoredRecord(**dict(row)) for row in rows]


async def find_record(tx: Transaction, txid: int, kind: str) -> tuple[int, int]:
    """Return where the one record of a kind stands that a transaction wrote."""
    row = await tx.fetch_row(
        "SELECT txid, id FROM audit_record WHERE txid = $1::xid8 AND kind = $2", txid, kind
    )
    return (row["txid"], row["id"])  # type: ignore[index]  # it was written a moment ago


def ids_in(body: bytes) -> list[bytes]:
    """Return every id that a record's body has."""
    return _IDS.findall(body)
