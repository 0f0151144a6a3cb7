"""Every query of imports and the days that they make due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.reconciliation.store.matching import Holder
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class Import:
    """A statement or bank file that came, with the days of its lines."""

    id: UUID
    holder: Holder
    source: str
    came_at: datetime
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day to be matched again, and the imports that ask for it: the first of them came at `came_at`."""

    holder: Holder
    source: str
    day: int
    imports: tuple[UUID, ...]
    came_at: datetime


async def load_known(tx: Transaction, tenant_id: UUID, since: datetime) -> list[UUID]:
    """Return the imports of a tenant that were noticed, of those that came since a moment."""
    rows = await tx.fetch(
        "SELECT id FROM reconciliation_import WHERE tenant_id = $1 AND came_at >= $2", tenant_id, since
    )
    return [row["id"] for row in rows]


async def load_new_statements(tx: Transaction, since: datetime, limit: int) -> list[Import]:
    """Return kept statements of the bound tenants that nobody noticed, oldest first."""
    rows = await tx.fetch(
        "SELECT s.id, s.tenant_id, s.department_id, s.source, s.imported_at, "
        "ARRAY(SELECT DISTINCT l.day FROM reconciliation_statement_line l "
        " WHERE l.statement_id IN (s.id, s.replaces) "
        " AND l.tenant_id = s.tenant_id AND l.source = s.source "
        ") AS days "
        "FROM reconciliation_statement s WHERE s.imported_at >= $1 "
        "AND NOT EXISTS (SELECT FROM reconciliation_import i WHERE i.id = s.id) ORDER BY s.id LIMIT $2",
        since,
        limit,
    )
    return [
        Import(
            row["id"],
            Holder(row["tenant_id"], row["department_id"]),
            row["source"],
            row["imported_at"],
            tuple(row["days"]),
        )
        for row in rows
    ]


async def insert_import(tx: Transaction, each: Import, due: Sequence[int]) -> None:
    """Keep an import and the days that it makes due. One that somebody else noticed stands."""
    added = await tx.fetch_value(
        "INSERT INTO reconciliation_import (tenant_id, id, department_id, source, came_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id",
        each.holder.tenant_id,
        each.id,
        each.holder.department_id,
        each.source,
        each.came_at,
    )
    if added is not None:
        await tx.execute(
            "INSERT INTO reconciliation_due_day (tenant_id, import_id, day) "
            "SELECT $1, $2, * FROM unnest($3::integer[])",
            each.holder.tenant_id,
            each.id,
            list(due),
        )


async def load_due(tx: Transaction, sources: Sequence[str], before_day: int, limit: int) -> list[DueDay]:
    """Return what the bound tenants have to match again of days before one.

    The oldest day of each source and department comes first, then the second of each, and so on: nobody
    waits until all days of another are judged.
    """
    rows = await tx.fetch(
        "SELECT i.tenant_id, i.department_id, i.source, d.day, array_agg(i.id ORDER BY i.id) AS imports, "
        "min(i.came_at) AS came_at, "
        "row_number() OVER (PARTITION BY i.tenant_id, i.department_id, i.source ORDER BY d.day) AS turn "
        "FROM reconciliation_due_day d JOIN reconciliation_import i ON i.id = d.import_id "
        "WHERE i.source = ANY ($3::text[]) AND d.day < $1 "
        "AND NOT EXISTS (SELECT FROM reconciliation_due_done x "
        " WHERE x.import_id = d.import_id AND x.day = d.day) "
        "GROUP BY 1, 2, 3, 4 ORDER BY turn, d.day, i.source, i.tenant_id, i.department_id LIMIT $2",
        before_day,
        limit,
        list(sources),
    )
    return [
        DueDay(
            Holder(row["tenant_id"], row["department_id"]),
            row["source"],
            row["day"],
            tuple(row["imports"]),
            row["came_at"],
        )
        for row in rows
    ]


async def insert_done(tx: Transaction, due: DueDay, match_id: UUID) -> None:
    """Say by which match a due day was judged."""
    await tx.execute(
        "INSERT INTO reconciliation_due_done (tenant_id, import_id, day, match_id) "
        "SELECT $1, *, $3, $4 FROM unnest($2::uuid[]) ON CONFLICT DO NOTHING",
        due.holder.tenant_id,
        list(due.imports),
        due.day,
        match_id,
    )
