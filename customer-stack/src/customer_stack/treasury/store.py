"""Every query of the treasury, on the transaction it is given."""

from uuid import UUID

from customer_stack.treasury.domain import MovementKind, Opening, Recorded, Terms
from shared.database import Transaction


async def has_reference(tx: Transaction, bank_reference: str) -> bool:
    """Tell whether the tenant has posted a movement with this bank reference."""
    found = await tx.fetch_value(
        "SELECT true FROM treasury_movement WHERE bank_reference = $1", bank_reference
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
    """Return bank reference -> LKR cents, signed, of the bound tenants' movements."""
    rows = await tx.fetch("SELECT bank_reference, lkr FROM treasury_movement WHERE lkr <> 0")
    return {row["bank_reference"]: row["lkr"] for row in rows}


async def load_movements(tx: Transaction, before: UUID | None, limit: int) -> tuple[Recorded, ...]:
    """Return movements of the bound tenant below an id, newest first."""
    rows = await tx.fetch(
        "SELECT movement_id, department_id, kind, bank_reference, lkr, usd, recorded_at "
        "FROM treasury_movement WHERE $1::uuid IS NULL OR movement_id < $1 "
        "ORDER BY movement_id DESC LIMIT $2",
        before,
        limit,
    )
    return tuple(Recorded(**{**dict(row), "kind": MovementKind(row["kind"])}) for row in rows)
