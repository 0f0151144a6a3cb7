"""Wagers per second accepted over HTTP: one API process, 64 clients, every gate of a real wager.

The customers are onboarded and funded through public doors first. During the measurement only the API and
its PostgreSQL run (and the load generator, on the same cores): what is measured is acceptance, durable and
answered. Afterwards the ledger is rebuilt, and the acknowledged wagers are counted against the stored ones.
"""

import asyncio
import itertools
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import httpx

from bench import load
from bench.results import Result
from bulkhead_local.installation import Installation
from bulkhead_local.layout import HOST
from journeys.doors import Address, open_client
from journeys.journey import Journey, Size
from journeys.money import deposit, onboard, open_house
from journeys.screen import Screen
from journeys.wagering import choose_markets
from shared.database import Database
from shared.ledger import store
from shared.ledger.rebuild import rebuild_differences

CLIENTS = 64
SECONDS = 8.0
WARM_UP_SECONDS = 2.0
GOAL = 2_500
MarketChange = Callable[[httpx.AsyncClient, str, str], Awaitable[None]]
P99_GOAL_MS = 60


async def measure(installation: Installation) -> list[Result]:
    """Onboard 64 customers, stop everything but the API, load it for eight seconds."""
    state = installation.state_file
    tokens, bodies = await prepare(state, yes="0.40", no="0.35")
    for name in ("customer-worker", "execution-worker", "execution-boundary", "exchange", "bank", "identity"):
        installation.supervisor.kill(name)
    host = f"{HOST}:{installation.ports.customer_http}"
    numbers = itertools.count()
    mark = secrets.token_hex(8)

    def next_request(client: int) -> bytes:
        number = next(numbers)
        headers = [
            ("Authorization", f"Bearer {tokens[client % len(tokens)]}"),
            ("Idempotency-Key", f"{mark}-{number}"),
        ]
        return load.post_json("/v1/wagers", host, headers, bodies[number % len(bodies)])

    before = await _stored(installation)
    port = installation.ports.customer_http
    warm = await load.run(HOST, port, next_request, connections=CLIENTS, seconds=WARM_UP_SECONDS)
    full = await load.run(HOST, port, next_request, connections=CLIENTS, seconds=SECONDS)
    if set(full.statuses) != {201}:
        raise RuntimeError(f"answers {dict(full.statuses)}: {full.first_unexpected[:300]!r}")
    stored = await _stored(installation) - before
    acknowledged = len(warm.latencies) + len(full.latencies)
    if stored != acknowledged:
        raise RuntimeError(f"{acknowledged} wagers were acknowledged and {stored} stored")
    await require_sound(installation)
    conditions = (
        f"one API process, {CLIENTS} clients, {len(tokens)} customers of two tenants, {len(bodies)} markets, "
        f"every wager durable; acknowledged = stored = {acknowledged}"
    )
    p50, p99 = full.percentile_ms(0.50), full.percentile_ms(0.99)
    return [
        Result("wagers.http", round(full.rate, 1), "wagers/s", GOAL, "higher", p50, p99, conditions),
        Result("wagers.http_p99", p99, "ms", P99_GOAL_MS, "lower", p50, p99, "of the same run"),
    ]


async def prepare(
    state: Path, *, yes: str, no: str, market_changed: MarketChange | None = None
) -> tuple[list[str], list[bytes]]:
    """Onboard and fund customers through public doors; return their tokens, and wagers at these limits.

    `market_changed` may set up each chosen market at the exchange (client, exchange's address, ticker).
    """
    async with open_client(timeout=30) as client:
        journey = Journey(
            Address.read(state),
            client,
            Screen(quiet=True),
            mark=secrets.token_hex(3),
            size=Size(people=CLIENTS + 3),
        )
        for step in (open_house, onboard, deposit, choose_markets):
            await step(journey)
        if market_changed is not None:
            for market in journey.markets:
                await market_changed(client, journey.address.exchange, market["ticker"])
        tokens = [customer.door.token for customer in journey.active[:-1]]
        bodies = [
            (
                f'{{"market_id":"{market["id"]}","side":"{side}","action":"buy",'
                f'"quantity":"0.01","limit_price":"{price}"}}'
            ).encode()
            for market in journey.markets
            for side, price in (("yes", yes), ("no", no))
        ]
        return tokens, bodies


async def _stored(installation: Installation) -> int:
    connection = await asyncpg.connect(installation.dsn("customer", "auditor"))
    try:
        return int(await connection.fetchval("SELECT count(*) FROM wager_order"))
    finally:
        await connection.close()


async def require_sound(installation: Installation) -> None:
    """Refuse figures of a customer ledger that broke under the load."""
    tenants = [tenant["id"] for tenant in installation.state()["tenants"]]
    database = await Database.connect(installation.dsn("customer", "app"), name="bench check")
    try:
        async with asyncio.timeout(60), database.transaction(*tenants) as tx:
            await tx.execute("SET LOCAL statement_timeout = '60s'")
            if await rebuild_differences(tx) or any(total for _, total in await store.trial_balance(tx)):
                raise RuntimeError("the bench broke the ledger")
    finally:
        await database.close()
