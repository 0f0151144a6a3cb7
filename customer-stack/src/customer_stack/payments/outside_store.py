"""Queries of pay-ins for those who report them: settled in a span of time, whose, and taken back when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from customer_stack.payments.domain import PayIn
from customer_stack.payments.store import read_pay_in
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class Receipt:
    """A pay-in, whose it is now, and when it went back to its payer. `owner_id` None: nobody's yet."""

    pay_in: PayIn
    owner_id: UUID | None
    reversed_at: datetime | None


_RECEIPTS = (
    "SELECT p.*, coalesce(p.customer_id, CASE WHEN s.proposal_id IS NOT NULL THEN o.customer_id END) "
    "AS owner_id, coalesce(r.reversed_at, CASE WHEN o.way = 'return' THEN s.resolved_at END) AS reversed_at "
    "FROM payment_pay_in p "
    "LEFT JOIN payment_pay_in_reversal r ON r.pay_in_id = p.id "
    "LEFT JOIN payment_suspense_claim c ON c.pay_in_id = p.id "
    "LEFT JOIN payment_suspense_proposal o ON o.id = c.proposal_id "
    "LEFT JOIN payment_suspense_resolution s ON s.proposal_id = o.id"
)


async def load_settled(
    tx: Transaction,
    tenant_id: UUID,
    begins_at: datetime,
    ends_at: datetime,
    least: int,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[Receipt, ...]:
    """Return receipts of at least `least` LKR cents settled from a moment up to another, oldest first."""
    rows = await tx.fetch(
        f"{_RECEIPTS} WHERE p.tenant_id = $1 AND p.decided_at >= $2 AND p.decided_at < $3 "
        "AND p.amount >= $4 AND ($5::timestamptz IS NULL OR (p.decided_at, p.id) > ($5, $6::uuid)) "
        "ORDER BY p.decided_at, p.id LIMIT $7",
        tenant_id,
        begins_at,
        ends_at,
        least,
        None if after is None else after[0],
        None if after is None else after[1],
        limit,
    )
    return tuple(_read(row) for row in rows)


async def load_by_ids(tx: Transaction, pay_in_ids: Sequence[UUID]) -> tuple[Receipt, ...]:
    """Return receipts by their ids."""
    rows = await tx.fetch(f"{_RECEIPTS} WHERE p.id = ANY($1::uuid[])", list(pay_in_ids))
    return tuple(_read(row) for row in rows)


async def load_payers(tx: Transaction, pay_in_ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, bytes]]:
    """Return pay-in id -> the event that brought it, and the payer's account that it told, sealed."""
    rows = await tx.fetch(
        "SELECT p.id, e.id AS event, e.payer_account_sealed FROM payment_pay_in p JOIN payment_bank_event e "
        "ON e.provider = p.provider AND e.event_id = p.event_id WHERE p.id = ANY($1::uuid[])",
        list(pay_in_ids),
    )
    return {row["id"]: (row["event"], row["payer_account_sealed"]) for row in rows}


def _read(row: asyncpg.Record) -> Receipt:
    return Receipt(read_pay_in(row), row["owner_id"], row["reversed_at"])
