"""One long history from the command line, on a PostgreSQL server of its own that is removed afterwards.

make simulate SEED=7 STEPS=200000
"""

import asyncio
import os
import shutil
import sys
import time
from pathlib import Path

import asyncpg

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from bulkhead_local.postgres import TEST_TUNING, Server  # noqa: E402 - the path comes first
from bulkhead_local.problems import last_lines  # noqa: E402
from shared.migrations import upgrade  # noqa: E402
from simulator.runner import Failed, Places, simulate  # noqa: E402

ROOT = HERE.parents[2]
MIGRATIONS = ROOT / "customer-stack" / "migrations"


async def _create(server: Server) -> None:
    admin = await asyncpg.connect(server.dsn("superuser", "postgres"))
    try:
        await admin.execute("CREATE DATABASE simulator OWNER bulkhead_owner")
    finally:
        await admin.close()


def _tell(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    """Run; return the exit status."""
    seed = int(os.environ.get("SEED") or time.time_ns() % 1_000_000)
    steps = int(os.environ.get("STEPS") or 20_000)
    folder = ROOT / ".run" / "simulator" / str(os.getpid())
    server = Server(folder, tuning=TEST_TUNING)
    server.start()
    try:
        asyncio.run(_create(server))
        upgrade(server.dsn("owner", "simulator"), MIGRATIONS)
        places = Places(server.dsn("app", "simulator"), server.dsn("owner", "simulator"))
        print(f"seed {seed}, {steps} steps")
        report = asyncio.run(simulate(places, seed, steps, full_every=10_000, tell=_tell))
    except Failed as failed:
        print(failed)
        print(f"the server said last:\n{last_lines(server.log, 12)}")
        return 1
    finally:
        server.stop()
        server.forget_socket()
        shutil.rmtree(folder, ignore_errors=True)
    print(report.table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
