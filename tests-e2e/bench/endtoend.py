"""Wagers from HTTP accept to allocated and posted in the customer's ledger, over both stacks and the sandbox.

Every process of the platform runs as it does in production, with two durable PostgreSQL servers, on the same
cores as the load generator. The load is an open loop: wagers leave at the rate asked for whether or not the
platform keeps up. The house quotes deep, still books, so that what is measured is the platform and not luck.

    make bench ONLY=e2e                                 1,000 wagers/s for 60 s
    E2E_RATE=500 E2E_SECONDS=10 make bench ONLY=e2e     a short look
    E2E_SEARCH=1 make bench ONLY=e2e                    also: the highest rate that is sustained

*Sustained*: at the end of the load no more wagers are under way than the platform posts in two seconds.

Times are those that the databases wrote: a window closes at `aggregation_window.closed_at`, a wager is posted
at `ledger_transfer.recorded_at` of its fill.
"""

import asyncio
import functools
import itertools
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import httpx
import psutil

from bench import load
from bench.results import Result, percentile_ms
from bench.wagers import prepare, require_sound
from bulkhead_local.installation import Installation
from bulkhead_local.layout import HOST, STACKS
from journeys.journey import wait_until

CLIENTS = 128
GOAL_RATE = 1_000
GOAL_P99_SECONDS = 2.0
BACKLOG_SECONDS = 2.0
DRAIN_SECONDS = 120.0
SEARCH_SECONDS = 10.0
SEARCH_STEPS = 4
LIMIT = "0.55"
QUOTES = [
    {"side": "bid", "price": "0.4800", "count": "4000000.00"},
    {"side": "ask", "price": "0.5000", "count": "4000000.00"},
]
_OPEN = ("pending", "dispatched", "submitted")

_POSTED = """
SELECT r.window_id, t.recorded_at FROM wager_order o
JOIN ledger_hold_capture c ON c.book_id = o.customer_id AND c.hold_id = o.id
JOIN ledger_transfer t ON t.book_id = c.book_id AND t.id = c.capture_id AND t.kind = 'wager_buy'
JOIN wager_report r ON r.wager_id = o.id AND r.kind = 'fill'
WHERE o.placed_at >= $1
"""


@dataclass(frozen=True)
class Round:
    """What one load came to."""

    asked: float
    seconds: float
    accepted: int
    posted_meanwhile: int
    backlog: int
    http: load.Load
    close_to_post: list[float]
    cpu_ms: dict[str, float]
    """CPU-milliseconds of each process per accepted wager."""

    @property
    def is_sustained(self) -> bool:
        """Tell whether the platform kept up."""
        return self.backlog <= self.asked * BACKLOG_SECONDS


async def measure(installation: Installation) -> list[Result]:
    """Load the running platform, wait until every wager has ended, compare all books, and say how fast."""
    rate = float(os.environ.get("E2E_RATE", GOAL_RATE))
    seconds = float(os.environ.get("E2E_SECONDS", "60"))
    tokens, bodies = await prepare(installation.state_file, yes=LIMIT, no=LIMIT, market_changed=quote)
    bench = _Bench(installation, tokens, bodies)
    await bench.round(min(rate, 200), 2)
    found = await bench.round(rate, seconds)
    await bench.require_exact()
    results = _results(found, len(tokens), len(bodies) // 2)
    if os.environ.get("E2E_SEARCH"):
        results.append(await bench.search(found))
    return results


async def quote(client: httpx.AsyncClient, exchange: str, ticker: str) -> None:
    """Give a market a deep, still book."""
    answer = await client.post(f"{exchange}/sandbox/markets/{ticker}/quotes", json={"quotes": QUOTES})
    answer.raise_for_status()


class _Bench:
    """The platform under load, with those who bet on it."""

    def __init__(self, installation: Installation, tokens: list[str], bodies: list[bytes]) -> None:
        self._installation = installation
        self._next = _requests(tokens, bodies, f"{HOST}:{installation.ports.customer_http}")

    async def round(self, rate: float, seconds: float) -> Round:
        """Load at a rate, then wait until nothing is under way."""
        customer = await asyncpg.connect(self._installation.dsn("customer", "auditor"))
        execution = await asyncpg.connect(self._installation.dsn("execution", "auditor"))
        try:
            began, before = datetime.now(UTC), cpu_seconds(self._installation)
            port = self._installation.ports.customer_http
            http = await load.run_paced(
                HOST, port, self._next, rate=rate, seconds=seconds, connections=CLIENTS
            )
            if set(http.statuses) - {load.AGAIN} != {201}:
                raise RuntimeError(f"answers {dict(http.statuses)}: {http.first_unexpected[:300]!r}")
            backlog = await _count_open(customer)
            ended = datetime.now(UTC)
            await wait_until("the rest", functools.partial(_has_ended, customer), DRAIN_SECONDS)
            used = cpu_seconds(self._installation)
            accepted = len(http.latencies)
            windows = {
                row["id"]: row["closed_at"]
                for row in await execution.fetch(
                    "SELECT id, closed_at FROM aggregation_window WHERE closed_at >= $1", began
                )
            }
            posted = await customer.fetch(_POSTED, began, timeout=60)
            if len(posted) != accepted:
                raise RuntimeError(f"{accepted} wagers were accepted and {len(posted)} filled and posted")
            return Round(
                asked=rate,
                seconds=http.seconds,
                accepted=accepted,
                posted_meanwhile=sum(row["recorded_at"] <= ended for row in posted),
                backlog=backlog,
                http=http,
                close_to_post=[
                    (row["recorded_at"] - windows[row["window_id"]]).total_seconds() for row in posted
                ],
                cpu_ms={name: (used[name] - before[name]) * 1000 / accepted for name in used},
            )
        finally:
            await customer.close()
            await execution.close()

    async def require_exact(self) -> None:
        """Refuse figures of books that do not add up, or that differ from the exchange's."""
        await require_sound(self._installation)
        for stack in STACKS:
            for check in json.loads(await asyncio.to_thread(self._check, stack)):
                if not check["held"]:
                    raise RuntimeError(f"{stack}: {check['name']} did not hold: {check['detail']}")

    async def search(self, first: Round) -> Result:
        """Find the highest rate that is sustained, by halving what lies between held and not held."""
        held = first.asked if first.is_sustained else 0.0
        missed = first.asked * 2 if first.is_sustained else first.asked
        for _ in range(SEARCH_STEPS):
            rate = (held + missed) / 2
            if (await self.round(rate, SEARCH_SECONDS)).is_sustained:
                held = rate
            else:
                missed = rate
        conditions = f"each rate for {SEARCH_SECONDS:.0f} s; {missed:,.0f}/s was not sustained"
        return Result("e2e.highest", round(held, 1), "wagers/s", None, "higher", None, None, conditions)

    def _check(self, stack: str) -> str:
        return self._installation.command(
            "customer" if stack == "customer" else "execution", "checks", "--json"
        )


def _requests(tokens: list[str], bodies: list[bytes], host: str) -> Callable[[int], bytes]:
    numbers, mark = itertools.count(), secrets.token_hex(8)

    def next_request(_: int) -> bytes:
        number = next(numbers)
        headers = [
            ("Authorization", f"Bearer {tokens[number % len(tokens)]}"),
            ("Idempotency-Key", f"{mark}-{number}"),
        ]
        return load.post_json("/v1/wagers", host, headers, bodies[number % len(bodies)])

    return next_request


async def _has_ended(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    return not await _count_open(connection)


async def _count_open(connection: "asyncpg.Connection[asyncpg.Record]") -> int:
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM wager_order WHERE state = ANY($1::text[]::wager_state[])", list(_OPEN)
        )
    )


def cpu_seconds(installation: Installation) -> dict[str, float]:
    """Return the CPU time so far of each program, of both database servers, and of this process."""
    used = {name: _spent(psutil.Process(pid)) for name, pid in installation.supervisor.pids().items()}
    for stack, server in installation.servers.items():
        if server.pid is not None:
            postmaster = psutil.Process(server.pid)
            ended = postmaster.cpu_times()
            used[f"{stack}-postgres"] = (
                _spent(postmaster)
                + ended.children_user
                + ended.children_system
                + sum(_spent(child) for child in postmaster.children())
            )
    return {**used, "load generator": _spent(psutil.Process())}


def _spent(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _results(found: Round, customers: int, markets: int) -> list[Result]:
    p50, p99 = found.http.percentile_ms(0.50), found.http.percentile_ms(0.99)
    spent = sum(found.cpu_ms.values())
    shares = ", ".join(
        f"{name} {ms:.2f}"
        for name, ms in sorted(found.cpu_ms.items(), key=lambda each: -each[1])
        if ms > 0.005
    )
    conditions = (
        f"asked for {found.asked:,.0f}/s for {found.seconds:.0f} s, {customers} customers of two tenants, "
        f"{markets} markets, both sides; accepted {found.accepted:,}, posted meanwhile "
        f"{found.posted_meanwhile:,}, under way at the end {found.backlog:,}, sent again after a 503 "
        f"{found.http.statuses[load.AGAIN]:,}; every wager ended filled, "
        "ledgers rebuilt, all checks of both stacks held"
    )
    rate = (
        round(found.posted_meanwhile / found.seconds, 1)
        if not found.is_sustained
        else round(found.http.rate, 1)
    )
    waits = found.close_to_post
    return [
        Result("e2e.wagers", rate, "wagers/s", GOAL_RATE, "higher", p50, p99, conditions),
        Result(
            "e2e.close_to_post_p99",
            round(percentile_ms(waits, 0.99) / 1000, 3),
            "s",
            GOAL_P99_SECONDS,
            "lower",
            percentile_ms(waits, 0.50),
            percentile_ms(waits, 0.99),
            "from window close to posted in the customer's ledger, by the databases' own times",
        ),
        Result("e2e.cpu", round(spent, 3), "CPU-ms/wager", None, "lower", None, None, shares),
    ]
