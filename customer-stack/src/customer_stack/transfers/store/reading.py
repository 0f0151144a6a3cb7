"""Queries of customers and staff: orders, QR codes, terms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.transfers.domain.orders import (
    Direction,
    IssuedCode,
    Order,
    OrderKind,
    OrderState,
    Terms,
)
from shared.database import Transaction
from shared.money import Currency

_COLUMNS: Final = (
    "o.id, o.tenant_id, o.sender_id, o.recipient_id, o.kind, o.currency, "
    "coalesce(i.give_amount, o.amount) AS amount, o.made_at AS at, o.qr_code_id, o.is_single_use, "
    "o.note_sealed, EXISTS (SELECT FROM ledger_transfer t JOIN ledger_transfer r ON r.book_id = t.book_id "
    "AND r.reverses = t.id WHERE t.movement_id = coalesce(i.movement_id, o.id) AND t.book_id = o.sender_id) "
    "AS is_reversed, 'made' AS state"
)
# What waits, or ended without being made, is its sender's alone; what was released is an order like others.
_UNMADE: Final = (
    "SELECT h.id, h.tenant_id, h.sender_id, h.recipient_id, h.kind, h.currency, h.amount, h.asked_at AS at, "
    "h.qr_code_id, h.is_single_use, h.note_sealed, false AS is_reversed, "
    "coalesce(e.outcome::text, 'held') AS state "
    "FROM transfer_held h LEFT JOIN transfer_held_end e ON e.transfer_id = h.id "
    "WHERE h.sender_id = $1 AND e.outcome IS DISTINCT FROM 'released'"
)
# What staff corrected is shown as it stands now: the newest version of the deal that ever stood.
_ORDERS: Final = (
    "transfer_order o LEFT JOIN LATERAL (SELECT v.give_amount, v.movement_id FROM ledger_item v "
    "WHERE v.book_id = o.sender_id AND v.deal_id = o.id AND v.activated_at IS NOT NULL "
    "ORDER BY v.version DESC LIMIT 1) i ON true"
)
# Each half walks its own index, so that a page costs what it shows however long the history is.
_PAGE: Final = f"""
SELECT every.*, c.code FROM (
    (SELECT {_COLUMNS} FROM {_ORDERS} WHERE o.sender_id = $1 AND ($2::uuid IS NULL OR o.id < $2)
     ORDER BY o.id DESC LIMIT $3)
    UNION ALL
    (SELECT {_COLUMNS} FROM {_ORDERS} WHERE o.recipient_id = $1 AND ($2::uuid IS NULL OR o.id < $2)
     ORDER BY o.id DESC LIMIT $3)
    UNION ALL
    ({_UNMADE} AND ($2::uuid IS NULL OR h.id < $2) ORDER BY h.id DESC LIMIT $3)
) every LEFT JOIN transfer_account_code c
  ON c.customer_id = CASE WHEN every.sender_id = $1 THEN every.recipient_id ELSE every.sender_id END
ORDER BY every.id DESC LIMIT $3
"""
_ONE: Final = f"""
SELECT one.*, c.code FROM (
    SELECT {_COLUMNS} FROM {_ORDERS} WHERE o.id = $2 AND $1 IN (o.sender_id, o.recipient_id)
    UNION ALL
    {_UNMADE} AND h.id = $2
) one LEFT JOIN transfer_account_code c
  ON c.customer_id = CASE WHEN one.sender_id = $1 THEN one.recipient_id ELSE one.sender_id END
"""


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An order of a customer as it lies in the database: the note is sealed."""

    order: Order
    direction: Direction
    counterparty: str
    note_sealed: bytes | None
    is_reversed: bool
    state: OrderState


async def load_page(tx: Transaction, customer_id: UUID, before: UUID | None, limit: int) -> list[StoredOrder]:
    """Return what a customer sent and received below an id, newest first."""
    return [_stored(row, customer_id) for row in await tx.fetch(_PAGE, customer_id, before, limit)]


async def load_one(tx: Transaction, customer_id: UUID, order_id: UUID) -> StoredOrder | None:
    """Return one order that a customer sent or received."""
    row = await tx.fetch_row(_ONE, customer_id, order_id)
    return None if row is None else _stored(row, customer_id)


def _stored(row: asyncpg.Record, customer_id: UUID) -> StoredOrder:
    order = Order(
        id=row["id"],
        tenant_id=row["tenant_id"],
        sender_id=row["sender_id"],
        recipient_id=row["recipient_id"],
        kind=OrderKind(row["kind"]),
        currency=Currency(row["currency"]),
        amount=row["amount"],
        at=row["at"],
        qr_code_id=row["qr_code_id"],
        is_single_use=row["is_single_use"],
    )
    direction = Direction.SENT if order.sender_id == customer_id else Direction.RECEIVED
    return StoredOrder(
        order, direction, row["code"], row["note_sealed"], row["is_reversed"], OrderState(row["state"])
    )


async def insert_qr_code(tx: Transaction, code: IssuedCode, payload_sealed: bytes) -> None:
    """Keep a QR code."""
    await tx.execute(
        "INSERT INTO transfer_qr_code (tenant_id, id, merchant_id, amount, is_single_use, payload_sealed, "
        "payload_digest, issued_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        code.tenant_id,
        code.id,
        code.merchant_id,
        code.amount,
        code.is_single_use,
        payload_sealed,
        code.payload_digest,
        code.issued_at,
    )


async def load_qr_codes(
    tx: Transaction, merchant_id: UUID, before: UUID | None, limit: int
) -> list[tuple[IssuedCode, bytes]]:
    """Return a merchant's QR codes below an id, newest first, with their sealed payloads."""
    rows = await tx.fetch(
        f"SELECT {_QR_COLUMNS} FROM transfer_qr_code c WHERE c.merchant_id = $1 "
        "AND ($2::uuid IS NULL OR c.id < $2) ORDER BY c.id DESC LIMIT $3",
        merchant_id,
        before,
        limit,
    )
    return [_issued(row) for row in rows]


async def load_qr_code(tx: Transaction, merchant_id: UUID, code_id: UUID) -> tuple[IssuedCode, bytes] | None:
    """Return one of a merchant's QR codes with its sealed payload."""
    row = await tx.fetch_row(
        f"SELECT {_QR_COLUMNS} FROM transfer_qr_code c WHERE c.merchant_id = $1 AND c.id = $2",
        merchant_id,
        code_id,
    )
    return None if row is None else _issued(row)


_QR_COLUMNS: Final = (
    "c.id, c.tenant_id, c.merchant_id, c.amount, c.payload_digest, c.issued_at, c.payload_sealed, "
    "c.is_single_use AND EXISTS (SELECT FROM transfer_order o WHERE o.qr_code_id = c.id AND o.is_single_use) "
    "AS is_paid"
)


def _issued(row: asyncpg.Record) -> tuple[IssuedCode, bytes]:
    fields = dict(row)
    sealed: bytes = fields.pop("payload_sealed")
    return IssuedCode(**fields), sealed


async def insert_terms(tx: Transaction, tenant_id: UUID, terms: Terms, at: datetime, actor: str) -> bool:
    """Keep terms; False when this version stands already."""
    row = await tx.fetch_row(
        "INSERT INTO transfer_terms (tenant_id, version, maximum_lkr, maximum_usd, set_at, set_by) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING 1",
        tenant_id,
        terms.version,
        terms.maximum_lkr,
        terms.maximum_usd,
        at,
        actor,
    )
    return row is not None
