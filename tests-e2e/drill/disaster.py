"""A platform with base backups and WAL archives, which loses a database and gets it back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import asyncpg

from bulkhead_local.backup import Archive, back_up, lose
from bulkhead_local.installation import Installation
from bulkhead_local.layout import STACKS, Ports, Stack
from bulkhead_local.postgres import Server
from platform_under_test import DURABLE, QUICK

PROGRAMS: Final[Mapping[Stack, tuple[str, ...]]] = {
    "execution": ("execution-boundary", "execution-worker"),
    "customer": ("customer-api", "customer-worker"),
}
RECOVERY_SECONDS: Final = 300


class Backed(Installation):
    """A platform whose servers archive their WAL outside of their own folders."""

    def __init__(self, folder: Path, ports: Ports) -> None:
        execution = {**QUICK["execution"], "EXECUTION_RECONCILIATION_SECONDS": "3"}
        settings: dict[Stack, Mapping[str, str]] = {**QUICK, "execution": execution}
        super().__init__(folder, ports, tuning=DURABLE, settings=settings)
        self.archives = {stack: Archive(self.folder / "archive" / stack) for stack in STACKS}
        self.bases = {stack: self.folder / "base" / stack for stack in STACKS}

    def make_archives(self) -> None:
        """Make the folders of the archives. Call it before `start`."""
        for stack in STACKS:
            self.archives[stack].make()
            self.bases[stack].parent.mkdir(exist_ok=True)

    def new_server(self, stack: Stack, settings: Mapping[str, str] | None = None) -> Server:
        """Return the server of a stack; it archives."""
        return super().new_server(stack, self.archives[stack].filling() | dict(settings or {}))

    def back_up(self, stack: Stack) -> None:
        """Take a base backup of a stack's database, and check it against its manifest."""
        back_up(self.servers[stack], self.bases[stack])

    def lose(self, stack: Stack) -> None:
        """Lose a stack's database with all of its backends, and then its processes."""
        lose(self.servers[stack])
        for name in PROGRAMS[stack]:
            self.supervisor.kill(name)
        server = self.servers[stack]
        server.stop()
        server.data.rename(server.folder / "lost")

    def restore(self, stack: Stack, moment: datetime | None) -> int:
        """Restore a stack's database; return how many segments had not been archived and were saved."""
        archive, lost = self.archives[stack], self.servers[stack].folder / "lost"
        data = self.servers[stack].data
        self.bases[stack].rename(data)
        (data / "recovery.signal").touch()
        saved = archive.save_rest(lost, data)
        server = self.new_server(stack, archive.recovering(moment))
        server.start(timeout_seconds=RECOVERY_SECONDS)
        self.servers[stack] = server
        return saved

    def bring_back(self, stack: Stack) -> None:
        """Start a stack's processes and wait until they are ready."""
        for name in PROGRAMS[stack]:
            self.supervisor.relaunch(name)
        self.supervisor.wait_ready(PROGRAMS[stack])


async def read_time(dsn: str) -> datetime:
    """Return a server's time."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        at: datetime = await connection.fetchval("SELECT clock_timestamp()")
    finally:
        await connection.close()
    return at.astimezone(UTC)
