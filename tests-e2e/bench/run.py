"""Measure, print a table, write `.bench/results.json`. ONLY=prefix measures a part.

    make bench
    make bench ONLY=ledger.hot
    make bench ONLY=ledger.growth    ten million entries: some three minutes, 6 GB of disk
    make bench ONLY=allocation       a million intents of one order, aggregated and allocated
    make bench ONLY=screening        30,000 listed names: speed and quality; needs ../shared/data
    make bench ONLY=reconciliation   a million movements against a million lines of a statement
    make bench ONLY=audit            the sealer behind full writers; two million records verified
    make bench ONLY=e2e              1,000 wagers/s for a minute over both stacks, to posted in the ledger
    E2E_RATE=300 E2E_SECONDS=10 make bench ONLY=e2e

One PostgreSQL server, durable as in production, under `.run/bench`. Everything shares the machine: figures
are comparable within one run, so the ratios to the yardstick are printed too.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import uvloop

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from bench import (  # noqa: E402 - the path comes first
    allocation,
    auditing,
    counters,
    endtoend,
    gate,
    growth,
    ledger,
    matching,
    rescreening,
    screening,
    wagers,
    wall,
    whole,
    yardstick,
)
from bench.results import Result, show, write  # noqa: E402
from bulkhead_local.installation import Installation  # noqa: E402
from bulkhead_local.layout import Ports  # noqa: E402
from bulkhead_local.postgres import Server  # noqa: E402
from shared.database import Database  # noqa: E402
from shared.migrations import upgrade  # noqa: E402

MeasureBoundary = Callable[[Database, Path], Awaitable[list[Result]]]

ROOT = HERE.parents[2]
FOLDER = ROOT / ".run" / "bench"
LIGHT_PASSWORDS = {"CUSTOMER_ARGON2_MEMORY_KIB": "8192", "CUSTOMER_ARGON2_PASSES": "1"}


async def fresh(server: Server, name: str) -> None:
    """Make an empty database of the owner's."""
    admin = await asyncpg.connect(server.dsn("superuser", "postgres"))
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await admin.execute(f'CREATE DATABASE "{name}" OWNER bulkhead_owner')
        await admin.execute("CHECKPOINT")
    finally:
        await admin.close()


async def migrated(server: Server, name: str, stack: str = "customer-stack") -> None:
    """Make a database with a stack's whole schema."""
    await fresh(server, name)
    await asyncio.to_thread(upgrade, server.dsn("owner", name), ROOT / stack / "migrations")


async def measure_ledger(server: Server, *, hot: bool) -> list[Result]:
    """Measure a lane on a database of the customer stack."""
    await migrated(server, "bench_ledger")
    database = await Database.connect(server.dsn("app", "bench_ledger"), name="bench")
    try:
        return await ledger.measure(database, hot=hot)
    finally:
        await database.close()


async def measure_growth(server: Server) -> list[Result]:
    """Measure the ledger with ten million entries."""
    await migrated(server, "bench_growth")
    database = await Database.connect(server.dsn("app", "bench_growth"), name="bench")
    try:
        return await growth.measure(database, server.dsn("owner", "bench_growth"))
    finally:
        await database.close()
        await fresh(server, "bench_growth")


async def measure_counters(server: Server) -> list[Result]:
    """Measure AML's counters and rules."""
    await migrated(server, "bench_counters")
    database = await Database.connect(server.dsn("app", "bench_counters"), name="bench")
    try:
        return await counters.measure(database, server.dsn("owner", "bench_counters"))
    finally:
        await database.close()
        await fresh(server, "bench_counters")


async def measure_gate(server: Server) -> list[Result]:
    """Measure what compliance adds to a wager."""
    await migrated(server, "bench_gate")
    database = await Database.connect(server.dsn("app", "bench_gate"), name="bench")
    try:
        return await gate.measure(database, server.pid or 0)
    finally:
        await database.close()
        await fresh(server, "bench_gate")


async def measure_seal_lag(server: Server) -> list[Result]:
    """Measure how far the sealer is behind writers."""
    await migrated(server, "bench_audit")
    sealer, auditor = (server.dsn(role, "bench_audit") for role in ("sealer", "auditor"))
    database = await Database.connect(server.dsn("app", "bench_audit"), name="bench")
    try:
        return await auditing.measure_lag(database, sealer, auditor)
    finally:
        await database.close()
        await fresh(server, "bench_audit")


async def measure_verify(server: Server) -> list[Result]:
    """Measure the verification of a history."""
    await migrated(server, "bench_audit")
    owner, sealer, auditor = (server.dsn(role, "bench_audit") for role in ("owner", "sealer", "auditor"))
    try:
        return await auditing.measure_verify(owner, sealer, auditor)
    finally:
        await fresh(server, "bench_audit")


async def measure_boundary(server: Server, measure: MeasureBoundary) -> list[Result]:
    """Measure the receiver on a database of the execution stack."""
    await migrated(server, "bench_boundary", "execution-stack")
    database = await Database.connect(server.dsn("app", "bench_boundary"), name="bench")
    try:
        return await measure(database, FOLDER)
    finally:
        await database.close()


async def measure_yardstick(server: Server) -> list[Result]:
    """Measure PostgreSQL itself."""
    await fresh(server, "bench_yardstick")
    return [await asyncio.to_thread(yardstick.measure, server.dsn("owner", "bench_yardstick"))]


async def measure_allocation(_server: Server) -> list[Result]:
    """Measure the pure functions; nothing else of ours works meanwhile."""
    return await asyncio.to_thread(allocation.measure)


async def measure_screening(_server: Server) -> list[Result]:
    """Measure the matcher; needs no database."""
    return await asyncio.to_thread(screening.measure)


async def measure_rescreening(server: Server) -> list[Result]:
    """Measure a walk over 100,000 customers."""
    await migrated(server, "bench_rescreening")
    database = await Database.connect(server.dsn("app", "bench_rescreening"), name="bench")
    try:
        return await rescreening.measure(database, server.dsn("superuser", "bench_rescreening"))
    finally:
        await database.close()
        await fresh(server, "bench_rescreening")


async def measure_matching(server: Server) -> list[Result]:
    """Measure a match of a million lines."""
    await migrated(server, "bench_matching")
    try:
        return await matching.measure(
            server.dsn("app", "bench_matching"), server.dsn("superuser", "bench_matching")
        )
    finally:
        await fresh(server, "bench_matching")


async def measure_whole(server: Server) -> list[Result]:
    """Measure what reads the whole ledger."""
    await migrated(server, "bench_whole")
    try:
        return await whole.measure(server.dsn("app", "bench_whole"), server.dsn("superuser", "bench_whole"))
    finally:
        await fresh(server, "bench_whole")


@dataclass(frozen=True)
class Measure:
    """One run, and the names of the figures that it gives."""

    gives: tuple[str, ...]
    take: Callable[[Server], Awaitable[list[Result]]]


MEASURES: dict[str, Measure] = {
    "ledger.hot": Measure(("ledger.hot", "ledger.hot_p99"), lambda server: measure_ledger(server, hot=True)),
    "ledger.random": Measure(
        ("ledger.random", "ledger.bytes_per_transfer"),
        lambda server: measure_ledger(server, hot=False),
    ),
    "allocation.million": Measure(("allocation.million", "allocation.growth_ratio"), measure_allocation),
    "screening": Measure(
        ("screening.p50_ms", "screening.p99_ms", "screening.f1", "screening.alias_recall"), measure_screening
    ),
    "screening.rescreen_s": Measure(("screening.rescreen_s",), measure_rescreening),
    "boundary.intents": Measure(
        ("boundary.intents",), lambda server: measure_boundary(server, wall.measure_intents)
    ),
    "boundary.unary_ratio": Measure(
        ("boundary.unary_ratio",), lambda server: measure_boundary(server, wall.measure_ratio)
    ),
    "gate.cpu_overhead": Measure(("gate.cpu_overhead",), measure_gate),
    "counters.read_ms": Measure(("counters.read_ms", "aml.judge_us"), measure_counters),
    "audit.seal_lag_ms": Measure(("audit.seal_lag_ms",), measure_seal_lag),
    "audit.verify": Measure(("audit.verify",), measure_verify),
    "reconciliation.million_s": Measure(
        ("reconciliation.million_s", "reconciliation.million_mb"), measure_matching
    ),
    "figures.exposure_s": Measure(
        ("figures.exposure_s", "figures.revenue_s", "reconciliation.books_s"), measure_whole
    ),
    "yardstick.tpcb": Measure(("yardstick.tpcb",), measure_yardstick),
    "ledger.growth": Measure(
        (
            "ledger.growth_ratio",
            "ledger.balance_read",
            "ledger.bytes_per_transfer_at_size",
            "ledger.rebuild",
        ),
        measure_growth,
    ),
}


@dataclass(frozen=True)
class PlatformMeasure:
    """A run on a whole platform of its own."""

    gives: tuple[str, ...]
    take: Callable[[Installation], Awaitable[list[Result]]]


PLATFORM_MEASURES: dict[str, PlatformMeasure] = {
    "wagers.http": PlatformMeasure(("wagers.http", "wagers.http_p99"), wagers.measure),
    "e2e.wagers": PlatformMeasure(("e2e.wagers", "e2e.close_to_post_p99", "e2e.cpu"), endtoend.measure),
}


def choose(only: str) -> list[str]:
    """Return the measures that give a figure whose name begins so."""
    every: dict[str, Measure | PlatformMeasure] = {**PLATFORM_MEASURES, **MEASURES}
    return [name for name, each in every.items() if any(given.startswith(only) for given in each.gives)]


async def run(names: list[str]) -> list[Result]:
    """Run the chosen measures, one after the other.

    Some take a whole platform each, the others the customer stack's server.
    """
    results: list[Result] = []
    for name in (each for each in names if each in PLATFORM_MEASURES):
        print(f"measuring {name} ...", flush=True)
        with Installation(FOLDER, Ports.free(), settings={"customer": LIGHT_PASSWORDS}) as installation:
            await asyncio.to_thread(installation.start)
            results += await PLATFORM_MEASURES[name].take(installation)
        shutil.rmtree(FOLDER, ignore_errors=True)
    on_server = [each for each in names if each in MEASURES]
    if on_server:
        with Installation(FOLDER, Ports.free()) as installation:
            await asyncio.to_thread(installation.start_databases)
            for name in on_server:
                print(f"measuring {name} ...", flush=True)
                results += await MEASURES[name].take(installation.servers["customer"])
        shutil.rmtree(FOLDER, ignore_errors=True)
    return results


def main() -> None:
    """Run from the command line."""
    names = choose(os.environ.get("ONLY", ""))
    if not names:
        sys.exit(f"no measure has that name; there are: {', '.join((*PLATFORM_MEASURES, *MEASURES))}")
    results = uvloop.run(run(names))
    show(results)
    rates = {
        result.name: result.value
        for result in results
        if result.unit.endswith("/s") and not result.unit.startswith("entries")
    }
    if base := rates.pop("yardstick.tpcb", None):
        ratios = ", ".join(f"{name} {value / base:.2f}" for name, value in rates.items())
        print(f"ratios to yardstick.tpcb: {ratios}")
    write(results, ROOT / ".bench" / "results.json")


if __name__ == "__main__":
    main()
