"""The rebuild: every snapshot of the ledger recomputed from postings and holds alone, and compared.

Snapshots are balances (posted, held, version), open holds and the numbered entries of checked accounts.
They follow from facts by triggers; this is the proof that they did, also after a crash, a restore or a
hand that went around the rules.

How it stays fast. Nothing is sorted. Postings and entries are each read once, in parallel, and folded into
one line per account by hash aggregation, so the cost is that of reading the tables.

How a chain is checked without its order. Write h for a 64-bit hash whose seed is drawn for each run. An
account's entries are right when their versions are 1..n and each balance is the one before plus the amount.
The first half is exact: versions are distinct (primary key), so 1 <= least, greatest = count = n say it.
For the second, the pairs (version, balance after) with (0, 0), and the pairs (version - 1, balance after
- amount) with (n, sum of amounts), are two sets with one pair for each version 0..n. They are equal if and
only if every link holds, and then the sums of h over them are equal. Sets that differ have equal sums with
a chance of about 1 in 2^64, which nobody can aim at without the seed. That entries are the legs of postings,
each once, with its tenant, action, cost and profit, is compared in the same way. What such a sum makes
suspect is then counted exactly, account by account.

Guaranteed:
- one statement reads everything, so it compares one moment, also beside traffic;
- checking writes nothing; repairing writes snapshots only, never a posting, a hold or an entry;
- what differs is named by account, with what stands and what should be, at most `limit` lines.
"""

import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import asyncpg

from shared.database import Database, Transaction
from shared.errors import InvariantViolated
from shared.ledger.domain import AccountKey, Difference

STATEMENT_TIMEOUT_MS: Final = 6 * 60 * 60 * 1000
DIFFERENCES_SHOWN: Final = 100
CHAIN: Final = "entry chain"
LEGS: Final = "entry legs"

# Reading whole tables in parallel, without a plan that statistics of yesterday could spoil.
_SETTINGS: Final = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL jit = off; SET LOCAL work_mem = '256MB'; SET LOCAL enable_nestloop = off;
SET LOCAL max_parallel_workers_per_gather = 4;
SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0
"""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What was read, in how many milliseconds, and what differs (the first lines of it)."""

    accounts: int
    postings: int
    entries: int
    open_holds: int
    took_ms: int
    differences: tuple[Difference, ...]

    @property
    def entries_per_second(self) -> int:
        """Return how many entries were checked in a second."""
        return self.entries * 1000 // max(self.took_ms, 1)


@dataclass(frozen=True, slots=True)
class Repaired:
    """How many snapshots a repair wrote anew."""

    balances: int
    holds: int


@contextlib.asynccontextmanager
async def open_database(dsn: str) -> AsyncIterator[Database]:
    """Open one connection whose statements may take hours. Raises DatabaseUnavailable."""
    database = await Database.connect(
        dsn, name="rebuild", pool_size=1, statement_timeout_ms=STATEMENT_TIMEOUT_MS
    )
    try:
        yield database
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def snapshot(
    database: Database, tenant_ids: Collection[UUID] | None = None
) -> AsyncIterator[Transaction]:
    """Open a transaction that reads one moment, in parallel, and writes nothing."""
    async with database.transaction(*(tenant_ids or ())) as tx:
        await tx.execute(_SETTINGS)
        yield tx


async def check(
    dsn: str, tenant_ids: Collection[UUID] | None = None, *, limit: int = DIFFERENCES_SHOWN
) -> Rebuild:
    """Recompute on a connection of its own, however long it takes.

    `dsn` is the owner's or the auditor's, who see all tenants, or the application's, which sees those that
    are named. Raises DatabaseUnavailable.
    """
    async with open_database(dsn) as database, snapshot(database, tenant_ids) as tx:
        return await compare(tx, tenant_ids, limit)


async def repair(tx: Transaction, repair_id: UUID, requested_by: str) -> Repaired:
    """Write balances and open holds of all tenants anew, from postings and holds. The owner's alone.

    Nobody posts until the transaction ends. Entries are history and stay as they are.
    """
    row = await tx.fetch_row(
        "INSERT INTO ledger_repair (id, requested_by) VALUES ($1, $2) "
        "RETURNING balances_rewritten, holds_rewritten",
        repair_id,
        requested_by,
    )
    if row is None:
        raise InvariantViolated("a repair says what it wrote")
    return Repaired(row["balances_rewritten"], row["holds_rewritten"])


async def rebuild_differences(tx: Transaction, limit: int = DIFFERENCES_SHOWN) -> list[Difference]:
    """Recompute every snapshot of the visible tenants; return what differs, at most `limit` lines."""
    return list((await compare(tx, None, limit)).differences)


async def compare(tx: Transaction, tenant_ids: Collection[UUID] | None, limit: int) -> Rebuild:
    """Recompute every snapshot of the tenants, or of all that are visible, and compare."""
    began = time.perf_counter()
    checked = await tx.fetch("SELECT account FROM ledger_chart WHERE class = 'checked'")
    rows = await tx.fetch(
        _COMPARE,
        None if tenant_ids is None else sorted(tenant_ids),
        [row["account"] for row in checked],
        secrets.randbits(62),
        limit,
    )
    found = [_read_difference(row) for row in rows if row["what"] is not None]
    exact = [await _count(tx, difference) for difference in found]
    first = rows[0]
    return Rebuild(
        accounts=first["accounts"],
        postings=first["legs"],
        entries=first["entries"],
        open_holds=first["open_holds"],
        took_ms=round((time.perf_counter() - began) * 1000),
        differences=tuple(exact),
    )


def _read_difference(row: asyncpg.Record) -> Difference:
    key: AccountKey = (row["book_id"], row["asset_id"], row["account"])
    return Difference(row["what"], key, row["stands"], row["should_be"])


async def _count(tx: Transaction, difference: Difference) -> Difference:
    """Put the exact number of wrong entries where only a sum was known to be wrong."""
    if difference.table not in _COUNTS:
        return difference
    wrong = await tx.fetch_value(_COUNTS[difference.table], *difference.key)
    return replace(difference, stands=max(int(wrong), 1))


_PRINT = (
    "hashint8extended({amount}, hashenumextended(action, uuid_hash_extended(transfer_id, "
    "uuid_hash_extended(tenant_id, $3 # coalesce(hashint8extended(cost, $3), 0) "
    "# coalesce(hashint8extended(profit, $3 + 1), 0)))))"
)
_MINE = "($1::uuid[] IS NULL OR tenant_id = ANY ($1))"

_COMPARE: Final = f"""
WITH legs AS (
    SELECT book_id, asset_id, account, sum(amount) AS posted, count(*) AS legs, sum(print) AS print
    FROM (SELECT book_id, asset_id, source AS account, -amount AS amount,
                 {_PRINT.format(amount="-amount")} AS print
          FROM ledger_posting WHERE source = ANY ($2::ledger_account[]) AND {_MINE}
          UNION ALL
          SELECT book_id, asset_id, target, amount, {_PRINT.format(amount="amount")}
          FROM ledger_posting WHERE target = ANY ($2::ledger_account[]) AND {_MINE}) both_legs
    GROUP BY 1, 2, 3
), entries AS (
    SELECT book_id, asset_id, account, count(*) AS entries, sum(amount) AS amount,
           min(version) AS oldest, max(version) AS newest, sum({_PRINT.format(amount="amount")}) AS print,
           sum(hashint8extended(balance_after, hashint8extended(version, $3))) AS after,
           sum(hashint8extended(balance_after - amount, hashint8extended(version - 1, $3))) AS before
    FROM ledger_entry WHERE {_MINE} GROUP BY 1, 2, 3
), captured AS (
    SELECT book_id, hold_id, sum(amount) AS amount FROM ledger_hold_capture WHERE {_MINE} GROUP BY 1, 2
), remaining AS (
    SELECT h.book_id, h.asset_id, h.account, h.id AS hold_id, h.amount - coalesce(c.amount, 0) AS remaining
    FROM ledger_hold h LEFT JOIN captured c ON c.book_id = h.book_id AND c.hold_id = h.id
    WHERE {_MINE.replace("tenant_id", "h.tenant_id")}
      AND NOT EXISTS (SELECT FROM ledger_hold_close x WHERE x.book_id = h.book_id AND x.hold_id = h.id)
), held AS (
    SELECT book_id, asset_id, account, sum(remaining) AS held FROM remaining GROUP BY 1, 2, 3
), opened AS (
    SELECT coalesce(o.book_id, r.book_id) AS book_id, coalesce(o.asset_id, r.asset_id) AS asset_id,
           coalesce(o.account, r.account) AS account, coalesce(o.remaining, -1) AS stands,
           coalesce(r.remaining, -1) AS should_be
    FROM (SELECT * FROM ledger_hold_open WHERE {_MINE}) o
    FULL JOIN remaining r ON r.book_id = o.book_id AND r.hold_id = o.hold_id
), accounts AS MATERIALIZED (
    SELECT book_id, asset_id, account, coalesce(b.posted, 0) AS posted, coalesce(b.version, 0) AS version,
           coalesce(b.held, 0) AS held, coalesce(h.held, 0) AS held_facts,
           coalesce(l.posted, 0) AS posted_facts, coalesce(l.legs, 0) AS legs, coalesce(l.print, 0) AS print,
           coalesce(e.entries, 0) AS entries, coalesce(e.oldest, 1) AS oldest,
           coalesce(e.newest, 0) AS newest, coalesce(e.print, 0) AS entry_print,
           coalesce(b.floor, 0) AS floor, b.side <> c.side AS wrong_side,
           b.tenant_id <> k.tenant_id AS strange,
           e.after + hashint8extended(0, hashint8extended(0, $3)) AS after,
           e.before + hashint8extended(e.amount::bigint, hashint8extended(e.newest, $3)) AS before
    FROM (SELECT * FROM ledger_balance WHERE {_MINE}) b
    FULL JOIN legs l USING (book_id, asset_id, account)
    FULL JOIN entries e USING (book_id, asset_id, account)
    FULL JOIN held h USING (book_id, asset_id, account)
    LEFT JOIN ledger_chart c USING (account) LEFT JOIN ledger_book k ON k.id = book_id
), differences AS (
    SELECT d.what, a.book_id, a.asset_id, a.account, d.stands, d.should_be
    FROM accounts a CROSS JOIN LATERAL (VALUES
        ('posted', posted, posted_facts), ('version', version, legs), ('held', held, held_facts),
        ('entries', entries, legs), ('newest entry', newest, legs), ('oldest entry', oldest, 1),
        ('floor', floor, 0), ('side', (coalesce(wrong_side, false))::integer, 0),
        ('tenant', (coalesce(strange, false))::integer, 0),
        ('{CHAIN}', (after IS DISTINCT FROM before)::integer, 0),
        ('{LEGS}', (print <> entry_print)::integer, 0)
    ) d (what, stands, should_be) WHERE d.stands <> d.should_be
    UNION ALL SELECT 'open hold', book_id, asset_id, account, stands, should_be
    FROM opened WHERE stands <> should_be
    ORDER BY 1, 2, 3, 4 LIMIT $4
)
SELECT t.accounts, t.legs::bigint, t.entries::bigint,
       (SELECT count(*) FROM opened WHERE should_be >= 0) AS open_holds,
       d.what, d.book_id, d.asset_id, d.account, d.stands::bigint, d.should_be::bigint
FROM (SELECT count(*) AS accounts, coalesce(sum(legs), 0) AS legs, coalesce(sum(entries), 0) AS entries
      FROM accounts) t
LEFT JOIN differences d ON true ORDER BY 5, 6, 7, 8
"""

_COUNTS: Final = {
    CHAIN: """
SELECT count(*) FROM (SELECT version, balance_after, row_number() OVER w AS step,
                             sum(amount) OVER w AS running
                      FROM ledger_entry WHERE book_id = $1 AND asset_id = $2 AND account = $3::ledger_account
                      WINDOW w AS (ORDER BY version)) numbered
WHERE balance_after <> running OR version <> step
""",
    LEGS: """
SELECT count(*) FROM (SELECT * FROM ledger_entry
                      WHERE book_id = $1 AND asset_id = $2 AND account = $3::ledger_account) e
FULL JOIN (SELECT *, CASE WHEN source = $3::ledger_account THEN -amount ELSE amount END AS moved
           FROM ledger_posting WHERE book_id = $1 AND asset_id = $2
           AND $3::ledger_account IN (source, target)) p USING (transfer_id)
WHERE (e.tenant_id, e.amount, e.action, e.cost, e.profit)
      IS DISTINCT FROM (p.tenant_id, p.moved, p.action, p.cost, p.profit)
""",
}
