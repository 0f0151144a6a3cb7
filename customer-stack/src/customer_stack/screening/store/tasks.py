"""Queries on who waits to be screened."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from customer_stack.screening.domain.alerts import Subject
from customer_stack.screening.domain.tasks import Reason, Task
from shared.database import Transaction

_COLUMNS = (
    "tenant_id, customer_id, business_id, reason, revision, asked_at, due_at, attempts, problem, subject_id"
)


async def ask(tx: Transaction, subjects: Sequence[Subject], reason: Reason, now: datetime) -> None:
    """Let subjects wait to be screened; who waits already is screened anew after this."""
    await tx.execute(
        "INSERT INTO screening_task "
        "(tenant_id, subject_id, customer_id, business_id, reason, asked_at, due_at) "
        "SELECT s.tenant, coalesce(s.business, s.customer), s.customer, s.business, "
        "$4::screening_task_reason, $5, $5 "
        "FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS s (tenant, customer, business) "
        "ON CONFLICT (subject_id) DO UPDATE SET revision = screening_task.revision + 1, "
        "reason = excluded.reason, due_at = excluded.due_at, attempts = 0, problem = NULL",
        [subject.tenant_id for subject in subjects],
        [subject.customer_id for subject in subjects],
        [subject.business_id for subject in subjects],
        reason.value,
        now,
    )


async def take_due(tx: Transaction, now: datetime, until: datetime, limit: int) -> list[Task]:
    """Take those whose turn it is; nobody else takes them before `until`."""
    rows = await tx.fetch(
        "UPDATE screening_task t SET due_at = $2, attempts = attempts + 1 FROM ("
        "SELECT subject_id FROM screening_task WHERE due_at <= $1 ORDER BY due_at LIMIT $3 "
        "FOR UPDATE SKIP LOCKED) due WHERE t.subject_id = due.subject_id "
        f"RETURNING {', '.join(f't.{name.strip()}' for name in _COLUMNS.split(','))}",
        now,
        until,
        limit,
    )
    return [_read(row) for row in rows]


async def finish(tx: Transaction, task: Task) -> None:
    """Let a subject wait no more, unless they were asked for again meanwhile."""
    await tx.execute(
        "DELETE FROM screening_task WHERE subject_id = $1 AND revision = $2", task.subject.id, task.revision
    )


async def postpone(tx: Transaction, task: Task, due_at: datetime, problem: str) -> None:
    """Say what went wrong, and when to try again."""
    await tx.execute(
        "UPDATE screening_task SET due_at = $3, problem = $4 WHERE subject_id = $1 AND revision = $2",
        task.subject.id,
        task.revision,
        due_at,
        problem,
    )


async def is_waiting(tx: Transaction, subject_id: UUID) -> bool:
    """Tell whether a subject waits to be screened."""
    found = await tx.fetch_value("SELECT true FROM screening_task WHERE subject_id = $1", subject_id)
    return bool(found)


async def load_failing(tx: Transaction, tenant_id: UUID, after: UUID | None, limit: int) -> list[Task]:
    """Return those whose screening went wrong and is tried again, by id."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM screening_task WHERE tenant_id = $1 AND problem IS NOT NULL "
        "AND ($2::uuid IS NULL OR subject_id > $2) ORDER BY subject_id LIMIT $3",
        tenant_id,
        after,
        limit,
    )
    return [_read(row) for row in rows]


async def count(tx: Transaction) -> tuple[int, int]:
    """Return how many wait, and of how many of them something went wrong."""
    row = await tx.fetch_row("SELECT count(*), count(problem) FROM screening_task")
    return (0, 0) if row is None else (row[0], row[1])


def _read(row: Any) -> Task:
    return Task(Subject(*row[:3]), Reason(row[3]), *row[4:9])
