"""Queries on walks over customers: one at a time for a tenant, held by one worker."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk: from the lists at `since` to those at `number`, after a customer; None: from the beginning."""

    tenant_id: UUID
    number: int
    since: int
    after: UUID | None
    seen: int
    found: int


async def claim(
    tx: Transaction, tenant_id: UUID, number: int, worker: UUID, now: datetime, until: datetime
) -> Walk | None:
    """Begin a walk to the lists at `number`, or go on with one that nobody holds; None: nothing to do."""
    await tx.execute(
        "INSERT INTO screening_rescreen (tenant_id, number, since, leased_until, started_at) "
        "SELECT $1, $2, coalesce(max(number), 0), $3, $3 FROM screening_rescreen WHERE tenant_id = $1 "
        "HAVING coalesce(max(number), 0) < $2 AND count(*) FILTER (WHERE finished_at IS NULL) = 0 "
        "ON CONFLICT DO NOTHING",
        tenant_id,
        number,
        now,
    )
    row: Any = await tx.fetch_row(
        "UPDATE screening_rescreen SET worker = $2, leased_until = $4 "
        "WHERE tenant_id = $1 AND finished_at IS NULL AND (leased_until <= $3 OR worker = $2) "
        "RETURNING tenant_id, number, since, after_subject, seen, found",
        tenant_id,
        worker,
        now,
        until,
    )
    return None if row is None else Walk(*row)


async def advance(tx: Transaction, walk: Walk, worker: UUID, until: datetime) -> bool:
    """Keep how far a walk got; False: another worker holds it now."""
    row = await tx.fetch_row(
        "UPDATE screening_rescreen SET after_subject = $3, seen = $4, found = $5, leased_until = $6 "
        "WHERE tenant_id = $1 AND number = $2 AND worker = $7 AND finished_at IS NULL RETURNING 1",
        walk.tenant_id,
        walk.number,
        walk.after,
        walk.seen,
        walk.found,
        until,
        worker,
    )
    return row is not None


async def finish(tx: Transaction, walk: Walk, worker: UUID, now: datetime) -> bool:
    """End a walk; False: another worker holds it now."""
    row = await tx.fetch_row(
        "UPDATE screening_rescreen SET finished_at = $3 "
        "WHERE tenant_id = $1 AND number = $2 AND worker = $4 AND finished_at IS NULL RETURNING 1",
        walk.tenant_id,
        walk.number,
        now,
        worker,
    )
    return row is not None


async def load_covered(tx: Transaction, tenant_id: UUID) -> int:
    """Return the number of the lists that all customers of a tenant were looked at with; 0: none."""
    number: int = await tx.fetch_value(
        "SELECT coalesce(max(number), 0) FROM screening_rescreen "
        "WHERE tenant_id = $1 AND finished_at IS NOT NULL",
        tenant_id,
    )
    return number
