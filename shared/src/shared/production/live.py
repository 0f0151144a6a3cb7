"""What the database's server says of a process that is about to start: as whom, and at what time.

Guaranteed: every database is asked within a time limit; one that does not answer is a problem like others.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from shared.database_address import DatabaseAddressUnusable, connect
from shared.production.clock import Reading, read_against
from shared.production.rules import Problem

LIMIT_SECONDS: Final = 10.0

_STANDING: Final = """
SELECT current_user AS role,
       array_agg(r.rolname::text ORDER BY r.rolname) FILTER (WHERE r.rolsuper) AS super,
       array_agg(r.rolname::text ORDER BY r.rolname) FILTER (WHERE r.rolbypassrls) AS bypass,
       array_agg(r.rolname::text ORDER BY r.rolname) FILTER (WHERE EXISTS (
           SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = r.oid
           UNION ALL SELECT FROM pg_database d WHERE d.datname = current_database() AND d.datdba = r.oid
       )) AS owner
FROM pg_roles r
WHERE pg_has_role(current_user, r.oid, 'MEMBER')
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a connection's role is or may become, by the names of the roles that make it so."""

    role: str
    superusers: tuple[str, ...] = ()
    bypassing: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


async def load_standing(connection: "asyncpg.Connection[Any]") -> Standing:
    """Return what the connection's role is or may become."""
    (row,) = await connection.fetch(_STANDING)
    return Standing(row["role"], *(tuple(row[name] or ()) for name in ("super", "bypass", "owner")))


def check_standing(setting: str, standing: Standing) -> list[Problem]:
    """Refuse a role that is, or may become, one that the database's own rules do not hold for."""
    kinds = (
        ("production.role_superuser", "a superuser", standing.superusers),
        (
            "production.role_bypasses_rls",
            "a role that row-level security does not hold for",
            standing.bypassing,
        ),
        ("production.role_owns", "the owner of the tables", standing.owners),
    )
    return [
        Problem(
            code,
            f"{setting} connects as {standing.role}, which is or may become {kind} ({', '.join(names)}). "
            "Connect as the role made for it, by deploy/local/src/bulkhead_local/roles.sql.",
        )
        for code, kind, names in kinds
        if names
    ]


async def read_clock(dsn: str, connection: "asyncpg.Connection[Any]") -> Reading:
    """Compare the database's clock with ours."""
    before = time.time()
    theirs = float(await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())"))
    return read_against(dsn, before, theirs, time.time())


async def ask_databases(databases: Mapping[str, str]) -> tuple[list[Problem], dict[str, Reading]]:
    """Ask every database of a process, by the setting that names it: problems of roles, and clocks."""
    found: list[Problem] = []
    readings: dict[str, Reading] = {}
    for setting, dsn in databases.items():
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                connection = await connect(setting, dsn, {"application_name": "production-check"})
                try:
                    found += check_standing(setting, await load_standing(connection))
                    readings[setting] = await read_clock(dsn, connection)
                finally:
                    connection.terminate()
        except DatabaseAddressUnusable as error:
            found.append(Problem(error.code, str(error)))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            found.append(
                Problem(
                    DatabaseAddressUnusable.code,
                    f"{setting}: the server does not answer as it should ({type(error).__name__}).",
                )
            )
    return found, readings
