"""Every query of the treasury, on the transaction it is given."""

from uuid import UUID

from customer_stack.treasury.domain import MovementKind, Opening, Recorded, Terms
from shared.database import Transaction

_STANDING = """
    SELECT m.movement_id, m.department_id, m.kind, m.recorded_at, coalesce(i.version, 1) AS version,
           coalesce(i.state = 'active', true) AS stands,
           coalesce(i.reference, m.bank_reference) AS bank_reference,
           CASE WHEN i.version > 1 THEN (
               SELECT coalesce(sum(CASE WHEN p.source = 'collection' THEN p.amount
                                    WHEN p.target = 'collection' THEN -p.amount END), 0)::bigint
               FROM ledger_transfer t JOIN ledger_posting p ON p.book_id = t.book_id AND p.transfer_id = t.id
               WHERE t.movement_id = i.movement_id AND p.asset_id = 1)
           ELSE m.lkr END AS lkr,
           CASE 2 WHEN i.give_asset THEN i.give_amount
                  WHEN i.get_asset THEN i.get_amount ELSE m.usd END AS usd
    FROM treasury_movement m LEFT JOIN LATERAL (
        SELECT v.* FROM ledger_item v WHERE v.deal_id = m.movement_id AND v.activated_at IS NOT NULL
        ORDER BY v.version DESC LIMIT 1) i ON true
"""
"""Movements as their newest version has them. What the ledger posted for it says what the bank saw."""


async def has_reference(tx: Transaction, bank_reference: str, but_deal: UUID | None = None) -> bool:
    """Tell whether a movement that stands has this bank reference, another one than `but_deal`."""
    found = await tx.fetch_value(
        "SELECT true FROM ledger_item WHERE reference = $1 AND state = 'active' AND kind IN "
        "('contribution', 'stock_purchase', 'prefund_allocation', 'stock_sale', 'relocation', 'bill', "
        "'bill_payment') AND deal_id IS DISTINCT FROM $2",
        bank_reference,
        but_deal,
    )
    return bool(found)


async def insert_movement(
    tx: Transaction,
    opening: Opening,
    terms: Terms,
    reference: str,
) -> None:
    """Keep a movement by its bank reference. `lkr` is signed as the collection account sees it."""
    await tx.execute(
        "INSERT INTO treasury_movement (tenant_id, department_id, movement_id, kind, bank_reference, lkr, "
        "usd, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        opening.tenant_id,
        opening.department_id,
        opening.movement_id,
        terms.kind,
        reference,
        terms.lkr,
        terms.usd,
        opening.at,
    )


async def load_bookings(tx: Transaction) -> dict[str, int]:
    """Return bank reference -> LKR cents, signed, of the bound tenants' movements that stand."""
    rows = await tx.fetch(f"SELECT bank_reference, lkr FROM ({_STANDING}) s WHERE stands AND lkr <> 0")
    return {row["bank_reference"]: row["lkr"] for row in rows}


async def load_movements(tx: Transaction, before: UUID | None, limit: int) -> tuple[Recorded, ...]:
    """Return movements of the bound tenant below an id, newest first."""
    rows = await tx.fetch(
        f"SELECT * FROM ({_STANDING}) s WHERE $1::uuid IS NULL OR movement_id < $1 "
        "ORDER BY movement_id DESC LIMIT $2",
        before,
        limit,
    )
    return tuple(Recorded(**{**dict(row), "kind": MovementKind(row["kind"])}) for row in rows)
