"""Every query of periods, on the transaction it is given."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from customer_stack.ledger.domain import Account, BookKind, TransferKind
from customer_stack.periods.domain import AccountLine, Closed, DeskProfit, Proposal, Span
from shared.database import Transaction
from shared.ledger.domain import LKR

_CLOSED = "SELECT number, starts_at, ends_at, proposed_by, closed_by, closed_at FROM period_closed"
_PROPOSAL = (
    "SELECT id, tenant_id, number, starts_at, ends_at, proposed_by, proposed_at, digest FROM period_proposal"
)


async def lock_alone(tx: Transaction, tenant_id: UUID) -> None:
    """Wait for everybody who is posting for the tenant, and keep others out until the end of `tx`."""
    await tx.execute("SELECT pg_advisory_xact_lock(period_lock_key($1))", tenant_id)


async def load_departments(tx: Transaction) -> list[UUID]:
    """Return the books of the bound tenant's departments, where a close recognises profit."""
    rows = await tx.fetch("SELECT id FROM ledger_book WHERE kind = $1", BookKind.DEPARTMENT)
    return [row["id"] for row in rows]


async def load_last(tx: Transaction) -> Span | None:
    """Return the newest closed period of the bound tenant."""
    row = await tx.fetch_row(f"{_CLOSED} ORDER BY number DESC LIMIT 1")
    return None if row is None else _read_closed(row).span


async def load_first_entry(tx: Transaction) -> datetime | None:
    """Return from when the first transfer of the bound tenant counts."""
    found: datetime | None = await tx.fetch_value("SELECT min(effective_at) FROM ledger_transfer")
    return found


async def load_lines(tx: Transaction, span: Span) -> tuple[AccountLine, ...]:
    """Return every account that ever moved up to the end of `span`, summed over the books of a kind."""
    rows = await tx.fetch(
        "SELECT l.asset_id, b.kind AS book_kind, l.account, "
        "coalesce(sum(l.amount) FILTER (WHERE t.effective_at >= $1), 0)::bigint AS moved, "
        "sum(l.amount)::bigint AS closing "
        "FROM ledger_leg l JOIN ledger_transfer t ON t.book_id = l.book_id AND t.id = l.transfer_id "
        "JOIN ledger_book b ON b.id = l.book_id "
        "WHERE t.effective_at < $2 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        span.starts_at,
        span.ends_at,
    )
    return tuple(
        AccountLine(row["asset_id"], row["book_kind"], row["account"], row["moved"], row["closing"])
        for row in rows
    )


async def load_desks(tx: Transaction, ends_at: datetime) -> tuple[DeskProfit, ...]:
    """Return each department's profit and recognition up to `ends_at`, and what its till can give now."""
    rows = await tx.fetch(
        "SELECT b.id, coalesce(sum(p.profit), 0)::bigint AS profit, "
        "coalesce(sum(p.amount) FILTER (WHERE t.kind = $2), 0)::bigint AS recognised, "
        "coalesce((SELECT s.posted - s.held FROM ledger_balance s "
        "  WHERE s.book_id = b.id AND s.asset_id = $3 AND s.account = $4), 0) AS till_available "
        "FROM ledger_book b JOIN ledger_transfer t ON t.book_id = b.id AND t.effective_at < $1 "
        "JOIN ledger_posting p ON p.book_id = t.book_id AND p.transfer_id = t.id "
        "WHERE b.kind = $5 GROUP BY 1 ORDER BY 1",
        ends_at,
        TransferKind.REVENUE_RECOGNITION,
        LKR,
        Account.TILL,
        BookKind.DEPARTMENT,
    )
    return tuple(
        DeskProfit(row["id"], row["profit"], row["recognised"], row["till_available"]) for row in rows
    )


async def insert_proposal(tx: Transaction, proposal: Proposal) -> None:
    """Keep a proposal."""
    await tx.execute(
        "INSERT INTO period_proposal "
        "(id, tenant_id, number, starts_at, ends_at, proposed_by, proposed_at, digest) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        proposal.id,
        proposal.tenant_id,
        proposal.span.number,
        proposal.span.starts_at,
        proposal.span.ends_at,
        proposal.proposed_by,
        proposal.proposed_at,
        proposal.digest,
    )


async def load_proposal(tx: Transaction, proposal_id: UUID) -> Proposal | None:
    """Return a proposal of the bound tenant."""
    row = await tx.fetch_row(f"{_PROPOSAL} WHERE id = $1", proposal_id)
    return None if row is None else _read_proposal(row)


async def load_proposals(tx: Transaction, before: UUID | None, limit: int) -> tuple[Proposal, ...]:
    """Return proposals, newest first."""
    rows = await tx.fetch(
        f"{_PROPOSAL} WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2", before, limit
    )
    return tuple(_read_proposal(row) for row in rows)


async def insert_closed(
    tx: Transaction, tenant_id: UUID, proposal_id: UUID, closed: Closed, lines: Sequence[AccountLine]
) -> None:
    """Close a period and keep what stood at its end."""
    await tx.execute(
        "INSERT INTO period_closed "
        "(tenant_id, number, proposal_id, starts_at, ends_at, proposed_by, closed_by, closed_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant_id,
        closed.span.number,
        proposal_id,
        closed.span.starts_at,
        closed.span.ends_at,
        closed.proposed_by,
        closed.closed_by,
        closed.closed_at,
    )
    await tx.execute(
        "INSERT INTO period_balance (tenant_id, number, asset_id, book_kind, account, moved, closing) "
        "SELECT $1, $2, * FROM unnest($3::integer[], $4::ledger_book_kind[], $5::ledger_account[], "
        "$6::bigint[], $7::bigint[])",
        tenant_id,
        closed.span.number,
        [line.asset for line in lines],
        [line.book_kind for line in lines],
        [line.account for line in lines],
        [line.moved for line in lines],
        [line.closing for line in lines],
    )


async def load_closed(tx: Transaction, before: int, limit: int) -> tuple[Closed, ...]:
    """Return closed periods below a number, newest first."""
    rows = await tx.fetch(f"{_CLOSED} WHERE number < $1 ORDER BY number DESC LIMIT $2", before, limit)
    return tuple(_read_closed(row) for row in rows)


async def load_balances(tx: Transaction, number: int) -> tuple[AccountLine, ...]:
    """Return what a closed period kept."""
    rows = await tx.fetch(
        "SELECT asset_id, book_kind, account, moved, closing FROM period_balance WHERE number = $1 "
        "ORDER BY asset_id, book_kind, account",
        number,
    )
    return tuple(
        AccountLine(row["asset_id"], row["book_kind"], row["account"], row["moved"], row["closing"])
        for row in rows
    )


def _read_span(row: asyncpg.Record) -> Span:
    return Span(row["number"], row["starts_at"], row["ends_at"])


def _read_closed(row: asyncpg.Record) -> Closed:
    return Closed(_read_span(row), row["proposed_by"], row["closed_by"], row["closed_at"])


def _read_proposal(row: asyncpg.Record) -> Proposal:
    return Proposal(
        row["id"],
        row["tenant_id"],
        _read_span(row),
        row["proposed_by"],
        row["proposed_at"],
        bytes(row["digest"]),
    )
