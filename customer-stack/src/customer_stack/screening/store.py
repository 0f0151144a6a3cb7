"""Every query on screening results."""

from datetime import datetime
from uuid import UUID

from customer_stack.screening.domain import MATCHER_VERSION, THRESHOLD, Result
from shared.database import Transaction


async def insert_result(
    tx: Transaction,
    *,
    tenant_id: UUID,
    result_id: UUID,
    customer_id: UUID,
    list_version: bytes,
    result: Result,
    now: datetime,
) -> bool:
    """Keep a verdict. False when this customer has one for this version of list and matcher."""
    row = await tx.fetch_row(
        "INSERT INTO screening_result (tenant_id, id, customer_id, list_version, matcher_version, threshold, "
        "best_score, best_entry, verdict, screened_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::screening_verdict, $10) "
        "ON CONFLICT DO NOTHING RETURNING 1",
        tenant_id,
        result_id,
        customer_id,
        list_version,
        MATCHER_VERSION,
        THRESHOLD,
        result.best_score,
        result.best_entry,
        result.verdict.value,
        now,
    )
    return row is not None
