"""One runner for the migration chains of both stacks.

Tables are declared as SQL in the file beside each version file, so what a reviewer reads is what the
database gets. Alembic keeps the order and remembers how far a database is.

A version file is short:

    revision = "2026_11_20_02_fx"
    down_revision = "2026_11_20_01_kernel"

    def upgrade() -> None:
        run_sql_beside(__file__)

and lies beside 2026_11_20_02_fx.sql. Version 01 calls `run_kernel_beside(__file__)`: the kernel's files
with `<name>.types.sql` (the chart's vocabularies) before and `<name>.rows.sql` (the chart) after them. A
file that the kernel gained later is run by a version that names it: `run_kernel_file("12_ledger_rules.sql")`.

Guaranteed:
- one version is one database transaction; a failed one leaves nothing behind;
- two runners at once: the second waits for the first;
- no statement waits for a lock longer than five seconds, so traffic never queues behind a migration;
- chains only go forward: a mistake is corrected by the next version.
"""

import asyncio
import time
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import asyncpg
from alembic import command, context, op
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared import database_address
from shared.errors import Kind, Refusal, invariant

LOCK_TIMEOUT_MS: Final = 5_000
STATEMENT_TIMEOUT_MS: Final = 60_000
OTHER_RUNNER_TIMEOUT_SECONDS: Final = 120
FIRST_KERNEL: Final = (
    "00_kernel.sql",
    "10_ledger.sql",
    "15_idempotency.sql",
    "20_boundary.sql",
    "30_audit.sql",
    "40_events.sql",
)
"""What version 01 of each chain runs. Later files belong to later versions: what ran stays what ran."""
RUNNER_LOCK: Final = 0x62756C6B  # one number per database; nothing else takes advisory locks of this key


class MigrationBusy(Refusal):
    """Another runner has been migrating the same database for too long."""

    kind = Kind.UNAVAILABLE
    code = "migration.busy"


def upgrade(
    dsn: str, folder: Path, revision: str = "head", *, setting: str = "The owner's database address"
) -> None:
    """Bring the database at `dsn` (owner role) up to `revision` of the chain in `folder`.

    `setting` is the variable that holds the address. Not from inside a running event loop: call it in a
    thread there. Raises MigrationBusy, DatabaseAddressUnusable.
    """
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["dsn"] = dsn
    config.attributes["setting"] = setting
    command.upgrade(config, revision)


def run_environment() -> None:
    """Run the chain. Called by a chain's `env.py`, which Alembic executes."""
    attributes = context.config.attributes
    asyncio.run(_run(attributes["dsn"], attributes["setting"]))


def run_sql_beside(version_file: str) -> None:
    """Execute the SQL file of the same name beside a version file."""
    _execute(Path(version_file).with_suffix(".sql").read_text())


def run_kernel_beside(version_file: str) -> None:
    """Execute the kernel's SQL with the chart beside a version file."""
    stem = Path(version_file).with_suffix("")
    types, rows = (Path(f"{stem}.{part}.sql").read_text() for part in ("types", "rows"))
    for sql in _first_kernel(types, rows):
        _execute(sql)
    _execute("COMMENT ON TABLE alembic_version IS 'no tenant: how far the chain has run'")


def run_kernel_file(name: str) -> None:
    """Execute a file that the kernel gained after version 01."""
    invariant(name not in FIRST_KERNEL, "version 01 ran this file")
    _execute(_kernel_folder().joinpath(name).read_text())


def kernel_sql(chart_types: str, chart_rows: str) -> list[str]:
    """Return all of the kernel's SQL in the order of execution, with a stack's chart in its places."""
    later = sorted(
        (file.name, file.read_text())
        for file in _kernel_folder().iterdir()
        if file.name.endswith(".sql") and file.name not in FIRST_KERNEL
    )
    return [*_first_kernel(chart_types, chart_rows), *(sql for _, sql in later)]


def _first_kernel(chart_types: str, chart_rows: str) -> list[str]:
    first, *others = (_kernel_folder().joinpath(name).read_text() for name in FIRST_KERNEL)
    return [first, chart_types, *others, chart_rows]


def _kernel_folder() -> Traversable:
    return resources.files("shared").joinpath("sql")


def _execute(sql: str) -> None:
    """Execute a script of several statements inside the transaction of the version."""
    bind = op.get_bind()
    bind.exec_driver_sql("SELECT 1")  # the driver's transaction begins with the first statement
    connection: Any = bind.connection.dbapi_connection
    connection.run_async(lambda driver: driver.execute(sql))


async def _run(dsn: str, setting: str) -> None:
    async def connect() -> "asyncpg.Connection[Any]":
        connection = await database_address.connect(
            setting,
            dsn,
            {
                "application_name": "migrate",
                "lock_timeout": str(LOCK_TIMEOUT_MS),
                "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                "timezone": "UTC",
            },
        )
        await _wait_for_other_runner(connection)
        return connection

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_run_in_context)
    await engine.dispose()


def _run_in_context(connection: Any) -> None:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def _wait_for_other_runner(connection: "asyncpg.Connection[Any]") -> None:
    deadline = time.monotonic() + OTHER_RUNNER_TIMEOUT_SECONDS
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", RUNNER_LOCK):
        if time.monotonic() > deadline:
            raise MigrationBusy("Another migration of this database is still running. Wait for it to end.")
        await asyncio.sleep(0.2)
