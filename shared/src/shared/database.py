"""PostgreSQL transactions bound to tenants. This file alone commits.

One request, one task, one lane batch is one transaction. A transaction names the tenants whose rows it
may touch; row-level security refuses every other row, also when a query forgets its WHERE clause.

Guaranteed:
- a transaction commits when its block ends normally and rolls back when it raises;
- a server that goes away is DatabaseUnavailable: the outcome is not known, ask again with the same key;
- no statement waits longer than the statement timeout, no lock longer than the lock timeout;
- nothing outside this file begins, commits or rolls back.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

import asyncpg
from prometheus_client import Counter, Gauge

from shared.errors import Kind, Refusal, invariant

ACQUIRE_TIMEOUT_SECONDS: Final = 10.0
GRACE_SECONDS: Final = 5.0
"""How much longer than the server ends a statement its answer is waited for."""
# The last of them: the driver still waits for the end of the error with which the server said goodbye.
_SHUT_DOWN: Final = (asyncpg.AdminShutdownError, asyncpg.CrashShutdownError, asyncpg.InternalClientError)
BUSY: Final = "Another change of the same account is under way. Send the request again in a moment."
LOST: Final = "The database went away. Send the request again, with its Idempotency-Key where it has one."

IN_USE: Final = Gauge("bulkhead_database_connections_in_use", "Connections that are lent out now.", ("pool",))
LIMIT: Final = Gauge("bulkhead_database_connections_limit", "Connections that a pool may open.", ("pool",))
NONE_FREE: Final = Counter(
    "bulkhead_database_connections_refused_total", "Times that no connection could be had.", ("pool",)
)


class DatabaseUnavailable(Refusal):
    """No connection could be had in time, or the server went away."""

    kind = Kind.UNAVAILABLE
    code = "database.unavailable"


class DatabaseBusy(Refusal):
    """Another transaction held what this one needs for too long; nothing was changed."""

    kind = Kind.UNAVAILABLE
    code = "database.busy"


class Transaction:
    """One open transaction. It is handed to stores; it never commits itself."""

    __slots__ = ("_timeout", "connection", "first_outcome", "tenants")

    def __init__(
        self,
        connection: "asyncpg.Connection[Any]",
        tenants: frozenset[UUID],
        first_outcome: str = "",
        timeout_seconds: float | None = None,
    ) -> None:
        """Wrap a connection on which a transaction has begun, perhaps with a first statement.

        `timeout_seconds`: how long an answer is waited for, where that is not as long as everywhere else.
        """
        self.connection = connection
        self.first_outcome = first_outcome
        self.tenants = tenants
        self._timeout = timeout_seconds

    async def fetch(self, sql: str, *arguments: object) -> "list[asyncpg.Record]":
        """Return all rows of one statement."""
        return await self.connection.fetch(sql, *arguments, timeout=self._timeout)

    async def fetch_row(self, sql: str, *arguments: object) -> "asyncpg.Record | None":
        """Return the first row of one statement, or None."""
        return await self.connection.fetchrow(sql, *arguments, timeout=self._timeout)

    async def fetch_value(self, sql: str, *arguments: object) -> Any:
        """Return the first column of the first row, or None."""
        return await self.connection.fetchval(sql, *arguments, timeout=self._timeout)

    async def execute(self, sql: str, *arguments: object) -> None:
        """Run one statement for its effect."""
        await self.connection.execute(sql, *arguments, timeout=self._timeout)


class Session:
    """One connection on which transactions follow each other."""

    __slots__ = ("_connection",)

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        """Wrap a connection that has no open transaction."""
        self._connection = connection

    @property
    def is_usable(self) -> bool:
        """Tell whether the connection is still open."""
        try:
            return not self._connection.is_closed()
        except asyncpg.InterfaceError:  # the pool has taken it back
            return False

    @contextlib.asynccontextmanager
    async def transaction(
        self,
        *tenants: UUID,
        lock_timeout_ms: int | None = None,
        probes_only: bool = False,
        first: str | None = None,
        statement_timeout_ms: int | None = None,
    ) -> AsyncIterator[Transaction]:
        """Open a transaction that sees the rows of `tenants` only, and commit it at the end.

        `statement_timeout_ms` is for what reads a whole ledger, in place of the connection's.

        A `first` statement, which has no parameters, travels with the beginning; what the server says of it
        is the transaction's `first_outcome`.

        With `probes_only` its statements are planned to look rows up by key and never to read a table:
        plans are kept for the life of a connection, and one that was made while a table was small would
        read all of it when it is large. Raises DatabaseUnavailable, and DatabaseBusy when a lock is not had
        in time.
        """
        connection = self._connection
        # One round trip: a UUID has no character that could end the quoted list.
        listed = ",".join(str(tenant) for tenant in tenants)
        begin = f"BEGIN; SET LOCAL app.tenants = '{{{listed}}}'"
        if lock_timeout_ms is not None:
            begin += f"; SET LOCAL lock_timeout = {lock_timeout_ms:d}"
        if statement_timeout_ms is not None:
            begin += f"; SET LOCAL statement_timeout = {statement_timeout_ms:d}"
        if probes_only:
            begin += "; SET LOCAL enable_seqscan = off"
        if first is not None:
            begin += f"; {first}"
        try:
            said = await connection.execute(begin)
            yield Transaction(
                connection,
                frozenset(tenants),
                "" if first is None else said,
                None if statement_timeout_ms is None else statement_timeout_ms / 1000 + GRACE_SECONDS,
            )
            # PostgreSQL answers COMMIT with ROLLBACK when an error was swallowed inside the block.
            outcome = await connection.execute("COMMIT")
        except BaseException as error:
            if _is_lost(connection, error):
                raise DatabaseUnavailable(LOST) from error
            with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await connection.execute("ROLLBACK")
            if isinstance(error, asyncpg.LockNotAvailableError | asyncpg.DeadlockDetectedError):
                raise DatabaseBusy(BUSY) from error
            raise
        invariant(outcome == "COMMIT", "a transaction that had failed was committed")


def _is_lost(connection: "asyncpg.Connection[Any]", error: BaseException) -> bool:
    """Tell whether the server went away, so that whether the transaction committed is not known."""
    if not isinstance(error, Exception) or isinstance(error, Refusal):
        return False
    if isinstance(error, _SHUT_DOWN):
        return True
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has taken the broken connection back
        return True


async def _keep_settings(_connection: object) -> None:
    """Skip the pool's reset between uses: every setting of ours is local to a transaction."""


class Database:
    """A pool of connections of one role to one database."""

    def __init__(self, pool: "asyncpg.Pool[Any]", name: str = "unnamed") -> None:
        """Wrap an open pool; use `connect`."""
        self._pool = pool
        IN_USE.labels(name).set_function(lambda: pool.get_size() - pool.get_idle_size())
        LIMIT.labels(name).set(pool.get_max_size())
        self._none_free = NONE_FREE.labels(name)

    @classmethod
    async def connect(
        cls, dsn: str, *, name: str, pool_size: int = 8, statement_timeout_ms: int = 5000
    ) -> "Database":
        """Open a pool of at most `pool_size` connections, shown to the server as `name`.

        Raises DatabaseUnavailable.
        """
        try:
            pool = await asyncpg.create_pool(
                dsn,
                min_size=1,
                max_size=pool_size,
                max_inactive_connection_lifetime=0,
                statement_cache_size=512,
                reset=_keep_settings,
                command_timeout=statement_timeout_ms / 1000 + GRACE_SECONDS,
                server_settings={
                    "application_name": name,
                    "statement_timeout": str(statement_timeout_ms),
                    "lock_timeout": str(statement_timeout_ms),
                    "idle_in_transaction_session_timeout": "15000",
                    "timezone": "UTC",
                    "jit": "off",
                },
            )
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            raise DatabaseUnavailable(
                f"The database of {name} does not answer. Check its address and that it runs."
            ) from error
        return cls(pool, name)

    @contextlib.asynccontextmanager
    async def transaction(
        self,
        *tenants: UUID,
        probes_only: bool = False,
        first: str | None = None,
        statement_timeout_ms: int | None = None,
    ) -> AsyncIterator[Transaction]:
        """Open a transaction that sees the rows of `tenants` only, and commit it at the end.

        What is named is as in `Session.transaction`. Raises DatabaseUnavailable when no
        connection can be had within ten seconds.
        """
        async with (
            self.session() as session,
            session.transaction(
                *tenants, probes_only=probes_only, first=first, statement_timeout_ms=statement_timeout_ms
            ) as transaction,
        ):
            yield transaction

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator["Session"]:
        """Lend one connection for several transactions, one after the other.

        Raises DatabaseUnavailable when no connection can be had within ten seconds.
        """
        try:
            connection = await self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            self._none_free.inc()
            raise DatabaseUnavailable("The database does not answer. Try again in a moment.") from error
        try:
            yield Session(connection)  # type: ignore[arg-type]  # the pool lends a proxy
        finally:
            await self._pool.release(connection)

    async def ping(self) -> None:
        """Run one statement. Raises DatabaseUnavailable."""
        try:
            async with self._pool.acquire(timeout=2.0) as connection:
                await connection.execute("SELECT 1", timeout=2.0)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise DatabaseUnavailable("The database does not answer. Check that it runs.") from error

    async def close(self) -> None:
        """Close all connections, waiting at most five seconds for work that still runs."""
        try:
            async with asyncio.timeout(5):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()
