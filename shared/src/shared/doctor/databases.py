"""Checks of a stack's databases: each role, what the server enforces for it, how far the chain has run."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import asyncpg

from shared.database_address import connect
from shared.doctor.examining import Check, Finding, ok, waiting, warn, wrong
from shared.outflow import HOLD, Hold
from shared.production.clock import MOST_APART_SECONDS
from shared.production.live import check_standing, load_standing, read_clock
from shared.versions import ChainUnusable, read_chain

_ASKED_SECONDS: Final = 15.0
_TABLES_SHOWN: Final = 5

_UNFORCED: Final = """
SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'tenant_id'
  AND NOT a.attisdropped AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
  AND coalesce(obj_description(c.oid, 'pg_class'), '') NOT LIKE 'no tenant: %'
ORDER BY 1
"""
_CHANGEABLE: Final = """
SELECT DISTINCT c.relname::text FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND t.tgname = c.relname || '_append_only'
  AND has_table_privilege(current_user, c.oid, 'UPDATE, DELETE, TRUNCATE')
ORDER BY 1
"""
_ARCHIVE: Final = """
SELECT current_setting('archive_mode') AS mode, failed_count > 0
       AND last_failed_time > coalesce(last_archived_time, '-infinity') AS is_failing,
       extract(epoch FROM clock_timestamp() - last_archived_time)::float8 AS seconds
FROM pg_stat_archiver
"""


@dataclass(frozen=True, slots=True)
class Address:
    """A database's address, and the setting that holds it."""

    setting: str
    dsn: str


@asynccontextmanager
async def opened(at: Address) -> "AsyncIterator[asyncpg.Connection[Any]]":
    """Open a connection for a few questions. Raises DatabaseAddressUnusable, TimeoutError."""
    async with asyncio.timeout(_ASKED_SECONDS):
        connection = await connect(
            at.setting, at.dsn, {"application_name": "doctor", "statement_timeout": "10000"}
        )
        try:
            yield connection
        finally:
            connection.terminate()


async def look_at_role(role: str, at: Address) -> Iterable[Finding]:
    """Say whether a role is what it should be: below the rules, and unable to change what is appended."""
    name = f"database.{role}"
    async with opened(at) as connection:
        standing = await load_standing(connection)
        problems = check_standing(at.setting, standing)
        changeable = [row[0] for row in await connection.fetch(_CHANGEABLE)]
        reading = await read_clock(at.dsn, connection)
    if role == "owner":
        problems = [each for each in problems if each.code != "production.role_owns"]
        if not standing.owners:
            return [wrong(name, f"{standing.role} does not own the tables. Give the owner in {at.setting}.")]
    elif changeable:
        listed = ", ".join(changeable[:_TABLES_SHOWN])
        return [wrong(name, f"{standing.role} may change what is append-only ({listed}). Revoke that.")]
    found = [wrong(name, each.sentence) for each in problems]
    found = found or [ok(name, f"it answers as {standing.role}, below the database's rules.")]
    if role == "app":
        apart = abs(reading.apart_seconds)
        said = f"this clock and the database's are {apart:.1f} s apart"
        far = apart > MOST_APART_SECONDS
        found.append(
            wrong("clock.database", f"{said}. Set both by the same source.")
            if far
            else ok("clock.database", f"{said}.")
        )
    return found


async def look_at_row_security(at: Address) -> Iterable[Finding]:
    """Say whether the database keeps tenants apart on every table that has them."""
    async with opened(at) as connection:
        tables = [row[0] for row in await connection.fetch(_UNFORCED)]
    name = "database.row_security"
    if tables:
        listed = ", ".join(tables[:_TABLES_SHOWN])
        return [
            wrong(name, f"it is not forced on {listed}. Run migrate; if it stays so, restore the schema.")
        ]
    return [ok(name, "it is forced on every table with a tenant.")]


async def look_at_migrations(at: Address, folder: Path) -> Iterable[Finding]:
    """Say whether the database is as far as this code."""
    name = "database.migrations"
    try:
        chain = read_chain(folder)
    except ChainUnusable as unusable:
        return [wrong(name, str(unusable))]
    async with opened(at) as connection:
        try:
            stands = await connection.fetchval("SELECT version_num FROM alembic_version")
            floor = await connection.fetch("SELECT revision FROM schema_floor ORDER BY revision")
        except asyncpg.UndefinedTableError:
            return [wrong(name, "the database is empty, or old. Run migrate.")]
        except asyncpg.InsufficientPrivilegeError:
            return [
                warn(name, f"{at.setting} may not read how far it is. Look where the owner's address is.")
            ]
    return [_judge_version(name, stands, [row["revision"] for row in floor], chain)]


def _judge_version(name: str, stands: str, floor: Iterable[str], chain: tuple[str, ...]) -> Finding:
    if stands == chain[-1]:
        return ok(name, f"it is at the head of this code, {stands}.")
    if stands in chain:
        lacks = len(chain) - 1 - chain.index(stands)
        return wrong(name, f"it lacks {lacks} migrations of this code. Run migrate.")
    if unknown := [each for each in floor if each not in chain]:
        return wrong(name, f"it needs code that knows {unknown[0]}. Start that release, or a newer one.")
    return warn(name, f"it is at {stands}, which this code does not know: it is ahead. Finish the upgrade.")


async def look_at_outflow(at: Address) -> Iterable[Finding]:
    """Say whether money leaves, or is held since a restore that lost something."""
    name = "database.outflow"
    async with opened(at) as connection:
        try:
            row = await connection.fetchrow(HOLD)
        except asyncpg.UndefinedTableError:
            return [wrong(name, "the database does not know holds of money. Run migrate.")]
    if row is None:
        return [ok(name, "money may leave.")]
    since = Hold(row["epoch"], row["began_at"]).told
    return [
        warn(name, f"no money leaves since {since} UTC. Compare with the banks, then run resume-outflow.")
    ]


async def look_at_archive(at: Address, *, is_production: bool) -> Iterable[Finding]:
    """Say whether the server's WAL reaches an archive, which a restore to a moment needs."""
    async with opened(at) as connection:
        (row,) = await connection.fetch(_ARCHIVE)
    name = "database.archive"
    if row["mode"] == "off":
        told = warn if is_production else ok
        return [told(name, "the server archives no WAL by itself. Know what else makes backups of it.")]
    if row["is_failing"]:
        return [
            wrong(name, "the newest WAL could not be archived. Look at the server's log and the archive.")
        ]
    if row["seconds"] is None:
        return [warn(name, "nothing was archived yet. Take a base backup.")]
    return [ok(name, f"the newest WAL was archived {row['seconds']:.0f} s ago.")]


def build_checks(addresses: Mapping[str, Address], folder: Path, *, is_production: bool) -> dict[str, Check]:
    """Return the checks of every database that is given, by name."""
    checks: dict[str, Check] = {
        f"database.{role}": waiting(partial(look_at_role, role, at)) for role, at in addresses.items()
    }
    if not addresses:
        checks["database"] = lambda: [wrong("database", "no address of a database is set. Set DATABASE_URL.")]
        return checks
    anyone = next(iter(addresses.values()))
    owner = addresses.get("owner", anyone)
    checks["database.row_security"] = waiting(partial(look_at_row_security, anyone))
    checks["database.migrations"] = waiting(partial(look_at_migrations, owner, folder))
    if "app" in addresses:
        checks["database.outflow"] = waiting(partial(look_at_outflow, addresses["app"]))
    checks["database.archive"] = waiting(partial(look_at_archive, anyone, is_production=is_production))
    return checks
