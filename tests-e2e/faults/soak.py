"""A long load on the whole platform while the exchange misbehaves at seeded moments.

Wagers arrive at a fixed rate whether or not the platform keeps up. Beside them runs the hand that spoils the
exchange, and an operator who looks every second and sets free what the machine has halted: the market whose
orders got no answer, all markets after positions or clocks seemed apart.
"""

import asyncio
import contextlib
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import httpx

from bench import load
from bulkhead_local.installation import Installation
from bulkhead_local.layout import HOST
from journeys.journey import Journey
from platform_under_test import superuser_of

CLIENTS: Final = 64
ANSWER_SECONDS: Final = 60.0
CREATED: Final = 201
QUOTES: Final = [
    {"side": "bid", "price": "0.4800", "count": "4000000.00"},
    {"side": "ask", "price": "0.5000", "count": "4000000.00"},
]
"""A deep, still book: what is tested is the platform, not luck."""
LIMIT: Final = "0.55"
SINGLE: Final = (
    "accept_then_drop",
    "delay_ms",
    "error_500",
    "error_503",
    "rate_limited",
    "late_fill",
    "lagging_fills",
    "looping_cursor",
)
STANDING: Final = ("lagging_positions", "pause", "clock_skew", "duplicate_ws", "out_of_order_ws")
STANDING_HALTS: Final = """
    SELECT DISTINCT market_id FROM control_halt h
    WHERE NOT EXISTS (SELECT FROM control_lift l WHERE l.halt_id = h.id)
"""
EXPLAINS: Final[dict[str, set[str]]] = {
    "late_fill": {"late_fill", "lagging_fills"},
    "position_drift": {"lagging_positions", "late_fill"},
    "balance_delta": {"late_fill", "lagging_fills"},
    "check": {"late_fill", "lagging_positions"},
}
"""Which faults may leave a break of a kind. No other kind may be left."""


@dataclass
class Spoiler:
    """The hand that makes faults happen, and remembers which."""

    client: httpx.AsyncClient
    exchange: str
    source: random.Random
    made: Counter[str] = field(default_factory=Counter)

    async def run(self, stop: asyncio.Event) -> None:
        """Spoil the exchange now and then; in the end everything is taken back."""
        while not stop.is_set():
            await self._once()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self.source.uniform(0.5, 3.0))
        await self._tell("DELETE", "")

    async def _once(self) -> None:
        kind = self.source.choice((*SINGLE, *SINGLE, *STANDING))
        self.made[kind] += 1
        body: dict[str, Any] = {"kind": kind, "delay_ms": self.source.randint(50, 3_000)}
        if kind in SINGLE:
            scope = self.source.choice(("orders", "orders", "reads", "all"))
            times = self.source.randint(1, 5)
            carried_out = self.source.random() < 0.5
            await self._tell("POST", "", **body, scope=scope, times=times, carried_out=carried_out)
            return
        if kind == "clock_skew":
            body["skew_ms"] = self.source.choice((-90_000, -10_000, 10_000, 90_000))
        await self._tell("PUT", "/standing", **body)
        await asyncio.sleep(self.source.uniform(0.2, 2.0))
        await self._tell("DELETE", f"/standing?kind={kind}")

    async def _tell(self, method: str, path: str, **body: Any) -> None:
        url = f"{self.exchange}/sandbox/faults{path}"
        (await self.client.request(method, url, json=body or None)).raise_for_status()


@dataclass
class Operator:
    """Who sets free what the machine has halted."""

    platform: Installation
    lifted: int = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Look every second until `stop`, and once more."""
        me = str(uuid4())
        while not stop.is_set():
            async with superuser_of(self.platform, "execution") as connection:
                standing = await connection.fetch(STANDING_HALTS)
            for row in standing:
                where = () if row["market_id"] is None else ("--market", str(row["market_id"]))
                await asyncio.to_thread(
                    self.platform.command, "execution", "lift", "--operator", me, *where, check=False
                )
                self.lifted += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1.0)


@contextlib.asynccontextmanager
async def beside(*runners: Callable[[asyncio.Event], Any]) -> AsyncIterator[None]:
    """Let something run for as long as the block lasts."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for run in runners:
            group.create_task(run(stop))
        try:
            yield
        finally:
            stop.set()


async def quote_still_books(journey: Journey) -> None:
    """Give every market of the journey a deep book that does not move."""
    answer = await journey.client.get(f"{journey.address.exchange}/sandbox/state")
    for market in answer.raise_for_status().json()["markets"]:
        if market["status"] == "active":
            url = f"{journey.address.exchange}/sandbox/markets/{market['ticker']}/quotes"
            (await journey.client.post(url, json={"quotes": QUOTES, "freeze": True})).raise_for_status()


@dataclass
class Arrivals:
    """Wagers that arrive at a fixed rate, whether or not the platform keeps up.

    Each client waits for its turn, sends, and reads the answer; late answers make the others' turns no later.
    """

    port: int
    rate: float
    seconds: float
    next_request: Callable[[int], bytes]
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    first_unexpected: bytes = b""

    async def run(self, clients: int) -> None:
        """Let all of them arrive."""
        numbers, began = iter(range(int(self.rate * self.seconds))), time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(self._client(numbers, began))

    def percentile_ms(self, share: float) -> float:
        """Return the time from a wager's turn to its answer, below which a share of them lies."""
        ordered = sorted(self.latencies)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1)

    async def _client(self, numbers: Iterator[int], began: float) -> None:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        try:
            for number in numbers:
                due = began + number / self.rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                writer.write(self.next_request(number))
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), ANSWER_SECONDS)
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
                self._note(int(head[9:12]), await reader.readexactly(length), due)
        finally:
            writer.close()

    def _note(self, status: int, body: bytes, due: float) -> None:
        self.statuses[status] += 1
        self.latencies.append(time.perf_counter() - due)
        if status != CREATED:
            self.first_unexpected = self.first_unexpected or body


async def place_wagers(platform: Installation, journey: Journey, rate: float, seconds: float) -> Arrivals:
    """Place the smallest wagers at a rate, both sides of every market."""
    tokens = [customer.door.token for customer in journey.active[:-1]]
    bodies = [
        (
            f'{{"market_id":"{market["id"]}","side":"{side}","action":"buy",'
            f'"quantity":"0.01","limit_price":"{LIMIT}"}}'
        ).encode()
        for market in journey.markets
        for side in ("yes", "no")
    ]
    port, mark = platform.ports.customer_http, secrets.token_hex(8)

    def next_request(number: int) -> bytes:
        headers = [
            ("Authorization", f"Bearer {tokens[number % len(tokens)]}"),
            ("Idempotency-Key", f"{mark}-{number}"),
        ]
        return load.post_json("/v1/wagers", f"{HOST}:{port}", headers, bodies[number % len(bodies)])

    arrivals = Arrivals(port, rate, seconds, next_request)
    await arrivals.run(CLIENTS)
    return arrivals


def unexplained(breaks: Counter[str], made: Counter[str]) -> list[str]:
    """Return the kinds of breaks that no fault of this run accounts for."""
    return [kind for kind in breaks if not EXPLAINS.get(kind, set()) & made.keys()]
