"""Fixtures with real PostgreSQL databases.

One server per test session, started by the first test that asks, shared by all xdist workers, and
removed at the end; what a killed session left is removed by the next. Each kind of database is built
once, by its stack's own migration chain, and copied for every test, so tests never see each other.
"""

import asyncio
import contextlib
import fcntl
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Final

import asyncpg
import psutil
import pytest
import pytest_asyncio

from bulkhead_local.postgres import TEST_TUNING, Role, Server
from shared.database import Database
from shared.migrations import kernel_sql, upgrade

FOLDER: Final = pytest.StashKey[Path]()
SERVER: Final = pytest.StashKey[Server]()
_numbers = itertools.count(1)


class FreshDatabase:
    """A migrated database that belongs to one test."""

    def __init__(self, server: Server, name: str, app: Database) -> None:
        """Wrap a database; `app` is a pool of the application role."""
        self.name = name
        self.app = app
        self._server = server
        self._connections: list[asyncpg.Connection[Any]] = []

    def dsn(self, role: Role) -> str:
        """Return the address for a role."""
        return self._server.dsn(role, self.name)

    async def connect(self, role: Role) -> "asyncpg.Connection[Any]":
        """Open a bare connection of a role; it is closed after the test."""
        connection: asyncpg.Connection[Any] = await asyncpg.connect(self.dsn(role))
        self._connections.append(connection)
        return connection

    async def close(self) -> None:
        """Close everything that was opened here."""
        for connection in self._connections:
            await connection.close()
        await self.app.close()


def pytest_configure(config: pytest.Config) -> None:
    """Name this session's folder; the controller removes what dead sessions left."""
    workerinput = getattr(config, "workerinput", None)
    if workerinput is not None:
        config.stash[FOLDER] = Path(workerinput["bulkhead_folder"])
        return
    sessions = config.rootpath / ".run" / "tests"
    config.stash[FOLDER] = sessions / str(os.getpid())
    for leftover in sessions.glob("[0-9]*"):
        if not psutil.pid_exists(int(leftover.name)) or leftover == config.stash[FOLDER]:
            _remove(leftover)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker the session's folder."""
    node.workerinput["bulkhead_folder"] = str(node.config.stash[FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the session's server after all workers have ended."""
    if hasattr(config, "workerinput") or FOLDER not in config.stash:
        return
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.stop()
    if config.stash[FOLDER].exists():
        _remove(config.stash[FOLDER])


def _remove(folder: Path) -> None:
    server = Server(folder / "server", tuning=TEST_TUNING)
    with contextlib.suppress(Exception):
        server.attach()
        server.stop()
    server.forget_socket()
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Server:
    """Return the session's server, started by whoever asks first."""
    folder = pytestconfig.stash[FOLDER]
    server = Server(folder / "server", tuning=TEST_TUNING)
    with _locked(folder):
        if not (folder / "started").exists():
            server.start()
            pytestconfig.stash[SERVER] = server
            (folder / "started").touch()
    return server


Template = Callable[[str], str]


@pytest.fixture(scope="session")
def database_template(postgres_server: Server, pytestconfig: pytest.Config) -> Template:
    """Return a function that gives the name of a built template, building it on first use."""
    folder, root = pytestconfig.stash[FOLDER], pytestconfig.rootpath

    def build(kind: str) -> str:
        name = f"template_{kind}"
        with _locked(folder):
            if not (folder / name).exists():
                asyncio.run(_create_empty(postgres_server, name))
                dsn = postgres_server.dsn("owner", name)
                if kind == "kernel":
                    asyncio.run(_execute_all(dsn, _kernel_scripts(root)))
                else:
                    upgrade(dsn, root / f"{kind}-stack" / "migrations")
                (folder / name).touch()
        return name

    return build


@pytest_asyncio.fixture
async def customer_database(
    postgres_server: Server, database_template: Template
) -> AsyncIterator[FreshDatabase]:
    """Give a migrated database of the customer stack."""
    async with _fresh(postgres_server, database_template, "customer") as database:
        yield database


@pytest_asyncio.fixture
async def execution_database(
    postgres_server: Server, database_template: Template
) -> AsyncIterator[FreshDatabase]:
    """Give a migrated database of the execution stack."""
    async with _fresh(postgres_server, database_template, "execution") as database:
        yield database


@pytest_asyncio.fixture
async def kernel_database(
    postgres_server: Server, database_template: Template
) -> AsyncIterator[FreshDatabase]:
    """Give a database with the kernel's tables and a small chart, for the kernel's own tests."""
    async with _fresh(postgres_server, database_template, "kernel") as database:
        yield database


@contextlib.asynccontextmanager
async def _fresh(server: Server, template: Template, kind: str) -> AsyncIterator[FreshDatabase]:
    source = await asyncio.to_thread(template, kind)
    name = f"test_{kind}_{os.getpid()}_{next(_numbers)}"
    admin: asyncpg.Connection[Any] = await asyncpg.connect(server.dsn("superuser", "postgres"))
    try:
        await admin.execute(f'CREATE DATABASE "{name}" OWNER bulkhead_owner TEMPLATE "{source}"')
        app = await Database.connect(server.dsn("app", name), name="test", pool_size=8)
        database = FreshDatabase(server, name, app)
        try:
            yield database
        finally:
            await database.close()
            await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await admin.close()


def _kernel_scripts(root: Path) -> list[str]:
    folder = root / "shared" / "tests" / "sql"
    return kernel_sql((folder / "test_chart.sql").read_text(), (folder / "test_chart_rows.sql").read_text())


async def _create_empty(server: Server, name: str) -> None:
    admin: asyncpg.Connection[Any] = await asyncpg.connect(server.dsn("superuser", "postgres"))
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}"')
        await admin.execute(f'CREATE DATABASE "{name}" OWNER bulkhead_owner')
    finally:
        await admin.close()


async def _execute_all(dsn: str, scripts: list[str]) -> None:
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        for script in scripts:
            await connection.execute(script)
    finally:
        await connection.close()
