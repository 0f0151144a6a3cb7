"""Every query of matching: both sides in columns, statements, and matches as they are kept.

Our side is read from the ledger, which belongs to all modules. Columns come as one row: a million rows cost
more to take apart than to match.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from customer_stack.reconciliation.domain.lines import ID_BYTES, Lines, order_lines, read_numbers
from customer_stack.reconciliation.domain.sources import Reach, Source, begin_of
from customer_stack.reconciliation.domain.statements import StatementLine
from shared.database import Transaction

LONG_SECONDS: Final = 60
"""How long one side may take to be read: a million lines take seconds."""

BACKDATED: Final = timedelta(days=31)
"""How long before its own day a movement may have been recorded: what the index by recording is asked for."""

_COLUMNS: Final = (
    "SELECT coalesce(string_agg(uuid_send(id), ''::bytea), ''::bytea) AS ids, "
    "coalesce(string_agg(int8send(amount), ''::bytea), ''::bytea) AS amounts, "
    "coalesce(string_agg(int4send(day), ''::bytea), ''::bytea) AS days, "
    "coalesce(string_agg(reference, E'\\n'), '') AS names, "
    "coalesce(string_agg(batch, E'\\n'), '') AS batches FROM "
)
_OURS: Final = """(
SELECT m.id, m.amount, ((m.effective_at AT TIME ZONE 'Asia/Colombo')::date - DATE '1970-01-01') AS day,
    coalesce(m.reference, i.reference, '') AS reference, coalesce(d.deal_id::text, '') AS batch
FROM (
    SELECT t.movement_id AS id, max(s.reference) AS reference, max(s.provider) AS provider,
        min(t.effective_at) AS effective_at,
        sum(CASE WHEN p.source = $2 THEN p.amount ELSE -p.amount END)::bigint AS amount
    FROM ledger_transfer t
    JOIN ledger_posting p ON p.book_id = t.book_id AND p.transfer_id = t.id AND p.asset_id = $1
        AND $2 IN (p.source, p.target)
    LEFT JOIN ledger_transfer_source s ON s.book_id = t.book_id AND s.transfer_id = t.id
    WHERE t.recorded_at >= $3 AND t.effective_at >= $4 AND t.effective_at < $5
        AND ($6::uuid IS NULL OR t.tenant_id = $6) AND ($7::uuid IS NULL OR t.book_id = $7)
    GROUP BY t.movement_id
) m
LEFT JOIN LATERAL (SELECT x.reference FROM ledger_item x WHERE x.movement_id = m.id AND m.reference IS NULL
    ORDER BY x.version DESC LIMIT 1) i ON true
LEFT JOIN LATERAL (SELECT x.deal_id FROM ledger_deal_state x WHERE x.movement_id = m.id
    AND m.provider = $8 LIMIT 1) d ON true
WHERE m.amount <> 0 AND (m.provider = ANY ($9::text[]) OR (m.provider IS NULL AND $10))
ORDER BY m.id) AS lines"""
_THEIRS: Final = """(
SELECT id, amount, day, reference, batch FROM reconciliation_statement_line l
WHERE tenant_id = $1 AND department_id = $2 AND source = $3 AND day BETWEEN $4 AND $5
    AND NOT EXISTS (SELECT FROM reconciliation_statement r WHERE r.replaces = l.statement_id)
ORDER BY id) AS lines"""
_STATEMENT: Final = (
    "SELECT s.id, s.tenant_id, s.department_id, s.source, s.digest, s.first_day, s.last_day, s.lines, "
    "s.imported_by, s.imported_at, s.replaces, r.id AS replaced_by FROM reconciliation_statement s "
    "LEFT JOIN reconciliation_statement r ON r.replaces = s.id"
)
_MATCH: Final = (
    "SELECT id, tenant_id, department_id, source, day, rules, rules_version, rules_digest, ours_digest, "
    "theirs_digest, result_digest, ours, theirs, ours_matched, theirs_matched, waiting, differences, "
    "requested_by, read_at, finished_at FROM reconciliation_match"
)


@dataclass(frozen=True, slots=True)
class Match:
    """One matching of a day as it is kept. Counts are of lines; `differences` became breaks."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    source: str
    day: int
    rules: dict[str, Any]
    rules_version: int
    rules_digest: bytes
    ours_digest: bytes
    theirs_digest: bytes
    result_digest: bytes
    ours: int
    theirs: int
    ours_matched: int
    theirs_matched: int
    waiting: int
    differences: int
    requested_by: str
    read_at: datetime
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that was kept; days as their numbers since 1970."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    source: str
    digest: bytes
    first_day: int
    last_day: int
    lines: int
    imported_by: str
    imported_at: datetime
    replaces: UUID | None = None
    """The statement in whose place this one stands."""
    replaced_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom a source is compared."""

    tenant_id: UUID
    department_id: UUID


async def load_ours(tx: Transaction, source: Source, holder: Holder, days: range) -> Lines:
    """Return our movements on a source's account over days; a batch is the deal, where it is a payout's."""
    row = await _fetch_long(
        tx,
        _COLUMNS + _OURS,
        source.asset,
        source.account,
        begin_of(days.start) - BACKDATED,
        begin_of(days.start),
        begin_of(days.stop),
        None if source.reach is Reach.INSTALLATION else holder.tenant_id,
        holder.department_id if source.reach is Reach.DEPARTMENT else None,
        source.holder,
        list(source.providers),
        source.house,
    )
    return _read_columns(row)


async def load_theirs(tx: Transaction, source: Source, holder: Holder, days: range) -> Lines:
    """Return the lines of kept statements over days."""
    row = await _fetch_long(
        tx,
        _COLUMNS + _THEIRS,
        holder.tenant_id,
        holder.department_id,
        source.name,
        days.start,
        days.stop - 1,
    )
    return _read_columns(row)


async def lock_source(tx: Transaction, holder: Holder, source: str) -> None:
    """Let one statement of a department and source be kept after the other, until the transaction ends."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{holder.department_id} {source}"
    )


async def is_department(tx: Transaction, holder: Holder) -> bool:
    """Tell whether a department's book is the tenant's."""
    return bool(
        await tx.fetch_value(
            "SELECT true FROM ledger_book WHERE id = $1 AND tenant_id = $2 AND kind = 'department'",
            holder.department_id,
            holder.tenant_id,
        )
    )


async def insert_statement(
    tx: Transaction, statement: Statement, lines: Sequence[StatementLine], ids: Sequence[UUID]
) -> None:
    """Keep a statement with its lines."""
    await tx.execute(
        "INSERT INTO reconciliation_statement (tenant_id, id, department_id, source, digest, first_day, "
        "last_day, lines, imported_by, imported_at, replaces) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        statement.tenant_id,
        statement.id,
        statement.department_id,
        statement.source,
        statement.digest,
        statement.first_day,
        statement.last_day,
        statement.lines,
        statement.imported_by,
        statement.imported_at,
        statement.replaces,
    )
    await tx.execute(
        "INSERT INTO reconciliation_statement_line (tenant_id, statement_id, department_id, source, id, "
        "number, reference, amount, day, batch) SELECT $1, $2, $3, $4, * FROM unnest($5::uuid[], "
        "$6::integer[], $7::text[], $8::bigint[], $9::integer[], $10::text[])",
        statement.tenant_id,
        statement.id,
        statement.department_id,
        statement.source,
        list(ids),
        [line.number for line in lines],
        [line.reference for line in lines],
        [line.amount for line in lines],
        [line.day for line in lines],
        [line.batch for line in lines],
    )


async def load_overlapping(
    tx: Transaction, holder: Holder, source: str, first_day: int, last_day: int
) -> tuple[Statement, ...]:
    """Return statements of a source that stand and are about some of these days."""
    rows = await tx.fetch(
        f"{_STATEMENT} WHERE s.tenant_id = $1 AND s.department_id = $2 "
        "AND s.source = $3 AND s.first_day <= $5 AND s.last_day >= $4 AND r.id IS NULL "
        "ORDER BY s.id LIMIT 10",
        holder.tenant_id,
        holder.department_id,
        source,
        first_day,
        last_day,
    )
    return tuple(Statement(*row.values()) for row in rows)


async def find_statement(tx: Transaction, holder: Holder, source: str, digest: bytes) -> Statement | None:
    """Return the statement of a source that has these bytes, whether it stands or was replaced."""
    row = await tx.fetch_row(
        f"{_STATEMENT} WHERE s.tenant_id = $1 AND s.department_id = $2 AND s.source = $3 AND s.digest = $4",
        holder.tenant_id,
        holder.department_id,
        source,
        digest,
    )
    return None if row is None else Statement(*row.values())


async def load_statements(
    tx: Transaction, department_id: UUID | None, source: str | None, before: UUID | None, limit: int
) -> tuple[Statement, ...]:
    """Return statements of the bound tenants, newest first, below an id; replaced ones too."""
    rows = await tx.fetch(
        f"{_STATEMENT} WHERE ($1::uuid IS NULL OR s.id < $1) "
        "AND ($2::uuid IS NULL OR s.department_id = $2) AND ($3::text IS NULL OR s.source = $3) "
        "ORDER BY s.id DESC LIMIT $4",
        before,
        department_id,
        source,
        limit,
    )
    return tuple(Statement(*row.values()) for row in rows)


async def load_holders(tx: Transaction) -> tuple[tuple[str, Holder], ...]:
    """Return for whom statements were kept, by source, of the bound tenants."""
    rows = await tx.fetch(
        "SELECT DISTINCT source, tenant_id, department_id FROM reconciliation_statement ORDER BY 1, 2, 3"
    )
    return tuple((row["source"], Holder(row["tenant_id"], row["department_id"])) for row in rows)


async def has_match(tx: Transaction, holder: Holder, source: str, day: int, rules_digest: bytes) -> bool:
    """Tell whether the day was matched by the system with these rules."""
    found = await tx.fetch_value(
        "SELECT true FROM reconciliation_match WHERE tenant_id = $1 AND source = $3 AND day = $4 "
        "AND department_id = $2 AND rules_digest = $5 AND requested_by = 'system' LIMIT 1",
        holder.tenant_id,
        holder.department_id,
        source,
        day,
        rules_digest,
    )
    return bool(found)


async def find_same(tx: Transaction, match: Match) -> Match | None:
    """Return a kept match of the same day, rules and lines."""
    row = await tx.fetch_row(
        f"{_MATCH} WHERE tenant_id = $1 AND source = $3 AND day = $4 AND department_id = $2 "
        "AND rules_digest = $5 AND ours_digest = $6 AND theirs_digest = $7 ORDER BY id DESC LIMIT 1",
        match.tenant_id,
        match.department_id,
        match.source,
        match.day,
        match.rules_digest,
        match.ours_digest,
        match.theirs_digest,
    )
    return None if row is None else _read_match(row)


async def insert_match(tx: Transaction, match: Match, parts: Sequence[tuple[str, Sequence[bytes]]]) -> None:
    """Keep a match with the chunks of its inputs and its result."""
    await tx.execute(
        "INSERT INTO reconciliation_match (id, tenant_id, department_id, source, day, rules, rules_version, "
        "rules_digest, ours_digest, theirs_digest, result_digest, ours, theirs, ours_matched, "
        "theirs_matched, waiting, differences, requested_by, read_at, finished_at) "
        "VALUES ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
        "$18, $19, $20)",
        match.id,
        match.tenant_id,
        match.department_id,
        match.source,
        match.day,
        json.dumps(match.rules),
        match.rules_version,
        match.rules_digest,
        match.ours_digest,
        match.theirs_digest,
        match.result_digest,
        match.ours,
        match.theirs,
        match.ours_matched,
        match.theirs_matched,
        match.waiting,
        match.differences,
        match.requested_by,
        match.read_at,
        match.finished_at,
    )
    for part, chunks in parts:
        for number, content in enumerate(chunks):
            await tx.execute(
                "INSERT INTO reconciliation_match_chunk (tenant_id, match_id, part, number, content) "
                "VALUES ($1, $2, $3, $4, $5)",
                match.tenant_id,
                match.id,
                part,
                number,
                content,
            )


async def load_match(tx: Transaction, match_id: UUID) -> Match | None:
    """Return a match of the bound tenants."""
    row = await tx.fetch_row(f"{_MATCH} WHERE id = $1", match_id)
    return None if row is None else _read_match(row)


async def load_matches(
    tx: Transaction, department_id: UUID | None, source: str | None, before: UUID | None, limit: int
) -> tuple[Match, ...]:
    """Return matches of the bound tenants, newest first, below an id."""
    rows = await tx.fetch(
        f"{_MATCH} WHERE ($1::uuid IS NULL OR id < $1) AND ($2::uuid IS NULL OR department_id = $2) "
        "AND ($3::text IS NULL OR source = $3) ORDER BY id DESC LIMIT $4",
        before,
        department_id,
        source,
        limit,
    )
    return tuple(_read_match(row) for row in rows)


async def load_part(tx: Transaction, match_id: UUID, part: str) -> list[bytes]:
    """Return the chunks of one part of a match, in their order."""
    rows = await tx.fetch(
        "SELECT content FROM reconciliation_match_chunk WHERE match_id = $1 "
        "AND part = $2::reconciliation_match_part ORDER BY number",
        match_id,
        part,
    )
    return [row["content"] for row in rows]


async def _fetch_long(tx: Transaction, sql: str, *arguments: object) -> asyncpg.Record:
    await tx.execute(f"SET LOCAL statement_timeout = '{LONG_SECONDS:d}s'")
    row: asyncpg.Record
    (row,) = await tx.connection.fetch(sql, *arguments, timeout=LONG_SECONDS + 5)
    return row


def _read_columns(row: asyncpg.Record) -> Lines:
    packed = row["ids"]
    count = len(packed) // ID_BYTES
    names, batches = (row[name].split("\n") if count else [] for name in ("names", "batches"))
    return order_lines(
        [packed[place : place + ID_BYTES] for place in range(0, len(packed), ID_BYTES)],
        read_numbers("q", row["amounts"], "big"),
        read_numbers("i", row["days"], "big"),
        names,
        batches,
    )


def _read_match(row: asyncpg.Record) -> Match:
    return Match(**{**dict(row), "rules": json.loads(row["rules"])})
