"""Every query of timelines, on the transaction it is given. The audit is the kernel's and read only."""

from datetime import date
from typing import Any, Final

import orjson

from customer_stack.disclosures.suspicions import KINDS_THAT_MAY_TELL, MARKS, MODULE
from customer_stack.timelines.domain import COMPLIANCE, DayCount, Family, Moment, RecordId, Scope
from shared.database import Transaction

# Text is searched, not a parsed document: an id is an id wherever in a record it stands.
_FOLLOW: Final = """
WITH batch AS MATERIALIZED (
    SELECT r.tenant_id, r.txid, r.id, r.kind, r.recorded_at, r.body
    FROM audit_record r
    WHERE (r.txid, r.id) > ($1::xid8, $2::bigint) AND (r.txid, r.id) <= ($3::xid8, $4::bigint)
    ORDER BY r.txid, r.id LIMIT $5
), mentioned AS (
    INSERT INTO timeline_mention (tenant_id, subject_id, record_txid, record_id, recorded_at)
    SELECT DISTINCT b.tenant_id, (found.id)[1]::uuid, b.txid, b.id, b.recorded_at
    FROM batch b CROSS JOIN LATERAL regexp_matches(
        convert_from(b.body, 'UTF8'), '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', 'g'
    ) AS found (id)
), counted AS (
    INSERT INTO timeline_day (tenant_id, day, kind, records)
    SELECT tenant_id, (recorded_at AT TIME ZONE 'Asia/Colombo')::date, kind, count(*)
    FROM batch GROUP BY 1, 2, 3
    ON CONFLICT ON CONSTRAINT timeline_day_pk
        DO UPDATE SET records = timeline_day.records + excluded.records
)
SELECT txid, id, (SELECT count(*) FROM batch) AS records FROM batch ORDER BY txid DESC, id DESC LIMIT 1
"""
_MOMENTS: Final = """
SELECT r.txid, r.id, r.recorded_at, r.kind, r.body
FROM timeline_mention m JOIN audit_record r ON r.txid = m.record_txid AND r.id = m.record_id
WHERE m.subject_id = $1 AND m.recorded_at >= $2 AND m.recorded_at < $3
  AND ($4::xid8 IS NULL OR (m.record_txid, m.record_id) < ($4, $5::bigint))
  AND ($6::text[] IS NULL OR split_part(r.kind, '.', 1) = ANY ($6))
  AND ($7::text IS NULL OR position(convert_to($7, 'UTF8') IN r.body) > 0)
  AND ($8::text IS NULL OR (
    split_part(r.kind, '.', 1) <> $8
    AND NOT EXISTS (SELECT FROM unnest($9::bytea[]) AS found (mark) WHERE position(found.mark IN r.body) > 0)
  ))
ORDER BY m.record_txid DESC, m.record_id DESC LIMIT $10
"""


async def load_newest_sealed(tx: Transaction) -> RecordId | None:
    """Return the record that was sealed last, of whatever tenant; None before the first."""
    row = await tx.fetch_row("SELECT last_txid, last_id FROM audit_seal ORDER BY start DESC LIMIT 1")
    return None if row is None else RecordId(*row)


async def follow(tx: Transaction, bound: RecordId, limit: int) -> int:
    """Note what up to `limit` records up to `bound` name, after those noted before. Return how many.

    The transaction must see every tenant that has a record there.
    """
    row = await tx.fetch_row("SELECT record_txid, record_id FROM timeline_cursor FOR UPDATE SKIP LOCKED")
    if row is None:
        return 0
    last = await tx.fetch_row(_FOLLOW, row["record_txid"], row["record_id"], bound.txid, bound.id, limit)
    if last is None:
        return 0
    await tx.execute(
        "UPDATE timeline_cursor SET record_txid = $1::xid8, record_id = $2", last["txid"], last["id"]
    )
    return int(last["records"])


async def load_moments(tx: Transaction, scope: Scope, limit: int, *, suspicions: bool) -> list[Moment]:
    """Return up to `limit` moments, newest first, whole; those that tell of suspicions only where asked."""
    below = scope.below
    rows = await tx.fetch(
        _MOMENTS,
        scope.subject_id,
        scope.since,
        scope.until,
        None if below is None else below.txid,
        None if below is None else below.id,
        list(COMPLIANCE) if scope.family is Family.COMPLIANCE else None,
        f'"actor":"staff:{scope.subject_id}"' if scope.family is Family.STAFF else None,
        None if suspicions else MODULE,
        list(MARKS),
        limit,
    )
    return [_to_moment(*row) for row in rows]


async def load_days(
    tx: Transaction, first: date, last: date, limit: int, *, suspicions: bool
) -> list[DayCount]:
    """Return how many records of the modules of compliance each day has, oldest first."""
    rows = await tx.fetch(
        "SELECT day, kind, records FROM timeline_day WHERE day BETWEEN $1 AND $2 "
        "AND split_part(kind, '.', 1) = ANY ($3) AND kind <> ALL ($4) ORDER BY day, kind LIMIT $5",
        first,
        last,
        [module for module in COMPLIANCE if suspicions or module != MODULE],
        [] if suspicions else list(KINDS_THAT_MAY_TELL),
        limit,
    )
    return [DayCount(*row) for row in rows]


def _to_moment(txid: int, record_id: int, at: Any, kind: str, body: bytes) -> Moment:
    document = orjson.loads(body)
    return Moment(RecordId(txid, record_id), at, kind, document["actor"], document["data"])
