"""A million movements of the ledger against a million lines of a statement, both in PostgreSQL.

The lines have the dirt that statements have: lines that one side lacks, lines that the bank booked twice,
cents and days off, payouts that were booked as one batch, and credits that came in two parts. Everything that
a match does is measured: reading both sides, the rules, what is kept of it, and a break for each difference.

It runs in a process of its own, so that its memory is its own.
"""

import asyncio
import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from bench.results import Result
from customer_stack.access.domain import Officer
from customer_stack.reconciliation.service.matching import MatchingService
from shared.clock import SystemClock
from shared.database import Database
from shared.ids import SystemIds
from shared.ledger.domain import LKR

LINES: Final = 1_000_000
BOOKS: Final = 1_000
DAYS: Final = 10
BATCH: Final = 50

# What becomes of line n, by its `fate`, n % 1000:
#   1  the bank lacks it           4, 5      cents off
#   2  we lack it                  10 - 19   days off
#   3  the bank booked it twice    20 - 117  credited in two parts
#   900 - 999  payouts of one file, fifty after each other, booked as one

_BOOKS = """
INSERT INTO ledger_book (id, tenant_id, kind)
SELECT md5('book' || n)::uuid, $1, (CASE n WHEN 0 THEN 'department' ELSE 'customer' END)::ledger_book_kind
FROM generate_series(0, $2::integer) n
"""
# Ours: everything but what only the bank has.
_LINES = """
CREATE UNLOGGED TABLE bench_line AS
SELECT n, n % 1000 AS fate, md5('movement' || n)::uuid AS id,
    md5('book' || 1 + n % $2::integer)::uuid AS book_id,
    100000 + (n::bigint * 7919) % 9000000 AS amount, n % 1000 >= 800 AS is_payout,
    (n / 1000) % $3::integer AS before, 'BOC-2026-' || n AS name,
    CASE WHEN n % 1000 >= 900 THEN md5('batch' || n / $4::integer)::uuid END AS batch
FROM generate_series(0, $1::integer - 1) n
"""
_TRANSFERS = """
INSERT INTO ledger_transfer (tenant_id, book_id, id, movement_id, effective_at, kind)
SELECT $1, book_id, id, id, $2::timestamptz - before * interval '1 day',
    (CASE WHEN is_payout THEN 'withdrawal' ELSE 'pay_in' END)::ledger_transfer_kind
FROM bench_line WHERE fate <> 2
"""
_POSTINGS = """
INSERT INTO ledger_posting (tenant_id, book_id, transfer_id, asset_id, source, target, amount, action)
SELECT $1, book_id, id, $2,
    (CASE WHEN is_payout THEN 'wallet' ELSE 'collection' END)::ledger_account,
    (CASE WHEN is_payout THEN 'collection' ELSE 'wallet' END)::ledger_account, amount, 'inflow'
FROM bench_line WHERE fate <> 2
"""
_SOURCES = """
INSERT INTO ledger_transfer_source (tenant_id, book_id, transfer_id, provider, reference)
SELECT $1, book_id, id, 'sandbox-bank', name FROM bench_line WHERE fate <> 2
"""
_DEALS = """
INSERT INTO ledger_deal_state (tenant_id, book_id, deal_id, state, step, at, actor, movement_id)
SELECT $1, book_id, batch, 'settled', 3, now(), 'system', id FROM bench_line WHERE batch IS NOT NULL
"""
# Theirs: everything but what only we have; batches as one line, some lines as two.
_STATEMENT = """
INSERT INTO reconciliation_statement (tenant_id, id, department_id, source, digest, first_day, last_day,
    lines, imported_by, imported_at)
VALUES ($1, $2, $3, 'bank-lkr', sha256('bench'), $4, $5, $6, 'system', now())
"""
_THEIRS = """
INSERT INTO reconciliation_statement_line (tenant_id, id, statement_id, department_id, source, amount, number,
    day, reference, batch)
SELECT $1, md5('line' || row_number() OVER ())::uuid, $2, $3, 'bank-lkr', t.amount, row_number() OVER (),
    t.day, t.reference, t.batch
FROM (
    SELECT (CASE WHEN is_payout THEN -amount ELSE amount END)
            + (CASE WHEN fate IN (4, 5) THEN fate * 10 ELSE 0 END) AS amount,
        $4::integer - before + (CASE WHEN fate BETWEEN 10 AND 19 THEN 1 + n % 3 ELSE 0 END) AS day,
        name AS reference, '' AS batch
    FROM bench_line WHERE fate <> 1 AND batch IS NULL AND fate NOT BETWEEN 20 AND 117
    UNION ALL SELECT amount, $4 - before, name, '' FROM bench_line WHERE fate = 3
    UNION ALL SELECT part, $4 - before, name || '/' || part, name FROM bench_line,
        LATERAL (VALUES (amount / 3), (amount - amount / 3)) AS parts (part) WHERE fate BETWEEN 20 AND 117
    UNION ALL SELECT -sum(amount)::bigint, $4 - min(before), batch::text, '' FROM bench_line
        WHERE batch IS NOT NULL GROUP BY batch
    UNION ALL SELECT 100000 + n % 5000, $4 - n % $5::integer, 'CHG-' || n, ''
        FROM generate_series(1, $6::integer) n
) t
"""


@dataclass(frozen=True)
class Taken:
    """What a match took, measured in its own process."""

    seconds: float
    replay_seconds: float
    peak_mb: float
    ours: int
    theirs: int
    ours_matched: int
    theirs_matched: int
    differences: int
    agrees: bool


async def measure(app_dsn: str, superuser_dsn: str) -> list[Result]:
    """Fill both sides, match them once, compute the match again."""
    tenant, department, strangers = await _fill(superuser_dsn)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        taken = await asyncio.get_running_loop().run_in_executor(pool, _match, app_dsn, tenant, department)
    thousands = LINES // 1000
    wanted = (LINES - thousands, thousands * (1 + 1 + 1) + strangers)
    found = (taken.ours, taken.differences)
    if found != wanted or not taken.agrees or taken.ours_matched != LINES - 2 * thousands:
        raise RuntimeError(f"the match found {taken}, and not {wanted}")
    conditions = (
        f"{taken.ours:,} movements and {taken.theirs:,} lines, {taken.ours_matched:,} and "
        f"{taken.theirs_matched:,} matched, {taken.differences:,} breaks; computed again in "
        f"{taken.replay_seconds:.1f} s"
    )
    return [
        Result("reconciliation.million_s", round(taken.seconds, 2), "s", 60, "lower", None, None, conditions),
        Result(
            "reconciliation.million_mb",
            round(taken.peak_mb),
            "MB",
            None,
            "lower",
            None,
            None,
            "the most that the process held, its code and the second computation too",
        ),
    ]


async def _fill(superuser_dsn: str) -> tuple[UUID, UUID, int]:
    """Write both sides past the triggers: balances are not what is measured. Return tenant and department."""
    ids, noon = SystemIds(), datetime.now(UTC).replace(hour=6, minute=30)
    tenant, statement, today = ids.new(), ids.new(), _number(noon)
    connection: asyncpg.Connection[Any] = await asyncpg.connect(
        superuser_dsn, server_settings={"jit": "off", "session_replication_role": "replica"}
    )
    try:
        await connection.execute(_BOOKS, tenant, BOOKS)
        department = await connection.fetchval("SELECT id FROM ledger_book WHERE kind = 'department'")
        await connection.execute(
            "INSERT INTO payment_collection (tenant_id, department_id, provider) "
            "VALUES ($1, $2, 'sandbox-bank')",
            tenant,
            department,
        )
        await connection.execute(_LINES, LINES, BOOKS, DAYS, BATCH)
        await connection.execute(_TRANSFERS, tenant, noon)
        await connection.execute(_POSTINGS, tenant, LKR)
        await connection.execute(_SOURCES, tenant)
        await connection.execute(_DEALS, tenant)
        # As many lines as movements: what batches save, strangers fill up.
        strangers = LINES // 1000 * 2
        await connection.execute(_STATEMENT, tenant, statement, department, today - DAYS, today, LINES)
        await connection.execute(_THEIRS, tenant, statement, department, today, DAYS, strangers)
        await connection.execute("DROP TABLE bench_line")
        await connection.execute("VACUUM ANALYZE")
        return tenant, department, strangers
    finally:
        await connection.close()


def _number(moment: datetime) -> int:
    return (moment.date() - datetime(1970, 1, 1, tzinfo=UTC).date()).days


def _match(app_dsn: str, tenant: UUID, department: UUID) -> Taken:
    return asyncio.run(_match_once(app_dsn, tenant, department))


async def _match_once(app_dsn: str, tenant: UUID, department: UUID) -> Taken:
    database = await Database.connect(app_dsn, name="bench", pool_size=2)

    async def all_tenants() -> tuple[UUID, ...]:
        return (tenant,)

    service = MatchingService(database, all_tenants, SystemClock(), SystemIds())
    try:
        began = time.perf_counter()
        day = (datetime.now(UTC) + timedelta(days=3)).date()
        made = await service.match(Officer(tenant, tenant), ("bank-lkr", department), day)
        matched = time.perf_counter()
        replayed = await service.replay(tenant, made.id, "system")
        ended = time.perf_counter()
    finally:
        await database.close()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Taken(
        matched - began,
        ended - matched,
        peak_mb,
        made.ours,
        made.theirs,
        made.ours_matched,
        made.theirs_matched,
        made.differences,
        replayed.agrees,
    )
