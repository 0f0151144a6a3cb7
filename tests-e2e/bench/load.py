"""A load generator: N keep-alive connections that each send the next request when the last is answered.

Raw asyncio instead of a client library, because the generator shares the machine's cores with what it
measures: a request costs it some ten microseconds.
"""

import asyncio
import functools
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

AGAIN = 503
AGAIN_SECONDS = 0.1


@dataclass(frozen=True)
class Load:
    """What came back: latencies in seconds of answers with the expected status, counts of all statuses."""

    seconds: float
    latencies: list[float]
    statuses: Counter[int] = field(default_factory=Counter)
    first_unexpected: bytes = b""

    @property
    def rate(self) -> float:
        """Return expected answers per second."""
        return len(self.latencies) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """Return the latency below which `share` of the expected answers lie, in milliseconds."""
        ordered = sorted(self.latencies)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2)


def post_json(path: str, host: str, headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    """Return the bytes of one POST."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


class _Connection(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends again."""

    def __init__(self, next_request: Callable[[], bytes], load: Load, expected: int, deadline: float) -> None:
        self._next_request = next_request
        self._load = load
        self._expected = expected
        self._deadline = deadline
        self._buffer = b""
        self._sent_at = 0.0
        self._transport: asyncio.WriteTransport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionResetError("the server closed a connection"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(rest) < length:
            return
        now = time.perf_counter()
        status = int(head[9:12])
        self._load.statuses[status] += 1
        if status == self._expected:
            self._load.latencies.append(now - self._sent_at)
        elif not self._load.first_unexpected:
            object.__setattr__(self._load, "first_unexpected", rest[:length])
        self._buffer = b""
        if now < self._deadline:
            self._send()
            return
        self.done.set_result(None)
        if self._transport is not None:
            self._transport.close()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        if self._transport is not None:
            self._transport.write(self._next_request())


async def run(
    host: str,
    port: int,
    next_request: Callable[[int], bytes],
    *,
    connections: int = 64,
    seconds: float = 8.0,
    expected: int = 201,
) -> Load:
    """Load `host:port` for `seconds`. `next_request(connection)` returns the bytes of the next request."""
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    load = Load(seconds, [])
    clients = []
    for number in range(connections):
        client = _Connection(functools.partial(next_request, number), load, expected, begun + seconds)
        await loop.create_connection(functools.partial(_give, client), host, port)
        clients.append(client)
    await asyncio.gather(*(client.done for client in clients))
    return load


def _give(client: _Connection) -> _Connection:
    return client


class _PacedConnection(asyncio.Protocol):
    """One connection of a paced load: idle until it is given a request."""

    def __init__(self, answered: Callable[["_PacedConnection", int, bytes], None]) -> None:
        self._answered = answered
        self._buffer = b""
        self._request = b""
        self.due_at = 0.0
        self.transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)

    def send(self, request: bytes, due_at: float) -> None:
        """Send a request that was due at a time, maybe earlier than now."""
        self.due_at, self._request = due_at, request
        self.send_again()

    def send_again(self) -> None:
        """Send the same request once more, with its Idempotency-Key."""
        if self.transport is not None:
            self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(rest) >= length:
            self._buffer = b""
            self._answered(self, int(head[9:12]), rest[:length])


async def run_paced(
    host: str,
    port: int,
    next_request: Callable[[int], bytes],
    *,
    rate: float,
    seconds: float,
    connections: int = 128,
    expected: int = 201,
) -> Load:
    """Send `rate` requests per second whether or not the server keeps up (an open loop).

    Latencies count from when a request was due, so a server that falls behind cannot hide it. An answer
    503 says that nothing was changed and that the request may be sent again: so it is, a little later.
    """
    loop = asyncio.get_running_loop()
    load, wanted = Load(seconds, []), round(rate * seconds)
    idle: list[_PacedConnection] = []
    all_answered = asyncio.Event()

    def answered(connection: _PacedConnection, status: int, body: bytes) -> None:
        load.statuses[status] += 1
        if status == AGAIN:
            loop.call_later(AGAIN_SECONDS, connection.send_again)
            return
        if status == expected:
            load.latencies.append(time.perf_counter() - connection.due_at)
        elif not load.first_unexpected:
            object.__setattr__(load, "first_unexpected", body)
        idle.append(connection)
        if load.statuses.total() - load.statuses[AGAIN] == wanted:
            all_answered.set()

    everyone = [await _open_paced(answered, host, port) for _ in range(connections)]
    idle.extend(everyone)
    begun, sent = time.perf_counter(), 0
    while sent < wanted:
        due = min(wanted, int((time.perf_counter() - begun) * rate) + 1)
        while sent < due and idle:
            idle.pop().send(next_request(sent), begun + sent / rate)
            sent += 1
        await asyncio.sleep(0.001)
    await asyncio.wait_for(all_answered.wait(), 30)
    for each in everyone:
        if each.transport is not None:
            each.transport.close()
    return Load(time.perf_counter() - begun, load.latencies, load.statuses, load.first_unexpected)


async def _open_paced(
    answered: Callable[[_PacedConnection, int, bytes], None], host: str, port: int
) -> _PacedConnection:
    connection = _PacedConnection(answered)
    await asyncio.get_running_loop().create_connection(functools.partial(_give_paced, connection), host, port)
    return connection


def _give_paced(connection: _PacedConnection) -> _PacedConnection:
    return connection
