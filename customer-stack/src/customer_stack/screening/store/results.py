"""Every query on screening results."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.screening.matching.party import MATCHER_VERSION, Decision
from shared.database import Transaction

TABLE: Final = "screening_result"


@dataclass(frozen=True, slots=True)
class Result:
    """A verdict as it is stored. The reasons quote the customer's name, so they are sealed."""

    id: UUID
    customer_id: UUID
    list_version: bytes
    threshold: int
    decision: Decision
    best_score: int
    best_entry: str | None
    reasons_sealed: bytes = field(repr=False)
    screened_at: datetime


async def insert_result(tx: Transaction, tenant_id: UUID, result: Result) -> bool:
    """Keep a verdict. False when this customer has one for this version of lists and matcher."""
    row = await tx.fetch_row(
        "INSERT INTO screening_result (tenant_id, id, customer_id, list_version, matcher_version, threshold, "
        "best_score, best_entry, verdict, reasons_sealed, screened_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::screening_verdict, $10, $11) "
        "ON CONFLICT DO NOTHING RETURNING 1",
        tenant_id,
        result.id,
        result.customer_id,
        result.list_version,
        MATCHER_VERSION,
        result.threshold,
        result.best_score,
        result.best_entry,
        result.decision.value,
        result.reasons_sealed,
        result.screened_at,
    )
    return row is not None
