"""Every query of suspense and its proposals, on the transaction it is given."""

from datetime import datetime
from uuid import UUID

import asyncpg

from customer_stack.payments.domain.suspense import Decision, Proposal, SuspenseItem, Way
from customer_stack.payments.store import read_pay_in
from shared.database import Transaction

_ITEM = (
    "SELECT p.*, r.pay_in_id IS NOT NULL AS is_taken_back, o.id AS proposal_id, o.way, "
    "o.customer_id AS receiver_id, o.proposed_by, o.proposed_at, d.outcome AS decision, d.decided_by, "
    "s.resolved_at "
    "FROM payment_pay_in p "
    "LEFT JOIN payment_pay_in_reversal r ON r.pay_in_id = p.id "
    "LEFT JOIN payment_suspense_claim c ON c.pay_in_id = p.id "
    "LEFT JOIN payment_suspense_proposal o ON o.id = c.proposal_id "
    "LEFT JOIN payment_suspense_decision d ON d.proposal_id = o.id "
    "LEFT JOIN payment_suspense_resolution s ON s.proposal_id = o.id "
    "WHERE p.outcome = 'suspense'"
)


async def load_suspense(
    tx: Transaction, department_id: UUID | None, before: UUID | None, limit: int
) -> tuple[SuspenseItem, ...]:
    """Return what lies in suspense of a department, or of the bound tenants, newest first, below an id."""
    rows = await tx.fetch(
        f"{_ITEM} AND r.pay_in_id IS NULL AND s.proposal_id IS NULL AND ($1::uuid IS NULL OR p.id < $1) "
        "AND ($3::uuid IS NULL OR p.department_id = $3) ORDER BY p.id DESC LIMIT $2",
        before,
        limit,
        department_id,
    )
    return tuple(_read_item(row) for row in rows)


async def load_item(tx: Transaction, pay_in_id: UUID) -> SuspenseItem | None:
    """Return a pay-in that came into suspense, with the proposal that stands."""
    row = await tx.fetch_row(f"{_ITEM} AND p.id = $1", pay_in_id)
    return None if row is None else _read_item(row)


async def load_proposal(tx: Transaction, proposal_id: UUID) -> Proposal | None:
    """Return a proposal and what became of it."""
    row = await tx.fetch_row(
        "SELECT o.*, d.outcome AS decision, d.decided_by, s.resolved_at FROM payment_suspense_proposal o "
        "LEFT JOIN payment_suspense_decision d ON d.proposal_id = o.id "
        "LEFT JOIN payment_suspense_resolution s ON s.proposal_id = o.id WHERE o.id = $1",
        proposal_id,
    )
    if row is None:
        return None
    decision = None if row["decision"] is None else Decision(row["decision"])
    return Proposal(**{**dict(row), "way": Way(row["way"]), "decision": decision})


async def insert_proposal(tx: Transaction, proposal: Proposal) -> None:
    """Keep a proposal and claim its pay-in. A second standing proposal is a unique violation."""
    await tx.execute(
        "INSERT INTO payment_suspense_proposal (tenant_id, id, pay_in_id, way, customer_id, proposed_by, "
        "proposed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        proposal.tenant_id,
        proposal.id,
        proposal.pay_in_id,
        proposal.way,
        proposal.customer_id,
        proposal.proposed_by,
        proposal.proposed_at,
    )
    await tx.execute(
        "INSERT INTO payment_suspense_claim (tenant_id, pay_in_id, proposal_id) VALUES ($1, $2, $3)",
        proposal.tenant_id,
        proposal.pay_in_id,
        proposal.id,
    )


async def insert_decision(
    tx: Transaction, proposal: Proposal, decision: Decision, decided_by: UUID, now: datetime
) -> None:
    """Keep the one decision about a proposal."""
    await tx.execute(
        "INSERT INTO payment_suspense_decision (tenant_id, proposal_id, proposed_by, outcome, decided_by, "
        "decided_at) VALUES ($1, $2, $3, $4, $5, $6)",
        proposal.tenant_id,
        proposal.id,
        proposal.proposed_by,
        decision,
        decided_by,
        now,
    )


async def delete_claim(tx: Transaction, proposal_id: UUID) -> None:
    """Let another proposal be made about the pay-in of one that failed."""
    await tx.execute("DELETE FROM payment_suspense_claim WHERE proposal_id = $1", proposal_id)


async def insert_resolution(tx: Transaction, proposal: Proposal, movement_id: UUID, now: datetime) -> None:
    """Keep that the money of an approved proposal left suspense, once."""
    await tx.execute(
        "INSERT INTO payment_suspense_resolution (tenant_id, proposal_id, movement_id, resolved_at) "
        "VALUES ($1, $2, $3, $4)",
        proposal.tenant_id,
        proposal.id,
        movement_id,
        now,
    )


def _read_item(row: asyncpg.Record) -> SuspenseItem:
    proposal = None
    if row["proposal_id"] is not None:
        proposal = Proposal(
            id=row["proposal_id"],
            tenant_id=row["tenant_id"],
            pay_in_id=row["id"],
            way=Way(row["way"]),
            customer_id=row["receiver_id"],
            proposed_by=row["proposed_by"],
            proposed_at=row["proposed_at"],
            decision=None if row["decision"] is None else Decision(row["decision"]),
            decided_by=row["decided_by"],
            resolved_at=row["resolved_at"],
        )
    return SuspenseItem(read_pay_in(row), proposal, row["is_taken_back"])
