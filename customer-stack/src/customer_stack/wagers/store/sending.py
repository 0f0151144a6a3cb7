"""Accounts to register, wagers to send, cancels to ask for."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from customer_stack.boundary_client.domain import Account, Reason
from customer_stack.wagers.domain.reports import Wager
from customer_stack.wagers.domain.states import State
from customer_stack.wagers.store.rows import COLUMNS, to_wager
from shared.database import Transaction
from shared.errors import invariant

_CLAIM: Final = f"""
WITH due AS (
    SELECT o.id, o.state AS before FROM wager_order o JOIN wager_account a USING (customer_id)
    WHERE a.registered_at IS NOT NULL AND o.to_send AND (o.state = 'pending' OR o.next_attempt_at <= $1)
    ORDER BY o.id LIMIT $2
    FOR NO KEY UPDATE OF o SKIP LOCKED
), claimed AS (
    UPDATE wager_order o SET state = 'dispatched', attempts = o.attempts + 1, next_attempt_at = $3,
           changed_at = CASE WHEN due.before = 'pending' THEN $1 ELSE o.changed_at END
    FROM due WHERE o.id = due.id RETURNING o.*, due.before
)
SELECT {COLUMNS}, o.attempts, o.before = 'pending' AS is_first
FROM claimed o JOIN wager_account a USING (customer_id) ORDER BY o.id
"""

_SET_RECEIVED: Final = """
WITH sent AS (
    SELECT id FROM wager_order WHERE id = ANY($1::uuid[]) AND state = 'dispatched'
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE wager_order o SET state = 'submitted', changed_at = $2
FROM sent WHERE o.id = sent.id AND o.state = 'dispatched' RETURNING o.id
"""


async def insert_account(tx: Transaction, account: Account, customer_id: UUID) -> bool:
    """Keep a customer's reference as one to register; False when it is known."""
    row = await tx.fetch_row(
        "INSERT INTO wager_account (tenant_id, account_id, customer_id) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING RETURNING 1",
        account.tenant_id,
        account.account_id,
        customer_id,
    )
    return row is not None


async def load_unregistered(tx: Transaction, limit: int) -> list[Account]:
    """Return accounts that execution does not know yet."""
    rows = await tx.fetch(
        "SELECT account_id, tenant_id FROM wager_account WHERE registered_at IS NULL "
        "ORDER BY account_id LIMIT $1",
        limit,
    )
    return [Account(row["account_id"], row["tenant_id"]) for row in rows]


async def set_registered(tx: Transaction, account_ids: Iterable[UUID], at: datetime) -> list[Account]:
    """Mark accounts as registered; returns those that were not."""
    rows = await tx.fetch(
        "UPDATE wager_account SET registered_at = $2 "
        "WHERE account_id = ANY($1::uuid[]) AND registered_at IS NULL RETURNING account_id, tenant_id",
        sorted(account_ids),
        at,
    )
    return [Account(row["account_id"], row["tenant_id"]) for row in rows]


async def claim(
    tx: Transaction, now: datetime, limit: int, retry_after: timedelta
) -> list[tuple[Wager, int, bool]]:
    """Take pending wagers, and sent ones whose answer is overdue: (wager, attempt, first time)."""
    rows = await tx.fetch(_CLAIM, now, limit, now + retry_after)
    return [(to_wager(row), row["attempts"], row["is_first"]) for row in rows]


async def load_submitted(tx: Transaction, after: UUID | None, limit: int) -> list[Wager]:
    """Return wagers that execution took and that have not ended, in id order, one page."""
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM wager_order o JOIN wager_account a USING (customer_id) "
        "WHERE o.state = 'submitted' AND ($1::uuid IS NULL OR o.id > $1) ORDER BY o.id LIMIT $2",
        after,
        limit,
    )
    return [to_wager(row) for row in rows]


async def postpone(tx: Transaction, until: dict[UUID, datetime]) -> None:
    """Set when sent wagers without an answer are sent again."""
    wager_ids = sorted(until)
    await tx.execute(
        "UPDATE wager_order o SET next_attempt_at = w.at "
        "FROM unnest($1::uuid[], $2::timestamptz[]) AS w (id, at) "
        "WHERE o.id = w.id AND o.state = 'dispatched'",
        wager_ids,
        [until[wager_id] for wager_id in wager_ids],
    )


async def set_received(tx: Transaction, wager_ids: Sequence[UUID], at: datetime) -> list[UUID]:
    """Move sent wagers that execution took; returns which. The others' answers a report has overtaken."""
    moved = await tx.fetch(_SET_RECEIVED, sorted(wager_ids), at)
    return sorted(row["id"] for row in moved)


async def set_states(
    tx: Transaction, changes: Sequence[tuple[UUID, State, State, Reason | None]], at: datetime
) -> None:
    """Move wagers (id, before, after, refusal). Every one must still stand where it was read."""
    rows = await tx.fetch(
        "UPDATE wager_order o SET state = w.after, refusal = w.refusal, changed_at = $5 "
        "FROM unnest($1::uuid[], $2::wager_state[], $3::wager_state[], $4::wager_refusal[]) "
        "AS w (id, before, after, refusal) "
        "WHERE o.id = w.id AND o.state = w.before RETURNING 1",
        [change[0] for change in changes],
        [change[1] for change in changes],
        [change[2] for change in changes],
        [change[3] for change in changes],
        at,
    )
    invariant(len(rows) == len(changes), "a wager moved while its book was locked")


async def request_cancel(tx: Transaction, wager_id: UUID, at: datetime) -> bool:
    """Note the wish to cancel; False when it was noted before."""
    row = await tx.fetch_row(
        "UPDATE wager_order SET cancel_requested_at = $2 "
        "WHERE id = $1 AND cancel_requested_at IS NULL RETURNING 1",
        wager_id,
        at,
    )
    return row is not None


async def set_withdrawn(tx: Transaction, wager_ids: Sequence[UUID], at: datetime) -> None:
    """Note that what was never sent was taken back: nobody has to be asked."""
    await tx.execute(
        "UPDATE wager_order SET cancel_requested_at = $2, cancel_answered_at = $2 WHERE id = ANY($1::uuid[])",
        sorted(wager_ids),
        at,
    )


async def measure_to_send(tx: Transaction, most: int) -> tuple[int, datetime | None]:
    """Return how many wagers execution has not taken yet, at most `most`, and since when the oldest waits."""
    row = await tx.fetch_row(
        "SELECT count(*) AS waiting, min(changed_at) AS since "
        "FROM (SELECT changed_at FROM wager_order WHERE to_send ORDER BY id LIMIT $1) AS oldest",
        most,
    )
    return (0, None) if row is None else (row["waiting"], row["since"])


async def load_cancels(tx: Transaction, limit: int) -> list[UUID]:
    """Return open wagers whose cancel has not been answered."""
    rows = await tx.fetch(
        "SELECT id FROM wager_order WHERE cancel_requested_at IS NOT NULL AND cancel_answered_at IS NULL "
        "AND state IN ('dispatched', 'submitted') ORDER BY id LIMIT $1",
        limit,
    )
    return [row["id"] for row in rows]


async def set_cancels_answered(tx: Transaction, wager_ids: Sequence[UUID], at: datetime) -> None:
    """Note that execution has answered cancels; what became of the wagers comes as reports."""
    await tx.execute(
        "UPDATE wager_order SET cancel_answered_at = $2 "
        "WHERE id = ANY($1::uuid[]) AND cancel_answered_at IS NULL",
        sorted(wager_ids),
        at,
    )
