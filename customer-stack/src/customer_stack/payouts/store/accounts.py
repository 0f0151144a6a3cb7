"""Queries of customers' accounts and of departments' terms."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from customer_stack.payouts.domain.payouts import Terms
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class SealedAccount:
    """An account as it is stored."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    number_sealed: bytes = field(repr=False)
    holder_sealed: bytes = field(repr=False)
    number_index: bytes = field(repr=False)
    added_at: datetime


_LIVE = (
    "SELECT a.id, a.tenant_id, a.customer_id, a.number_sealed, a.holder_sealed, a.number_index, a.added_at "
    "FROM payout_account a WHERE a.customer_id = $1 "
    "AND NOT EXISTS (SELECT FROM payout_account_removal r WHERE r.account_id = a.id)"
)


async def insert_account(tx: Transaction, account: SealedAccount) -> None:
    """Keep an account."""
    await tx.execute(
        "INSERT INTO payout_account (id, tenant_id, customer_id, number_sealed, holder_sealed, number_index, "
        "added_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        account.id,
        account.tenant_id,
        account.customer_id,
        account.number_sealed,
        account.holder_sealed,
        account.number_index,
        account.added_at,
    )


async def insert_removal(tx: Transaction, account: SealedAccount, now: datetime) -> None:
    """Say that a customer does not use an account any more."""
    await tx.execute(
        "INSERT INTO payout_account_removal (tenant_id, account_id, removed_at) VALUES ($1, $2, $3)",
        account.tenant_id,
        account.id,
        now,
    )


async def load_accounts(
    tx: Transaction, customer_id: UUID, before: UUID | None, limit: int
) -> tuple[SealedAccount, ...]:
    """Return a customer's accounts that were not removed, newest first, below an id."""
    rows = await tx.fetch(
        f"{_LIVE} AND ($2::uuid IS NULL OR a.id < $2) ORDER BY a.id DESC LIMIT $3", customer_id, before, limit
    )
    return tuple(SealedAccount(**dict(row)) for row in rows)


async def load_account(tx: Transaction, customer_id: UUID, account_id: UUID) -> SealedAccount | None:
    """Return one of a customer's accounts, unless it was removed."""
    row = await tx.fetch_row(f"{_LIVE} AND a.id = $2", customer_id, account_id)
    return None if row is None else SealedAccount(**dict(row))


async def load_terms(tx: Transaction, department_id: UUID) -> Terms | None:
    """Return the terms of a department that stand."""
    row = await tx.fetch_row(
        "SELECT version, fee, minimum_amount, maximum_amount, is_fee_returned FROM payout_terms "
        "WHERE department_id = $1 ORDER BY version DESC LIMIT 1",
        department_id,
    )
    return None if row is None else Terms(**dict(row))


async def insert_terms(
    tx: Transaction, tenant_id: UUID, department_id: UUID, terms: Terms, now: datetime
) -> None:
    """Keep new terms of a department."""
    await tx.execute(
        "INSERT INTO payout_terms (tenant_id, department_id, version, fee, minimum_amount, maximum_amount, "
        "is_fee_returned, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant_id,
        department_id,
        terms.version,
        terms.fee,
        terms.minimum_amount,
        terms.maximum_amount,
        terms.is_fee_returned,
        now,
    )
