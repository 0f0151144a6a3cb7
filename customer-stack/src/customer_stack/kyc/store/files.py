"""Queries on files of sessions and their sealed parts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from customer_stack.files.domain import Format
from customer_stack.kyc.domain.files import KycFile, Side
from customer_stack.kyc.domain.sessions import Session
from shared.database import Transaction


def _file(row: Any) -> KycFile:
    return KycFile(row[0], row[1], row[2], row[3], Format(row[4]), row[5], row[6])


async def count_files(tx: Transaction, session_id: UUID) -> int:
    """Return how many files were uploaded in a session, replaced ones included."""
    count: int = await tx.fetch_value("SELECT count(*) FROM kyc_file WHERE session_id = $1", session_id)
    return count


async def insert_file(tx: Transaction, file: KycFile, sealed: Sequence[bytes]) -> None:
    """Keep a file and its sealed parts."""
    await tx.execute(
        "INSERT INTO kyc_file (tenant_id, id, customer_id, session_id, format, size_bytes, added_at) "
        "VALUES ($1, $2, $3, $4, $5::kyc_file_format, $6, $7)",
        file.tenant_id,
        file.id,
        file.customer_id,
        file.session_id,
        file.format.value,
        file.size_bytes,
        file.added_at,
    )
    await tx.execute(
        "INSERT INTO kyc_file_chunk (tenant_id, file_id, number, sealed) "
        "SELECT $1, $2, number, sealed FROM unnest($3::bytea[]) WITH ORDINALITY AS part (sealed, number)",
        file.tenant_id,
        file.id,
        list(sealed),
    )


async def attach(tx: Transaction, session: Session, side: Side, file_id: UUID) -> None:
    """Let a file show a side of a draft's document, in place of the one before."""
    await tx.execute(
        "INSERT INTO kyc_attachment (tenant_id, session_id, side, file_id) VALUES ($1, $2, $3::kyc_side, $4) "
        "ON CONFLICT (session_id, side) DO UPDATE SET file_id = excluded.file_id",
        session.tenant_id,
        session.id,
        side.value,
        file_id,
    )


async def carry_over(tx: Transaction, old: UUID, new: UUID) -> None:
    """Let the next attempt show the files of the one before, until they are replaced."""
    await tx.execute(
        "INSERT INTO kyc_attachment (tenant_id, session_id, side, file_id) "
        "SELECT tenant_id, $2, side, file_id FROM kyc_attachment WHERE session_id = $1",
        old,
        new,
    )


async def load_attached(tx: Transaction, session_id: UUID) -> dict[Side, KycFile]:
    """Return side -> file of a session."""
    rows = await tx.fetch(
        "SELECT f.id, f.tenant_id, f.customer_id, f.session_id, f.format, f.size_bytes, f.added_at, a.side "
        "FROM kyc_attachment a JOIN kyc_file f ON f.id = a.file_id WHERE a.session_id = $1 ORDER BY a.side",
        session_id,
    )
    return {Side(row["side"]): _file(row) for row in rows}


async def load_file(tx: Transaction, file_id: UUID) -> KycFile | None:
    """Return a file without its bytes."""
    row = await tx.fetch_row(
        "SELECT id, tenant_id, customer_id, session_id, format, size_bytes, added_at FROM kyc_file "
        "WHERE id = $1",
        file_id,
    )
    return None if row is None else _file(row)


async def load_chunks(tx: Transaction, file_id: UUID) -> list[bytes]:
    """Return a file's sealed parts in order."""
    rows = await tx.fetch("SELECT sealed FROM kyc_file_chunk WHERE file_id = $1 ORDER BY number", file_id)
    return [row["sealed"] for row in rows]
