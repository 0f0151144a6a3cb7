"""What goes back to cards, and what the acquirer pays: refunds, chargebacks, settlements."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.cards.domain.charges import Charge
from customer_stack.cards.domain.reports import ChargebackReport, RefundAnswer
from customer_stack.cards.domain.settlements import Settlement
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class NewRefund:
    """A refund that is asked for."""

    id: UUID
    amount: int
    hold_id: UUID
    asked_by: str
    asked_at: datetime


async def insert_refund(tx: Transaction, charge: Charge, refund: NewRefund) -> None:
    """Keep the wish to give a part of a capture back."""
    await tx.execute(
        "INSERT INTO cards_refund (tenant_id, customer_id, charge_id, id, amount, hold_id, asked_by, "
        "asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        charge.tenant_id,
        charge.customer_id,
        charge.id,
        refund.id,
        refund.amount,
        refund.hold_id,
        refund.asked_by,
        refund.asked_at,
    )


async def find_refund_charge(tx: Transaction, refund_id: UUID) -> UUID | None:
    """Return the charge that a refund belongs to."""
    found: UUID | None = await tx.fetch_value("SELECT charge_id FROM cards_refund WHERE id = $1", refund_id)
    return found


async def insert_refund_end(
    tx: Transaction, tenant_id: UUID, answer: RefundAnswer, movement_id: UUID | None, at: datetime
) -> None:
    """Keep how a refund ended; `movement_id` None: refused."""
    await tx.execute(
        "INSERT INTO cards_refund_end (tenant_id, refund_id, outcome, reason, reference, movement_id, at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        tenant_id,
        answer.refund_id,
        answer.state,
        answer.reason,
        answer.reference if movement_id else None,
        movement_id,
        at,
    )


async def insert_chargeback(
    tx: Transaction,
    charge: Charge,
    chargeback: UUID,
    report: ChargebackReport,
    *,
    from_wallet: int,
    movement_id: UUID,
    at: datetime,
) -> None:
    """Keep what the cardholder's bank took back. A second row of one chargeback is a unique violation."""
    await tx.execute(
        "INSERT INTO cards_chargeback (tenant_id, customer_id, charge_id, id, provider, chargeback_id, "
        "amount, from_wallet, to_debt, reason, movement_id, at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        charge.tenant_id,
        charge.customer_id,
        charge.id,
        chargeback,
        charge.provider,
        report.chargeback_id,
        report.amount,
        from_wallet,
        report.amount - from_wallet,
        report.reason,
        movement_id,
        at,
    )


async def insert_chargeback_won(
    tx: Transaction, tenant_id: UUID, chargeback: UUID, debt_cleared: int, movement_id: UUID, at: datetime
) -> None:
    """Keep that a chargeback was won."""
    await tx.execute(
        "INSERT INTO cards_chargeback_won (tenant_id, chargeback, debt_cleared, movement_id, at) "
        "VALUES ($1, $2, $3, $4, $5)",
        tenant_id,
        chargeback,
        debt_cleared,
        movement_id,
        at,
    )


async def has_settlement(tx: Transaction, bank_reference: str) -> bool:
    """Tell whether a settlement with this bank reference was posted."""
    found = await tx.fetch_value(
        "SELECT true FROM cards_settlement WHERE bank_reference = $1", bank_reference
    )
    return bool(found)


async def insert_settlement(tx: Transaction, made: Settlement) -> None:
    """Keep what the acquirer paid."""
    await tx.execute(
        "INSERT INTO cards_settlement (tenant_id, department_id, id, provider, bank_reference, gross, fee, "
        "movement_id, made_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        made.tenant_id,
        made.department_id,
        made.id,
        made.provider,
        made.bank_reference,
        made.gross,
        made.fee,
        made.movement_id,
        made.made_by,
        made.at,
    )


async def load_settlements(tx: Transaction, before: UUID | None, limit: int) -> tuple[Settlement, ...]:
    """Return settlements of the bound tenants, newest first, below an id."""
    rows = await tx.fetch(
        "SELECT * FROM cards_settlement WHERE ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2",
        before,
        limit,
    )
    return tuple(Settlement(**dict(row)) for row in rows)


async def load_bookings(tx: Transaction) -> dict[str, int]:
    """Return bank reference -> LKR cents, signed, of the bound tenants' settlements."""
    rows = await tx.fetch(
        "SELECT bank_reference, gross - fee AS net FROM cards_settlement WHERE gross <> fee"
    )
    return {row["bank_reference"]: row["net"] for row in rows}
