"""Decisions, appended by batch."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.domain.verdicts import Answer
from customer_stack.gate.domain.deciding import GATE_VERSION
from shared.database import Transaction

_INSERT: Final = """
INSERT INTO gate_decision (tenant_id, id, subject_id, customer_id, decided_at, kind, lane, answer, score,
                           reason, basis, record, gate_version)
SELECT *, $13::smallint
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::aml_event_kind[],
            $7::text[], $8::gate_answer[], $9::smallint[], $10::text[], $11::bytea[], $12::json[])
"""


class NewDecision(NamedTuple):
    """One decision as a row. `reason` is the first one; `basis` a digest, None where no rule was asked."""

    tenant_id: UUID
    id: UUID
    subject_id: UUID
    customer_id: UUID
    decided_at: datetime
    kind: EventKind
    lane: str
    answer: Answer
    score: int
    reason: str | None
    basis: bytes | None
    record: str


async def insert_decisions(tx: Transaction, decisions: Sequence[NewDecision]) -> None:
    """Append decisions."""
    await tx.execute(_INSERT, *map(list, zip(*decisions, strict=True)), GATE_VERSION)


async def has_basis(tx: Transaction, tenant_id: UUID, digest: bytes) -> bool:
    """Tell whether a tenant's basis is kept."""
    found = await tx.fetch_value(
        "SELECT true FROM gate_basis WHERE tenant_id = $1 AND digest = $2", tenant_id, digest
    )
    return bool(found)


async def insert_basis(tx: Transaction, tenant_id: UUID, digest: bytes, content: bytes, at: datetime) -> None:
    """Keep what a digest stands for, once."""
    await tx.execute(
        "INSERT INTO gate_basis (tenant_id, digest, content, first_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT ON CONSTRAINT gate_basis_pk DO NOTHING",
        tenant_id,
        digest,
        content,
        at,
    )


async def count_findings(
    tx: Transaction, tenant_id: UUID, begins_at: datetime, ends_at: datetime
) -> dict[str, int]:
    """Return how many decisions of a period that scored, or were not allowed, have each reason of AML."""
    rows = await tx.fetch(
        "SELECT r.reason, count(*) AS hits FROM gate_decision d "
        "CROSS JOIN LATERAL json_array_elements_text(d.record -> 'reasons') AS r (reason) "
        "WHERE d.tenant_id = $1 AND d.decided_at >= $2 AND d.decided_at < $3 "
        "AND (d.score > 0 OR d.answer <> 'allow') AND r.reason LIKE 'aml.%' GROUP BY r.reason",
        tenant_id,
        begins_at,
        ends_at,
    )
    return {row["reason"]: row["hits"] for row in rows}
