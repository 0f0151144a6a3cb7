"""What a batch of transfers reads and writes: each a statement for the whole batch."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.transfers.domain.orders import IssuedCode, Order, Terms
from shared.database import Transaction

IS_PAID: Final = (
    "c.is_single_use AND ("
    "EXISTS (SELECT FROM transfer_order o WHERE o.qr_code_id = c.id AND o.is_single_use) "
    "OR EXISTS (SELECT FROM transfer_claim w WHERE w.qr_code_id = c.id)) AS is_paid"
)
"""Whether the code `c` can be paid no more: it was paid once, or a transfer that waits pays it."""


async def load_holders(tx: Transaction, codes: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], UUID]:
    """Return (tenant, account code) -> customer; unknown codes are left out."""
    wanted = sorted(set(codes))
    rows = await tx.fetch(
        "SELECT c.tenant_id, c.code, c.customer_id "
        "FROM unnest($1::uuid[], $2::text[]) AS w (tenant_id, code) "
        "JOIN transfer_account_code c ON c.code = w.code AND c.tenant_id = w.tenant_id",
        [tenant_id for tenant_id, _ in wanted],
        [code for _, code in wanted],
    )
    return {(row["tenant_id"], row["code"]): row["customer_id"] for row in rows}


async def load_codes(tx: Transaction, customer_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return customer -> account code; who has none yet is left out."""
    rows = await tx.fetch(
        "SELECT customer_id, code FROM transfer_account_code WHERE customer_id = ANY($1::uuid[])",
        sorted(set(customer_ids)),
    )
    return {row["customer_id"]: row["code"] for row in rows}


async def insert_codes(tx: Transaction, codes: Sequence[tuple[UUID, UUID, str]], at: datetime) -> None:
    """Keep account codes (tenant, customer, code); who has one keeps it. A taken code is left out."""
    await tx.execute(
        "INSERT INTO transfer_account_code (tenant_id, customer_id, code, made_at) "
        "SELECT *, $4 FROM unnest($1::uuid[], $2::uuid[], $3::text[]) ON CONFLICT DO NOTHING",
        [tenant_id for tenant_id, _, _ in codes],
        [customer_id for _, customer_id, _ in codes],
        [code for _, _, code in codes],
        at,
    )


async def load_terms(tx: Transaction, tenant_ids: Iterable[UUID]) -> dict[UUID, Terms]:
    """Return the terms that count, by tenant; who has set none is left out."""
    rows = await tx.fetch(
        "SELECT w.tenant_id, t.version, t.maximum_lkr, t.maximum_usd "
        "FROM unnest($1::uuid[]) AS w (tenant_id) "
        "CROSS JOIN LATERAL (SELECT * FROM transfer_terms t WHERE t.tenant_id = w.tenant_id "
        "                    ORDER BY t.version DESC LIMIT 1) t",
        sorted(set(tenant_ids)),
    )
    return {row["tenant_id"]: Terms(row["version"], row["maximum_lkr"], row["maximum_usd"]) for row in rows}


async def load_issued(tx: Transaction, code_ids: Iterable[UUID]) -> dict[UUID, IssuedCode]:
    """Return QR codes by id, with whether a dynamic one was paid, or is by a transfer that waits."""
    rows = await tx.fetch(
        f"SELECT c.id, c.tenant_id, c.merchant_id, c.amount, c.payload_digest, c.issued_at, {IS_PAID} "
        "FROM transfer_qr_code c WHERE c.id = ANY($1::uuid[])",
        sorted(set(code_ids)),
    )
    return {row["id"]: IssuedCode(**dict(row)) for row in rows}


async def insert_orders(tx: Transaction, orders: Sequence[tuple[Order, bytes | None]]) -> None:
    """Keep orders with their sealed notes."""
    await tx.execute(
        "INSERT INTO transfer_order (tenant_id, id, sender_id, recipient_id, amount, currency, kind, "
        "is_single_use, qr_code_id, note_sealed, made_at) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], "
        "$6::ledger_currency[], $7::transfer_order_kind[], $8::boolean[], $9::uuid[], $10::bytea[], "
        "$11::timestamptz[])",
        [order.tenant_id for order, _ in orders],
        [order.id for order, _ in orders],
        [order.sender_id for order, _ in orders],
        [order.recipient_id for order, _ in orders],
        [order.amount for order, _ in orders],
        [order.currency for order, _ in orders],
        [order.kind for order, _ in orders],
        [order.is_single_use for order, _ in orders],
        [order.qr_code_id for order, _ in orders],
        [note for _, note in orders],
        [order.at for order, _ in orders],
    )
