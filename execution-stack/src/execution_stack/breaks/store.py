"""Every query of breaks, their evidence and their steps."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from execution_stack.breaks.domain import (
    AGE_BOUNDS,
    AgeBucket,
    Break,
    Closing,
    Evidence,
    FoundBreak,
    Kind,
    Reference,
    Step,
)
from shared.database import Transaction

_STATUS: Final = """
SELECT b.id, b.kind, b.subject, b.expected, b.found, b.found_at, coalesce(s.number, 0) AS steps, s.operator,
    e.at AS closed_at, e.closing, e.transfer_id
FROM break_found b
LEFT JOIN break_step e ON e.break_id = b.id AND e.kind = 'closed'
LEFT JOIN LATERAL (SELECT number, operator FROM break_step t WHERE t.break_id = b.id
    ORDER BY number DESC LIMIT 1) s ON true
"""


def _found(row: asyncpg.Record, evidence: tuple[Evidence, ...] = ()) -> FoundBreak:
    return FoundBreak(
        break_id=row["id"],
        what=Break(Kind(row["kind"]), row["subject"], row["expected"], row["found"], evidence),
        found_at=row["found_at"],
        steps=row["steps"],
        owner=row["operator"],
        closed_at=row["closed_at"],
        closing=None if row["closing"] is None else Closing(row["closing"]),
        transfer_id=row["transfer_id"],
    )


async def insert(
    tx: Transaction, breaks: Sequence[Break], ids: Sequence[UUID], at: datetime
) -> dict[UUID, Break]:
    """Add breaks that are not open already, under the given ids; return those that were added."""
    rows = await tx.fetch(
        "INSERT INTO break_found (id, kind, subject, expected, found, found_at, occurrence) "
        "SELECT b.id, b.kind, b.subject, b.expected, b.found, $1, 1 + count(f.id) "
        "FROM unnest($2::uuid[], $3::break_kind[], $4::uuid[], $5::bigint[], $6::bigint[]) "
        "AS b (id, kind, subject, expected, found) "
        "LEFT JOIN break_found f USING (kind, subject, expected, found) "
        "LEFT JOIN break_step e ON e.break_id = f.id AND e.kind = 'closed' "
        "GROUP BY b.id, b.kind, b.subject, b.expected, b.found HAVING count(f.id) = count(e.break_id) "
        "ON CONFLICT ON CONSTRAINT break_found_once DO NOTHING RETURNING id",
        at,
        list(ids),
        [each.kind for each in breaks],
        [each.subject for each in breaks],
        [each.expected for each in breaks],
        [each.found for each in breaks],
    )
    new = {row["id"] for row in rows}
    return {break_id: each for break_id, each in zip(ids, breaks, strict=True) if break_id in new}


async def insert_evidence(tx: Transaction, breaks: dict[UUID, Break]) -> None:
    """Add what breaks are about."""
    rows = [(break_id, one) for break_id, each in breaks.items() for one in set(each.evidence)]
    await tx.execute(
        "INSERT INTO break_evidence (break_id, kind, reference_id) "
        "SELECT * FROM unnest($1::uuid[], $2::break_reference[], $3::uuid[])",
        [break_id for break_id, _ in rows],
        [one.kind for _, one in rows],
        [one.reference_id for _, one in rows],
    )


async def load(tx: Transaction, break_id: UUID) -> FoundBreak | None:
    """Return one break as it stands."""
    row = await tx.fetch_row(f"{_STATUS} WHERE b.id = $1", break_id)
    return None if row is None else _found(row)


async def list_newest(
    tx: Transaction, kinds: Collection[Kind], limit: int, *, only_open: bool
) -> list[FoundBreak]:
    """Return the newest breaks of some kinds with their evidence."""
    rows = await tx.fetch(
        f"{_STATUS} WHERE b.kind = ANY($1::break_kind[]) AND (NOT $2 OR e.break_id IS NULL) "
        "ORDER BY b.found_at DESC, b.id LIMIT $3",
        list(kinds),
        only_open,
        limit,
    )
    named = await tx.fetch(
        "SELECT break_id, kind, reference_id FROM break_evidence WHERE break_id = ANY($1::uuid[]) "
        "ORDER BY kind, reference_id",
        [row["id"] for row in rows],
    )
    evidence: dict[UUID, tuple[Evidence, ...]] = {}
    for one in named:
        known = evidence.get(one["break_id"], ())
        evidence[one["break_id"]] = (*known, Evidence(Reference(one["kind"]), one["reference_id"]))
    return [_found(row, evidence.get(row["id"], ())) for row in rows]


async def count_open(tx: Transaction, now: datetime) -> dict[tuple[Kind, AgeBucket], int]:
    """Return how many breaks of each kind and age are open."""
    rows = await tx.fetch(
        "SELECT b.kind, width_bucket($1 - b.found_at, $2::interval[]) AS bucket, count(*) AS n "
        "FROM break_found b WHERE NOT EXISTS "
        "(SELECT FROM break_step e WHERE e.break_id = b.id AND e.kind = 'closed') GROUP BY 1, 2",
        now,
        list(AGE_BOUNDS),
    )
    buckets = tuple(AgeBucket)
    return {(Kind(row["kind"]), buckets[row["bucket"]]): row["n"] for row in rows}


async def load_oldest_open(tx: Transaction, kind: Kind) -> tuple[int, int, datetime] | None:
    """Return how many breaks of a kind are open, what was found in all of them, and since when."""
    row = await tx.fetch_row(
        "SELECT count(*) AS n, sum(b.found)::bigint AS found, min(b.found_at) AS since FROM break_found b "
        "WHERE b.kind = $1 AND NOT EXISTS "
        "(SELECT FROM break_step e WHERE e.break_id = b.id AND e.kind = 'closed')",
        kind,
    )
    return None if row is None or not row["n"] else (row["n"], row["found"], row["since"])


async def insert_step(tx: Transaction, step: Step) -> bool:
    """Add a step; False when somebody else took the same number."""
    row = await tx.fetch_row(
        "INSERT INTO break_step (break_id, operator, transfer_id, at, number, kind, closing) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING number",
        step.break_id,
        step.operator,
        step.transfer_id,
        step.at,
        step.number,
        "taken" if step.closing is None else "closed",
        step.closing,
    )
    return row is not None
