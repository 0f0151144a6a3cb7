"""Every query on identity checks."""

from datetime import datetime
from uuid import UUID

from customer_stack.kyc.domain import RULES_VERSION, Check, Decision
from shared.database import Transaction


async def insert_check(
    tx: Transaction, tenant_id: UUID, check_id: UUID, customer_id: UUID, now: datetime
) -> bool:
    """Keep a new check. False when the customer has one already."""
    row = await tx.fetch_row(
        "INSERT INTO kyc_check (tenant_id, id, customer_id, requested_at, next_attempt_at) "
        "VALUES ($1, $2, $3, $4, $4) ON CONFLICT (customer_id) DO NOTHING RETURNING 1",
        tenant_id,
        check_id,
        customer_id,
        now,
    )
    return row is not None


async def take_due(tx: Transaction, now: datetime, lease_until: datetime, limit: int) -> list[Check]:
    """Return checks that are due and keep other workers from them until `lease_until`."""
    rows = await tx.fetch(
        "UPDATE kyc_check SET next_attempt_at = $2, attempts = attempts + 1 WHERE id IN ("
        "  SELECT c.id FROM kyc_check c WHERE c.next_attempt_at <= $1 "
        "  AND NOT EXISTS (SELECT FROM kyc_decision d WHERE d.check_id = c.id) "
        "  ORDER BY c.next_attempt_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED) "
        "RETURNING id, tenant_id, customer_id, submitted_at IS NOT NULL, attempts",
        now,
        lease_until,
        limit,
    )
    return [Check(*row) for row in rows]


async def mark_submitted(tx: Transaction, check_id: UUID, now: datetime) -> None:
    """Say that the vendor has taken the question."""
    await tx.execute(
        "UPDATE kyc_check SET submitted_at = $2 WHERE id = $1 AND submitted_at IS NULL", check_id, now
    )


async def postpone(tx: Transaction, check_id: UUID, until: datetime) -> None:
    """Let a check rest until a moment."""
    await tx.execute("UPDATE kyc_check SET next_attempt_at = $2 WHERE id = $1", check_id, until)


async def insert_decision(tx: Transaction, check: Check, decision: Decision, now: datetime) -> bool:
    """End a check. False when it had ended before."""
    row = await tx.fetch_row(
        "INSERT INTO kyc_decision (tenant_id, check_id, outcome, reason, rules_version, decided_at) "
        "VALUES ($1, $2, $3::kyc_outcome, $4::kyc_reason, $5, $6) ON CONFLICT DO NOTHING RETURNING 1",
        check.tenant_id,
        check.id,
        decision.outcome.value,
        decision.reason.value,
        RULES_VERSION,
        now,
    )
    return row is not None
