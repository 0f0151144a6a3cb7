"""Everything that a process keeps or says: its database column by column, its logs, its metrics."""

import urllib.error
import urllib.request
from typing import Any, Final

import asyncpg

from bulkhead_local.installation import Installation
from bulkhead_local.layout import Stack
from platform_under_test import superuser_of

COLUMNS: Final = """
SELECT c.relnamespace::regnamespace::text AS schema, c.relname AS table, a.attname AS column,
       a.atttypid = 'bytea'::regtype AS is_bytes
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped
  AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY 1, 2, a.attnum
"""
PROCESSES: Final[dict[Stack, dict[str, str]]] = {
    "customer": {"customer-api": "customer_management", "customer-worker": "customer_worker"},
    "execution": {"execution-boundary": "execution_management", "execution-worker": "execution_worker"},
}


async def dump_database(platform: Installation, stack: Stack) -> bytes:
    """Return every value of every column of every table: as text, and bytes as they are."""
    parts = []
    async with superuser_of(platform, stack) as connection:
        for row in await connection.fetch(COLUMNS):
            parts += [f"\n-- {row['schema']}.{row['table']}.{row['column']}\n".encode()]
            parts += await _values(connection, row)
    return b"\n".join(parts)


async def _values(connection: "asyncpg.Connection[Any]", row: asyncpg.Record) -> list[bytes]:
    table, column = f'"{row["schema"]}"."{row["table"]}"', f'"{row["column"]}"'
    texts = await connection.fetch(f"SELECT {column}::text FROM {table} WHERE {column} IS NOT NULL")
    values = [each[0].encode() for each in texts]
    if row["is_bytes"]:
        raw = await connection.fetch(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
        values += [bytes(each[0]) for each in raw]
    return values


def read_logs(platform: Installation, stack: Stack) -> bytes:
    """Return the logs of a stack's processes and of its database server."""
    logs = [platform.supervisor.log_of(name).read_bytes() for name in PROCESSES[stack]]
    return b"\n".join([*logs, platform.servers[stack].log.read_bytes()])


def read_metrics(platform: Installation, stack: Stack) -> dict[str, bytes]:
    """Return /metrics of a stack's processes, by name."""
    return {name: fetch(f"{platform.ports.url(port)}/metrics")[1] for name, port in PROCESSES[stack].items()}


def fetch(url: str, method: str = "GET") -> tuple[int, bytes]:
    """Send a bare request; return status and body."""
    request = urllib.request.Request(url, method=method, data=b"{}" if method != "GET" else None)  # noqa: S310 - ours
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - ours
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
