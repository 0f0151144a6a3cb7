"""Every query of settlement, on the transaction it is given."""

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.ledger.domain import Account
from customer_stack.settlement.domain import (
    Direction,
    Instruction,
    Line,
    Previous,
    Settlement,
    State,
    Totals,
)
from shared.database import Transaction
from shared.ledger.domain import USD

_SETTLEMENT: Final = (
    "SELECT p.*, d.outcome, d.decided_by, d.reason, d.decided_at, r.released_by, r.released_at, "
    "b.bank_reference FROM settlement_proposal p "
    "LEFT JOIN settlement_decision d ON d.settlement_id = p.id "
    "LEFT JOIN settlement_release r ON r.settlement_id = p.id "
    "LEFT JOIN settlement_payment b ON b.settlement_id = p.id"
)

_NAMES: Final = (
    "cost_of_buys",
    "proceeds",
    "fees",
    "payouts",
    "reversed_costs",
    "reversed_proceeds",
    "reversed_fees",
    "reversed_payouts",
)
"""The columns of totals, in the order of `Totals`."""
_SUMS: Final = ", ".join(_NAMES)


def _totals(row: asyncpg.Record) -> Totals:
    return Totals(*(row[name] for name in _NAMES))


async def sum_owed(tx: Transaction) -> int:
    """Return what the visible tenant owes execution, from the ledger alone."""
    return int(
        await tx.fetch_value(
            "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_leg "
            "WHERE asset_id = $1 AND account = ANY($2::ledger_account[])",
            USD,
            [Account.EXECUTION, Account.EXCHANGE_FEES, Account.SETTLED],
        )
    )


async def load_previous(tx: Transaction) -> Previous:
    """Return where the visible tenant's last released settlement ended."""
    row = await tx.fetch_row(
        "SELECT p.to_sequence, p.owed - CASE p.direction WHEN 'pay' THEN p.amount ELSE -p.amount END AS rest "
        "FROM settlement_proposal p JOIN settlement_release r ON r.settlement_id = p.id "
        "ORDER BY p.to_sequence DESC LIMIT 1"
    )
    return Previous() if row is None else Previous(row["to_sequence"], row["rest"])


async def load_pending(tx: Transaction) -> tuple[Settlement, ...]:
    """Return settlements of the visible tenant that are proposed, or approved and not released."""
    rows = await tx.fetch(
        f"{_SETTLEMENT} WHERE d.outcome IS NULL OR (d.outcome = 'approved' AND r.settlement_id IS NULL)"
    )
    return tuple(_read(row) for row in rows)


async def load_settlement(tx: Transaction, settlement_id: UUID) -> Settlement | None:
    """Return a settlement and what became of it."""
    row = await tx.fetch_row(f"{_SETTLEMENT} WHERE p.id = $1", settlement_id)
    return None if row is None else _read(row)


async def load_settlements(tx: Transaction, before: UUID | None, limit: int) -> tuple[Settlement, ...]:
    """Return settlements of the visible tenant, newest first, below an id."""
    rows = await tx.fetch(
        f"{_SETTLEMENT} WHERE $1::uuid IS NULL OR p.id < $1 ORDER BY p.id DESC LIMIT $2", before, limit
    )
    return tuple(_read(row) for row in rows)


async def load_lines(tx: Transaction, settlement_id: UUID) -> tuple[Line, ...]:
    """Return a period's lines in customer order."""
    rows = await tx.fetch(
        f"SELECT customer_id, {_SUMS} FROM settlement_line WHERE settlement_id = $1 ORDER BY customer_id",
        settlement_id,
    )
    return tuple(Line(row["customer_id"], _totals(row)) for row in rows)


async def insert_proposal(tx: Transaction, instruction: Instruction, lines: tuple[Line, ...]) -> None:
    """Keep a proposal with its lines."""
    await tx.execute(
        "INSERT INTO settlement_proposal (id, tenant_id, department_id, after_sequence, to_sequence, "
        "direction, purpose_code, amount, owed, lines_digest, digest, proposed_by, proposed_at, valid_until, "
        f"{_SUMS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
        "$19, $20, $21, $22)",
        instruction.id,
        instruction.tenant_id,
        instruction.department_id,
        instruction.after_sequence,
        instruction.to_sequence,
        instruction.direction,
        instruction.purpose_code,
        instruction.amount,
        instruction.owed,
        bytes.fromhex(instruction.lines_digest),
        instruction.digest,
        instruction.proposed_by,
        instruction.proposed_at,
        instruction.valid_until,
        *(getattr(instruction.totals, name) for name in _NAMES),
    )
    await tx.execute(
        f"INSERT INTO settlement_line (tenant_id, settlement_id, customer_id, {_SUMS}) "
        "SELECT $1, $2, * FROM unnest($3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], "
        "$8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[])",
        instruction.tenant_id,
        instruction.id,
        [line.customer_id for line in lines],
        *([getattr(line.totals, name) for line in lines] for name in _NAMES),
    )


async def insert_decision(
    tx: Transaction,
    instruction: Instruction,
    outcome: State,
    now: datetime,
    *,
    decided_by: UUID | None = None,
    digest: bytes | None = None,
    reason: str | None = None,
) -> None:
    """Keep the one decision about a proposal."""
    await tx.execute(
        "INSERT INTO settlement_decision (tenant_id, settlement_id, proposed_by, outcome, decided_by, "
        "digest, reason, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        instruction.tenant_id,
        instruction.id,
        instruction.proposed_by,
        outcome,
        decided_by,
        digest,
        reason,
        now,
    )


async def insert_release(
    tx: Transaction, instruction: Instruction, released_by: UUID, transfer_id: UUID, now: datetime
) -> None:
    """Keep the one release of an approved settlement."""
    await tx.execute(
        "INSERT INTO settlement_release (tenant_id, settlement_id, released_by, transfer_id, released_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        instruction.tenant_id,
        instruction.id,
        released_by,
        transfer_id,
        now,
    )


async def insert_payment(
    tx: Transaction,
    instruction: Instruction,
    bank_reference: str,
    recorded_by: UUID,
    transfer_id: UUID,
    now: datetime,
) -> None:
    """Keep the bank's word about a released settlement. A reference counts once."""
    await tx.execute(
        "INSERT INTO settlement_payment (tenant_id, settlement_id, bank_reference, transfer_id, recorded_by, "
        "recorded_at) VALUES ($1, $2, $3, $4, $5, $6)",
        instruction.tenant_id,
        instruction.id,
        bank_reference,
        transfer_id,
        recorded_by,
        now,
    )


def _read(row: asyncpg.Record) -> Settlement:
    state = State.PROPOSED if row["outcome"] is None else State(row["outcome"])
    if row["released_at"] is not None:
        state = State.RELEASED
    instruction = Instruction(
        id=row["id"],
        tenant_id=row["tenant_id"],
        department_id=row["department_id"],
        after_sequence=row["after_sequence"],
        to_sequence=row["to_sequence"],
        direction=Direction(row["direction"]),
        purpose_code=row["purpose_code"],
        amount=row["amount"],
        owed=row["owed"],
        totals=Totals(row["cost_of_buys"], row["proceeds"], row["fees"], row["payouts"]),
        lines_digest=row["lines_digest"].hex(),
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        valid_until=row["valid_until"],
    )
    return Settlement(
        instruction=instruction,
        digest=row["digest"],
        state=state,
        decided_by=row["decided_by"],
        reason=row["reason"],
        decided_at=row["decided_at"],
        released_by=row["released_by"],
        released_at=row["released_at"],
        bank_reference=row["bank_reference"],
    )
