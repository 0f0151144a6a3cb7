"""Queries of what reports say beside movements: who reports, parties, counterparties. All of it sealed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from customer_stack.filings.domain.profile import ProfileVersion, SealedVersion
from shared.database import Transaction

_PROFILES = (
    "SELECT p.number, p.seal_id, p.content, p.proposed_by, p.proposed_at, d.is_approved, "
    "d.decided_by, d.decided_at FROM filing_profile p "
    "LEFT JOIN filing_profile_decision d USING (tenant_id, number)"
)


async def insert_profile(tx: Transaction, tenant_id: UUID, version: SealedVersion) -> bool:
    """Keep a proposal; False when somebody else's has just taken its number."""
    kept = await tx.fetch_value(
        "INSERT INTO filing_profile (tenant_id, number, content, seal_id, proposed_by, proposed_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING true",
        tenant_id,
        version.number,
        version.content_sealed,
        version.seal_id,
        version.written_by,
        version.written_at,
    )
    return bool(kept)


async def insert_decision(
    tx: Transaction,
    tenant_id: UUID,
    version: ProfileVersion,
    person: UUID,
    now: datetime,
    *,
    is_approved: bool,
) -> bool:
    """Keep how a proposal was decided; False when it was decided before."""
    kept = await tx.fetch_value(
        "INSERT INTO filing_profile_decision (tenant_id, number, proposed_by, is_approved, decided_by, "
        "decided_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING true",
        tenant_id,
        version.sealed.number,
        version.sealed.written_by,
        is_approved,
        person,
        now,
    )
    return bool(kept)


async def load_profiles(
    tx: Transaction, tenant_id: UUID, before: int | None, limit: int
) -> tuple[ProfileVersion, ...]:
    """Return versions of who reports, newest first, below a number."""
    rows = await tx.fetch(
        f"{_PROFILES} WHERE p.tenant_id = $1 AND ($2::integer IS NULL OR p.number < $2) "
        "ORDER BY p.number DESC LIMIT $3",
        tenant_id,
        before,
        limit,
    )
    return tuple(_read_profile(row) for row in rows)


async def load_profile(tx: Transaction, tenant_id: UUID) -> ProfileVersion | None:
    """Return the version that counts: the newest approved one."""
    row = await tx.fetch_row(
        f"{_PROFILES} WHERE p.tenant_id = $1 AND d.is_approved ORDER BY p.number DESC LIMIT 1", tenant_id
    )
    return None if row is None else _read_profile(row)


async def insert_party(tx: Transaction, tenant_id: UUID, customer_id: UUID, version: SealedVersion) -> None:
    """Keep what an officer wrote down of a client."""
    await tx.execute(
        "INSERT INTO filing_party (tenant_id, customer_id, number, content_sealed, seal_id, written_by, "
        "written_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        tenant_id,
        customer_id,
        version.number,
        version.content_sealed,
        version.seal_id,
        version.written_by,
        version.written_at,
    )


async def load_parties(tx: Transaction, customer_ids: Sequence[UUID]) -> dict[UUID, SealedVersion]:
    """Return the newest version of each client of whom something was written down."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (customer_id) customer_id, number, seal_id, content_sealed, written_by, "
        "written_at FROM filing_party WHERE customer_id = ANY($1::uuid[]) ORDER BY customer_id, number DESC",
        list(customer_ids),
    )
    return {row["customer_id"]: SealedVersion(*list(row)[1:]) for row in rows}


async def insert_counterparty(
    tx: Transaction, tenant_id: UUID, customer_id: UUID, version: SealedVersion
) -> None:
    """Keep whose an account outside of a client's movements is."""
    await tx.execute(
        "INSERT INTO filing_counterparty (tenant_id, customer_id, number, content_sealed, seal_id, "
        "written_by, written_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        tenant_id,
        customer_id,
        version.number,
        version.content_sealed,
        version.seal_id,
        version.written_by,
        version.written_at,
    )


async def load_counterparties(
    tx: Transaction, customer_ids: Sequence[UUID], limit: int
) -> tuple[tuple[UUID, SealedVersion], ...]:
    """Return what was written down of clients' accounts outside, by client, oldest first."""
    rows = await tx.fetch(
        "SELECT customer_id, number, seal_id, content_sealed, written_by, written_at "
        "FROM filing_counterparty WHERE customer_id = ANY($1::uuid[]) ORDER BY customer_id, number LIMIT $2",
        list(customer_ids),
        limit,
    )
    return tuple((row["customer_id"], SealedVersion(*list(row)[1:])) for row in rows)


def _read_profile(row: asyncpg.Record) -> ProfileVersion:
    values = list(row)
    return ProfileVersion(SealedVersion(*values[:5]), *values[5:])
