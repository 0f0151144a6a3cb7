"""Fixtures with real PostgreSQL databases.

One server per test process, started by the first test that asks and removed at the end; what a killed
process left is removed by the next session. A server is never shared between processes: the oldest
running transaction is a fact of a whole server, and what waits for it (the audit's sealer) would wait for
tests that it knows nothing of. Each kind of database is built once, by its stack's own migration chain,
and its copies are lent to tests, empty, so tests never see each other (`lending`). A copy is a
thousand small files, so the folder lies in memory where there is room; nothing of it outlives the session.

All tests of a process share one event loop, so that connections can be kept from test to test (`keeping`);
what a test left running there ends with it, as if the loop had been its own.
"""

import asyncio
import contextlib
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path
from typing import Any, Final

import asyncpg
import psutil
import pytest
import pytest_asyncio
import structlog
import uvloop
from hypothesis import HealthCheck, settings
from typing_extensions import override
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from bulkhead_local.container_server import (
    VARIABLE,
    ContainerServer,
    remove_leftovers,
    usable_image,
    wanted_image,
)
from bulkhead_local.keeping import Keeper
from bulkhead_local.lending import Databases, FreshDatabase, ServerOfTests
from bulkhead_local.postgres import TEST_TUNING, Server
from bulkhead_local.problems import LocalProblem
from bulkhead_local.programs import load_once
from shared.migrations import kernel_sql, upgrade

# How fast a machine is, is no property of the code: a busy one must not fail a test.
settings.register_profile("bulkhead", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bulkhead")

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - the owner of our folder there is checked
MEMORY_NEEDED: Final = 3_000_000_000
"""For two servers with their write-ahead logs; a container's usual 64 MB are not enough."""

_LOOP: Final = pytest.StashKey[asyncio.AbstractEventLoop]()


def pytest_configure(config: pytest.Config) -> None:
    """Remove what processes that are gone have left; xdist's workers leave that to their controller."""
    # The usual renderer draws every variable of a traceback: seconds for each bug that a test causes.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])
    load_once()
    if hasattr(config, "workerinput"):
        return
    remove_leftovers()
    for folder in {_sessions(config), _in_memory(config), _on_disk(config)}:
        for leftover in folder.glob("[0-9]*"):
            if not psutil.pid_exists(int(leftover.name)):
                _remove(leftover)


class ByPlatform(LoadScopeScheduling):  # type: ignore[misc] # xdist is not typed
    """Gives the tests of a file to one process, and those of a package, which share a platform."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        file = Path(nodeid.split("::", maxsplit=1)[0])
        is_package = (self.config.rootpath / file.parent / "__init__.py").exists()
        return str(file.parent if is_package else file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByPlatform | None:
    """Spread files over processes so that no platform is started twice (`--dist loadfile`)."""
    return ByPlatform(config, log) if config.getoption("dist") == "loadfile" else None


def _sessions(config: pytest.Config) -> Path:
    """Return where the servers of test processes lie: in memory, where there is room for them."""
    memory = _in_memory(config)
    try:
        if shutil.disk_usage(MEMORY).free < MEMORY_NEEDED:
            return _on_disk(config)
        memory.mkdir(mode=0o711, exist_ok=True)
        is_ours = memory.lstat().st_uid == os.geteuid() and not memory.is_symlink()
    except OSError:
        return _on_disk(config)
    return memory if is_ours else _on_disk(config)


def _in_memory(config: pytest.Config) -> Path:
    digest = hashlib.sha256(str(config.rootpath).encode()).hexdigest()[:12]
    return MEMORY / f"bulkhead-{os.geteuid()}-{digest}"


def _on_disk(config: pytest.Config) -> Path:
    return config.rootpath / ".run" / "tests"


def _remove(folder: Path) -> None:
    server = Server(folder, tuning=TEST_TUNING)
    with contextlib.suppress(LocalProblem, OSError):
        server.attach()
        server.stop()
    server.forget_socket()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    """Run tests on the loop that the programs run on."""
    policy: asyncio.AbstractEventLoopPolicy = uvloop.EventLoopPolicy()
    return policy


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def shared_loop(request: pytest.FixtureRequest) -> None:
    """Say which loop the tests share."""
    request.session.stash[_LOOP] = asyncio.get_running_loop()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """End what a test left running, after its fixtures."""
    yield
    loop = item.session.stash.get(_LOOP, None)
    if loop is not None and not loop.is_closed():
        end_tasks(loop)


def end_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel the tasks of a loop that does not run, and wait until they have ended."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


def pytest_report_header() -> str | None:
    """Say which PostgreSQL the tests use, when somebody asked for another than the embedded one."""
    image = wanted_image()
    if image is None:
        return None
    used = "in a container" if usable_image() else "embedded: no container engine here has that image"
    return f"postgresql: {VARIABLE}={image}, {used}"


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Iterator[ServerOfTests]:
    """Give this process's server: in a container where an image of one is named and there, else embedded."""
    image = usable_image()
    if image is not None:
        container = ContainerServer(image)
        container.start()
        yield container
        container.stop()
        return
    server = Server(_sessions(pytestconfig) / str(os.getpid()), tuning=TEST_TUNING)
    server.start()
    yield server
    server.stop()
    server.forget_socket()
    shutil.rmtree(server.folder, ignore_errors=True)


Template = Callable[[str], str]


@pytest.fixture(scope="session")
def database_template(postgres_server: ServerOfTests, pytestconfig: pytest.Config) -> Template:
    """Return a function that gives the name of a built template, building it on first use."""
    built: set[str] = set()

    def build(kind: str) -> str:
        name = f"template_{kind}"
        if kind not in built:
            asyncio.run(_create_empty(postgres_server, name))
            dsn = postgres_server.dsn("owner", name)
            if kind == "kernel":
                asyncio.run(_execute_all(dsn, _kernel_scripts(pytestconfig.rootpath)))
            else:
                upgrade(dsn, pytestconfig.rootpath / f"{kind}-stack" / "migrations")
            built.add(kind)
        return name

    return build


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lent_databases(
    postgres_server: ServerOfTests, database_template: Template
) -> AsyncIterator[Databases]:
    """Give what lends databases to tests, and keep the connections to them."""
    keeper = Keeper(asyncio.get_running_loop())
    with pytest.MonkeyPatch.context() as patch:
        for module in (asyncpg, asyncpg.connection):  # by the second, pools connect
            patch.setattr(module, "connect", keeper.connect)
        yield Databases(postgres_server, database_template, keeper)
        await keeper.close()


@pytest_asyncio.fixture
async def customer_database(lent_databases: Databases) -> AsyncIterator[FreshDatabase]:
    """Give a migrated database of the customer stack."""
    async with lent_databases.lend("customer") as database:
        yield database


@pytest_asyncio.fixture
async def execution_database(lent_databases: Databases) -> AsyncIterator[FreshDatabase]:
    """Give a migrated database of the execution stack."""
    async with lent_databases.lend("execution") as database:
        yield database


@pytest_asyncio.fixture
async def kernel_database(lent_databases: Databases) -> AsyncIterator[FreshDatabase]:
    """Give a database with the kernel's tables and a small chart, for the kernel's own tests."""
    async with lent_databases.lend("kernel") as database:
        yield database


def _kernel_scripts(root: Path) -> list[str]:
    folder = root / "shared" / "tests" / "sql"
    chain = "CREATE TABLE alembic_version (version_num text NOT NULL)"  # of a stack: Alembic makes it
    return [
        chain,
        *kernel_sql((folder / "test_chart.sql").read_text(), (folder / "test_chart_rows.sql").read_text()),
    ]


async def _create_empty(server: ServerOfTests, name: str) -> None:
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
