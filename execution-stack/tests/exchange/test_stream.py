import asyncio
import base64
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from websockets.asyncio.server import serve

from execution_stack.exchange.providers.signing import Signer
from execution_stack.exchange.providers.stream import HintStream, Listeners, StreamPace
from shared.clock import FixedClock

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
KEY = ed25519.Ed25519PrivateKey.generate()
PACE = StreamPace(first_pause_seconds=0.01, longest_pause_seconds=0.05)
ORDER = uuid4()
FILL = {"type": "fill", "sid": 2, "msg": {"client_order_id": str(ORDER), "count_fp": "1.00"}}
LIFECYCLE = {"type": "market_lifecycle_v2", "msg": {"event_type": "determined", "market_ticker": "KX-1"}}


class Heard:
    def __init__(self):
        self.orders = []
        self.markets = 0
        self.connections = []

    def note_market(self):
        self.markets += 1

    async def until(self, ready):
        async with asyncio.timeout(10):
            while not ready(self):  # noqa: ASYNC110 - it waits for a program
                await asyncio.sleep(0.005)


@asynccontextmanager
async def listening(*conversations):
    """Listen to a server that says one conversation per connection, and then keeps silent.

    A conversation is what it sends; None ends the connection.
    """
    heard, left = Heard(), list(conversations)

    async def converse(socket):
        heard.connections.append((socket.request, json.loads(await socket.recv())))
        for message in left.pop(0) if left else ():
            if message is None:
                return
            await socket.send(message if isinstance(message, str | bytes) else json.dumps(message))
        await socket.wait_closed()

    async with serve(converse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        stop = asyncio.Event()
        stream = HintStream(
            f"ws://127.0.0.1:{port}/trade-api/ws/v2", Signer("key", KEY), FixedClock(NOW),
            Listeners(heard.orders.append, heard.note_market), PACE,
        )  # fmt: skip
        task = asyncio.create_task(stream.run(stop))
        try:
            yield heard
        finally:
            stop.set()
            async with asyncio.timeout(5):
                await task


async def test_the_handshake_is_signed_and_the_channels_are_subscribed_to():
    async with listening([FILL, LIFECYCLE]) as heard:
        await heard.until(lambda h: h.orders and h.markets)
    [(request, subscribed)] = heard.connections
    at_ms = int(NOW.timestamp() * 1000)
    assert request.headers["KALSHI-ACCESS-TIMESTAMP"] == str(at_ms)
    signature = base64.b64decode(request.headers["KALSHI-ACCESS-SIGNATURE"])
    KEY.public_key().verify(signature, f"{at_ms}GET/trade-api/ws/v2".encode())
    assert subscribed["params"]["channels"] == ["fill", "user_orders", "market_lifecycle_v2"]
    assert (heard.orders, heard.markets) == ([ORDER], 1)


@pytest.mark.parametrize(
    "nonsense",
    [
        "no json", b"\xff\x00", "[1]", "{}", "[" * 5_000, {"type": 7}, {"type": "fill"},
        {"type": "fill", "msg": []}, {"type": "fill", "msg": {"client_order_id": "x"}},
        {"type": "later_invented", "msg": {"a": 1}}, {"type": "error", "msg": {"code": 8}},
        {"type": "subscribed", "msg": {"channel": "fill", "sid": 1}},
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
async def test_what_is_not_understood_wakes_nobody_and_ends_nothing(nonsense):
    async with listening([nonsense, FILL, FILL]) as heard:
        await heard.until(lambda h: len(h.orders) == 2)
    assert (heard.orders, heard.markets, len(heard.connections)) == ([ORDER, ORDER], 0, 1)


@pytest.mark.parametrize(
    "end",
    [None, {"type": "error", "msg": {"code": 25}}, {"type": "error", "msg": {"code": 10}}, "x" * 70_000],
    ids=["closed", "overflow", "ended", "too long"],
)
async def test_a_connection_that_ends_is_made_anew(end):
    async with listening([end], [FILL]) as heard:
        await heard.until(lambda h: h.orders)
    assert len(heard.connections) == 2


async def test_an_exchange_that_is_not_there_is_tried_again_until_told_to_stop():
    stop = asyncio.Event()
    url = "ws://127.0.0.1:9/trade-api/ws/v2"
    heard = Heard()
    listeners = Listeners(heard.orders.append, heard.note_market)
    stream = HintStream(url, Signer("key", KEY), FixedClock(NOW), listeners, PACE)
    task = asyncio.create_task(stream.run(stop))
    await asyncio.sleep(0.1)
    assert not task.done()
    stop.set()
    await asyncio.wait_for(task, 5)


@pytest.mark.parametrize("failures", [0, 1, 5, 1_000])
def test_pauses_grow_are_jittered_and_have_a_bound(failures):
    pace = StreamPace(first_pause_seconds=1, longest_pause_seconds=30)
    pauses = {pace.pause(failures) for _ in range(50)}
    assert len(pauses) > 1
    longest = min(2 ** min(failures, 5), 30)
    assert all(longest / 2 <= pause <= longest for pause in pauses)
