"""Lose a database under a load of the ledger alone, restore it elsewhere, and prove that nothing is missing.

`make drill` does it to the whole platform; this one posts thousands of transfers in seconds.

    python -m bulkhead_local.drill                 everything that was acknowledged comes back
    python -m bulkhead_local.drill --to-moment     stop at a moment in the middle: point-in-time recovery
    python -m bulkhead_local.drill --lose-segment  the disk is gone too: only what was archived comes back

The steps are those of a real disaster, in its order:
1. a server with WAL archiving; migrations; books; transfers;
2. `pg_basebackup` while transfers go on, every file checked against the backup's manifest;
3. SIGKILL to every process of the server, in the middle of the load; what was acknowledged is known;
4. a new data folder from the base backup; `recovery.signal` and a `restore_command` that reads the archive;
5. segments of WAL that were written but not archived yet are copied from the dead server's `pg_wal`, when its
   disk is still there: without them the last seconds are lost (`--lose-segment` shows how many);
6. start; PostgreSQL replays everything and opens; `customer-stack ledger rebuild --check`;
7. compare. Each client posts one after the other, so what it stored must be a prefix of what it sent, and all
   that it heard a yes for. The dead server, recovering from its own disk, must have the same balances.

Guaranteed: exit code 0 only if all of that holds; nothing outside its own folder is touched.
"""

import argparse
import asyncio
import contextlib
import fcntl
import json
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from bulkhead_local.backup import Archive, back_up, lose
from bulkhead_local.clean import clear
from bulkhead_local.drill_load import (
    Client,
    open_books,
    post_each,
    post_to_the_end,
    post_until,
    prefix_length,
    read_ledger,
)
from bulkhead_local.postgres import Server, Tuning
from bulkhead_local.prepared import copy_server
from bulkhead_local.problems import LocalProblem
from bulkhead_local.programs import script
from bulkhead_local.run import ROOT
from shared.database import Database
from shared.migrations import upgrade

DATABASE: Final = "customer"
CLIENTS: Final = 8
SEEDED: Final = 50
TUNING: Final = Tuning(shared_buffers="64MB", max_connections=50)


@dataclass
class Verdict:
    """What the drill found, one line each, and whether all of it held."""

    say: Callable[[str], None]
    good: bool = True

    def require(self, held: bool, line: str) -> None:  # noqa: FBT001 - the verdict itself
        """Note one comparison."""
        self.good &= held
        self.say(f"{'held' if held else 'BROKEN':7} {line}")


@dataclass(frozen=True)
class Options:
    """How the disaster goes."""

    folder: Path
    load_seconds: float = 3.0
    to_moment: bool = False
    lose_segment: bool = False
    prepared: Path | None = None
    """A stopped, migrated server to begin with a copy of."""


class Drill:
    """One disaster in one folder."""

    def __init__(self, options: Options, say: Callable[[str], None]) -> None:
        """Prepare; nothing is touched before `run`."""
        self._options = options
        self._say = say
        self._archive = Archive(options.folder / "archive")
        self._base = options.folder / "base"
        self._lost = Server(
            options.folder / "postgres" / "lost", tuning=TUNING, settings=self._archive.filling()
        )
        self._restored = self._lost
        self._clients = [Client() for _ in range(CLIENTS)]
        self._moment: datetime | None = None
        self._digest_at_moment = ""

    def run(self) -> bool:
        """Do all of it. Returns whether everything held. Raises LocalProblem."""
        self._archive.make()
        try:
            with self._timed("a server with WAL archiving, migrations"):
                if self._options.prepared is not None:
                    copy_server(self._options.prepared, self._lost.folder)
                self._lost.start([DATABASE])
                upgrade(self._lost.dsn("owner", DATABASE), ROOT / "customer-stack" / "migrations")
            asyncio.run(self._live())
            with self._timed("restore: base backup, archive, recovery"):
                self._restore()
            return asyncio.run(self._compare())
        finally:
            self._restored.stop()
            self._lost.stop()
            for server in (self._restored, self._lost):
                server.forget_socket()

    async def _live(self) -> None:
        """Post, back up while posting, and be killed while posting."""
        async with self._database() as database:
            with self._timed("books and first transfers"):
                await open_books(database, self._clients)
                await post_each(database, self._clients, SEEDED)
            with self._timed("base backup under load, checked against its manifest"):
                backing = asyncio.create_task(asyncio.to_thread(back_up, self._lost, self._base))
                await post_until(database, self._clients, backing)
                await backing
            with self._timed("load, then SIGKILL"):
                pause = self._options.load_seconds / 2
                await post_until(database, self._clients, asyncio.create_task(asyncio.sleep(pause)))
                await self._note_moment(database)
                dying = asyncio.create_task(self._kill_after(pause))
                await post_to_the_end(database, self._clients)
                await dying
        sent = sum(len(each.sent) for each in self._clients)
        self._say(f"        {sent} transfers sent, {self._acknowledged()} acknowledged")

    async def _note_moment(self, database: Database) -> None:
        """Remember the server's time, with nothing under way."""
        _, self._digest_at_moment = await read_ledger(database)
        async with database.transaction() as tx:
            self._moment = (await tx.fetch_value("SELECT clock_timestamp()")).astimezone(UTC)
        for each in self._clients:
            each.at_moment = (each.acknowledged, len(each.sent))

    async def _kill_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await asyncio.to_thread(lose, self._lost)

    def _restore(self) -> None:
        folder = self._options.folder / "postgres" / "restored"
        folder.mkdir(parents=True)
        shutil.copy2(self._lost.folder / "passwords.json", folder)
        self._base.rename(folder / "data")
        (folder / "data" / "recovery.signal").touch()
        saved = 0 if self._options.lose_segment else self._archive.save_rest(self._lost.data, folder / "data")
        self._say(f"        {self._archive.count()} segments archived, {saved} saved from pg_wal")
        settings = self._archive.recovering(self._moment if self._options.to_moment else None)
        self._restored = Server(folder, tuning=TUNING, settings=settings)
        self._restored.start(timeout_seconds=120)

    async def _compare(self) -> bool:
        verdict = Verdict(self._say)
        with self._timed("rebuild from the facts, in the restored database"):
            rebuilt = await asyncio.to_thread(self._rebuild)
        verdict.require(
            bool(rebuilt["good"]), f"every snapshot follows: {rebuilt['compared']['ledger']} entries"
        )
        async with self._database(self._restored) as database:
            stored, digest = await read_ledger(database)
        for line, held in self._sets(stored):
            verdict.require(held, line)
        if self._options.to_moment:
            verdict.require(digest == self._digest_at_moment, f"the balances of that moment: {digest[:16]}")
        if not (self._options.to_moment or self._options.lose_segment):
            with self._timed("the dead server recovers from its own disk"):
                await asyncio.to_thread(self._lost.start)
            async with self._database() as database:
                own, own_digest = await read_ledger(database)
            verdict.require(own == stored, f"both have the same {len(stored)} transfers")
            verdict.require(own_digest == digest, f"both have the same balances and holds: {digest[:16]}")
        return verdict.good

    def _sets(self, stored: frozenset[UUID]) -> list[tuple[str, bool]]:
        counts = [prefix_length(each.sent, stored) for each in self._clients]
        strangers = stored - {transfer for each in self._clients for transfer in each.sent}
        lines = [
            ("every client stored a prefix of what it sent", None not in counts),
            ("nothing is stored that nobody sent", not strangers),
        ]
        kept = [(each, count or 0) for each, count in zip(self._clients, counts, strict=True)]
        lost = sum(max(each.acknowledged - count, 0) for each, count in kept)
        if self._options.to_moment:
            held = all(each.at_moment[0] <= count <= each.at_moment[1] for each, count in kept)
            lines.append((f"exactly what was there at {self._moment}", held and self._moment is not None))
        elif self._options.lose_segment:
            lines.append((f"{lost} acknowledged transfers were in the segment that is gone", True))
        else:
            lines.append((f"all {self._acknowledged()} acknowledged transfers are stored", lost == 0))
        return lines

    def _rebuild(self) -> dict[str, Any]:
        result = subprocess.run(
            [script("customer-stack"), "ledger", "rebuild", "--check", "--json"],
            env={
                "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
                "CUSTOMER_AUDITOR_DATABASE_URL": self._restored.dsn("auditor", DATABASE),
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if result.returncode not in {0, 1}:
            raise LocalProblem(f"customer-stack ledger rebuild failed: {result.stderr.strip()[-500:]}")
        document: dict[str, Any] = json.loads(result.stdout)
        return document

    def _acknowledged(self) -> int:
        return sum(each.acknowledged for each in self._clients)

    @contextlib.asynccontextmanager
    async def _database(self, server: Server | None = None) -> AsyncIterator[Database]:
        address = (server or self._lost).dsn("app", DATABASE)
        database = await Database.connect(address, name="drill", pool_size=CLIENTS)
        try:
            yield database
        finally:
            await database.close()

    @contextlib.contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._say(f"{time.monotonic() - began:5.1f} s  {what}")


def run(options: Options, say: Callable[[str], None]) -> bool:
    """Make the folder anew, do the drill, and remove the folder when all held. Raises LocalProblem."""
    options.folder.mkdir(parents=True, exist_ok=True)
    if not clear(options.folder):
        raise LocalProblem(f"Another drill is using {options.folder}. Wait until it ends.")
    options.folder.mkdir(parents=True)
    with (options.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held = Drill(options, say).run()
    if held:
        shutil.rmtree(options.folder, ignore_errors=True)
    else:
        say(f"        what was found is in {options.folder}")
    return held


def main() -> int:
    """Run from the command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="drill", description=__doc__.splitlines()[0])
    parser.add_argument("--to-moment", action="store_true", help="recover to a moment in the middle")
    parser.add_argument("--lose-segment", action="store_true", help="recover from the archive alone")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long the load runs after the backup")
    chosen = parser.parse_args()
    options = Options(
        ROOT / ".run" / "drill", chosen.seconds, to_moment=chosen.to_moment, lose_segment=chosen.lose_segment
    )
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)  # that the server dies is what we came for
    began = time.monotonic()
    try:
        held = run(options, print)
    except LocalProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    word = "everything held" if held else "NOT everything held"
    print(f"{time.monotonic() - began:5.1f} s  {word}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
