"""Every query of confirmations and receipts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import asyncpg

from execution_stack.books.domain import Direction
from execution_stack.reports.domain import Totals
from execution_stack.settlement.domain import Outcome, Proposal, Receipt, Release, ReleaseOutcome, Signed
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


async def insert_receipt(
    tx: Transaction, proposal: Proposal, amount: int, release: Release | None, at: datetime
) -> bool:
    """Write how much of a settlement's money moved; return False when that is written already."""
    row = await tx.fetch_row(
        "INSERT INTO settlement_receipt (tenant_id, settlement_id, received_at, direction, amount, "
        "release_id, release) VALUES ($1, $2, $3, $4, $5, $6, $7) "
        "ON CONFLICT DO NOTHING RETURNING settlement_id",
        proposal.tenant_id,
        proposal.settlement_id,
        at,
        proposal.direction,
        amount,
        None if release is None else release.id,
        None if release is None else ReleaseOutcome.APPROVED,
    )
    return row is not None


async def insert_part(tx: Transaction, proposal: Proposal, receipt: Receipt, part: int, at: datetime) -> None:
    """Write a part that arrived after the first."""
    await tx.execute(
        "INSERT INTO settlement_receipt_part (tenant_id, id, settlement_id, direction, number, amount, "
        "received_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        proposal.tenant_id,
        receipt.id,
        proposal.settlement_id,
        proposal.direction,
        part,
        receipt.amount,
        at,
    )


async def load_receipts(tx: Transaction, settlement_id: UUID) -> list[Receipt]:
    """Return what moved of a settlement's money, part by part."""
    rows = await tx.fetch(
        "SELECT r.settlement_id AS id, coalesce(r.amount, c.amount) AS amount, 1 AS number "
        "FROM settlement_receipt r JOIN settlement_confirmation c USING (settlement_id) "
        "WHERE settlement_id = $1 UNION ALL "
        "SELECT id, amount, number FROM settlement_receipt_part WHERE settlement_id = $1 ORDER BY number",
        settlement_id,
    )
    return [Receipt(row["id"], row["amount"]) for row in rows]


async def load_cleared(tx: Transaction, tenant_id: UUID) -> dict[UUID, int]:
    """Return what settlements cleared whose payment came short or is void, in signed micro-dollars."""
    rows = await tx.fetch(
        "SELECT c.settlement_id, CASE WHEN v.settlement_id IS NOT NULL THEN 0 "
        "  WHEN c.direction = 'pay' THEN r.amount ELSE -r.amount END AS cleared "
        "FROM settlement_confirmation c LEFT JOIN settlement_void v USING (settlement_id) "
        "LEFT JOIN (SELECT f.settlement_id, (f.amount + coalesce((SELECT sum(p.amount) "
        "    FROM settlement_receipt_part p WHERE p.settlement_id = f.settlement_id), 0))::bigint AS amount "
        "  FROM settlement_receipt f) r USING (settlement_id) "
        "WHERE c.tenant_id = $1 AND c.outcome = 'agreed' "
        "AND (v.settlement_id IS NOT NULL OR r.amount < c.amount)",
        tenant_id,
    )
    return {row["settlement_id"]: row["cleared"] for row in rows}


async def load_standing(tx: Transaction, tenant_id: UUID) -> dict[UUID, bool]:
    """Return a tenant's agreed settlements that are not void, and whether money moved or may leave."""
    rows = await tx.fetch(
        "SELECT c.settlement_id, r.settlement_id IS NOT NULL OR d.settlement_id IS NOT NULL AS moves "
        "FROM settlement_confirmation c LEFT JOIN settlement_receipt r USING (settlement_id) "
        "LEFT JOIN settlement_release_decision d "
        "  ON d.settlement_id = c.settlement_id AND d.outcome = 'approved' "
        "WHERE c.tenant_id = $1 AND c.outcome = 'agreed' "
        "AND NOT EXISTS (SELECT FROM settlement_void v WHERE v.settlement_id = c.settlement_id)",
        tenant_id,
    )
    return {row["settlement_id"]: row["moves"] for row in rows}


async def load_release(tx: Transaction, settlement_id: UUID) -> Release | None:
    """Return a settlement's newest release."""
    row = await tx.fetch_row(
        "SELECT r.id, r.settlement_id, r.tenant_id, r.proposed_by, r.signed_with, r.signature, d.outcome, "
        "d.decided_by, d.signed_with AS decided_with, d.signature AS decided_signature "
        "FROM settlement_release r LEFT JOIN settlement_release_decision d ON d.release_id = r.id "
        "WHERE r.settlement_id = $1 ORDER BY r.id DESC LIMIT 1",
        settlement_id,
    )
    if row is None:
        return None
    proposed = Signed(row["proposed_by"], row["signed_with"], row["signature"])
    release = Release(row["id"], row["settlement_id"], row["tenant_id"], proposed)
    if row["outcome"] is None:
        return release
    decided = Signed(row["decided_by"], row["decided_with"], row["decided_signature"])
    return replace(release, outcome=ReleaseOutcome(row["outcome"]), decided=decided)


async def insert_release(tx: Transaction, release: Release, at: datetime) -> None:
    """Write that a release is proposed."""
    await tx.execute(
        "INSERT INTO settlement_release (tenant_id, id, settlement_id, proposed_by, proposed_at, "
        "signed_with, signature) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        release.tenant_id,
        release.id,
        release.settlement_id,
        release.proposed_by,
        at,
        release.proposed.key_id,
        release.proposed.signature,
    )


async def insert_release_decision(
    tx: Transaction, release: Release, outcome: ReleaseOutcome, signed: Signed, at: datetime
) -> None:
    """Write the one decision about a release."""
    await tx.execute(
        "INSERT INTO settlement_release_decision (tenant_id, release_id, settlement_id, proposed_by, "
        "outcome, decided_by, decided_at, signed_with, signature) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        release.tenant_id,
        release.id,
        release.settlement_id,
        release.proposed_by,
        outcome,
        signed.operator,
        at,
        signed.key_id,
        signed.signature,
    )


async def is_void(tx: Transaction, settlement_id: UUID) -> bool:
    """Tell whether a settlement's payment was refused or came back."""
    found: bool = await tx.fetch_value(
        "SELECT EXISTS (SELECT FROM settlement_void WHERE settlement_id = $1)", settlement_id
    )
    return found


async def insert_void(
    tx: Transaction, tenant_id: UUID, settlement_id: UUID, operator: UUID, at: datetime
) -> bool:
    """Write that a settlement is void; return False when that is written already."""
    row = await tx.fetch_row(
        "INSERT INTO settlement_void (tenant_id, settlement_id, operator, voided_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING RETURNING settlement_id",
        tenant_id,
        settlement_id,
        operator,
        at,
    )
    return row is not None
