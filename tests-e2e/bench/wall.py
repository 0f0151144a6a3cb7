"""The wall under load: intents per second through the real receiver, and what signing costs a single call.

One process has the server, the service and their rules, as `execution-stack boundary` has; a second one
sends messages that it built and signed beforehand. Every call is verified and checked, and its nonce, its
intents and their audit are durable before it is answered. Afterwards the database is counted.

The unsigned calls go to the same handler in the same process; only verifying, the nonce and the signature
of the answer are left out. Both kinds take turns, because a shared machine is never the same twice.
"""

import asyncio
import contextlib
import functools
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import grpc
import grpc.aio
import orjson

from bench.results import Result, percentile_ms
from execution_stack.accounts.domain import Registration
from execution_stack.accounts.service import AccountService
from execution_stack.exchange.domain import MarketSnapshot, MarketStatus, Ticker
from execution_stack.intents import grpc_api
from execution_stack.intents import service as intents
from execution_stack.markets import store as markets
from execution_stack.markets.domain import market_id_of
from shared.boundary import nonces, schema
from shared.boundary.calls import VerifiedCall
from shared.boundary.keys import dump_keys, load_keys, make_keys
from shared.boundary.methods import SUBMIT_INTENTS, Method
from shared.boundary.receiver import Handler, Identity
from shared.boundary.server import OPTIONS, BoundaryServer
from shared.clock import SystemClock
from shared.database import Database, Transaction
from shared.operations.process import spare_collector

CALLER: Final = "customer.sandbox"
CALLEE: Final = "execution.sandbox"
UNSIGNED_SERVICE: Final = "bench.Unsigned"
ACCOUNTS, MARKETS, BATCH = 1_000, 4, 250
GOAL, RATIO_GOAL = 20_000, 0.8
SENDER_SECONDS: Final = 120
NO_NONCE: Final = bytes(16)


async def measure_intents(database: Database, folder: Path) -> list[Result]:
    """Send batches of 250 intents for eight seconds."""
    async with _Receiving(database, folder) as stage:
        sent = await _send(stage, "batches")
    await _require_stored(database, nonces=sent["calls"], intents=sent["calls"] * BATCH)
    latencies = sent["latencies"]
    conditions = (
        f"one receiving process, {sent['in_flight']} calls of {BATCH} intents in flight, "
        f"{ACCOUNTS} accounts, {MARKETS} markets; signed, nonce and intents durable; "
        f"answered = stored = {sent['calls'] * BATCH}"
    )
    rate = round(sent["rate"] * BATCH, 1)
    p50, p99 = percentile_ms(latencies, 0.50), percentile_ms(latencies, 0.99)
    return [Result("boundary.intents", rate, "intents/s", GOAL, "higher", p50, p99, conditions)]


async def measure_ratio(database: Database, folder: Path) -> list[Result]:
    """Send signed and unsigned calls of one intent in turns."""
    async with _Receiving(database, folder) as stage:
        sent = await _send(stage, "unary")
    await _require_stored(database, nonces=sent["signed_calls"], intents=sent["calls"])
    signed, unsigned = sent["signed"], sent["unsigned"]
    conditions = (
        f"{sent['turns']} turns each, {sent['in_flight']} calls of one intent in flight: "
        f"{signed:,.0f}/s signed, {unsigned:,.0f}/s unsigned"
    )
    ratio = round(signed / unsigned, 3)
    return [
        Result("boundary.unary_ratio", ratio, "of unsigned", RATIO_GOAL, "higher", None, None, conditions)
    ]


@dataclass(frozen=True)
class Stage:
    """Servers that listen, and what a sender needs to know."""

    port: int
    unsigned_port: int
    keys: Path
    accounts: list[UUID]
    markets: list[UUID]


class _Receiving:
    """The receiver with registered accounts and open markets, and the same handlers without signatures."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._keys = folder / "bench_boundary_keys.json"
        now, day = datetime.now(UTC), timedelta(days=1)
        keys = make_keys(CALLER, CALLEE, not_before=now - day, not_after=now + day)
        self._keys.write_bytes(dump_keys(keys))
        remember = functools.partial(nonces.consume_alone, database)
        identity = Identity(CALLEE, load_keys(self._keys), SystemClock(), remember)
        self._server = BoundaryServer("127.0.0.1:0", identity)
        self._unsigned = Unsigned()
        self._service = intents.IntentService(database, SystemClock())

    async def __aenter__(self) -> Stage:
        tenant, accounts = uuid4(), [uuid4() for _ in range(ACCOUNTS)]
        registering = AccountService(self._database)
        for start in range(0, ACCOUNTS, 500):
            registrations = [Registration(account, tenant) for account in accounts[start : start + 500]]
            await registering.register(unsigned_call(os.urandom(16)), registrations)
        tickers = [Ticker(f"KXBENCH-{number}") for number in range(MARKETS)]
        async with self._database.transaction() as tx:
            await markets.save(tx, [_market(ticker) for ticker in tickers], datetime.now(UTC))
        vars(intents)["consuming"] = _consuming_if_signed  # the one thing that is left out inside
        grpc_api.serve(self._server, self._service)
        grpc_api.serve(self._unsigned, self._service)  # type: ignore[arg-type]  # it only takes handlers
        ids = [market_id_of(ticker) for ticker in tickers]
        spare_collector()  # as the boundary's process does
        return Stage(await self._server.start(), await self._unsigned.start(), self._keys, accounts, ids)

    async def __aexit__(self, *_: object) -> None:
        await self._unsigned.stop()
        await self._server.stop()


class Unsigned:
    """Takes handlers as the boundary's server does, and calls them for whoever asks."""

    def __init__(self) -> None:
        """Have no handlers yet."""
        self._handlers: dict[str, Any] = {}

    def handle(self, method: Method[Any, Any], handler: Handler[Any, Any]) -> None:
        """Answer `method` with `handler`."""

        async def serve(raw: bytes, _context: object) -> bytes:
            response = await handler(schema.parse_request(raw, method.request), unsigned_call(NO_NONCE))
            body: bytes = response.SerializeToString(deterministic=True)
            return body

        self._handlers[method.name] = grpc.unary_unary_rpc_method_handler(serve)

    async def start(self) -> int:
        """Listen. Returns the port."""
        self._server = grpc.aio.server(options=OPTIONS)
        routes = grpc.method_handlers_generic_handler(UNSIGNED_SERVICE, self._handlers)
        self._server.add_generic_rpc_handlers((routes,))
        port = self._server.add_insecure_port("127.0.0.1:0")
        await self._server.start()
        return port

    async def stop(self) -> None:
        """Listen no more."""
        await self._server.stop(1)


def unsigned_call(nonce: bytes) -> VerifiedCall:
    """Return what a handler is told about a call that nobody signed."""
    return VerifiedCall(uuid4(), CALLER, nonce, uuid4(), datetime.now(UTC))


@contextlib.asynccontextmanager
async def _consuming_if_signed(
    database: Database, call: VerifiedCall, *tenants: UUID
) -> AsyncIterator[Transaction]:
    if call.nonce is NO_NONCE:
        async with database.transaction(*tenants) as tx:
            yield tx
    else:
        async with nonces.consuming(database, call, *tenants) as tx:
            yield tx


def _market(ticker: Ticker) -> MarketSnapshot:
    closes = datetime.now(UTC) + timedelta(days=30)
    return MarketSnapshot(ticker, "Bench", "None", MarketStatus.OPEN, 100, 0, 0, closes, 10_000, None)


async def _send(stage: Stage, what: str) -> dict[str, Any]:
    """Run the sender beside us and return what it measured."""
    task = {
        "what": what,
        "batch": BATCH,
        "target": f"127.0.0.1:{stage.port}",
        "unsigned_target": f"127.0.0.1:{stage.unsigned_port}",
        "unsigned_path": f"/{UNSIGNED_SERVICE}/{SUBMIT_INTENTS.name}",
        "keys": str(stage.keys),
        "names": (CALLER, CALLEE),
        "accounts": stage.accounts,
        "markets": [str(market) for market in stage.markets],
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.wall_sender",
        cwd=Path(__file__).parents[1],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(SENDER_SECONDS):
            output, _ = await process.communicate(orjson.dumps(task))
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0:
        raise RuntimeError("the sender failed; see above")
    found: dict[str, Any] = orjson.loads(output)
    return found


async def _require_stored(database: Database, *, nonces: int, intents: int) -> None:
    """See that what was answered is there: every nonce and every intent, once, and received."""
    async with database.transaction() as tx:
        tenants = [row["id"] for row in await tx.fetch("SELECT id FROM account_tenant")]
    async with database.transaction(*tenants) as tx:
        stored = await tx.fetch_value("SELECT count(*) FROM intent WHERE state = 'received'")
        known = await tx.fetch_value("SELECT count(*) FROM boundary_nonce") - ACCOUNTS // 500
    if (known, stored) != (nonces, intents):
        raise RuntimeError(f"answered {nonces} calls, {intents} intents; stored {known} and {stored}")
