"""Rates that staff propose and decide."""

from uuid import UUID

import asyncpg

from customer_stack.fx.domain.proposals import Decision, Proposal, ProposalOutcome
from shared.database import Transaction

_PROPOSALS = (
    "SELECT p.*, d.outcome, d.decided_by, d.decided_at FROM fx_rate_proposal p "
    "LEFT JOIN fx_rate_decision d ON d.proposal_id = p.id"
)


async def insert_proposal(tx: Transaction, proposal: Proposal) -> None:
    """Keep a proposal."""
    await tx.execute(
        "INSERT INTO fx_rate_proposal (tenant_id, id, rate_e8, as_of, reference, proposed_by, proposed_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        proposal.tenant_id,
        proposal.id,
        proposal.rate_e8,
        proposal.as_of,
        proposal.reference,
        proposal.proposed_by,
        proposal.proposed_at,
    )


async def load_proposal(tx: Transaction, proposal_id: UUID) -> Proposal | None:
    """Return a proposal and how it was decided."""
    row = await tx.fetch_row(f"{_PROPOSALS} WHERE p.id = $1", proposal_id)
    return None if row is None else _read_proposal(row)


async def load_proposals(
    tx: Transaction, tenant_id: UUID, before: UUID | None, limit: int
) -> tuple[Proposal, ...]:
    """Return proposals of a tenant, newest first."""
    rows = await tx.fetch(
        f"{_PROPOSALS} WHERE p.tenant_id = $1 AND ($2::uuid IS NULL OR p.id < $2) "
        "ORDER BY p.id DESC LIMIT $3",
        tenant_id,
        before,
        limit,
    )
    return tuple(_read_proposal(row) for row in rows)


async def insert_decision(tx: Transaction, proposal: Proposal, decision: Decision) -> bool:
    """Keep the decision of a proposal; False when somebody else was faster."""
    kept = await tx.fetch_value(
        "INSERT INTO fx_rate_decision (tenant_id, proposal_id, proposed_by, outcome, decided_by, decided_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT ON CONSTRAINT fx_rate_decision_pk DO NOTHING "
        "RETURNING true",
        proposal.tenant_id,
        proposal.id,
        proposal.proposed_by,
        decision.outcome,
        decision.decided_by,
        decision.decided_at,
    )
    return bool(kept)


async def insert_approved_mid(tx: Transaction, mid_id: UUID, proposal: Proposal, decision: Decision) -> None:
    """Keep an approved proposal as a reading of the market. The same rate of the same moment counts once."""
    await tx.execute(
        "INSERT INTO fx_mid (tenant_id, id, rate_e8, source, as_of, received_at, proposal_id, outcome) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT ON CONSTRAINT fx_mid_once DO NOTHING",
        proposal.tenant_id,
        mid_id,
        proposal.rate_e8,
        proposal.mid.source,
        proposal.as_of,
        decision.decided_at,
        proposal.id,
        decision.outcome,
    )


def _read_proposal(row: asyncpg.Record) -> Proposal:
    decided = row["outcome"] is not None
    return Proposal(
        id=row["id"],
        tenant_id=row["tenant_id"],
        rate_e8=row["rate_e8"],
        as_of=row["as_of"],
        reference=row["reference"],
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        decision=Decision(ProposalOutcome(row["outcome"]), row["decided_by"], row["decided_at"])
        if decided
        else None,
    )
