"""Queries on what approvals are worth, and on what customers expect to turn over."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final
from uuid import UUID

from customer_stack.kyc.domain.tiers import ExpectedTurnover, FundsSource, Verification
from shared.database import Transaction

_COLUMNS: Final = "session_id, tenant_id, customer_id, tier, verified_at, review_due_on, document_expires_on"


async def insert_verification(tx: Transaction, verification: Verification) -> None:
    """Keep what an approval is worth."""
    await tx.execute(
        f"INSERT INTO kyc_verification ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        verification.session_id,
        verification.tenant_id,
        verification.customer_id,
        verification.tier,
        verification.verified_at,
        verification.review_due_on,
        verification.document_expires_on,
    )


async def load_verifications(tx: Transaction, customer_ids: Iterable[UUID]) -> dict[UUID, Verification]:
    """Return customer id -> the last approval."""
    rows = await tx.fetch(
        f"SELECT DISTINCT ON (customer_id) {_COLUMNS} FROM kyc_verification "
        "WHERE customer_id = ANY($1::uuid[]) ORDER BY customer_id, verified_at DESC",
        list(customer_ids),
    )
    return {row["customer_id"]: _verification(row) for row in rows}


async def list_due(
    tx: Transaction,
    tenant_id: UUID,
    *,
    department_id: UUID | None,
    until: date,
    after: UUID | None,
    limit: int,
) -> list[Verification]:
    """Return last approvals whose review or document ends by a day, by customer id, after one."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM (SELECT DISTINCT ON (v.customer_id) v.* FROM kyc_verification v "
        "JOIN kyc_session s ON s.id = v.session_id "
        "WHERE v.tenant_id = $1 AND ($2::uuid IS NULL OR s.department_id = $2) "
        "AND ($4::uuid IS NULL OR v.customer_id > $4) "
        "ORDER BY v.customer_id, v.verified_at DESC) last "
        "WHERE review_due_on <= $3 OR document_expires_on <= $3 ORDER BY customer_id LIMIT $5",
        tenant_id,
        department_id,
        until,
        after,
        limit,
    )
    return [_verification(row) for row in rows]


async def insert_turnover(
    tx: Transaction, tenant_id: UUID, turnover_id: UUID, customer_id: UUID, expected: ExpectedTurnover
) -> None:
    """Keep what a customer expects; what they said before stays."""
    await tx.execute(
        "INSERT INTO kyc_turnover (tenant_id, id, customer_id, monthly_cents, source, declared_at) "
        "VALUES ($1, $2, $3, $4, $5::kyc_funds_source, $6)",
        tenant_id,
        turnover_id,
        customer_id,
        expected.monthly_cents,
        expected.source.value,
        expected.declared_at,
    )


async def load_turnovers(tx: Transaction, customer_ids: Iterable[UUID]) -> dict[UUID, ExpectedTurnover]:
    """Return customer id -> what they said last; who never said is left out."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (customer_id) customer_id, monthly_cents, source, declared_at FROM kyc_turnover "
        "WHERE customer_id = ANY($1::uuid[]) ORDER BY customer_id, declared_at DESC, id DESC",
        list(customer_ids),
    )
    return {
        row["customer_id"]: ExpectedTurnover(
            row["monthly_cents"], FundsSource(row["source"]), row["declared_at"]
        )
        for row in rows
    }


def _verification(row: Any) -> Verification:
    return Verification(**dict(row))
