import asyncio
import os
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from execution_stack.accounts.domain import Registration
from execution_stack.accounts.service import AccountService
from execution_stack.aggregation.domain import AbsencePolicy
from execution_stack.aggregation.service import AggregationService, WindowPolicy
from execution_stack.aggregation.tasks import OrderWorker, Pace
from execution_stack.books import service as books
from execution_stack.exchange.domain import Action, Side, Ticker
from execution_stack.intents.domain import Intent, required_max_total
from execution_stack.intents.service import IntentService
from execution_stack.markets.domain import market_id_of
from execution_stack.markets.service import MarketService
from execution_stack.reports.service import ReportService
from shared.boundary.calls import VerifiedCall
from shared.clock import FixedClock
from shared.ids import HOUSE_TENANT, SystemIds
from shared.ledger.store import trial_balance

from .exchange_double import ExchangeDouble

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SENDER = "customer-stack"
PACE = Pace(
    poll_seconds=0.01, housekeeping_seconds=0.02, first_pause_seconds=0.001, longest_pause_seconds=0.002,
    absence=AbsencePolicy(timedelta(seconds=10), 3),
)  # fmt: skip


class World:
    """An execution stack with tenants, accounts and float, an exchange, and a worker that has not begun."""

    def __init__(self, database) -> None:
        self.database = database.app
        self.clock = FixedClock(NOW)
        self.exchange = ExchangeDouble(self.clock)
        self.service = self.new_service()
        self.worker = OrderWorker(self.service, self.exchange, self.clock, PACE)
        self.tenants = [uuid4(), uuid4()]
        self.accounts: dict[str, UUID] = {}
        self.market = market_id_of(Ticker("KX-1"))
        self.other_market = market_id_of(Ticker("KX-2"))
        self.names: dict[UUID, str] = {}
        self.stop = asyncio.Event()

    def new_service(self) -> AggregationService:
        return AggregationService(
            self.database, self.clock, SystemIds(), WindowPolicy(seconds=1.0, max_size=50)
        )

    def call(self) -> VerifiedCall:
        return VerifiedCall(uuid4(), SENDER, os.urandom(16), uuid4(), self.clock.now())

    async def open(self, *, float_each: int = 1_000_000_000) -> "World":
        await MarketService(self.database, self.exchange, self.clock).refresh()
        for tenant, names in zip(self.tenants, ("AB", "CD"), strict=True):
            for name in names:
                self.accounts[name] = uuid4()
            registrations = [Registration(self.accounts[name], tenant) for name in names]
            await AccountService(self.database).register(self.call(), registrations)
            if float_each:
                async with self.database.transaction(tenant, HOUSE_TENANT) as tx:
                    await books.deposit_float(tx, uuid4(), tenant, float_each, NOW)
        return self

    async def submit(self, name: str, quantity: int, *, limit=5600, side=Side.YES, action=Action.BUY,
                     market: UUID | None = None, max_total: int | None = None) -> UUID:  # fmt: skip
        needed = required_max_total(action, quantity, limit, 10_000)
        intent = Intent(
            uuid4(), self.accounts[name], market or self.market, side, action, quantity, limit,
            needed if max_total is None else max_total,
        )  # fmt: skip
        [verdict] = await IntentService(self.database, self.clock).submit(self.call(), [intent])
        assert verdict.refused is None
        self.names[intent.intent_id] = name
        return intent.intent_id

    async def run_windows(self) -> list:
        """Let the window pass, close it, and drive every order as far as it comes."""
        self.clock.advance(timedelta(seconds=1.5))
        orders = await self.service.close_windows()
        return [await self.worker.drive(order, self.stop) for order in orders]

    async def reports(self) -> list:
        found = await ReportService(self.database).fetch(SENDER, 0, 1000, 0)
        return [report.body for report in found]

    async def fetch(self, sql: str, *arguments: object) -> list:
        async with self.database.transaction(HOUSE_TENANT, *self.tenants) as tx:
            return await tx.fetch(sql, *arguments)

    async def value(self, sql: str, *arguments: object):
        return (await self.fetch(sql, *arguments))[0][0]

    async def state(self) -> str:
        return await self.value("SELECT state FROM aggregation_order ORDER BY submitted_at DESC, id LIMIT 1")

    async def check_ledger(self) -> None:
        async with self.database.transaction(HOUSE_TENANT, *self.tenants) as tx:
            assert all(total == 0 for _, total in await trial_balance(tx))


@pytest.fixture
async def world(execution_database) -> World:
    return await World(execution_database).open()


@pytest.fixture
def new_world(execution_database):
    return lambda: World(execution_database)
