"""The exchange's WebSocket, as a hint: it says that something may have happened, never what.

Its messages may be lost, doubled, late, out of order or wrong, and those of the account carry no sequence
number by which one could tell. So nothing is taken from them but the id of an order that may be worth
reading now, or that the catalogue may have changed. Facts are read over REST, with or without this.

Guaranteed:
- a hint changes when something is read, and nothing else;
- whatever arrives, the connection goes on or is made anew, with growing, jittered and bounded pauses.
"""

import asyncio
import contextlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from execution_stack.exchange.providers.signing import Signer
from shared.clock import Clock

CHANNELS: Final = ("fill", "user_orders", "market_lifecycle_v2")
SUBSCRIBE: Final = json.dumps({"id": 1, "cmd": "subscribe", "params": {"channels": CHANNELS}})
MESSAGE_LIMIT_BYTES: Final = 64 * 1024
CONNECT_SECONDS: Final = 5.0
PING_SECONDS: Final = 15.0

_ORDER_MESSAGES: Final = frozenset({"fill", "user_order"})
_MARKET_MESSAGES: Final = frozenset({"market_lifecycle_v2", "event_lifecycle", "event_fee_update"})
_ENDED: Final = frozenset({10, 25})
"""Errors after which a subscription is no more."""

_log = structlog.get_logger(__name__)
_connected = Gauge("bulkhead_execution_stream_connected", "1 while the exchange's WebSocket is open")
_hints = Counter("bulkhead_execution_stream_messages_total", "Messages of the WebSocket by use", ["use"])


@dataclass(frozen=True, slots=True)
class Listeners:
    """Whom a hint wakes: the reading of one order, by our id of it, and that of the catalogue."""

    order: Callable[[UUID], None]
    markets: Callable[[], None]


@dataclass(frozen=True, slots=True)
class StreamPace:
    """How long it takes to connect again: doubling, and shorter by up to half at random."""

    first_pause_seconds: float = 0.5
    longest_pause_seconds: float = 30.0

    def pause(self, failures: int) -> float:
        """Return the pause after so many failures in a row."""
        pause_seconds: float = self.first_pause_seconds * 2 ** min(failures, 16)
        return min(pause_seconds, self.longest_pause_seconds) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter


class StreamEnded(Exception):
    """The exchange ended a subscription: it is made anew with a new connection."""


class HintStream:
    """Listens to one account at the exchange."""

    def __init__(
        self, url: str, signer: Signer, clock: Clock, listeners: Listeners, pace: StreamPace | None = None
    ) -> None:
        """Listen at `url`, such as wss://.../trade-api/ws/v2. Nothing is sent yet."""
        self._url = url
        self._signer = signer
        self._clock = clock
        self._listeners = listeners
        self._pace = pace or StreamPace()

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until told to stop."""
        failures = 0
        while not stop.is_set():
            try:
                failures = 0 if await self._listen(stop) else failures + 1
            except (OSError, WebSocketException, TimeoutError, StreamEnded) as error:
                failures += 1
                _log.warning("stream.lost", error=type(error).__name__, failures=failures)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._pace.pause(failures))

    async def _listen(self, stop: asyncio.Event) -> bool:
        """Listen on one connection; return whether anything was heard."""
        path, at_ms = urlsplit(self._url).path, int(self._clock.now().timestamp() * 1000)
        async with connect(
            self._url,
            additional_headers=self._signer.headers("GET", path, at_ms),
            open_timeout=CONNECT_SECONDS,
            close_timeout=CONNECT_SECONDS,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            max_size=MESSAGE_LIMIT_BYTES,
            proxy=None,
        ) as socket:
            closing = asyncio.create_task(_close_at(stop, socket))
            _connected.set(1)
            try:
                await socket.send(SUBSCRIBE)
                return await self._hear(socket)
            finally:
                _connected.set(0)
                closing.cancel()
                await asyncio.gather(closing, return_exceptions=True)

    async def _hear(self, socket: ClientConnection) -> bool:
        heard = False
        async for message in socket:
            heard = True
            self._take(message)
        return heard

    def _take(self, message: str | bytes) -> None:
        """Wake whom a message may concern; what cannot be understood concerns nobody."""
        kind, body = read_message(message)
        if kind == "error" and body.get("code") in _ENDED:
            raise StreamEnded
        order_id = order_of(body) if kind in _ORDER_MESSAGES else None
        if order_id is not None:
            _hints.labels("order").inc()
            self._listeners.order(order_id)
        elif kind in _MARKET_MESSAGES:
            _hints.labels("market").inc()
            self._listeners.markets()
        else:
            _hints.labels("none").inc()


async def _close_at(stop: asyncio.Event, socket: ClientConnection) -> None:
    await stop.wait()
    await socket.close()


def read_message(message: str | bytes) -> tuple[str, dict[str, Any]]:
    """Return a message's type and body; an empty type when it is none of the exchange's."""
    try:
        content = json.loads(message)
    except (ValueError, RecursionError):
        return "", {}
    if not isinstance(content, dict) or not isinstance(content.get("type"), str):
        return "", {}
    body = content.get("msg")
    return content["type"], body if isinstance(body, dict) else {}


def order_of(body: dict[str, Any]) -> UUID | None:
    """Return our id of the order that a message is about, if it names one."""
    try:
        return UUID(str(body.get("client_order_id", "")))
    except ValueError:
        return None
