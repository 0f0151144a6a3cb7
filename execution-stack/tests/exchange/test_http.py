"""The transport beneath the adapter: the clock it tells, the answers it bounds, the places it keeps."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID

import httpcore
import pytest

from execution_stack.exchange import errors
from execution_stack.exchange.providers import http
from execution_stack.exchange.providers.kalshi import KalshiExchange
from execution_stack.exchange.providers.signing import Signer
from shared.clock import FixedClock

from .http_server import Hang, serve
from .kalshi_answers import CREATED, KEY, KEY_ID, NOW, ORDER_ID, exchange, order


@pytest.mark.parametrize(
    ("date", "skew"),
    [
        ("Fri, 20 Nov 2026 09:30:00 GMT", 0),
        ("Fri, 20 Nov 2026 09:29:59 GMT", 0),
        ("Fri, 20 Nov 2026 09:30:09 GMT", 9),
        ("Fri, 20 Nov 2026 09:29:50 GMT", -9),
    ],
)
async def test_the_exchanges_clock_is_compared_with_ours_by_the_second(date, skew):
    assert await skew_told_by({"date": date}) == timedelta(seconds=skew)


@pytest.mark.parametrize(
    "headers", [{}, {"date": "soon"}, {"date": "Fri, 31 Dec 9999 23:59:59 -2359"}], ids=str
)
async def test_an_answer_without_a_time_tells_no_skew(headers):
    with pytest.raises(errors.AnswerUnreadable):
        await skew_told_by(headers)


async def skew_told_by(headers):
    client = KalshiExchange(
        "http://there/trade-api/v2",
        Signer(KEY_ID, KEY),
        FixedClock(NOW),
        network=httpcore.AsyncMockBackend([head(200, {**headers, "content-length": "2"}), b"{}"]),
    )
    try:
        return await client.clock_skew()
    finally:
        await client.close()


def head(status, headers):
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode()


class Endless(httpcore.AsyncMockBackend, httpcore.AsyncMockStream):
    """A connection on which an answer never ends; it counts what was read of it."""

    def __init__(self, status):
        super().__init__([])
        self.head, self.parts, self.is_closed = head(status, {"content-length": "1000000000"}), -1, False

    async def connect_tcp(self, *_, **__):
        return self

    async def read(self, *_, **__):
        self.parts += 1
        return b"x" * 1_000 if self.parts else self.head

    async def aclose(self):
        self.is_closed = True


async def ask_of(endless, ask):
    client = KalshiExchange("http://none/trade-api/v2", Signer(KEY_ID, KEY), FixedClock(NOW), network=endless)
    try:
        await ask(client)
    finally:
        await client.close()


@pytest.mark.parametrize(
    ("status", "ask", "raised"),
    [
        (200, lambda c: c.balance(), errors.AnswerUnreadable),
        (400, lambda c: c.balance(), errors.AnswerUnreadable),
        (201, lambda c: c.place_order(order()), errors.OutcomeUnknown),
    ],
    ids=["a read", "a refusal", "an order"],
)
async def test_no_more_of_an_answer_is_read_than_its_limit(monkeypatch, status, ask, raised):
    monkeypatch.setattr(http, "ANSWER_LIMIT_BYTES", 10_000)
    endless = Endless(status)
    with pytest.raises(raised):
        await ask_of(endless, ask)
    assert (endless.parts, endless.is_closed) == (11, True)


async def test_reads_that_hang_leave_places_for_orders():
    created = (201, json.dumps(CREATED).encode())
    async with serve(lambda r: created if r.method == "POST" else Hang()) as server:
        client = exchange(server.url, read_seconds=20)
        reads = [asyncio.create_task(client.balance()) for _ in range(http.CONNECTIONS)]
        for _ in range(500):
            await asyncio.sleep(0.01)
            if len(server.requests) == http.READS_AT_ONCE:
                break
        placed = await client.place_order(order())
        assert placed.order_id == UUID(ORDER_ID)
        assert len(server.requests) == http.READS_AT_ONCE + 1
        for each in reads:
            each.cancel()
        await asyncio.gather(*reads, return_exceptions=True)
        await client.close()
