"""What tests of several modules share: a ledger in memory that refuses what the database refuses."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from bulkhead_local.acts import WATCH
from execution_stack.aggregation.tasks import OrderWorker
from execution_stack.books.chart import CHART
from execution_stack.exchange.domain import BookSide, MarketStatus, Settlement
from execution_stack.exchange.errors import ExchangeUnavailable
from shared.ledger.domain import Movement, OpenHold

from .aggregation.conftest import PACE, World
from .aggregation.exchange_double import ExchangeDouble, Trade
from .door import Behind
from .exchange import sandbox_process as sandbox

WATCH.open(Path(__file__).with_name("acts.yaml"))

ROWS = {row.account: row for row in CHART}


class Model:
    """Balances of every book, account and asset; holds; all movements must balance."""

    def __init__(self):
        self.balances = defaultdict(int)
        self.held = defaultdict(int)
        self.holds = {}
        self.transfers = set()

    def post(self, movement: Movement):
        for capture in movement.captures:
            hold, remaining = self.holds[capture.hold_id]
            assert capture.amount <= remaining, "a hold is captured at most to its amount"
            assert capture.book_id == hold.book_id
            self.holds[capture.hold_id] = (hold, remaining - capture.amount)
            self.held[hold.book_id, hold.account, hold.asset] -= capture.amount
        for close in movement.closes:
            hold, remaining = self.holds.pop(close.hold_id)
            assert (close.reason == "released") == bool(remaining)
            self.held[hold.book_id, hold.account, hold.asset] -= remaining
        between = defaultdict(int)
        for transfer in movement.transfers:
            assert (transfer.book_id, transfer.id) not in self.transfers, "a transfer is posted once"
            self.transfers.add((transfer.book_id, transfer.id))
            for posting in transfer.postings:
                self.balances[transfer.book_id, posting.source, posting.asset] -= posting.amount
                self.balances[transfer.book_id, posting.target, posting.asset] += posting.amount
                between[posting.asset] += posting.amount * (
                    (posting.target == "between") - (posting.source == "between")
                )
        for hold in movement.holds:
            self.holds[hold.id] = (hold, hold.amount)
            self.held[hold.book_id, hold.account, hold.asset] += hold.amount
        assert not any(between.values()), "L2: halves of a movement meet in between"
        self.check_floors()

    def check_floors(self):
        for (book, account, asset), balance in list(self.balances.items()):
            row = ROWS[account]
            if row.is_checked:
                held = self.held[book, account, asset]
                assert row.side * balance - held >= 0, f"L3: {account} below its floor"

    def open_hold(self, hold_id: UUID) -> OpenHold:
        return OpenHold(*self.holds[hold_id])

    def total(self, account: str, asset: int) -> int:
        return sum(
            balance for (_, name, held), balance in self.balances.items() if name == account and held == asset
        )

    def get(self, book: UUID, account: str, asset: int) -> int:
        return self.balances[book, account, asset]


@pytest.fixture
def model():
    return Model()


@pytest.fixture(scope="session")
def new_model():
    return Model


@pytest.fixture
async def world(execution_database):
    """An execution stack with accounts A to D of two tenants, float, and an exchange in memory."""
    return await World(execution_database).open()


@pytest.fixture
def offer(world):
    """Say what the next orders in the first market will be filled with."""

    def put(quantity, yes_price, fee, ticker="KX-1"):
        world.exchange.trades[ticker] = [Trade(quantity, yes_price, fee)]

    return put


@pytest.fixture
def give(world):
    """Let an account buy contracts of the first market."""

    async def buy(name, quantity, **changes):
        world.exchange.trades["KX-1"] = [Trade(quantity, 5500, 100)]
        intent = await world.submit(name, quantity, **changes)
        await world.run_windows()
        return intent

    return buy


class SettlingExchange(ExchangeDouble):
    """The exchange in memory with an account: positions, balance, and what it settles as told."""

    def __init__(self, clock):
        super().__init__(clock)
        self.deposits = 0
        self.settled = {}
        self.silent = False

    async def positions(self):
        self._answer()
        return {ticker: net for ticker, net in self._nets().items() if net and ticker not in self.settled}

    async def balance(self):
        self._answer()
        cash, held = self.deposits, defaultdict(int)
        for fills in self.by_id.values():
            for fill in fills:
                sign = 1 if fill.book_side is BookSide.BID else -1
                before = held[fill.ticker]
                held[fill.ticker] += sign * fill.quantity
                cash -= sign * fill.quantity * fill.yes_price + fill.fee
                # A short contract is a NO contract: a dollar lies in it.
                cash -= (max(0, -held[fill.ticker]) - max(0, -before)) * 10_000
        return cash + sum(one.revenue for listed in self.settled.values() for one in listed)

    async def settlements_between(self, since, until):
        self._answer()
        rows = [row for listed in self.settled.values() for row in listed]
        return tuple(row for row in rows if since <= row.settled_at <= until)

    async def settlements(self, ticker):
        self._answer()
        return tuple(self.settled.get(ticker, ()))

    def offer(self, ticker, *levels):
        """Let the next orders of a market trade at these prices."""
        self.trades[ticker] = [Trade(quantity, yes_price, 700) for yes_price, quantity in levels]

    def resolve(self, ticker, yes_value, *, pays=True):
        """Finalize a market; pay the net position in whole cents, stating the rest as a fee."""
        self.snapshots = [
            replace(each, status=MarketStatus.RESOLVED, yes_value=yes_value)
            if each.ticker == ticker
            else each
            for each in self.snapshots
        ]
        net = self._nets()[ticker]
        worth = net * yes_value if net >= 0 else -net * (10_000 - yes_value)
        if pays and net:
            paid = Settlement(ticker, worth // 10_000 * 10_000, worth % 10_000, self.clock.now())
            self.settled[ticker] = [paid]

    def amend(self, ticker):
        """Take a result back: the market is closed again, and has no value."""
        self.close(ticker)

    def close(self, ticker):
        """Close a market: nothing trades, and there is no result."""
        self.snapshots = [
            replace(each, status=MarketStatus.CLOSED, yes_value=None) if each.ticker == ticker else each
            for each in self.snapshots
        ]

    def void(self, ticker, cash):
        """End the net position for `cash` in all, which may be less than nothing."""
        self.close(ticker)
        self.settled[ticker] = [Settlement(ticker, cash, 0, self.clock.now())]

    def _nets(self):
        nets = defaultdict(int)
        for fills in self.by_id.values():
            for fill in fills:
                nets[fill.ticker] += fill.quantity if fill.book_side is BookSide.BID else -fill.quantity
        return nets

    def _answer(self):
        if self.silent:
            raise ExchangeUnavailable("down")


@pytest.fixture(scope="session")
def sandbox_process():
    """Return what runs the sandbox exchange as a process of its own."""
    return sandbox.sandbox_process


@pytest.fixture(scope="session")
def new_settling_exchange():
    return SettlingExchange


@pytest.fixture
async def settling(execution_database):
    """Return a world whose exchange has an account that settles."""
    world = World(execution_database)
    world.exchange = SettlingExchange(world.clock)
    world.worker = OrderWorker(world.service, world.exchange, world.clock, PACE)
    await world.open()
    world.exchange.deposits = 2_000_000_000
    return world


@pytest.fixture
def trade(settling):
    """Let an account of that world trade contracts of the first market."""

    async def do(name, quantity, yes_price, **changes):
        settling.exchange.trades["KX-1"] = [Trade(quantity, yes_price, 100)]
        intent = await settling.submit(name, quantity, **changes)
        await settling.run_windows()
        return intent

    return do


@pytest.fixture
async def behind(execution_database):
    """Return a world behind its real door, with a client that has the keys."""
    door = await (await Behind(execution_database).open()).serve()
    yield door
    await door.close()
