"""Every query on customers' sessions."""

from datetime import datetime
from uuid import UUID

from customer_stack.customers.domain import CustomerAccount
from customer_stack.edge.principals import CustomerPrincipal
from shared.database import Transaction


async def insert_session(
    tx: Transaction,
    account: CustomerAccount,
    session_id: UUID,
    token_hash: bytes,
    started_at: datetime,
    expires_at: datetime,
    device_id: UUID | None,
) -> None:
    """Keep a new session."""
    await tx.execute(
        "INSERT INTO customer_session (tenant_id, id, customer_id, token_hash, started_at, expires_at, "
        "device_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        account.tenant_id,
        session_id,
        account.id,
        token_hash,
        started_at,
        expires_at,
        device_id,
    )


async def find_session(tx: Transaction, token_hash: bytes, now: datetime) -> CustomerPrincipal | None:
    """Return who holds a live session."""
    row = await tx.fetch_row(
        "SELECT s.id, a.id AS customer_id, a.tenant_id, a.department_id, s.device_id "
        "FROM customer_session s JOIN customer_account a ON a.id = s.customer_id "
        "WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND a.status <> 'closed'",
        token_hash,
        now,
    )
    return None if row is None else CustomerPrincipal(*row)


async def load_began(tx: Transaction, session_id: UUID) -> datetime | None:
    """Return when a session began."""
    began: datetime | None = await tx.fetch_value(
        "SELECT started_at FROM customer_session WHERE id = $1", session_id
    )
    return began


async def end_session(tx: Transaction, session_id: UUID, now: datetime) -> None:
    """End a session now."""
    await tx.execute(
        "UPDATE customer_session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", session_id, now
    )


async def end_sessions_of(tx: Transaction, customer_id: UUID, now: datetime) -> None:
    """End all sessions of a customer now."""
    await tx.execute(
        "UPDATE customer_session SET ended_at = $2 WHERE customer_id = $1 AND ended_at IS NULL",
        customer_id,
        now,
    )
