"""Every query of webhooks, on the transaction it is given."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from customer_stack.webhooks.domain import Envelope, Message, State
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What is kept of a message."""

    id: UUID
    envelope: Envelope
    body_sealed: bytes = field(repr=False)
    digest: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """A message to handle now; `attempts` counts this one."""

    message_id: UUID
    provider: str
    event_id: str
    kind: str
    body_sealed: bytes = field(repr=False)
    attempts: int


_MESSAGE = (
    "SELECT m.id, m.provider, m.event_id, m.kind, m.received_at, coalesce(t.state::text, 'done') AS state, "
    "a.tried AS attempts, a.problem FROM webhook_message m "
    "LEFT JOIN webhook_task t ON t.message_id = m.id "
    "CROSS JOIN LATERAL (SELECT count(*)::integer AS tried, "
    " (array_agg(problem ORDER BY number DESC))[1] AS problem "
    " FROM webhook_attempt WHERE message_id = m.id) a"
)


async def insert_message(tx: Transaction, message: NewMessage) -> bool:
    """Keep a message and the wish to handle it; False when the event was taken before."""
    kept = await tx.fetch_value(
        "WITH kept AS (INSERT INTO webhook_message "
        " (id, provider, event_id, kind, body_sealed, body_digest, received_at) "
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT ON CONSTRAINT webhook_message_once DO NOTHING "
        " RETURNING id, received_at) "
        "INSERT INTO webhook_task (message_id, state, attempts, due_at) "
        "SELECT id, 'waiting', 0, received_at FROM kept RETURNING true",
        message.id,
        message.envelope.provider,
        message.envelope.event_id,
        message.envelope.kind,
        message.body_sealed,
        message.digest,
        message.received_at,
    )
    return bool(kept)


async def load_digest(tx: Transaction, provider: str, event_id: str) -> bytes | None:
    """Return the digest of the bytes that brought an event."""
    digest: bytes | None = await tx.fetch_value(
        "SELECT body_digest FROM webhook_message WHERE provider = $1 AND event_id = $2", provider, event_id
    )
    return digest


async def take_tasks(tx: Transaction, now: datetime, leased_until: datetime, limit: int) -> tuple[Task, ...]:
    """Return messages that are due, oldest first, leased so that no other worker takes them meanwhile."""
    rows = await tx.fetch(
        "WITH due AS (SELECT message_id FROM webhook_task WHERE state = 'waiting' AND due_at <= $1 "
        " ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED), "
        "taken AS (UPDATE webhook_task t SET attempts = t.attempts + 1, due_at = $2 FROM due "
        " WHERE t.message_id = due.message_id RETURNING t.message_id, t.attempts) "
        "SELECT m.id AS message_id, m.provider, m.event_id, m.kind, m.body_sealed, taken.attempts "
        "FROM taken JOIN webhook_message m ON m.id = taken.message_id ORDER BY m.id",
        now,
        leased_until,
        limit,
    )
    return tuple(Task(**dict(row)) for row in rows)


async def finish(tx: Transaction, message_id: UUID, now: datetime) -> None:
    """Say that a message was handled."""
    await tx.execute("DELETE FROM webhook_task WHERE message_id = $1", message_id)
    await tx.execute(
        "INSERT INTO webhook_attempt (message_id, outcome, ended_at) VALUES ($1, 'done', $2)", message_id, now
    )


async def record_failure(
    tx: Transaction, message_id: UUID, problem: str, now: datetime, due_at: datetime | None
) -> None:
    """Say that handling failed; without another moment to try, the message is held."""
    await tx.execute(
        "UPDATE webhook_task SET state = $2::webhook_task_state, due_at = coalesce($3, due_at) "
        "WHERE message_id = $1",
        message_id,
        State.HELD if due_at is None else State.WAITING,
        due_at,
    )
    await tx.execute(
        "INSERT INTO webhook_attempt (message_id, outcome, problem, ended_at) VALUES ($1, 'failed', $2, $3)",
        message_id,
        problem,
        now,
    )


async def renew(tx: Transaction, message_id: UUID, now: datetime) -> None:
    """Give a message new attempts, whether it is done, held or waiting."""
    await tx.execute(
        "INSERT INTO webhook_task AS t (message_id, state, attempts, due_at) VALUES ($1, 'waiting', 0, $2) "
        "ON CONFLICT ON CONSTRAINT webhook_task_pk "
        "DO UPDATE SET state = 'waiting', attempts = 0, due_at = $2",
        message_id,
        now,
    )


async def load_message(tx: Transaction, message_id: UUID) -> Message | None:
    """Return a message and how far it is."""
    row = await tx.fetch_row(f"{_MESSAGE} WHERE m.id = $1", message_id)
    return None if row is None else Message(**{**dict(row), "state": State(row["state"])})


async def load_messages(
    tx: Transaction, state: State | None, before: UUID | None, limit: int
) -> tuple[Message, ...]:
    """Return messages, newest first, below an id; `state` None: all."""
    rows = await tx.fetch(
        f"{_MESSAGE} WHERE ($1::uuid IS NULL OR m.id < $1) "
        "AND ($2::text IS NULL OR coalesce(t.state::text, 'done') = $2) ORDER BY m.id DESC LIMIT $3",
        before,
        state,
        limit,
    )
    return tuple(Message(**{**dict(row), "state": State(row["state"])}) for row in rows)
