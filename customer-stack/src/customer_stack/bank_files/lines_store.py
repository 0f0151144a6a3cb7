"""Queries of bank files for whoever compares them with the books."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from shared.database import Transaction


async def load_statement_lines(
    tx: Transaction, tenant_id: UUID, first: datetime, before: datetime
) -> list[tuple[UUID, int, datetime, str]]:
    """Return (id, signed LKR cents, booked at, bank reference) of what statements booked from a moment on.

    A booking that two statements tell of is one line.
    """
    rows = await tx.fetch(
        "SELECT DISTINCT ON (e.bank_reference) e.id, "
        "CASE e.direction WHEN 'credit' THEN e.amount ELSE -e.amount END AS amount, e.booked_at, "
        "e.bank_reference FROM bank_file_entry e JOIN bank_file f ON f.id = e.file_id "
        "WHERE e.tenant_id = $1 AND f.kind = 'statement' AND e.booked_at >= $2 AND e.booked_at < $3 "
        "ORDER BY e.bank_reference, e.id",
        tenant_id,
        first,
        before,
    )
    return [(row["id"], row["amount"], row["booked_at"], row["bank_reference"]) for row in rows]


async def load_statement_days(
    tx: Transaction, tenant_id: UUID, since: datetime, known: Sequence[UUID], limit: int
) -> list[tuple[UUID, datetime, list[date]]]:
    """Return (file, imported at, days of Colombo that it books) of statements since a moment, but `known`."""
    rows = await tx.fetch(
        "SELECT f.id, f.imported_at, ARRAY(SELECT DISTINCT (e.booked_at AT TIME ZONE 'Asia/Colombo')::date "
        " FROM bank_file_entry e WHERE e.file_id = f.id) AS days FROM bank_file f WHERE f.tenant_id = $1 "
        "AND f.kind = 'statement' AND f.imported_at >= $2 AND f.id <> ALL ($3::uuid[]) "
        "ORDER BY f.id LIMIT $4",
        tenant_id,
        since,
        list(known),
        limit,
    )
    return [(row["id"], row["imported_at"], list(row["days"])) for row in rows]


async def load_payout_batches(tx: Transaction, first: datetime) -> dict[UUID, str]:
    """Return payout -> message id of the file in which it was sent, of files made since a moment."""
    rows = await tx.fetch(
        "SELECT p.payout_id, p.batch_id FROM bank_file_batch b JOIN bank_file_batch_payout p "
        "ON p.batch_id = b.id WHERE b.made_at >= $1",
        first,
    )
    return {row["payout_id"]: row["batch_id"].hex for row in rows}
