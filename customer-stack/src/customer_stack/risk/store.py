"""Every query on flags and scores."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from customer_stack.aml.domain.values import CustomerFlag
from customer_stack.risk.domain.records import FlagChange, ScoreRecord
from customer_stack.risk.domain.scoring import Score
from customer_stack.risk.domain.weights import Band, Part
from shared.database import Transaction

_SCORE: Final = "s.score, s.band, s.parts, s.weights, s.id, s.scored_at"


def _record(fields: Sequence[Any]) -> ScoreRecord:
    total, band, parts, weights, score_id, scored_at = fields
    points = {Part(name): each for name, each in orjson.loads(parts).items()}
    return ScoreRecord(score_id, scored_at, Score(total, Band(band), points, weights))


async def list_due(tx: Transaction, tenant_id: UUID, checked_before: datetime, limit: int) -> list[UUID]:
    """Return whose facts changed since they were looked at, or who was not looked at for long."""
    rows = await tx.fetch(
        "SELECT customer_id FROM facts_customer f LEFT JOIN risk_current c USING (customer_id) "
        "WHERE f.tenant_id = $1 AND (c.score_id IS NULL OR c.facts_version <> f.version "
        "OR c.checked_at < $2) ORDER BY c.checked_at NULLS FIRST LIMIT $3",
        tenant_id,
        checked_before,
        limit,
    )
    return [row[0] for row in rows]


async def load_current(tx: Transaction, customer_ids: Collection[UUID]) -> dict[UUID, ScoreRecord]:
    """Return the scores that count."""
    rows = await tx.fetch(
        f"SELECT c.customer_id, {_SCORE} FROM risk_current c JOIN risk_score s ON s.id = c.score_id "
        "WHERE c.customer_id = ANY($1::uuid[])",
        list(customer_ids),
    )
    return {row[0]: _record(list(row)[1:]) for row in rows}


async def list_scores(
    tx: Transaction, customer_id: UUID, *, before: UUID | None, limit: int
) -> list[ScoreRecord]:
    """Return a customer's scores, newest first."""
    rows = await tx.fetch(
        f"SELECT {_SCORE} FROM risk_score s WHERE s.customer_id = $1 AND ($2::uuid IS NULL OR s.id < $2) "
        "ORDER BY s.id DESC LIMIT $3",
        customer_id,
        before,
        limit,
    )
    return [_record(list(row)) for row in rows]


async def insert_score(tx: Transaction, tenant_id: UUID, customer_id: UUID, record: ScoreRecord) -> None:
    """Keep a score that differs from the one before."""
    await tx.execute(
        "INSERT INTO risk_score (tenant_id, id, customer_id, score, band, parts, weights, scored_at) "
        "VALUES ($1, $2, $3, $4, $5::risk_band, $6::jsonb, $7, $8)",
        tenant_id,
        record.id,
        customer_id,
        record.score.total,
        record.score.band.value,
        orjson.dumps({part.value: each for part, each in record.score.parts.items()}).decode(),
        record.score.weights,
        record.scored_at,
    )


async def put_current(
    tx: Transaction, tenant_id: UUID, customer_id: UUID, score_id: UUID, facts_version: int, at: datetime
) -> None:
    """Let a score count."""
    await tx.execute(
        "INSERT INTO risk_current (tenant_id, customer_id, score_id, facts_version, checked_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (customer_id) DO UPDATE SET score_id = excluded.score_id, "
        "facts_version = excluded.facts_version, checked_at = excluded.checked_at",
        tenant_id,
        customer_id,
        score_id,
        facts_version,
        at,
    )


async def confirm_current(tx: Transaction, versions: Sequence[tuple[UUID, int]], at: datetime) -> None:
    """Say that the scores of customers were looked at, with these versions of their facts, and stay."""
    await tx.execute(
        "UPDATE risk_current c SET facts_version = v.version, checked_at = $3 "
        "FROM unnest($1::uuid[], $2::integer[]) AS v (customer_id, version) "
        "WHERE c.customer_id = v.customer_id AND c.facts_version <= v.version",
        [customer_id for customer_id, _ in versions],
        [version for _, version in versions],
        at,
    )


async def insert_flag(tx: Transaction, tenant_id: UUID, customer_id: UUID, change: FlagChange) -> None:
    """Keep a change of a flag."""
    await tx.execute(
        "INSERT INTO risk_flag (tenant_id, id, customer_id, flag, is_set, changed_by, changed_at, "
        "text_sealed) VALUES ($1, $2, $3, $4::risk_flag_kind, $5, $6, $7, $8)",
        tenant_id,
        change.id,
        customer_id,
        change.flag.value,
        change.is_set,
        change.changed_by,
        change.changed_at,
        change.sealed,
    )


async def list_flags(
    tx: Transaction, customer_id: UUID, *, before: UUID | None, limit: int
) -> list[FlagChange]:
    """Return the changes of a customer's flags, newest first."""
    rows = await tx.fetch(
        "SELECT id, flag, is_set, changed_by, changed_at, text_sealed FROM risk_flag "
        "WHERE customer_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        customer_id,
        before,
        limit,
    )
    return [FlagChange(row[0], CustomerFlag(row[1]), *list(row)[2:]) for row in rows]
