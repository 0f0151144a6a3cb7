"""Every query of breaks."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from execution_stack.breaks.domain import Break, Kind
from shared.database import Transaction


def _break(row: asyncpg.Record) -> Break:
    return Break(Kind(row["kind"]), row["subject"], row["expected"], row["found"])


async def insert(tx: Transaction, breaks: Sequence[Break], at: datetime) -> list[Break]:
    """Add breaks; return those that were not known."""
    rows = await tx.fetch(
        "INSERT INTO break_found (kind, subject, expected, found, found_at) "
        "SELECT b.kind, b.subject, b.expected, b.found, $5 "
        "FROM unnest($1::break_kind[], $2::uuid[], $3::bigint[], $4::bigint[]) "
        "AS b (kind, subject, expected, found) ON CONFLICT DO NOTHING RETURNING kind, subject, expected, "
        "found",
        [each.kind for each in breaks],
        [each.subject for each in breaks],
        [each.expected for each in breaks],
        [each.found for each in breaks],
        at,
    )
    return [_break(row) for row in rows]


async def list_newest(tx: Transaction, limit: int) -> list[Break]:
    """Return the newest breaks."""
    rows = await tx.fetch(
        "SELECT kind, subject, expected, found FROM break_found ORDER BY found_at DESC LIMIT $1", limit
    )
    return [_break(row) for row in rows]
