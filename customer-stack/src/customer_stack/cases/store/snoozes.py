"""Snoozes of rules."""

from typing import Any, Final
from uuid import UUID

from customer_stack.cases.domain.snoozing import Snooze, SnoozeFilter, SnoozeState
from shared.database import Transaction

_COLUMNS: Final = (
    "id, tenant_id, customer_id, rule, ends_at, state, proposed_by, proposed_at, "
    "decided_by, decided_at, ended_by, ended_at"
)


def _snooze(row: Any) -> Snooze:
    return Snooze(
        row["id"],
        row["tenant_id"],
        row["customer_id"],
        row["rule"],
        row["ends_at"],
        SnoozeState(row["state"]),
        row["proposed_by"],
        row["proposed_at"],
        row["decided_by"],
        row["decided_at"],
        row["ended_by"],
        row["ended_at"],
    )


async def insert(tx: Transaction, snooze: Snooze, reason_sealed: bytes) -> None:
    """Keep a proposed snooze."""
    await tx.execute(
        "INSERT INTO cases_snooze (tenant_id, id, customer_id, rule, ends_at, state, proposed_by, "
        "proposed_at, reason_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        snooze.tenant_id,
        snooze.id,
        snooze.customer_id,
        snooze.rule,
        snooze.ends_at,
        snooze.state,
        snooze.proposed_by,
        snooze.proposed_at,
        reason_sealed,
    )


async def update(tx: Transaction, snooze: Snooze) -> None:
    """Keep how a snooze was decided, or ended. Its customer is locked."""
    await tx.execute(
        "UPDATE cases_snooze SET state = $2, decided_by = $3, decided_at = $4, ended_by = $5, ended_at = $6 "
        "WHERE id = $1",
        snooze.id,
        snooze.state,
        snooze.decided_by,
        snooze.decided_at,
        snooze.ended_by,
        snooze.ended_at,
    )


async def load(tx: Transaction, snooze_id: UUID) -> Snooze | None:
    """Return a snooze."""
    row = await tx.fetch_row(f"SELECT {_COLUMNS} FROM cases_snooze WHERE id = $1", snooze_id)
    return None if row is None else _snooze(row)


async def load_reason(tx: Transaction, snooze_id: UUID) -> bytes:
    """Return why a snooze was proposed, sealed."""
    sealed: bytes = await tx.fetch_value("SELECT reason_sealed FROM cases_snooze WHERE id = $1", snooze_id)
    return sealed


async def load_pending(tx: Transaction, tenant_id: UUID, customer_id: UUID) -> list[Snooze]:
    """Return the snoozes of a customer that stand or were proposed, those whose time is over included."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM cases_snooze WHERE tenant_id = $1 AND customer_id = $2 "
        "AND state IN ('proposed', 'standing') ORDER BY rule",
        tenant_id,
        customer_id,
    )
    return [_snooze(row) for row in rows]


async def list_snoozes(
    tx: Transaction, tenant_id: UUID, wanted: SnoozeFilter, before: UUID | None, limit: int, reader_id: UUID
) -> list[Snooze]:
    """Return snoozes, newest first, without those of customers from whom the reader is kept."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM cases_snooze WHERE tenant_id = $1 "
        "AND ($2::uuid IS NULL OR customer_id = $2) "
        "AND ($3::cases_snooze_state IS NULL OR state = $3::cases_snooze_state) "
        "AND ($4::uuid IS NULL OR id < $4) "
        "AND NOT EXISTS (SELECT FROM cases_exclusion e WHERE e.tenant_id = $1 "
        " AND e.customer_id = cases_snooze.customer_id AND e.staff_id = $6 AND e.ended_at IS NULL) "
        "ORDER BY id DESC LIMIT $5",
        tenant_id,
        wanted.customer_id,
        wanted.state,
        before,
        limit,
        reader_id,
    )
    return [_snooze(row) for row in rows]
