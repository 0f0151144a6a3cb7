"""pgbench's TPC-B-like transactions on the same server: what this machine's PostgreSQL gives by itself."""

import os
import re
import subprocess
from urllib.parse import parse_qs, unquote, urlsplit

from bench.results import Result
from bulkhead_local.postgres import binaries

CLIENTS = 8
SECONDS = 8
SCALE = 32


def measure(dsn: str) -> Result:
    """Fill a database with pgbench's tables and run its TPC-B-like script. `dsn` may create tables there."""
    parts = urlsplit(dsn)
    environment = os.environ | {
        "PGHOST": parts.hostname or parse_qs(parts.query)["host"][0],
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
    }
    pgbench = str(binaries() / "pgbench")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [pgbench, *arguments], env=environment, capture_output=True, text=True, timeout=180, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr[-500:])
        return done.stdout

    run("-i", "-q", "-s", str(SCALE))
    out = run("-c", str(CLIENTS), "-j", "2", "-M", "prepared", "-T", str(SECONDS), "-n")
    rate = re.search(r"tps = ([0-9.]+)", out)
    latency = re.search(r"latency average = ([0-9.]+) ms", out)
    if rate is None or latency is None:
        raise RuntimeError(f"pgbench printed no figures: {out[-300:]}")
    return Result(
        name="yardstick.tpcb",
        value=float(rate[1]),
        unit="transactions/s",
        goal=None,
        better="higher",
        p50_ms=None,
        p99_ms=None,
        conditions=f"pgbench TPC-B-like, scale {SCALE}, {CLIENTS} clients, prepared; average {latency[1]} ms",
    )
