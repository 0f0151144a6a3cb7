"""Who is kept from the cases of whom."""

from typing import Any, Final
from uuid import UUID

from customer_stack.cases.domain.exclusions import Exclusion
from shared.database import Transaction

_COLUMNS: Final = "id, tenant_id, customer_id, staff_id, excluded_by, excluded_at, ended_by, ended_at"


def _exclusion(row: Any) -> Exclusion:
    return Exclusion(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7])


async def is_excluded(tx: Transaction, tenant_id: UUID, customer_id: UUID, staff_id: UUID) -> bool:
    """Tell whether a member of staff is kept from a customer."""
    found = await tx.fetch_value(
        "SELECT true FROM cases_exclusion WHERE tenant_id = $1 AND customer_id = $2 AND staff_id = $3 "
        "AND ended_at IS NULL",
        tenant_id,
        customer_id,
        staff_id,
    )
    return bool(found)


async def insert(tx: Transaction, exclusion: Exclusion) -> bool:
    """Keep an exclusion; False when the same stands."""
    kept = await tx.fetch_value(
        "INSERT INTO cases_exclusion (tenant_id, id, customer_id, staff_id, excluded_by, excluded_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING true",
        exclusion.tenant_id,
        exclusion.id,
        exclusion.customer_id,
        exclusion.staff_id,
        exclusion.excluded_by,
        exclusion.excluded_at,
    )
    return bool(kept)


async def lock(tx: Transaction, exclusion_id: UUID) -> Exclusion | None:
    """Lock an exclusion until the end of `tx`, and return it."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM cases_exclusion WHERE id = $1 FOR NO KEY UPDATE",
        exclusion_id,
    )
    return None if row is None else _exclusion(row)


async def end(tx: Transaction, exclusion: Exclusion) -> None:
    """Keep that an exclusion ended."""
    await tx.execute(
        "UPDATE cases_exclusion SET ended_by = $2, ended_at = $3 WHERE id = $1",
        exclusion.id,
        exclusion.ended_by,
        exclusion.ended_at,
    )


async def list_exclusions(
    tx: Transaction, tenant_id: UUID, before: UUID | None, limit: int
) -> list[Exclusion]:
    """Return exclusions, newest first."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM cases_exclusion WHERE tenant_id = $1 "
        "AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        tenant_id,
        before,
        limit,
    )
    return [_exclusion(row) for row in rows]
