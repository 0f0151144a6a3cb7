"""Queries on requests to be erased, proposals, decisions and erasures."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from customer_stack.privacy.domain.consents import Channel
from customer_stack.privacy.domain.records import Answer, Erasure, ErasureCause, ErasureRequest
from customer_stack.privacy.domain.retention import Basis, Outcome, Proposal, Wish
from shared.database import Transaction

_PROPOSAL = (
    "SELECT p.id, p.customer_id, p.number, p.wish, p.basis, p.reference, p.proposed_by, p.proposed_at, "
    "d.outcome, d.decided_by, d.decided_at FROM privacy_proposal p "
    "LEFT JOIN privacy_decision d ON d.proposal_id = p.id"
)


def _proposal(row: Any) -> Proposal:
    outcome = None if row["outcome"] is None else Outcome(row["outcome"])
    return Proposal(
        row["id"],
        row["customer_id"],
        row["number"],
        Wish(row["wish"]),
        Basis(row["basis"]),
        row["reference"],
        row["proposed_by"],
        row["proposed_at"],
        outcome,
        row["decided_by"],
        row["decided_at"],
    )


async def load_proposals(tx: Transaction, customer_id: UUID) -> list[Proposal]:
    """Return everything that was proposed about a person, in order."""
    rows = await tx.fetch(f"{_PROPOSAL} WHERE p.customer_id = $1 ORDER BY p.number", customer_id)
    return [_proposal(row) for row in rows]


async def load_proposal(tx: Transaction, proposal_id: UUID) -> Proposal | None:
    """Return one proposal."""
    row = await tx.fetch_row(f"{_PROPOSAL} WHERE p.id = $1", proposal_id)
    return None if row is None else _proposal(row)


async def list_proposals(
    tx: Transaction, tenant_id: UUID, *, is_open: bool | None, after: UUID | None, limit: int
) -> list[Proposal]:
    """Return proposals of a tenant by id, after an id; only open or only decided ones when asked."""
    rows = await tx.fetch(
        f"{_PROPOSAL} WHERE p.tenant_id = $1 AND ($2::uuid IS NULL OR p.id > $2) "
        "AND ($3::boolean IS NULL OR (d.proposal_id IS NULL) = $3) ORDER BY p.id LIMIT $4",
        tenant_id,
        after,
        is_open,
        limit,
    )
    return [_proposal(row) for row in rows]


async def insert_proposal(tx: Transaction, tenant_id: UUID, proposal: Proposal) -> None:
    """Keep a new proposal."""
    await tx.execute(
        "INSERT INTO privacy_proposal (tenant_id, id, customer_id, number, wish, basis, reference, "
        "proposed_by, proposed_at) "
        "VALUES ($1, $2, $3, $4, $5::privacy_wish, $6::privacy_basis, $7, $8, $9)",
        tenant_id,
        proposal.id,
        proposal.customer_id,
        proposal.number,
        proposal.wish.value,
        proposal.basis.value,
        proposal.reference,
        proposal.proposed_by,
        proposal.proposed_at,
    )


async def insert_decision(
    tx: Transaction, tenant_id: UUID, proposal: Proposal, outcome: Outcome, staff_id: UUID, now: datetime
) -> None:
    """Keep what became of a proposal."""
    await tx.execute(
        "INSERT INTO privacy_decision (tenant_id, proposal_id, proposed_by, outcome, decided_by, decided_at) "
        "VALUES ($1, $2, $3, $4::privacy_outcome, $5, $6)",
        tenant_id,
        proposal.id,
        proposal.proposed_by,
        outcome.value,
        staff_id,
        now,
    )


async def list_early(tx: Transaction, tenant_id: UUID, limit: int) -> list[UUID]:
    """Return people whom two people agreed to erase early and who are not erased yet."""
    rows = await tx.fetch(
        "SELECT DISTINCT p.customer_id FROM privacy_proposal p "
        "JOIN privacy_decision d ON d.proposal_id = p.id AND d.outcome = 'approved' "
        "WHERE p.tenant_id = $1 AND p.wish = 'erase_early' "
        "AND NOT EXISTS (SELECT FROM privacy_erasure e WHERE e.customer_id = p.customer_id) "
        "ORDER BY 1 LIMIT $2",
        tenant_id,
        limit,
    )
    return [row["customer_id"] for row in rows]


async def insert_request(tx: Transaction, tenant_id: UUID, request: ErasureRequest) -> None:
    """Keep a request and its answer."""
    await tx.execute(
        "INSERT INTO privacy_request (tenant_id, id, customer_id, channel, answer, kept_until, taken_by, "
        "asked_at) VALUES ($1, $2, $3, $4::privacy_channel, $5::privacy_answer, $6, $7, $8)",
        tenant_id,
        request.id,
        request.customer_id,
        request.channel.value,
        request.answer.value,
        request.kept_until,
        request.taken_by,
        request.asked_at,
    )


async def list_requests(
    tx: Transaction, customer_id: UUID, after: UUID | None, limit: int
) -> list[ErasureRequest]:
    """Return a person's requests, oldest first, after an id."""
    rows = await tx.fetch(
        "SELECT id, customer_id, channel, answer, kept_until, taken_by, asked_at FROM privacy_request "
        "WHERE customer_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        customer_id,
        after,
        limit,
    )
    return [
        ErasureRequest(row[0], row[1], Channel(row[2]), Answer(row[3]), row[4], row[5], row[6])
        for row in rows
    ]


async def load_erasure(tx: Transaction, customer_id: UUID) -> Erasure | None:
    """Return the erasure of a person."""
    row = await tx.fetch_row(
        "SELECT customer_id, cause, fields_emptied, erased_at FROM privacy_erasure WHERE customer_id = $1",
        customer_id,
    )
    return None if row is None else Erasure(row[0], ErasureCause(row[1]), row[2], row[3])


async def insert_erasure(tx: Transaction, tenant_id: UUID, erasure: Erasure) -> None:
    """Keep an erasure; one that stands stays."""
    await tx.execute(
        "INSERT INTO privacy_erasure (tenant_id, customer_id, cause, fields_emptied, erased_at) "
        "VALUES ($1, $2, $3::privacy_erasure_cause, $4, $5) ON CONFLICT DO NOTHING",
        tenant_id,
        erasure.customer_id,
        erasure.cause.value,
        erasure.fields_emptied,
        erasure.erased_at,
    )


async def list_erasures(tx: Transaction, tenant_id: UUID, after: UUID | None, limit: int) -> list[Erasure]:
    """Return erasures of a tenant by customer id, after an id."""
    rows = await tx.fetch(
        "SELECT customer_id, cause, fields_emptied, erased_at FROM privacy_erasure "
        "WHERE tenant_id = $1 AND ($2::uuid IS NULL OR customer_id > $2) ORDER BY customer_id LIMIT $3",
        tenant_id,
        after,
        limit,
    )
    return [Erasure(row[0], ErasureCause(row[1]), row[2], row[3]) for row in rows]


async def load_books_with_money(tx: Transaction, book_ids: Sequence[UUID]) -> set[UUID]:
    """Return the books in which something stands or is held."""
    rows = await tx.fetch(
        "SELECT DISTINCT book_id FROM ledger_balance WHERE book_id = ANY($1::uuid[]) "
        "AND (posted <> 0 OR held <> 0)",
        list(book_ids),
    )
    return {row["book_id"] for row in rows}
