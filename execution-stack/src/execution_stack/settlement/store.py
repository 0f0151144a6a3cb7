"""Every query of confirmations and receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from execution_stack.books.domain import Direction
from execution_stack.reports.domain import Totals
from execution_stack.settlement.domain import Outcome, Proposal
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A proposal with the answer that it got."""

    proposal: Proposal
    outcome: Outcome


def _confirmation(row: asyncpg.Record) -> Confirmation:
    return Confirmation(
        Proposal(
            settlement_id=row["settlement_id"],
            tenant_id=row["tenant_id"],
            after_sequence=row["after_sequence"],
            to_sequence=row["to_sequence"],
            direction=Direction(row["direction"]),
            amount=row["amount"],
            totals=Totals(
                row["cost_of_buys"],
                row["proceeds"],
                row["fees"],
                row["payouts"],
                row["reversed_costs"],
                row["reversed_proceeds"],
                row["reversed_fees"],
                row["reversed_payouts"],
            ),
            digest=row["digest"],
        ),
        Outcome(row["outcome"]),
    )


async def load(tx: Transaction, settlement_id: UUID) -> Confirmation | None:
    """Return a confirmation, if it exists."""
    row = await tx.fetch_row("SELECT * FROM settlement_confirmation WHERE settlement_id = $1", settlement_id)
    return None if row is None else _confirmation(row)


async def list_agreed(tx: Transaction, tenant_id: UUID) -> list[Proposal]:
    """Return a tenant's agreed settlements in the order of agreement."""
    rows: Sequence[asyncpg.Record] = await tx.fetch(
        "SELECT * FROM settlement_confirmation WHERE tenant_id = $1 AND outcome = 'agreed' "
        "ORDER BY confirmed_at, settlement_id",
        tenant_id,
    )
    return [_confirmation(row).proposal for row in rows]


async def insert(tx: Transaction, confirmation: Confirmation, at: datetime) -> bool:
    """Write a confirmation; return False when its settlement has one already."""
    proposal = confirmation.proposal
    row = await tx.fetch_row(
        "INSERT INTO settlement_confirmation (tenant_id, settlement_id, after_sequence, to_sequence, amount, "
        "cost_of_buys, proceeds, fees, payouts, confirmed_at, direction, outcome, digest, reversed_costs, "
        "reversed_proceeds, reversed_fees, reversed_payouts) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) "
        "ON CONFLICT DO NOTHING "
        "RETURNING settlement_id",
        proposal.tenant_id,
        proposal.settlement_id,
        proposal.after_sequence,
        proposal.to_sequence,
        proposal.amount,
        proposal.totals.cost_of_buys,
        proposal.totals.proceeds,
        proposal.totals.fees,
        proposal.totals.payouts,
        at,
        proposal.direction,
        confirmation.outcome,
        proposal.digest,
        proposal.totals.reversed_costs,
        proposal.totals.reversed_proceeds,
        proposal.totals.reversed_fees,
        proposal.totals.reversed_payouts,
    )
    return row is not None


async def insert_receipt(tx: Transaction, tenant_id: UUID, settlement_id: UUID, at: datetime) -> bool:
    """Write that a settlement's money came; return False when that is written already."""
    row = await tx.fetch_row(
        "INSERT INTO settlement_receipt (tenant_id, settlement_id, received_at) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING RETURNING settlement_id",
        tenant_id,
        settlement_id,
        at,
    )
    return row is not None
