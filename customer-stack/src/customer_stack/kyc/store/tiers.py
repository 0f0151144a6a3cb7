"""Queries on what approvals are worth, and on what customers expect to turn over."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from customer_stack.kyc.domain.tiers import ExpectedTurnover, FundsSource, Verification
from shared.database import Transaction

_COLUMNS: Final = "session_id, tenant_id, customer_id, tier, verified_at, review_due_on, document_expires_on"

_EFFECTIVE: Final = (
    "v.session_id, v.tenant_id, v.customer_id, v.tier, v.verified_at, v.document_expires_on, "
    "least(v.review_due_on, (SELECT r.due_on FROM kyc_review r WHERE r.customer_id = v.customer_id "
    "AND r.set_at >= v.verified_at ORDER BY r.id DESC LIMIT 1)) AS review_due_on"
)
"""A verification as it counts: a review that was set for earlier goes before the tier's."""


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
        f"SELECT DISTINCT ON (v.customer_id) {_EFFECTIVE} FROM kyc_verification v "
        "WHERE v.customer_id = ANY($1::uuid[]) ORDER BY v.customer_id, v.verified_at DESC",
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
        f"SELECT {_COLUMNS} FROM (SELECT DISTINCT ON (v.customer_id) {_EFFECTIVE} FROM kyc_verification v "
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


async def insert_review(
    tx: Transaction, review_id: UUID, verification: Verification, due_on: date, cause: str, at: datetime
) -> None:
    """Keep a date by which somebody is looked at again."""
    await tx.execute(
        "INSERT INTO kyc_review (tenant_id, id, customer_id, due_on, cause, set_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        verification.tenant_id,
        review_id,
        verification.customer_id,
        due_on,
        cause,
        at,
    )


async def load_high_routes(tx: Transaction, customer_ids: Iterable[UUID]) -> set[UUID]:
    """Return who was last approved on a route of high risk."""
    rows = await tx.fetch(
        "SELECT l.customer_id FROM (SELECT DISTINCT ON (v.customer_id) v.customer_id, s.risk "
        "FROM kyc_verification v JOIN kyc_session s ON s.id = v.session_id "
        "WHERE v.customer_id = ANY($1::uuid[]) ORDER BY v.customer_id, v.verified_at DESC) l "
        "WHERE l.risk = 'high'",
        list(customer_ids),
    )
    return {row[0] for row in rows}


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
