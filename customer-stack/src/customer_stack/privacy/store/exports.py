"""Queries on exports and their parts, and the rows of a person that an export tells.

What is told is made of the inventory: names come from that reviewed file, values are parameters.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from customer_stack.privacy.domain.inventory import Table, Telling
from customer_stack.privacy.domain.records import Export, ExportState, Written
from shared.database import Transaction

PAGE: Final = 500
_EXPORT: Final = (
    "id, tenant_id, customer_id, asked_by, asked_at, state, attempts, ready_at, expires_at, size_bytes, "
    "digest, row_count"
)


def _export(row: Any) -> Export:
    return Export(**{**dict(row), "state": ExportState(row["state"])})


async def read_rows(
    tx: Transaction, table: Table, told: Telling, customer_id: UUID
) -> AsyncIterator[Sequence[Any]]:
    """Return the rows of a table that a person is told of, PAGE at a time, with what their seals need."""
    names = dict.fromkeys([*told.columns, *([table.seal] if table.seal else [])])
    cursor = await tx.connection.cursor(
        f"SELECT {', '.join(names)} FROM {table.name} WHERE {told.rows}", customer_id
    )
    while rows := await cursor.fetch(PAGE):
        yield rows


async def list_files(tx: Transaction, customer_id: UUID) -> list[tuple[UUID, str, int]]:
    """Return (id, format, number of parts) of a person's pictures of documents."""
    rows = await tx.fetch(
        "SELECT f.id, f.format, count(*) AS parts FROM kyc_file f JOIN kyc_file_chunk c ON c.file_id = f.id "
        "WHERE f.customer_id = $1 GROUP BY 1, 2 ORDER BY 1",
        customer_id,
    )
    return [(row["id"], row["format"], row["parts"]) for row in rows]


async def load_file_part(tx: Transaction, file_id: UUID, number: int) -> bytes:
    """Return one sealed part of a picture."""
    sealed: bytes = await tx.fetch_value(
        "SELECT sealed FROM kyc_file_chunk WHERE file_id = $1 AND number = $2", file_id, number
    )
    return sealed


async def insert(tx: Transaction, export: Export) -> None:
    """Keep the wish for an export."""
    await tx.execute(
        "INSERT INTO privacy_export (tenant_id, id, customer_id, asked_by, asked_at, state, next_attempt_at) "
        "VALUES ($1, $2, $3, $4, $5, 'asked', $5)",
        export.tenant_id,
        export.id,
        export.customer_id,
        export.asked_by,
        export.asked_at,
    )


async def load(tx: Transaction, export_id: UUID) -> Export | None:
    """Return an export."""
    row = await tx.fetch_row(f"SELECT {_EXPORT} FROM privacy_export WHERE id = $1", export_id)
    return None if row is None else _export(row)


async def list_of(tx: Transaction, customer_id: UUID, before: UUID | None, limit: int) -> list[Export]:
    """Return a person's exports, newest first, below an id."""
    rows = await tx.fetch(
        f"SELECT {_EXPORT} FROM privacy_export WHERE customer_id = $1 "
        "AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        customer_id,
        before,
        limit,
    )
    return [_export(row) for row in rows]


async def take_due(tx: Transaction, tenant_id: UUID, now: datetime, leased_until: datetime) -> Export | None:
    """Return one export that is due, leased so that no other worker takes it meanwhile."""
    row = await tx.fetch_row(
        "UPDATE privacy_export SET attempts = attempts + 1, next_attempt_at = $3 WHERE id = ("
        "SELECT id FROM privacy_export WHERE tenant_id = $1 AND state = 'asked' AND next_attempt_at <= $2 "
        f"ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING {_EXPORT}",
        tenant_id,
        now,
        leased_until,
    )
    return None if row is None else _export(row)


async def insert_parts(tx: Transaction, export: Export, first: int, parts: Sequence[bytes]) -> None:
    """Keep sealed parts, numbered from `first`."""
    await tx.execute(
        "INSERT INTO privacy_export_part (tenant_id, export_id, number, sealed) "
        "SELECT $1, $2, $3 + number - 1, sealed "
        "FROM unnest($4::bytea[]) WITH ORDINALITY AS part (sealed, number)",
        export.tenant_id,
        export.id,
        first,
        list(parts),
    )


async def load_part(tx: Transaction, export_id: UUID, number: int) -> bytes | None:
    """Return one sealed part, or None after the last."""
    sealed: bytes | None = await tx.fetch_value(
        "SELECT sealed FROM privacy_export_part WHERE export_id = $1 AND number = $2", export_id, number
    )
    return sealed


async def finish(
    tx: Transaction, export_id: UUID, written: Written, now: datetime, expires_at: datetime
) -> None:
    """Say that an export is whole."""
    await tx.execute(
        "UPDATE privacy_export SET state = 'ready', ready_at = $5, expires_at = $6, size_bytes = $2, "
        "digest = $3, row_count = $4 WHERE id = $1",
        export_id,
        written.size_bytes,
        written.digest,
        written.row_count,
        now,
        expires_at,
    )


async def fail(tx: Transaction, export_id: UUID) -> None:
    """Say that an export was given up."""
    await tx.execute("UPDATE privacy_export SET state = 'failed' WHERE id = $1", export_id)


async def drop_over(tx: Transaction, tenant_id: UUID, now: datetime, limit: int) -> int:
    """Remove the content of exports whose offer is over. Return how many."""
    rows = await tx.fetch(
        "UPDATE privacy_export SET state = 'gone' WHERE id IN (SELECT id FROM privacy_export "
        "WHERE tenant_id = $1 AND state = 'ready' AND expires_at <= $2 ORDER BY expires_at LIMIT $3 "
        "FOR UPDATE SKIP LOCKED) RETURNING id",
        tenant_id,
        now,
        limit,
    )
    gone = [row["id"] for row in rows]
    await tx.execute("DELETE FROM privacy_export_part WHERE export_id = ANY($1::uuid[])", gone)
    return len(gone)
