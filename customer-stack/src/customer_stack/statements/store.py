"""Queries of statements. Each section comes from one statement, so from one snapshot of the books."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.statements.domain import Entry, Format, Issued, Period, Position
from shared.database import Transaction

_SECTION: Final = """
WITH legs AS MATERIALIZED (
    SELECT l.number, l.amount, l.transfer_id, t.kind, t.movement_id, t.effective_at, t.recorded_at
    FROM ledger_leg l JOIN ledger_transfer t ON t.book_id = l.book_id AND t.id = l.transfer_id
    WHERE l.book_id = $1 AND l.account = $2 AND l.asset_id = $3 AND t.recorded_at < $5
), sums AS (
    SELECT coalesce(sum(amount) FILTER (WHERE recorded_at < $4), 0)::bigint AS opening,
           coalesce(sum(amount), 0)::bigint AS closing,
           count(*) FILTER (WHERE recorded_at >= $4) AS entries
    FROM legs
)
SELECT s.opening, s.closing, s.entries, l.number, l.amount, l.kind, l.movement_id, l.effective_at,
       l.recorded_at, o.reference
FROM sums s
LEFT JOIN LATERAL (SELECT * FROM legs WHERE recorded_at >= $4 ORDER BY recorded_at, number LIMIT $6) l
  ON true
LEFT JOIN ledger_transfer_source o ON o.book_id = $1 AND o.transfer_id = l.transfer_id
ORDER BY l.recorded_at, l.number
"""
_POSITIONS: Final = """
SELECT a.market_id, a.side, coalesce(sum(l.amount) FILTER (WHERE t.recorded_at < $2), 0)::bigint AS opening,
       sum(l.amount)::bigint AS closing
FROM ledger_leg l
JOIN ledger_transfer t ON t.book_id = l.book_id AND t.id = l.transfer_id
JOIN ledger_asset a ON a.id = l.asset_id
WHERE l.book_id = $1 AND l.account = 'position' AND t.recorded_at < $3
GROUP BY a.market_id, a.side
HAVING sum(l.amount) <> 0 OR coalesce(sum(l.amount) FILTER (WHERE t.recorded_at < $2), 0) <> 0
ORDER BY 1, 2 LIMIT $4
"""
_ISSUED: Final = (
    "id, book_id, account, currency, first_day, last_day, entries, format, content_digest, issued_at, "
    "issued_to"
)


@dataclass(frozen=True, slots=True)
class SectionRows:
    """What the books say about one account in a period; `entries` counts also what was not read."""

    opening: int
    closing: int
    entries: int
    rows: tuple[Entry, ...]


async def load_section(
    tx: Transaction, book_id: UUID, account: str, asset: int, period: Period, limit: int
) -> SectionRows:
    """Return balances at both ends of a period, and up to `limit` entries in it in the order of booking."""
    rows = await tx.fetch(_SECTION, book_id, account, asset, period.start, period.end, limit)
    first = rows[0]
    return SectionRows(
        first["opening"],
        first["closing"],
        first["entries"],
        tuple(_entry(row) for row in rows if row["number"] is not None),
    )


def _entry(row: asyncpg.Record) -> Entry:
    return Entry(
        booked_at=row["recorded_at"],
        value_date=row["effective_at"],
        kind=row["kind"],
        movement_id=row["movement_id"],
        provider_reference=row["reference"],
        amount=row["amount"],
    )


async def load_accounts(tx: Transaction, book_id: UUID, assets: list[int]) -> list[tuple[str, int]]:
    """Return (account, asset) of all accounts of a book that ever had an entry in one of the assets."""
    rows = await tx.fetch(
        "SELECT DISTINCT account, asset_id FROM ledger_leg "
        "WHERE book_id = $1 AND asset_id = ANY($2::integer[]) ORDER BY 1, 2",
        book_id,
        assets,
    )
    return [(row["account"], row["asset_id"]) for row in rows]


async def load_positions(tx: Transaction, book_id: UUID, period: Period, limit: int) -> list[Position]:
    """Return contracts held at one of the ends of a period."""
    rows = await tx.fetch(_POSITIONS, book_id, period.start, period.end, limit)
    return [Position(**dict(row)) for row in rows]


async def load_book_kind(tx: Transaction, book_id: UUID) -> str | None:
    """Return whose book it is, or None when the tenant has no such book."""
    kind: str | None = await tx.fetch_value("SELECT kind FROM ledger_book WHERE id = $1", book_id)
    return kind


async def insert_issued(tx: Transaction, tenant_id: UUID, issued: Issued) -> None:
    """Register a statement that leaves."""
    await tx.execute(
        f"INSERT INTO statement_issued (tenant_id, {_ISSUED}) VALUES "
        "($1, $2, $3, $4::ledger_account, $5::ledger_currency, $6, $7, $8, $9::statement_format, $10, $11, "
        "$12)",
        tenant_id,
        issued.id,
        issued.book_id,
        issued.account,
        issued.currency,
        issued.first_day,
        issued.last_day,
        issued.entries,
        issued.format,
        issued.content_digest,
        issued.issued_at,
        issued.issued_to,
    )


async def load_issued(tx: Transaction, digest: bytes | None, before: UUID | None, limit: int) -> list[Issued]:
    """Return the register below an id, newest first; with a digest only what has this content."""
    rows = await tx.fetch(
        f"SELECT {_ISSUED} FROM statement_issued WHERE ($1::bytea IS NULL OR content_digest = $1) "
        "AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        digest,
        before,
        limit,
    )
    return [Issued(**(dict(row) | {"format": Format(row["format"])})) for row in rows]
