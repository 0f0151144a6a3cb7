"""Transactions when the server goes away."""

import contextlib
from typing import Any

import asyncpg
import pytest

from shared.database import DatabaseUnavailable
from shared.errors import InvariantViolated
from shared.ids import SystemIds

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
