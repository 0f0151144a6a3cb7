"""Every query on screening results."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.screening.domain.alerts import Subject
from customer_stack.screening.matching.party import MATCHER_VERSION, Decision
from shared.database import Transaction

TABLE: Final = "screening_result"


@dataclass(frozen=True, slots=True)
class Result:
    """A verdict as it is stored. The reasons quote the customer's name, so they are sealed."""

    id: UUID
    subject: Subject
    list_version: bytes
    threshold: int
    decision: Decision
    best_score: int
    best_entry: str | None
    party_print: bytes
    reasons_sealed: bytes = field(repr=False)
    screened_at: datetime


async def insert_result(tx: Transaction, result: Result) -> bool:
    """Keep a verdict. False when there is one of the same subject, lists and matcher."""
    row = await tx.fetch_row(
        "INSERT INTO screening_result (tenant_id, id, customer_id, list_version, matcher_version, threshold, "
        "best_score, best_entry, verdict, reasons_sealed, screened_at, business_id, party_print) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::screening_verdict, $10, $11, $12, $13) "
        "ON CONFLICT DO NOTHING RETURNING 1",
        result.subject.tenant_id,
        result.id,
        result.subject.customer_id,
        result.list_version,
        MATCHER_VERSION,
        result.threshold,
        result.best_score,
        result.best_entry,
        result.decision.value,
        result.reasons_sealed,
        result.screened_at,
        result.subject.business_id,
        result.party_print,
    )
    return row is not None
