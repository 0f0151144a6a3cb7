"""What ten million entries cost: posting rate against that of a small ledger, reads, bytes, the rebuild.

The ledger is filled through its own tables, with every trigger and rule, by set-based statements on two
connections, each with books of its own.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from bench.ledger import ACCOUNTS, Load, bytes_on_disk, size_result
from bench.results import Result, percentile_ms
from shared.database import Database
from shared.ids import HOUSE_TENANT
from shared.ledger import rebuild, store
from shared.ledger.domain import LKR

SMALL = 100_000
LARGE = 10_000_000
CHUNK = 2_000
FILLERS = 2
SECONDS = 8.0
WARM_UP_SECONDS = 5.0
"""After a checkpoint each page is written whole to the log once: a cost of the pause, not of the size."""
READS = 5_000

_CHUNK_TABLE = "CREATE TEMP TABLE IF NOT EXISTS chunk (book_id uuid, id uuid) ON COMMIT DELETE ROWS"
# Ids in the order of their time, as `shared.ids` makes them.
_CHOOSE = """
INSERT INTO chunk SELECT ($1::uuid[])[1 + floor(random() * cardinality($1::uuid[]))::integer],
    (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')
     || '7' || lpad(to_hex(number % 4096), 3, '0') || '8' || substr(md5(random()::text), 1, 15))::uuid
FROM generate_series(1, $2::integer) number
"""
_TRANSFERS = """
INSERT INTO ledger_transfer (tenant_id, book_id, id, movement_id, effective_at, kind)
SELECT $1, book_id, id, id, now(), 'withdrawal' FROM chunk
"""
_POSTINGS = """
INSERT INTO ledger_posting (tenant_id, book_id, transfer_id, asset_id, source, target, amount, action)
SELECT $1, book_id, id, $2, 'wallet', 'collection', 1, 'outflow' FROM chunk
"""


async def measure(app: Database, owner_dsn: str) -> list[Result]:
    """Fill to a hundred thousand entries, measure, fill to ten million, measure again."""
    load = Load(app)
    await load.open(ACCOUNTS)
    await fill(owner_dsn, load.books, SMALL - ACCOUNTS)
    await _settle(owner_dsn)
    await load.run(WARM_UP_SECONDS)
    small, _ = await load.run(SECONDS)
    entries, before = await _count(app), await bytes_on_disk(app)
    began = time.perf_counter()
    await fill(owner_dsn, load.books, LARGE - entries)
    filled_seconds = time.perf_counter() - began
    grown = await bytes_on_disk(app) - before
    await _settle(owner_dsn)
    await load.run(WARM_UP_SECONDS)
    large, _ = await load.run(SECONDS)
    reads = await _read_balances(app, load.books)
    checked = await rebuild.check(owner_dsn)
    if checked.differences:
        raise RuntimeError("the bench broke the ledger")
    where = f"at {checked.entries:,} entries in {ACCOUNTS:,} books"
    return [
        Result(
            "ledger.growth_ratio",
            round(large / small, 3),
            "of the rate",
            0.9,
            "higher",
            None,
            None,
            f"{large:,.0f} transfers/s {where}, {small:,.0f} at {SMALL:,}; filled in {filled_seconds:.0f} s",
        ),
        Result(
            "ledger.balance_read",
            percentile_ms(reads, 0.99),
            "ms",
            1,
            "lower",
            percentile_ms(reads, 0.50),
            percentile_ms(reads, 0.99),
            f"{READS:,} single reads, each a transaction of its own, {where}",
        ),
        size_result("ledger.bytes_per_transfer_at_size", grown, LARGE - entries, ACCOUNTS),
        Result(
            "ledger.rebuild",
            float(checked.entries_per_second),
            "entries/s",
            500_000,
            "higher",
            None,
            None,
            f"{checked.entries:,} entries and {checked.postings:,} legs in {checked.took_ms / 1000:.1f} s",
        ),
    ]


async def fill(owner_dsn: str, books: Sequence[UUID], count: int) -> None:
    """Post `count` payments out of random books."""
    shares = [books[number::FILLERS] for number in range(FILLERS)]
    await asyncio.gather(*(_fill(owner_dsn, share, count // FILLERS) for share in shares))


async def _fill(owner_dsn: str, books: Sequence[UUID], count: int) -> None:
    connection: asyncpg.Connection[Any] = await asyncpg.connect(
        owner_dsn, server_settings={"jit": "off", "work_mem": "64MB", "synchronous_commit": "off"}
    )
    try:
        for done in range(0, count, CHUNK):
            async with connection.transaction():
                await connection.execute(_CHUNK_TABLE)
                await connection.execute(_CHOOSE, list(books), min(CHUNK, count - done))
                await connection.execute(_TRANSFERS, HOUSE_TENANT)
                await connection.execute(_POSTINGS, HOUSE_TENANT, LKR)
    finally:
        await connection.close()


async def _settle(owner_dsn: str) -> None:
    """Do at once what autovacuum and the checkpointer would do in their own time."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(owner_dsn)
    try:
        for table in ("ledger_transfer", "ledger_posting", "ledger_entry", "ledger_balance", "ledger_book"):
            await connection.execute(f"VACUUM (ANALYZE) {table}")
    finally:
        await connection.close()


async def _count(app: Database) -> int:
    async with app.transaction(HOUSE_TENANT) as tx:
        return int(await tx.fetch_value("SELECT count(*) FROM ledger_entry"))


async def _read_balances(app: Database, books: Sequence[UUID]) -> list[float]:
    """Return how long single reads of a balance take, in seconds."""
    taken: list[float] = []
    for book in random.choices(books, k=READS):  # noqa: S311 - load, not secrets
        began = time.perf_counter()
        async with app.transaction(HOUSE_TENANT) as tx:
            await store.load_balances(tx, [(book, LKR, "wallet")])
        taken.append(time.perf_counter() - began)
    return taken
