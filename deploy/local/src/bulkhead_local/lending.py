"""Databases of tests: each test gets an empty one, and the next test the same one, emptied again.

To copy a database of a stack is to copy a thousand files; to empty the few tables that a test filled takes a
twentieth of that. What cannot be emptied is thrown away: a database whose schema was changed, in which
somebody holds a lock, or that was used often enough to have grown. Sessions of a lent database are kept from
test to test (`keeping`).

*Guaranteed:* a test finds the rows and the sequences that migrations leave, and nothing else; the schema is
that of the migrations.
"""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import asyncpg

from bulkhead_local.keeping import Keeper
from bulkhead_local.postgres import Role
from shared.database import Database

USES: Final = 150
"""Tests for which one database serves: deleted rows stay in its files."""

# Whether the schema was changed is noted in a sequence, because it is not rolled back: a change is seen even
# where a test took it back. Tables that migrations fill are kept as copies. A statement for each table stands
# written in the function that empties them, so that a session plans it once.
_WATCH: Final = """
CREATE SCHEMA pristine;
CREATE SEQUENCE pristine.changes;
CREATE FUNCTION pristine.note_change() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN PERFORM nextval('pristine.changes'); END $$;
CREATE TABLE pristine.sequence AS
    SELECT format('%I.%I', schemaname, sequencename)::regclass AS name,
           coalesce(last_value, start_value) AS at, last_value IS NOT NULL AS is_called
    FROM pg_sequences WHERE schemaname = 'public';
DO $$
DECLARE filled regclass;
BEGIN
    FOR filled IN SELECT c.oid FROM pg_class c
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND pg_relation_size(c.oid) > 0
    LOOP
        EXECUTE format('CREATE TABLE pristine.%s AS TABLE ONLY public.%s', filled, filled);
    END LOOP;
END $$;
DO $$
DECLARE steps text;
BEGIN
    SELECT string_agg(step, ' ' ORDER BY place) INTO steps FROM (
        SELECT 1 AS place,
            format('IF pg_relation_size(%s) > 0 THEN DELETE FROM ONLY public.%I; END IF;', oid, relname)
            AS step
            FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT 2, format('INSERT INTO public.%1$I TABLE pristine.%1$I;', relname)
            FROM pg_class WHERE relkind = 'r' AND relnamespace = 'pristine'::regnamespace
            AND relname <> 'sequence') AS each;
    EXECUTE format($restore$
        CREATE FUNCTION pristine.restore() RETURNS boolean LANGUAGE plpgsql AS $body$
        BEGIN
            IF (SELECT is_called FROM pristine.changes) THEN
                RETURN false;
            END IF;
            %s
            PERFORM setval(name, at, is_called) FROM pristine.sequence;
            RETURN true;
        END $body$ $restore$, steps);
END $$;
CREATE EVENT TRIGGER pristine_changed ON ddl_command_end EXECUTE FUNCTION pristine.note_change();
CREATE EVENT TRIGGER pristine_dropped ON sql_drop EXECUTE FUNCTION pristine.note_change();
ALTER EVENT TRIGGER pristine_changed ENABLE ALWAYS;
ALTER EVENT TRIGGER pristine_dropped ENABLE ALWAYS;
"""


class ServerOfTests(Protocol):
    """A PostgreSQL of tests, wherever it runs."""

    def dsn(self, role: Role, database: str) -> str:
        """Return the address of a database for a role."""


class FreshDatabase:
    """A migrated database that belongs to one test."""

    def __init__(self, server: ServerOfTests, name: str, app: Database) -> None:
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


@dataclass
class Databases:
    """The databases of one server: those that wait for a test, by kind, with how often they served."""

    server: ServerOfTests
    build: Callable[[str], str]
    keeper: Keeper
    waiting: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    _watched: set[str] = field(default_factory=set)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @contextlib.asynccontextmanager
    async def lend(self, kind: str) -> AsyncIterator[FreshDatabase]:
        """Lend a database of a kind: one that waits, or a new copy of the kind's template."""
        held = self.waiting.setdefault(kind, [])
        name, uses = held.pop() if held else (await self._copy(kind), 0)
        app = await Database.connect(self.server.dsn("app", name), name="test", pool_size=8)
        database = FreshDatabase(self.server, name, app)
        try:
            yield database
        finally:
            await database.close()
            if uses + 1 < USES and await self._is_restored(name):
                held.append((name, uses + 1))
            else:
                await self.keeper.close(self._address(name))
                await self._execute("postgres", f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _copy(self, kind: str) -> str:
        source = await asyncio.to_thread(self.build, kind)
        if source not in self._watched:
            await self._execute(source, _WATCH)
            self._watched.add(source)
        name = f"test_{kind}_{next(self._numbers)}"
        await self._execute(
            "postgres",
            f'CREATE DATABASE "{name}" OWNER bulkhead_owner TEMPLATE "{source}" STRATEGY FILE_COPY',
        )
        self.keeper.addresses.add(self._address(name))
        return name

    def _address(self, name: str) -> str:
        return self.server.dsn("app", name).partition("@")[2]

    async def _is_restored(self, name: str) -> bool:
        """Bring a database back to what migrations left; tell whether that was possible."""
        connection: asyncpg.Connection[Any] = await asyncpg.connect(
            self.server.dsn("superuser", name),
            server_settings={"session_replication_role": "replica", "lock_timeout": "1s", "jit": "off"},
        )
        try:
            return bool(await connection.fetchval("SELECT pristine.restore()"))
        except asyncpg.LockNotAvailableError:
            return False
        finally:
            await connection.close()

    async def _execute(self, database: str, statement: str) -> None:
        connection: asyncpg.Connection[Any] = await asyncpg.connect(self.server.dsn("superuser", database))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
