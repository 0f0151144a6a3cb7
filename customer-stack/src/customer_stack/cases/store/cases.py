"""Cases and their steps: reading, locking, moving on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from customer_stack.cases.domain.lifecycle import Case, Outcome, State, Step, Taken
from shared.database import Transaction

_COLUMNS: Final = (
    "id, tenant_id, customer_id, family, state, priority, opened_at, due_at, "
    "assignee_id, outcome, closed_at, steps"
)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases to list; None: whatever it is. `overdue_at`: those that were due by then.

    `reader_id`: who looks; what they are kept from is not there.
    """

    state: State | None = None
    family: str | None = None
    customer_id: UUID | None = None
    assignee_id: UUID | None = None
    overdue_at: datetime | None = None
    reader_id: UUID | None = None


def _case(row: Any) -> Case:
    return Case(
        row["id"],
        row["tenant_id"],
        row["customer_id"],
        row["family"],
        State(row["state"]),
        row["priority"],
        row["opened_at"],
        row["due_at"],
        row["assignee_id"],
        None if row["outcome"] is None else Outcome(row["outcome"]),
        row["closed_at"],
        row["steps"],
    )


def _taken(row: Any) -> Taken:
    return Taken(
        row["number"],
        Step(row["step"]),
        State(row["state"]),
        row["at"],
        row["staff_id"],
        row["assignee_id"],
        None if row["outcome"] is None else Outcome(row["outcome"]),
        row["note_id"],
        tuple(row["reasons"]),
        None if row["about_id"] is None else (row["about_kind"], row["about_id"]),
        row["asked_number"],
        row["asked_by"],
    )


async def load_case(tx: Transaction, case_id: UUID) -> Case | None:
    """Return a case."""
    row = await tx.fetch_row(f"SELECT {_COLUMNS} FROM cases_case WHERE id = $1", case_id)
    return None if row is None else _case(row)


async def lock_case(tx: Transaction, case_id: UUID) -> Case | None:
    """Lock a case until the end of `tx`, and return it. Whoever locks books too has locked them before."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM cases_case WHERE id = $1 FOR NO KEY UPDATE",
        case_id,
    )
    return None if row is None else _case(row)


async def list_cases(
    tx: Transaction, tenant_id: UUID, wanted: CaseFilter, after: tuple[int, UUID] | None, limit: int
) -> list[Case]:
    """Return cases by priority, the highest first, and in the order in which they were opened."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM cases_case WHERE tenant_id = $1 "
        "AND ($2::cases_state IS NULL OR state = $2::cases_state) AND ($3::text IS NULL OR family = $3) "
        "AND ($4::uuid IS NULL OR customer_id = $4) AND ($5::uuid IS NULL OR assignee_id = $5) "
        "AND ($6::timestamptz IS NULL OR due_at <= $6) "
        "AND ($7::integer IS NULL OR priority < $7 OR (priority = $7 AND id > $8)) "
        "AND NOT EXISTS (SELECT FROM cases_exclusion e WHERE e.tenant_id = $1 "
        " AND e.customer_id = cases_case.customer_id AND e.staff_id = $10 AND e.ended_at IS NULL) "
        "ORDER BY priority DESC, id LIMIT $9",
        tenant_id,
        wanted.state,
        wanted.family,
        wanted.customer_id,
        wanted.assignee_id,
        wanted.overdue_at,
        None if after is None else after[0],
        None if after is None else after[1],
        limit,
        wanted.reader_id,
    )
    return [_case(row) for row in rows]


async def load_steps(tx: Transaction, case_id: UUID, after: int, limit: int) -> list[Taken]:
    """Return steps of a case after a number, in order."""
    rows = await tx.fetch(
        "SELECT * FROM cases_step WHERE case_id = $1 AND number > $2 ORDER BY number LIMIT $3",
        case_id,
        after,
        limit,
    )
    return [_taken(row) for row in rows]


async def load_last_step(tx: Transaction, case: Case) -> Taken:
    """Return the last step of a case."""
    row = await tx.fetch_row(
        "SELECT * FROM cases_step WHERE case_id = $1 AND number = $2", case.id, case.steps
    )
    return _taken(row)


async def move(tx: Transaction, case: Case, taken: Taken) -> None:
    """Keep a step and how the case stands after it, which `case` says already. The case is locked."""
    about = taken.about or (None, None)
    await tx.execute(
        "INSERT INTO cases_step (tenant_id, case_id, number, step, state, at, staff_id, assignee_id, "
        "outcome, note_id, reasons, about_kind, about_id, asked_number, asked_by, asked_step) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        case.tenant_id,
        case.id,
        taken.number,
        taken.step,
        taken.state,
        taken.at,
        taken.staff_id,
        taken.assignee_id,
        taken.outcome,
        taken.note_id,
        list(taken.reasons),
        *about,
        taken.asked_number,
        taken.asked_by,
        None if taken.asked_number is None else Step.PROPOSE,
    )
    await tx.execute(
        "UPDATE cases_case SET state = $2, due_at = $3, assignee_id = $4, outcome = $5, closed_at = $6, "
        "steps = $7 WHERE id = $1",
        case.id,
        case.state,
        case.due_at,
        case.assignee_id,
        case.outcome,
        case.closed_at,
        case.steps,
    )


async def count_overdue(tx: Transaction, tenants: Sequence[UUID], now: datetime) -> dict[str, int]:
    """Return how many cases of tenants should have been closed by now, by family."""
    rows = await tx.fetch(
        "SELECT family, count(*) AS number FROM cases_case "
        "WHERE tenant_id = ANY($1::uuid[]) AND closed_at IS NULL AND due_at <= $2 GROUP BY family",
        list(tenants),
        now,
    )
    return {row["family"]: row["number"] for row in rows}


async def count_assigned(tx: Transaction, tenant_id: UUID, customer_id: UUID, staff_id: UUID) -> int:
    """Return how many cases of a customer that are not closed somebody works on."""
    count: int = await tx.fetch_value(
        "SELECT count(*) FROM cases_case WHERE tenant_id = $1 AND customer_id = $2 AND assignee_id = $3 "
        "AND closed_at IS NULL",
        tenant_id,
        customer_id,
        staff_id,
    )
    return count
