"""Transactions when the server goes away."""

import contextlib
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from shared.database import Database, DatabaseUnavailable
from shared.errors import InvariantViolated
from shared.ids import SystemIds
from shared.ledger import store
from shared.ledger.domain import USD, Movement, Posting, Transfer

TENANT = SystemIds().new()


async def test_a_server_that_goes_away_is_unavailable_and_the_pool_recovers(kernel_database: Any) -> None:
    superuser = await kernel_database.connect("superuser")

    async def lose_the_server() -> None:
        async with kernel_database.app.transaction(TENANT) as tx:
            pid = await tx.fetch_value("SELECT pg_backend_pid()")
            await superuser.execute("SELECT pg_terminate_backend($1)", pid)
            await tx.execute("SELECT 1")

    for _ in range(5):
        with pytest.raises(DatabaseUnavailable) as refusal:
            await lose_the_server()
        assert refusal.value.__cause__ is not None
        async with kernel_database.app.transaction(TENANT) as tx:
            assert await tx.fetch_value("SELECT 1") == 1


async def test_an_error_of_a_statement_keeps_its_own_name(kernel_database: Any) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        async with kernel_database.app.transaction(TENANT) as tx:
            await tx.execute("SELECT * FROM nothing_of_that_name")
    async with kernel_database.app.transaction(TENANT) as tx:
        assert await tx.fetch_value("SELECT 1") == 1


async def test_a_swallowed_error_cannot_be_committed(kernel_database: Any) -> None:
    async def swallow() -> None:
        async with kernel_database.app.transaction(TENANT) as tx:
            with contextlib.suppress(asyncpg.DivisionByZeroError):
                await tx.execute("SELECT 1 / 0")

    with pytest.raises(InvariantViolated):
        await swallow()


async def test_what_reads_a_whole_ledger_may_take_longer_than_everything_else(kernel_database: Any) -> None:
    short = await Database.connect(kernel_database.dsn("app"), name="short", statement_timeout_ms=100)
    try:
        with pytest.raises(asyncpg.QueryCanceledError):
            async with short.transaction(TENANT) as tx:
                await tx.execute("SELECT pg_sleep(0.3)")
        async with short.transaction(TENANT, statement_timeout_ms=10_000) as tx:
            await tx.execute("SELECT pg_sleep(0.3)")
        with pytest.raises(asyncpg.QueryCanceledError):  # of that transaction alone
            async with short.transaction(TENANT) as tx:
                await tx.execute("SELECT pg_sleep(0.3)")
    finally:
        await short.close()


_PROBES = (
    """
    EXPLAIN SELECT b.posted FROM ledger_balance b
    JOIN unnest($1::uuid[], $2::integer[]) AS w (book_id, asset_id) USING (book_id, asset_id)
    """,
    """
    EXPLAIN SELECT id FROM ledger_book WHERE id = ANY ($1::uuid[]) AND $2::integer[] IS NOT NULL
    ORDER BY id FOR NO KEY UPDATE
    """,
)


async def test_a_transaction_of_probes_reads_no_whole_table_however_small_it_is(kernel_database: Any) -> None:
    book = SystemIds().new()
    posting = Posting(USD, "outside", "wallet", 1, "inflow")
    transfer = Transfer(book, book, TENANT, book, "payment", datetime.now(UTC), (posting,))
    superuser = await kernel_database.connect("superuser")
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("TRUNCATE ledger_balance, ledger_book CASCADE")  # files as small as at the start
    async with kernel_database.app.transaction(TENANT) as tx:
        await store.open_books(tx, [(book, TENANT, "customer")])
        await store.post(tx, Movement((transfer,)))
    owner = await kernel_database.connect("owner")
    await owner.execute("ANALYZE ledger_balance; ANALYZE ledger_book")
    async with kernel_database.app.session() as session:
        for sql in _PROBES:
            async with session.transaction(TENANT) as tx:
                assert "Seq Scan on ledger" in str(await tx.fetch(sql, [book], [USD]))
        for sql in _PROBES:
            async with session.transaction(TENANT, probes_only=True) as tx:
                plan = str(await tx.fetch(f"{sql} ", [book], [USD]))
                assert "Seq Scan on ledger" not in plan
                assert "Index" in plan
        async with session.transaction(TENANT) as tx:
            assert await tx.fetch_value("SHOW enable_seqscan") == "on"
