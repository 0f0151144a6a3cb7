"""The adapter and the worker against the sandbox exchange: another program, the same wire protocol."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from execution_stack.aggregation.domain import AbsencePolicy
from execution_stack.aggregation.tasks import OrderWorker, Pace
from execution_stack.exchange import errors
from execution_stack.exchange.domain import Action, BookSide, MarketStatus, NewOrder, OrderStatus, Side
from execution_stack.exchange.providers.http import TimeLimits
from execution_stack.exchange.providers.kalshi import KalshiExchange
from execution_stack.exchange.providers.signing import Signer
from execution_stack.markets.service import MarketService
from execution_stack.reports.domain import FillShare, Final
from shared.clock import SystemClock

from .conftest import World

KEY_ID = "6ff59d4c-2f8f-4f3e-9a40-6f0f0c3f1a11"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo

pytestmark = pytest.mark.system


class Sandbox:
    """A running sandbox exchange and the adapter that trades there."""

    def __init__(self, port: int) -> None:
        self.control = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5, trust_env=False)
        self.exchange = KalshiExchange(
            f"http://127.0.0.1:{port}/trade-api/v2", Signer(KEY_ID, KEY), SystemClock(),
            limits=TimeLimits(read_seconds=3, write_seconds=1),
        )  # fmt: skip

    async def tell(self, path: str, **body: object) -> None:
        (await self.control.post(f"/sandbox/{path}", json=body)).raise_for_status()

    async def quote(self, ticker: str, *quotes: tuple[str, str, str]) -> None:
        listed = [{"side": side, "price": price, "count": count} for side, price, count in quotes]
        await self.tell(f"markets/{ticker}/quotes", quotes=listed, freeze=True)


@asynccontextmanager
async def running(process, folder):
    with process(folder, KEY_ID, KEY.public_key()) as port:
        sandbox = Sandbox(port)
        try:
            await sandbox.tell("deposit", amount="1000.00")
            yield sandbox
        finally:
            await sandbox.exchange.close()
            await sandbox.control.aclose()


@pytest.fixture
async def sandbox(tmp_path, sandbox_process):
    async with running(sandbox_process, tmp_path) as started:
        yield started


async def open_ticker(exchange):
    markets = await exchange.list_markets()
    assert len(markets) >= 20
    return next(m for m in markets if m.status is MarketStatus.OPEN and m.tick == 100)


async def test_the_adapter_trades_at_the_sandbox_exchange(sandbox):
    exchange, clock = sandbox.exchange, SystemClock()
    market = await open_ticker(exchange)
    await sandbox.quote(
        market.ticker, ("ask", "0.5400", "4.00"), ("ask", "0.5500", "3.50"), ("bid", "0.4000", "9.00")
    )
    book = await exchange.order_book(market.ticker, 5)
    assert [(level.price, level.quantity) for level in book.no_bids] == [(4600, 400), (4500, 350)]
    assert await exchange.balance() == 1_000_000_000

    order = NewOrder(uuid4(), market.ticker, BookSide.BID, 5600, 1000, clock.now())
    placed = await exchange.place_order(order)
    assert await exchange.place_order(order) == placed
    there = await exchange.order(placed.order_id)
    assert (there.status, there.filled, there.client_order_id) == (
        OrderStatus.CANCELED, 750, order.client_order_id,
    )  # fmt: skip
    assert await exchange.find_order(order.client_order_id, market.ticker, order.since) == there
    assert await exchange.find_order(uuid4(), market.ticker, order.since) is None
    fills = await exchange.fills(placed.order_id)
    assert [(fill.quantity, fill.yes_price) for fill in fills] == [(400, 5400), (350, 5500)]
    spent = sum(fill.quantity * fill.yes_price + fill.fee for fill in fills)
    assert await exchange.balance() == 1_000_000_000 - spent
    assert await exchange.positions() == {market.ticker: 750}
    assert abs(await exchange.as_of() - clock.now()) < timedelta(seconds=5)


async def test_a_refusal_and_the_end_of_a_market_are_told(sandbox):
    exchange = sandbox.exchange
    market = await open_ticker(exchange)
    await sandbox.quote(market.ticker, ("ask", "0.5400", "5.00"))
    bid = NewOrder(uuid4(), market.ticker, BookSide.BID, 5400, 500, SystemClock().now())
    await exchange.place_order(bid)
    await sandbox.tell(f"markets/{market.ticker}/resolve", result="yes")
    with pytest.raises(errors.OrderRefused):
        await exchange.place_order(
            NewOrder(uuid4(), market.ticker, BookSide.BID, 5400, 500, SystemClock().now())
        )
    for _ in range(100):
        found = {m.ticker: m for m in await exchange.list_markets()}[market.ticker]
        if found.status is MarketStatus.RESOLVED:
            break
        await asyncio.sleep(0.1)
    assert found.yes_value == 10_000
    [settlement] = await exchange.settlements(market.ticker)
    assert (settlement.revenue, settlement.fee) == (5_000_000, 0)


@pytest.mark.parametrize("fault", [None, "accept_then_drop", "error_503", "delay_ms"])
async def test_windows_go_the_whole_way_whatever_happens_to_the_sending(sandbox, execution_database, fault):
    clock, exchange = SystemClock(), sandbox.exchange
    market = await open_ticker(exchange)
    await sandbox.quote(
        market.ticker, ("ask", "0.5400", "4.00"), ("ask", "0.5500", "3.50"), ("ask", "0.5600", "2.62"),
    )  # fmt: skip
    world = World(execution_database)
    world.clock, world.exchange = clock, exchange
    world.service = world.new_service()
    await world.open(float_each=500_000_000)
    await MarketService(world.database, exchange, clock).refresh()
    world.market = next(
        m.market_id for m in (await MarketService(world.database, exchange, clock).list(None, 200))[0]
        if m.ticker == market.ticker
    )  # fmt: skip
    if fault:
        await sandbox.tell("faults", next_order=fault, delay_ms=3000)
    a = await world.submit("A", 1000)
    c = await world.submit("C", 400)

    await work_until_final(world, exchange, clock, 2)
    shares = {r.intent_id: r for r in await world.reports() if isinstance(r, FillShare)}
    assert (shares[a].quantity, shares[a].cost, shares[a].fee) == (723, 3_966_641, 127_025)
    assert (shares[c].quantity, shares[c].cost, shares[c].fee) == (289, 1_585_559, 50_775)
    assert await exchange.balance() == 994_270_000
    assert await exchange.positions() == {market.ticker: 1012}

    await sandbox.quote(market.ticker, ("bid", "0.5300", "5.00"), ("ask", "0.6000", "1.00"))
    b = await world.submit("B", 500, side=Side.NO, limit=4800)
    await work_until_final(world, exchange, clock, 3)
    bought = next(r for r in await world.reports() if isinstance(r, FillShare) and r.intent_id == b)
    assert (bought.quantity, bought.cost, bought.fee) == (500, 2_350_000, 90_000)
    assert await exchange.balance() == 996_830_000

    await sandbox.quote(market.ticker, ("bid", "0.6200", "6.00"))
    s = await world.submit("A", 600, action=Action.SELL, limit=6000)
    await work_until_final(world, exchange, clock, 4)
    sold = next(r for r in await world.reports() if isinstance(r, FillShare) and r.intent_id == s)
    assert (sold.quantity, sold.cost, sold.fee) == (600, 3_720_000, 100_000)
    assert await exchange.balance() == 999_570_000
    assert await exchange.positions() == {market.ticker: -88}
    await world.check_ledger()


async def work_until_final(world, exchange, clock, finals: int) -> None:
    pace = Pace(poll_seconds=0.02, housekeeping_seconds=0.2, longest_pause_seconds=0.1,
                absence=AbsencePolicy(timedelta(seconds=1), 2))  # fmt: skip
    stop = asyncio.Event()
    worker = OrderWorker(world.service, exchange, clock, pace)
    task = asyncio.create_task(worker.run(stop))
    try:
        async with asyncio.timeout(30):
            while sum(isinstance(r, Final) for r in await world.reports()) < finals:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await task
