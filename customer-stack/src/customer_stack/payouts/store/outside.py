"""Queries of payouts for those who report them: what was paid in a span of time, and what came back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class PaidOut:
    """A payout of a customer that the bank carried out. `amount` in LKR cents.

    What goes back out of suspense is none: it undoes a pay-in that was never anybody's.
    """

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    account_id: UUID | None
    provider: str
    bank_reference: str
    amount: int
    resolved_at: datetime
    returned_at: datetime | None
    destination_sealed: bytes = field(repr=False)


_PAID = (
    "SELECT p.id, p.tenant_id, p.customer_id, p.account_id, r.provider, r.bank_reference, p.amount, "
    "r.resolved_at, b.returned_at, p.destination_sealed FROM payout_resolution r "
    "JOIN payout_order p ON p.id = r.payout_id LEFT JOIN payout_return b ON b.payout_id = p.id "
    "WHERE r.outcome = 'paid' AND p.purpose <> 'suspense_return'"
)


async def load_paid(
    tx: Transaction,
    tenant_id: UUID,
    begins_at: datetime,
    ends_at: datetime,
    least: int,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[PaidOut, ...]:
    """Return payouts of at least `least` LKR cents paid from a moment up to another, oldest first."""
    rows = await tx.fetch(
        f"{_PAID} AND r.tenant_id = $1 AND r.resolved_at >= $2 AND r.resolved_at < $3 AND p.amount >= $4 "
        "AND ($5::timestamptz IS NULL OR (r.resolved_at, r.payout_id) > ($5, $6::uuid)) "
        "ORDER BY r.resolved_at, r.payout_id LIMIT $7",
        tenant_id,
        begins_at,
        ends_at,
        least,
        None if after is None else after[0],
        None if after is None else after[1],
        limit,
    )
    return tuple(_read(row) for row in rows)


async def load_by_ids(tx: Transaction, payout_ids: Sequence[UUID]) -> tuple[PaidOut, ...]:
    """Return paid payouts by their ids."""
    rows = await tx.fetch(f"{_PAID} AND r.payout_id = ANY($1::uuid[])", list(payout_ids))
    return tuple(_read(row) for row in rows)


async def load_holders(tx: Transaction, account_ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """Return account id -> its holder, sealed; also of accounts that were removed."""
    rows = await tx.fetch(
        "SELECT id, holder_sealed FROM payout_account WHERE id = ANY($1::uuid[])", list(account_ids)
    )
    return {row["id"]: row["holder_sealed"] for row in rows}


def _read(row: asyncpg.Record) -> PaidOut:
    return PaidOut(**dict(row))
