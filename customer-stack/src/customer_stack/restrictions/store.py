"""Every query on restrictions and their steps."""

from typing import Any, Final
from uuid import UUID

from customer_stack.restrictions.domain import (
    Cause,
    CauseKind,
    Kind,
    Restriction,
    State,
    Step,
    Taken,
)
from shared.database import Transaction

_RESTRICTION: Final = (
    "SELECT r.id, r.tenant_id, r.customer_id, r.department_id, r.kind, r.cause, r.cause_id, r.reason, "
    "r.placed_by, r.placed_at, "
    "s.number, s.step, s.state, s.taken_by, s.taken_at, s.asked_number, s.asked_by "
    "FROM restriction r JOIN restriction_step s ON s.restriction_id = r.id AND s.number = r.number "
)


def _taken(fields: Any) -> Taken:
    number, step, state, *rest = fields
    return Taken(number, Step(step), State(state), *rest)


def _restriction(row: Any) -> Restriction:
    fields = list(row)
    return Restriction(
        id=fields[0],
        tenant_id=fields[1],
        customer_id=fields[2],
        department_id=fields[3],
        kind=Kind(fields[4]),
        cause=Cause(CauseKind(fields[5]), fields[6]),
        reason=fields[7],
        placed_by=fields[8],
        placed_at=fields[9],
        last=_taken(fields[10:]),
    )


async def insert(tx: Transaction, restriction: Restriction, sealed: bytes | None) -> None:
    """Keep a restriction that was just placed, and what was written about it."""
    await tx.execute(
        "INSERT INTO restriction (tenant_id, id, customer_id, department_id, kind, cause, cause_id, reason, "
        "placed_by, placed_at, number, state) VALUES ($1, $2, $3, $4, $5::restriction_kind, "
        "$6::restriction_cause, $7, $8, $9, $10, $11, $12::restriction_state)",
        restriction.tenant_id,
        restriction.id,
        restriction.customer_id,
        restriction.department_id,
        restriction.kind.value,
        restriction.cause.kind.value,
        restriction.cause.id,
        restriction.reason,
        restriction.placed_by,
        restriction.placed_at,
        restriction.last.number,
        restriction.last.state.value,
    )
    await _insert_step(tx, restriction, sealed)


async def update(tx: Transaction, restriction: Restriction, sealed: bytes | None) -> None:
    """Keep the last step of a restriction."""
    await tx.execute(
        "UPDATE restriction SET number = $2, state = $3::restriction_state WHERE id = $1",
        restriction.id,
        restriction.last.number,
        restriction.last.state.value,
    )
    await _insert_step(tx, restriction, sealed)


async def _insert_step(tx: Transaction, restriction: Restriction, sealed: bytes | None) -> None:
    taken = restriction.last
    await tx.execute(
        "INSERT INTO restriction_step (tenant_id, restriction_id, number, step, state, cause, taken_by, "
        "taken_at, text_sealed, asked_number, asked_by) VALUES ($1, $2, $3, $4::restriction_step_kind, "
        "$5::restriction_state, $6::restriction_cause, $7, $8, $9, $10, $11)",
        restriction.tenant_id,
        restriction.id,
        taken.number,
        taken.step.value,
        taken.state.value,
        restriction.cause.kind.value,
        taken.taken_by,
        taken.taken_at,
        sealed,
        taken.asked_number,
        taken.asked_by,
    )


async def load_standing(tx: Transaction, customer_id: UUID) -> list[Restriction]:
    """Return what stands of a customer, oldest first."""
    rows = await tx.fetch(
        _RESTRICTION + "WHERE r.customer_id = $1 AND r.state <> 'lifted' ORDER BY r.id", customer_id
    )
    return [_restriction(row) for row in rows]


async def load_by_cause(tx: Transaction, cause_id: UUID) -> list[Restriction]:
    """Return what stands because of one case, screening or order, by customer."""
    rows = await tx.fetch(
        _RESTRICTION + "WHERE r.cause_id = $1 AND r.state <> 'lifted' ORDER BY r.customer_id, r.id", cause_id
    )
    return [_restriction(row) for row in rows]


async def load_one(tx: Transaction, restriction_id: UUID) -> Restriction | None:
    """Return a restriction."""
    row = await tx.fetch_row(_RESTRICTION + "WHERE r.id = $1", restriction_id)
    return None if row is None else _restriction(row)


async def list_of_customer(
    tx: Transaction, customer_id: UUID, *, before: UUID | None, limit: int
) -> list[Restriction]:
    """Return a customer's restrictions, lifted ones too, newest first."""
    rows = await tx.fetch(
        _RESTRICTION
        + "WHERE r.customer_id = $1 AND ($2::uuid IS NULL OR r.id < $2) ORDER BY r.id DESC LIMIT $3",
        customer_id,
        before,
        limit,
    )
    return [_restriction(row) for row in rows]


async def list_standing(
    tx: Transaction, tenant_id: UUID, department_id: UUID | None, *, before: UUID | None, limit: int
) -> list[Restriction]:
    """Return what stands of a tenant's customers, newest first; of one department, if one is given."""
    rows = await tx.fetch(
        _RESTRICTION + "WHERE r.tenant_id = $1 AND r.state <> 'lifted' "
        "AND ($2::uuid IS NULL OR r.department_id = $2) "
        "AND ($3::uuid IS NULL OR r.id < $3) ORDER BY r.id DESC LIMIT $4",
        tenant_id,
        department_id,
        before,
        limit,
    )
    return [_restriction(row) for row in rows]


async def load_steps(tx: Transaction, restriction_id: UUID) -> list[tuple[Taken, bytes | None]]:
    """Return every step of a restriction with what was written, sealed."""
    rows = await tx.fetch(
        "SELECT text_sealed, number, step, state, taken_by, taken_at, asked_number, asked_by "
        "FROM restriction_step WHERE restriction_id = $1 ORDER BY number",
        restriction_id,
    )
    return [(_taken(list(row)[1:]), row[0]) for row in rows]
