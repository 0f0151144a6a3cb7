"""Every query of accounts and tenants."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from execution_stack.accounts.domain import Registration
from shared.database import Transaction


async def insert_tenants(tx: Transaction, tenants: Sequence[UUID], at: datetime) -> None:
    """Add tenants that are not known yet."""
    await tx.execute(
        "INSERT INTO account_tenant (id, opened_at) SELECT t.id, $2 FROM unnest($1::uuid[]) AS t (id) "
        "ORDER BY 1 ON CONFLICT DO NOTHING",
        tenants,
        at,
    )


async def insert_recipient(
    tx: Transaction, tenants: Sequence[UUID], recipient_id: UUID, at: datetime
) -> None:
    """Give tenants that have none a recipient."""
    await tx.execute(
        "INSERT INTO account_recipient (id, recipient_id, registered_at) "
        "SELECT t.id, $2, $3 FROM unnest($1::uuid[]) AS t (id) ORDER BY 1 ON CONFLICT DO NOTHING",
        tenants,
        recipient_id,
        at,
    )


async def load_recipients(tx: Transaction, tenants: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return tenant -> recipient of those tenants that have one."""
    rows = await tx.fetch(
        "SELECT id, recipient_id FROM account_recipient WHERE id = ANY($1::uuid[])", tenants
    )
    return {row["id"]: row["recipient_id"] for row in rows}


async def list_tenants(tx: Transaction) -> list[UUID]:
    """Return all tenants."""
    return [row["id"] for row in await tx.fetch("SELECT id FROM account_tenant ORDER BY id")]


async def list_tenants_of(tx: Transaction, recipient_id: UUID) -> list[UUID]:
    """Return the tenants of one recipient."""
    rows = await tx.fetch(
        "SELECT id FROM account_recipient WHERE recipient_id = $1 ORDER BY id", recipient_id
    )
    return [row["id"] for row in rows]


async def insert_accounts(tx: Transaction, registrations: Sequence[Registration], at: datetime) -> int:
    """Add accounts that are not known yet; return how many were."""
    rows = await tx.fetch(
        "INSERT INTO account_reference (account, tenant_id, registered_at) "
        "SELECT r.account, r.tenant_id, $3 FROM unnest($1::uuid[], $2::uuid[]) AS r (account, tenant_id) "
        "ORDER BY 1 ON CONFLICT DO NOTHING RETURNING account",
        [registration.account for registration in registrations],
        [registration.tenant_id for registration in registrations],
        at,
    )
    return len(rows)


async def load_tenants(tx: Transaction, accounts: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return account -> tenant of those accounts that are known to the transaction's tenants."""
    rows = await tx.fetch(
        "SELECT account, tenant_id FROM account_reference WHERE account = ANY($1::uuid[])", accounts
    )
    return {row["account"]: row["tenant_id"] for row in rows}


async def list_after(tx: Transaction, after: UUID | None, limit: int) -> list[UUID]:
    """Return accounts of the transaction's tenants in id order."""
    rows = await tx.fetch(
        "SELECT account FROM account_reference WHERE $1::uuid IS NULL OR account > $1 "
        "ORDER BY account LIMIT $2",
        after,
        limit,
    )
    return [row["account"] for row in rows]
