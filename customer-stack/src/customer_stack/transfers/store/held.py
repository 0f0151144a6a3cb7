"""Queries of transfers that wait: each a statement for a whole batch."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from customer_stack.transfers.domain.held import End, HeldOrder, HeldOutcome
from customer_stack.transfers.domain.orders import Order, OrderKind
from shared.database import Transaction
from shared.money import Currency


async def insert_held(tx: Transaction, held: Sequence[HeldOrder]) -> None:
    """Keep transfers that wait, and their claims on codes that are paid once."""
    await tx.execute(
        "INSERT INTO transfer_held (tenant_id, id, sender_id, recipient_id, amount, currency, kind, "
        "is_single_use, qr_code_id, note_sealed, hold_id, received_id, asked_at) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], "
        "$6::ledger_currency[], $7::transfer_order_kind[], $8::boolean[], $9::uuid[], $10::bytea[], "
        "$11::uuid[], $12::uuid[], $13::timestamptz[])",
        [each.order.tenant_id for each in held],
        [each.order.id for each in held],
        [each.order.sender_id for each in held],
        [each.order.recipient_id for each in held],
        [each.order.amount for each in held],
        [each.order.currency for each in held],
        [each.order.kind for each in held],
        [each.order.is_single_use for each in held],
        [each.order.qr_code_id for each in held],
        [each.note_sealed for each in held],
        [each.hold_id for each in held],
        [each.received_id for each in held],
        [each.order.at for each in held],
    )
    claims = [each.order for each in held if each.order.is_single_use]
    if claims:
        await tx.execute(
            "INSERT INTO transfer_claim (tenant_id, qr_code_id, transfer_id) "
            "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[])",
            [order.tenant_id for order in claims],
            [order.qr_code_id for order in claims],
            [order.id for order in claims],
        )


async def load_held(tx: Transaction, transfer_ids: Iterable[UUID]) -> list[HeldOrder]:
    """Return transfers that wait or waited, by id."""
    rows = await tx.fetch(
        "SELECT h.*, e.outcome FROM transfer_held h LEFT JOIN transfer_held_end e ON e.transfer_id = h.id "
        "WHERE h.id = ANY($1::uuid[]) ORDER BY h.id",
        sorted(set(transfer_ids)),
    )
    return [_held(row) for row in rows]


async def insert_ends(
    tx: Transaction, ends: Sequence[tuple[HeldOrder, End]], ended_by: str, at: datetime
) -> None:
    """Keep the one end of each; codes that they claimed can be paid by others again."""
    ids = [held.order.id for held, _ in ends]
    await tx.execute("DELETE FROM transfer_claim WHERE transfer_id = ANY($1::uuid[])", ids)
    await tx.execute(
        "INSERT INTO transfer_held_end (tenant_id, transfer_id, outcome, reason, ended_by, ended_at) "
        "SELECT tenant_id, transfer_id, outcome, reason, $5, $6 "
        "FROM unnest($1::uuid[], $2::uuid[], $3::transfer_held_outcome[], $4::text[]) "
        "AS e (tenant_id, transfer_id, outcome, reason)",
        [held.order.tenant_id for held, _ in ends],
        ids,
        [end.outcome for _, end in ends],
        [end.obstacle for _, end in ends],
        ended_by,
        at,
    )


def _held(row: asyncpg.Record) -> HeldOrder:
    return HeldOrder(
        order=Order(
            id=row["id"],
            tenant_id=row["tenant_id"],
            sender_id=row["sender_id"],
            recipient_id=row["recipient_id"],
            kind=OrderKind(row["kind"]),
            currency=Currency(row["currency"]),
            amount=row["amount"],
            at=row["asked_at"],
            qr_code_id=row["qr_code_id"],
            is_single_use=row["is_single_use"],
        ),
        hold_id=row["hold_id"],
        received_id=row["received_id"],
        note_sealed=row["note_sealed"],
        ended=None if row["outcome"] is None else HeldOutcome(row["outcome"]),
    )
