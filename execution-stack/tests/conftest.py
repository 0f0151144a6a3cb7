"""What tests of several modules share: a ledger in memory that refuses what the database refuses."""

from collections import defaultdict
from uuid import UUID

import pytest

from execution_stack.books.chart import CHART
from shared.ledger.domain import Movement, OpenHold

from .aggregation.conftest import World
from .aggregation.exchange_double import Trade

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
def give(world):
    """Let an account buy contracts of the first market."""

    async def buy(name, quantity, **changes):
        world.exchange.trades["KX-1"] = [Trade(quantity, 5500, 100)]
        intent = await world.submit(name, quantity, **changes)
        await world.run_windows()
        return intent

    return buy
