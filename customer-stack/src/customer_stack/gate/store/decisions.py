"""Decisions, appended by batch."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.domain.verdicts import Answer
from customer_stack.gate.domain.deciding import GATE_VERSION
from shared.columns import folded, unless_missing
from shared.database import Transaction

_INSERT: Final = """
INSERT INTO gate_decision (tenant_id, id, subject_id, customer_id, decided_at, kind, lane, answer, score,
                           reason, basis, record, gate_version)
SELECT coalesce(u.tenant_id, ($1::uuid[])[1]), u.id, u.subject_id, u.customer_id,
       coalesce(u.decided_at, ($5::timestamptz[])[1]), coalesce(u.kind, ($6::aml_event_kind[])[1]),
       coalesce(u.lane, ($7::text[])[1]), coalesce(u.answer, ($8::gate_answer[])[1]),
       coalesce(u.score, ($9::smallint[])[1]), u.reason, u.basis, u.record, $13::smallint
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::aml_event_kind[],
            $7::text[], $8::gate_answer[], $9::smallint[], $10::text[], $11::bytea[], $12::json[])
    AS u (tenant_id, id, subject_id, customer_id, decided_at, kind, lane, answer, score, reason, basis,
          record)
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
    tenants, ids, subjects, customers, moments, *rest = zip(*decisions, strict=True)
    kinds, lanes, answers, scores, reasons, bases, written = rest
    await tx.execute(
        _INSERT,
        folded(tenants),
        ids,
        subjects,
        customers,
        folded(moments),
        *map(folded, (kinds, lanes, answers, scores)),
        unless_missing(reasons),
        unless_missing(bases),
        written,
        GATE_VERSION,
    )


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
