"""Decisions as they were written: one, pages, samples; and the bases that they name."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from customer_stack.aml.domain.values import EventKind
from customer_stack.gate.domain.replaying import Stored
from shared.database import Transaction

_COLUMNS: Final = (
    "d.tenant_id, d.id, d.subject_id, d.customer_id, d.decided_at, d.kind::text, d.lane, d.answer::text, "
    "d.score, d.reason, d.basis, d.gate_version, d.record"
)


def _stored(row: Any) -> Stored:
    found = Stored(*row)
    return found._replace(kind=EventKind(found.kind))


async def load(tx: Transaction, decision_id: UUID) -> Stored | None:
    """Return a decision of the bound tenants."""
    row = await tx.fetch_row(f"SELECT {_COLUMNS} FROM gate_decision d WHERE d.id = $1", decision_id)
    return None if row is None else _stored(row)


async def load_about(
    tx: Transaction, subject_id: UUID, customer_ids: Sequence[UUID], since: UUID, limit: int
) -> list[Stored]:
    """Return the decisions about a subject, oldest first, from an id on: ids carry their time."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM gate_decision d "
        "WHERE d.customer_id = ANY ($2) AND d.id >= $3 AND d.subject_id = $1 ORDER BY d.id LIMIT $4",
        subject_id,
        customer_ids,
        since,
        limit,
    )
    return [_stored(row) for row in rows]


async def load_range(tx: Transaction, after: UUID, until: UUID, limit: int) -> list[Stored]:
    """Return decisions with ids behind one and below another, in order: ids begin with their time."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM gate_decision d WHERE d.id > $1 AND d.id < $2 ORDER BY d.id LIMIT $3",
        after,
        until,
        limit,
    )
    return [_stored(row) for row in rows]


async def load_not_allowed(
    tx: Transaction, tenant_id: UUID, after: UUID, until: UUID, limit: int
) -> list[Stored]:
    """Return those of a tenant that were denied or held."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM gate_decision d WHERE d.tenant_id = $1 AND d.answer <> 'allow' "
        "AND d.id > $2 AND d.id < $3 ORDER BY d.id LIMIT $4",
        tenant_id,
        after,
        until,
        limit,
    )
    return [_stored(row) for row in rows]


async def load_sample(tx: Transaction, tenant_id: UUID, places: Sequence[UUID], until: UUID) -> list[Stored]:
    """Return, of a tenant, the next decision behind each of some ids: a sample, if those are random."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (n.id) n.* FROM unnest($2::uuid[]) AS p (id) CROSS JOIN LATERAL ("
        f"  SELECT {_COLUMNS} FROM gate_decision d WHERE d.tenant_id = $1 AND d.id > p.id AND d.id < $3 "
        "  ORDER BY d.id LIMIT 1) n (tenant_id, id, subject_id, customer_id, decided_at, kind, lane, answer, "
        "score, reason, basis, gate_version, record) ORDER BY n.id",
        tenant_id,
        list(places),
        until,
    )
    return [_stored(row) for row in rows]


async def load_page(
    tx: Transaction, customer_id: UUID | None, answer: str | None, before: UUID | None, limit: int
) -> list[Stored]:
    """Return decisions of the bound tenant, newest first, below an id."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM gate_decision d WHERE ($1::uuid IS NULL OR d.customer_id = $1) "
        "AND ($2::gate_answer IS NULL OR d.answer = $2) AND ($3::uuid IS NULL OR d.id < $3) "
        "ORDER BY d.id DESC LIMIT $4",
        customer_id,
        answer,
        before,
        limit,
    )
    return [_stored(row) for row in rows]


async def load_bases(tx: Transaction, digests: Iterable[bytes]) -> dict[bytes, bytes]:
    """Return the content of bases by digest. The same basis of two tenants is the same content."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (digest) digest, content FROM gate_basis WHERE digest = ANY($1::bytea[]) "
        "ORDER BY digest",
        sorted(set(digests)),
    )
    return {row["digest"]: row["content"] for row in rows}
