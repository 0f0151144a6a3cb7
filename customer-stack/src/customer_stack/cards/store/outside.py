"""Queries of cards for those who report them: what was charged and given back in a span of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class CardMovement:
    """A capture, by the id of its charge, or a refund. `amount` in LKR cents; `reversed_at`: charged back."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    provider: str
    reference: str
    amount: int
    at: datetime
    reversed_at: datetime | None


_CAPTURES = (
    "SELECT c.charge_id AS id, c.tenant_id, h.customer_id, c.provider, c.reference, c.amount, c.at, "
    "b.reversed_at FROM cards_capture c JOIN cards_charge h ON h.id = c.charge_id LEFT JOIN LATERAL ("
    " SELECT max(k.at) AS reversed_at FROM cards_chargeback k WHERE k.charge_id = c.charge_id "
    " AND NOT EXISTS (SELECT FROM cards_chargeback_won w WHERE w.chargeback = k.id) "
    " HAVING sum(k.amount) >= c.amount) b ON true"
)
_REFUNDS = (
    "SELECT r.id, r.tenant_id, r.customer_id, h.provider, e.reference, r.amount, e.at, "
    "NULL::timestamptz AS reversed_at FROM cards_refund_end e JOIN cards_refund r ON r.id = e.refund_id "
    "JOIN cards_charge h ON h.id = r.charge_id"
)


async def load_captured(
    tx: Transaction,
    tenant_id: UUID,
    begins_at: datetime,
    ends_at: datetime,
    least: int,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[CardMovement, ...]:
    """Return captures of at least `least` LKR cents made from a moment up to another, oldest first."""
    rows = await tx.fetch(
        f"{_CAPTURES} WHERE c.tenant_id = $1 AND c.at >= $2 AND c.at < $3 AND c.amount >= $4 "
        "AND ($5::timestamptz IS NULL OR (c.at, c.charge_id) > ($5, $6::uuid)) "
        "ORDER BY c.at, c.charge_id LIMIT $7",
        tenant_id,
        begins_at,
        ends_at,
        least,
        None if after is None else after[0],
        None if after is None else after[1],
        limit,
    )
    return tuple(_read(row) for row in rows)


async def load_refunded(
    tx: Transaction,
    tenant_id: UUID,
    begins_at: datetime,
    ends_at: datetime,
    least: int,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[CardMovement, ...]:
    """Return refunds of at least `least` LKR cents that ended in a span, oldest first."""
    rows = await tx.fetch(
        f"{_REFUNDS} WHERE e.outcome = 'refunded' AND e.tenant_id = $1 AND e.at >= $2 AND e.at < $3 "
        "AND r.amount >= $4 AND ($5::timestamptz IS NULL OR (e.at, e.refund_id) > ($5, $6::uuid)) "
        "ORDER BY e.at, e.refund_id LIMIT $7",
        tenant_id,
        begins_at,
        ends_at,
        least,
        None if after is None else after[0],
        None if after is None else after[1],
        limit,
    )
    return tuple(_read(row) for row in rows)


async def load_captures(tx: Transaction, charge_ids: Sequence[UUID]) -> tuple[CardMovement, ...]:
    """Return captures by the ids of their charges."""
    rows = await tx.fetch(f"{_CAPTURES} WHERE c.charge_id = ANY($1::uuid[])", list(charge_ids))
    return tuple(_read(row) for row in rows)


async def load_refunds(tx: Transaction, refund_ids: Sequence[UUID]) -> tuple[CardMovement, ...]:
    """Return refunds that were made, by their ids."""
    rows = await tx.fetch(
        f"{_REFUNDS} WHERE e.outcome = 'refunded' AND e.refund_id = ANY($1::uuid[])", list(refund_ids)
    )
    return tuple(_read(row) for row in rows)


def _read(row: asyncpg.Record) -> CardMovement:
    return CardMovement(**dict(row))
