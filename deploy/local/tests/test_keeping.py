"""Sessions that go from test to test: like new, never two hands on one, and none that is dead."""

import asyncio
import contextlib

import asyncpg
import pytest

from bulkhead_local.keeping import IDLE_LIMIT
from bulkhead_local.pytest_plugin import end_tasks
from shared.database import Database

LEFT = """SELECT
    (SELECT count(*) FROM pg_prepared_statements) AS prepared,
    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks,
    (SELECT count(*) FROM pg_listening_channels()) AS channels,
    (SELECT count(*) FROM pg_class WHERE relpersistence = 't') AS temporary,
    current_user AS role, current_setting('lock_timeout') AS setting,
    current_setting('app.tenants', true) AS tenants"""


async def look(connection):
    """Return what a session has, and which it is."""
    return dict((await connection.fetch(LEFT))[0]), connection.get_server_pid()


async def test_the_next_gets_the_session_like_new(kernel_database):
    first = await kernel_database.connect("superuser")
    fresh, session = await look(first)
    await first.execute(
        "SET ROLE bulkhead_app; SET lock_timeout = '7s'; SET app.tenants = '{}'; RESET ROLE; LISTEN news;"
        "CREATE TEMPORARY TABLE mine (id int); SELECT pg_advisory_lock(1); SET ROLE bulkhead_app;"
    )
    await first.fetch("SELECT $1::int", 1)
    await first.close()
    assert first.is_closed()
    with pytest.raises(asyncpg.InterfaceError):
        await first.fetch("SELECT 1")
    second = await kernel_database.connect("superuser")
    found, its_session = await look(second)
    assert its_session == session
    assert found == fresh | {"tenants": ""}, "PostgreSQL remembers that a setting of ours was once made"
    first.terminate()
    await first.close()
    assert await second.fetchval("SELECT 1") == 1, "who closed it, has no hand on it any more"


async def test_what_is_not_like_new_or_asked_for_otherwise_is_another_session(kernel_database):
    first = await kernel_database.connect("app")
    session = first.get_server_pid()
    await first.execute("BEGIN")
    await first.close()
    second = await kernel_database.connect("app")
    assert second.get_server_pid() != session, "it was in a transaction"
    session = second.get_server_pid()
    await second.close()
    address = kernel_database.dsn("app")
    other = await asyncpg.connect(address, server_settings={"application_name": "other"})
    assert other.get_server_pid() != session
    assert await other.fetchval("SHOW application_name") == "other"
    await other.close()
    superuser = await kernel_database.connect("superuser")
    await superuser.execute("SELECT pg_terminate_backend($1)", session)
    third = await kernel_database.connect("app")
    assert third.get_server_pid() != session, "it is dead"
    many = [await kernel_database.connect("app") for _ in range(IDLE_LIMIT + 2)]
    for connection in many:
        await connection.close()
    again = [(await kernel_database.connect("app")).get_server_pid() for _ in many]
    assert len(set(again)) == len(many), "each has its own"


async def test_a_pool_keeps_and_gets_sessions_like_everybody(kernel_database):
    sessions = []
    for _ in range(2):
        database = await Database.connect(kernel_database.dsn("app"), name="kept", pool_size=2)
        async with database.transaction() as tx:
            sessions.append(await tx.fetch_value("SELECT pg_backend_pid()"))
        await database.close()
    assert sessions[0] == sessions[1]


def test_what_a_test_left_running_ends():
    loop, seen = asyncio.new_event_loop(), []

    async def stay():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        seen.append("told")
        raise ValueError

    async def leave():
        tasks = [loop.create_task(stay()), loop.create_task(asyncio.Event().wait())]
        await asyncio.sleep(0)
        return tasks

    tasks = loop.run_until_complete(leave())
    end_tasks(loop)
    assert seen == ["told"]
    assert all(task.done() for task in tasks)
    loop.close()
