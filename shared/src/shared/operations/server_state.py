"""What a database server says of its standbys and of its archive of WAL.

It is read by a role of its own, `bulkhead_monitor`, which may read statistics (`pg_read_all_stats`) and no
table: to the stack's own roles the server does not show how far standbys are. Without that role's address
nothing is read, and these metrics are not there: an exporter of PostgreSQL's then has to tell.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg
from prometheus_client import Gauge

from shared.database import DatabaseUnavailable

TIMEOUT_SECONDS: Final = 5.0
STANDBYS_LIMIT: Final = 32

STANDBYS: Final = Gauge("bulkhead_replication_standbys", "Standbys that stream from the database server.")
LAG_SECONDS: Final = Gauge(
    "bulkhead_replication_lag_seconds",
    "How long a standby takes to replay what is written.",
    ("standby",),
)
LAG_BYTES: Final = Gauge(
    "bulkhead_replication_lag_bytes", "WAL that a standby has not replayed yet.", ("standby",)
)
ARCHIVED_AT: Final = Gauge(
    "bulkhead_wal_archived_timestamp_seconds", "When a WAL segment was last archived, 0 if never."
)
ARCHIVE_FAILING: Final = Gauge(
    "bulkhead_wal_archive_failing", "1 while the newest attempt to archive a WAL segment failed."
)

_STANDBYS: Final = """
SELECT coalesce(nullif(application_name, ''), 'unnamed') AS standby,
       coalesce(extract(epoch FROM replay_lag), 0)::float8 AS seconds,
       coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::float8 AS bytes
FROM pg_stat_replication WHERE state = 'streaming' ORDER BY 1 LIMIT $1
"""
_ARCHIVE: Final = """
SELECT coalesce(extract(epoch FROM last_archived_time), 0)::float8 AS archived_at,
       last_failed_time > coalesce(last_archived_time, '-infinity') AS is_failing
FROM pg_stat_archiver
"""


def read_server(dsn: str) -> Callable[[], Awaitable[None]]:
    """Return what sets the metrics, on a connection of its own each time. It raises DatabaseUnavailable."""

    async def read() -> None:
        try:
            connection = await asyncpg.connect(dsn, timeout=TIMEOUT_SECONDS, command_timeout=TIMEOUT_SECONDS)
            try:
                await _show(connection)
            finally:
                await connection.close(timeout=TIMEOUT_SECONDS)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise DatabaseUnavailable(
                "The server does not tell its state. Check the address of the monitor's role."
            ) from error

    return read


async def _show(connection: "asyncpg.Connection[Any]") -> None:
    standbys = await connection.fetch(_STANDBYS, STANDBYS_LIMIT)
    STANDBYS.set(len(standbys))
    for metric in (LAG_SECONDS, LAG_BYTES):
        metric.clear()
    for row in standbys:
        LAG_SECONDS.labels(row["standby"]).set(row["seconds"])
        LAG_BYTES.labels(row["standby"]).set(row["bytes"])
    archive = await connection.fetchrow(_ARCHIVE)
    if archive is not None:
        ARCHIVED_AT.set(archive["archived_at"])
        ARCHIVE_FAILING.set(bool(archive["is_failing"]))
