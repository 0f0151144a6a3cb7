"""Connections that wait: a machine under load must not be taken for a ledger that refuses.

Services give up early, so that their callers hear of it. A simulation would take that for an answer of the
ledger, and live through another history than its seed means.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

import asyncpg

from shared.database import Database, Session, Transaction

PATIENCE_MS: Final = 120_000


class PatientSession(Session):
    """A session that waits for locks as long as for everything else."""

    __slots__ = ()

    @contextlib.asynccontextmanager
    async def transaction(
        self,
        *tenants: UUID,
        lock_timeout_ms: int | None = None,
        probes_only: bool = False,
        first: str | None = None,
        statement_timeout_ms: int | None = None,
    ) -> AsyncIterator[Transaction]:
        """Open a transaction; no timeout is heeded."""
        async with super().transaction(*tenants, probes_only=probes_only, first=first) as tx:
            yield tx


class PatientDatabase(Database):
    """A pool whose sessions wait."""

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """Lend one connection."""
        async with super().session() as lent:
            yield PatientSession(lent._connection)


async def connect(dsn: str, name: str, *, pool_size: int, waits_for_locks: bool) -> Database:
    """Open a pool that nothing times out; one that also waits for locks, whatever a lane asks for."""
    pool: asyncpg.Pool[Any] = await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=pool_size,
        max_inactive_connection_lifetime=0,
        statement_cache_size=512,
        reset=_keep_settings,
        server_settings={
            "application_name": name,
            "statement_timeout": str(PATIENCE_MS),
            "lock_timeout": str(PATIENCE_MS),
            "timezone": "UTC",
            "jit": "off",
        },
    )
    return PatientDatabase(pool) if waits_for_locks else Database(pool)


async def _keep_settings(_connection: object) -> None:
    """Skip the pool's reset between uses: every setting of ours is local to a transaction."""
