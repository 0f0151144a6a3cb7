"""One suite for every implementation of the exchange contract: what the rest of the stack relies on.

The Kalshi adapter is held to it against the sandbox exchange, over the wire and with an Ed25519 key; the
double that other tests use is held to the same.
"""

import asyncio
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from execution_stack.exchange import errors
from execution_stack.exchange.domain import (
    ONE_DOLLAR,
    BookSide,
    MarketStatus,
    NewOrder,
    Side,
    Ticker,
    price_on,
)
from execution_stack.exchange.providers.http import TimeLimits
from execution_stack.exchange.providers.kalshi import KalshiExchange
from execution_stack.exchange.providers.signing import Signer
from execution_stack.exchange.providers.stream import HintStream, Listeners
from shared.clock import FixedClock, SystemClock

KEY_ID = "6ff59d4c-2f8f-4f3e-9a40-6f0f0c3f1a11"
KEY = ed25519.Ed25519PrivateKey.generate()


class AtSandbox:
    """The adapter at the sandbox exchange; every test trades in a market of its own."""

    used: ClassVar = defaultdict(int)

    def __init__(self, port):
        self.clock, self.port = SystemClock(), port
        self.exchange = KalshiExchange(
            f"http://127.0.0.1:{port}/trade-api/v2", Signer(KEY_ID, KEY), self.clock,
            limits=TimeLimits(read_seconds=3, write_seconds=1),
        )  # fmt: skip
        self.control = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5, trust_env=False)

    async def open(self):
        await self.tell("deposit", amount="100.00")
        markets = [
            m for m in await self.exchange.list_markets() if m.status is MarketStatus.OPEN and m.tick == 100
        ]
        self.ticker = markets[self.used[self.port]].ticker
        self.used[self.port] += 1

    async def tell(self, path, **body):
        (await self.control.post(f"/sandbox/{path}", json=body)).raise_for_status()

    async def offer(self, side, *levels):
        listed = [
            {"side": side.value, "price": f"0.{price:04}", "count": f"{quantity / 100:.2f}"}
            for price, quantity in levels
        ]
        await self.tell(f"markets/{self.ticker}/quotes", quotes=listed, freeze=True)

    async def lose_the_next_answer(self):
        await self.tell("faults", kind="accept_then_drop")

    async def turn_the_next_away(self):
        await self.tell("faults", kind="rate_limited")

    async def fall_silent(self):
        await self.tell("faults", kind="error_503", scope="reads", times=3)

    async def resolve(self):
        await self.tell(f"markets/{self.ticker}/resolve", result="yes")
        for _ in range(200):
            found = {m.ticker: m for m in await self.exchange.list_markets()}[self.ticker]
            if found.status is MarketStatus.RESOLVED:
                return
        raise TimeoutError("the market was not finalized")

    async def close(self):
        await self.exchange.close()
        await self.control.aclose()


class InMemory:
    """The double."""

    def __init__(self, make):
        self.clock = FixedClock(datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
        self.exchange = make(self.clock)
        self.exchange.deposits = 100_000_000
        self.ticker = Ticker("KX-1")

    async def open(self):
        pass

    async def offer(self, side, *levels):
        self.exchange.offer(self.ticker, *levels)

    async def lose_the_next_answer(self):
        self.exchange.sends = ["lost_answer"]

    async def turn_the_next_away(self):
        self.exchange.sends = ["not_received"]

    async def fall_silent(self):
        self.exchange.unreadable = self.exchange.silent = True

    async def resolve(self):
        self.exchange.resolve(self.ticker, ONE_DOLLAR)

    async def close(self):
        pass


@pytest.fixture(scope="module")
def sandbox_port(tmp_path_factory, sandbox_process):
    with sandbox_process(tmp_path_factory.mktemp("sandbox"), KEY_ID, KEY.public_key()) as port:
        yield port


@pytest.fixture(params=["double", pytest.param("sandbox", marks=pytest.mark.system)])
async def at(request, new_settling_exchange):
    """Return one implementation, ready to trade in a market in which nothing was traded yet."""
    place = (
        InMemory(new_settling_exchange)
        if request.param == "double"
        else AtSandbox(request.getfixturevalue("sandbox_port"))
    )
    await place.open()
    yield place
    await place.close()


def order(at, side=BookSide.BID, price=5600, quantity=1000):
    return NewOrder(uuid4(), at.ticker, side, price, quantity, at.clock.now())


async def bought(at):
    """Buy 7.50 of 10.00 at two prices; return the order as sent, and its id there."""
    await at.offer(BookSide.ASK, (5400, 400), (5500, 350))
    sent = order(at)
    return sent, (await at.exchange.place_order(sent)).order_id


async def test_an_order_ends_at_once_and_its_fills_add_up_to_it(at):
    sent, order_id = await bought(at)
    there, fills = await at.exchange.order(order_id), await at.exchange.fills(order_id)
    assert there.status.is_terminal
    assert (there.order_id, there.client_order_id, there.ticker, there.book_side, there.filled) == (
        order_id, sent.client_order_id, at.ticker, BookSide.BID, 750,
    )  # fmt: skip
    assert [(fill.yes_price, fill.quantity) for fill in fills] == [(5400, 400), (5500, 350)]
    assert {(fill.order_id, fill.ticker, fill.book_side) for fill in fills} == {
        (order_id, at.ticker, BookSide.BID)
    }
    assert len({fill.fill_id for fill in fills}) == 2


async def test_the_balance_moves_by_cost_and_fees_and_by_a_dollar_for_each_pair(at):
    before = await at.exchange.balance()
    _, order_id = await bought(at)
    fills = await at.exchange.fills(order_id)
    spent = sum(fill.quantity * fill.yes_price + fill.fee for fill in fills)
    assert await at.exchange.balance() == before - spent
    assert (await at.exchange.positions())[at.ticker] == 750
    await at.offer(BookSide.BID, (5300, 800))
    sold = await at.exchange.place_order(order(at, BookSide.ASK, 5200, 800))
    [fill] = await at.exchange.fills(sold.order_id)
    cost = fill.quantity * price_on(Side.NO, fill.yes_price) + fill.fee
    assert await at.exchange.balance() == before - spent - cost + 750 * ONE_DOLLAR
    assert (await at.exchange.positions())[at.ticker] == -50


async def test_the_same_order_again_is_the_same_order(at):
    sent, order_id = await bought(at)
    assert (await at.exchange.place_order(sent)).order_id == order_id
    assert (await at.exchange.positions())[at.ticker] == 750


async def test_an_order_is_found_by_our_id_and_an_unknown_one_is_not(at):
    sent, order_id = await bought(at)
    assert await at.exchange.find_order(
        sent.client_order_id, at.ticker, sent.since
    ) == await at.exchange.order(order_id)
    assert await at.exchange.find_order(uuid4(), at.ticker, sent.since) is None


async def test_an_order_that_the_exchange_does_not_know_is_not_there(at):
    with pytest.raises(errors.NotThere):
        await at.exchange.order(uuid4())


async def test_an_answer_that_got_lost_is_unknown_and_the_order_is_there(at):
    await at.offer(BookSide.ASK, (5400, 400))
    await at.lose_the_next_answer()
    sent = order(at)
    with pytest.raises(errors.OutcomeUnknown):
        await at.exchange.place_order(sent)
    found = await at.exchange.find_order(sent.client_order_id, at.ticker, sent.since)
    assert found.filled == 400
    assert (await at.exchange.place_order(sent)).order_id == found.order_id


async def test_what_was_turned_away_did_not_arrive(at):
    await at.offer(BookSide.ASK, (5400, 400))
    await at.turn_the_next_away()
    sent = order(at)
    with pytest.raises(errors.NotReceived):
        await at.exchange.place_order(sent)
    assert await at.exchange.find_order(sent.client_order_id, at.ticker, sent.since) is None


async def test_a_silent_exchange_is_unavailable_and_nothing_else(at):
    await at.fall_silent()
    with pytest.raises(errors.ExchangeUnavailable):
        await at.exchange.balance()


async def test_a_settled_market_pays_its_net_and_is_no_position_any_more(at):
    await bought(at)
    await at.resolve()
    [settlement] = await at.exchange.settlements(at.ticker)
    assert (settlement.revenue, settlement.fee) == (7_500_000, 0)
    around = settlement.settled_at - timedelta(seconds=2), settlement.settled_at + timedelta(seconds=2)
    assert settlement in await at.exchange.settlements_between(*around)
    long_ago = around[0] - timedelta(days=400), around[0] - timedelta(days=399)
    assert await at.exchange.settlements_between(*long_ago) == ()
    assert at.ticker not in {ticker for ticker, net in (await at.exchange.positions()).items() if net}


async def test_orders_and_fills_of_a_time_are_those_of_that_time(at):
    begin = at.clock.now() - timedelta(seconds=2)
    _, order_id = await bought(at)
    end = at.clock.now() + timedelta(seconds=2)
    orders = await at.exchange.orders_between(begin, end)
    fills = await at.exchange.fills_between(begin, end)
    assert order_id in {each.order_id for each in orders}
    assert {each.fill_id for each in await at.exchange.fills(order_id)} <= {each.fill_id for each in fills}
    assert len(fills) == len({each.fill_id for each in fills})
    long_ago = begin - timedelta(days=400), begin - timedelta(days=399)
    assert await at.exchange.orders_between(*long_ago) == ()
    assert await at.exchange.fills_between(*long_ago) == ()


async def test_the_exchange_tells_its_limits_its_freshness_and_its_clock(at):
    limits = await at.exchange.limits()
    buckets = (limits.read, limits.write)
    assert all(bucket.refill_per_second > 0 and bucket.capacity > 0 for bucket in buckets)
    assert abs(await at.exchange.as_of() - at.clock.now()) < timedelta(seconds=10)
    assert abs(await at.exchange.clock_skew()) < timedelta(seconds=2)


async def test_a_market_that_has_ended_refuses_orders_clearly(at):
    if isinstance(at, InMemory):
        at.exchange.sends = ["refused"]
    else:
        await at.resolve()
    sent = replace(order(at), price=5400)
    with pytest.raises(errors.OrderRefused):
        await at.exchange.place_order(sent)
    assert await at.exchange.find_order(sent.client_order_id, at.ticker, sent.since) is None


@pytest.mark.system
async def test_the_stream_hints_at_our_orders_and_at_the_life_of_markets(sandbox_port):
    at = AtSandbox(sandbox_port)
    await at.open()
    hinted, lifecycle, stop = set(), asyncio.Event(), asyncio.Event()
    url = f"ws://127.0.0.1:{sandbox_port}/trade-api/ws/v2"
    stream = HintStream(url, Signer(KEY_ID, KEY), at.clock, Listeners(hinted.add, lifecycle.set))
    listening = asyncio.create_task(stream.run(stop))
    sent = set()
    async with asyncio.timeout(20):
        while not hinted:
            order_sent, _ = await bought(at)
            sent.add(order_sent.client_order_id)
            await asyncio.sleep(0.05)
        await at.resolve()
        await lifecycle.wait()
    assert hinted <= sent
    stop.set()
    await asyncio.wait_for(listening, 5)
    await at.close()
