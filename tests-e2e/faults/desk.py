"""The execution stack in the test's own process, over a real database, at the sandbox exchange.

Services, the order worker and its WebSocket are those of the programs; only the times are short, and an
operator is always there, who judges at once whatever was halted.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from bulkhead_local.lending import FreshDatabase
from execution_stack.accounts.domain import Registration
from execution_stack.accounts.service import AccountService
from execution_stack.aggregation.domain import AbsencePolicy
from execution_stack.aggregation.ending import RECHECKS
from execution_stack.aggregation.service import AggregationService, WindowPolicy
from execution_stack.aggregation.tasks import OrderWorker, Pace
from execution_stack.books import service as books
from execution_stack.control.service import ControlService
from execution_stack.exchange.domain import Action, Side, Ticker
from execution_stack.exchange.providers.contract import Exchange
from execution_stack.exchange.providers.http import TimeLimits
from execution_stack.exchange.providers.kalshi import KalshiExchange
from execution_stack.exchange.providers.stream import HintStream, Listeners
from execution_stack.intents.domain import Intent, required_max_total
from execution_stack.intents.service import IntentService
from execution_stack.markets.domain import market_id_of
from execution_stack.markets.service import MarketService
from execution_stack.reconciliation.domain import Check
from execution_stack.reconciliation.service import ReconciliationService
from execution_stack.reports.domain import Body
from execution_stack.reports.service import ReportService
from faults.exchange_hand import Hand
from shared.boundary.calls import VerifiedCall
from shared.clock import SystemClock
from shared.database import Database
from shared.ids import HOUSE_TENANT, SystemIds

SENDER: Final = "customer.sandbox"
FLOAT: Final = 500_000_000
"""Of each tenant, in micro-dollars: 500 USD."""
TIMES: Final = TimeLimits(read_seconds=0.5, write_seconds=0.25)
PACE: Final = Pace(
    poll_seconds=0.02,
    housekeeping_seconds=0.05,
    first_pause_seconds=0.01,
    longest_pause_seconds=0.1,
    absence=AbsencePolicy(timedelta(seconds=0.3), 2),
)
WINDOW_SECONDS: Final = 0.04
LOOK_SECONDS: Final = 0.02
UNFINISHED: Final = """
    SELECT (SELECT count(*) FROM intent WHERE state IN ('received', 'pooled'))
         + (SELECT count(*) FROM aggregation_order WHERE state IN ('submitted', 'unknown', 'acked'))
"""


class TravelClock(SystemClock):
    """The present, or as much later as a test has travelled."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


WorkerFactory = Callable[[AggregationService, Exchange, TravelClock, Pace], OrderWorker]


@dataclass
class Desk:
    """Accounts of two tenants with float, and what they have asked for."""

    database: Database
    exchange: Exchange
    clock: TravelClock
    tenants: list[UUID] = field(default_factory=lambda: [uuid4(), uuid4()])
    accounts: list[UUID] = field(default_factory=list)
    asked: dict[UUID, Intent] = field(default_factory=dict)

    async def open(self) -> None:
        """Learn the markets, register accounts, pay in float."""
        await MarketService(self.database, self.exchange, self.clock).refresh()
        for tenant in self.tenants:
            named = [Registration(uuid4(), tenant) for _ in range(2)]
            await AccountService(self.database).register(self._call(), named)
            self.accounts += [each.account for each in named]
            async with self.database.transaction(tenant, HOUSE_TENANT) as tx:
                await books.deposit_float(tx, uuid4(), tenant, FLOAT, self.clock.now())

    async def ask(
        self, account: UUID, ticker: Ticker, side: Side, action: Action, quantity: int, limit: int
    ) -> UUID | None:
        """Send an intent; return its id, or None when it was refused at the door."""
        most = required_max_total(action, quantity, limit, 10_000)
        intent = Intent(uuid4(), account, market_id_of(ticker), side, action, quantity, limit, most)
        [verdict] = await IntentService(self.database, self.clock).submit(self._call(), [intent])
        if verdict.refused is not None:
            return None
        self.asked[intent.intent_id] = intent
        return intent.intent_id

    async def cancel(self, intent_id: UUID) -> None:
        """Ask for an intent to be left out, whether it still waits or not."""
        await IntentService(self.database, self.clock).cancel(self._call(), [intent_id])

    async def reports(self) -> list[Body]:
        """Return everything that was told."""
        found = await ReportService(self.database).fetch(SENDER, 0, 1000, 0)
        return [report.body for report in found]

    async def checks(self) -> list[Check]:
        """Make the checks of the execution stack."""
        return await ReconciliationService(self.database, self.exchange, self.clock).run()

    async def list_open(self, tick: int) -> list[Ticker]:
        """Return the open markets with a tick."""
        rows = await self.fetch("SELECT ticker, tick FROM market WHERE status = 'open'")
        return [Ticker(row["ticker"]) for row in rows if row["tick"] == tick]

    async def fetch(self, sql: str) -> "list[asyncpg.Record]":
        """Return rows of all tenants."""
        async with self.database.transaction(HOUSE_TENANT, *self.tenants) as tx:
            return await tx.fetch(sql)

    async def drain(self, seconds: float) -> bool:
        """Wait until every intent and order has ended. False when they do not."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (await self.fetch(UNFINISHED))[0][0]:  # noqa: ASYNC110 - the worker is waited for
                    await asyncio.sleep(LOOK_SECONDS)
                return True
        return False

    async def recheck(self, seconds: float) -> None:
        """Travel to where ended orders are read once more, and wait until they were."""
        self.clock.ahead += RECHECKS[0] + timedelta(seconds=1)
        due = "SELECT count(*) FROM aggregation_order WHERE rechecks = 0 AND recheck_at IS NOT NULL"
        async with asyncio.timeout(seconds):
            while (await self.fetch(due))[0][0]:  # noqa: ASYNC110 - the worker is waited for
                await asyncio.sleep(LOOK_SECONDS)

    def _call(self) -> VerifiedCall:
        return VerifiedCall(uuid4(), SENDER, os.urandom(16), uuid4(), self.clock.now())


@contextlib.asynccontextmanager
async def open_desk(
    fresh: FreshDatabase,
    hand: Hand,
    new_worker: WorkerFactory = OrderWorker,
    new_exchange: Callable[..., KalshiExchange] = KalshiExchange,
) -> AsyncIterator[Desk]:
    """Give a desk whose worker runs until the end."""
    clock, stop = TravelClock(), asyncio.Event()
    exchange = new_exchange(f"{hand.url}/trade-api/v2", hand.signer, SystemClock(), limits=TIMES)
    try:
        desk = Desk(fresh.app, exchange, clock)
        await desk.open()
        policy = WindowPolicy(seconds=WINDOW_SECONDS, max_size=5)
        service = AggregationService(fresh.app, clock, SystemIds(), policy)
        worker = new_worker(service, exchange, clock, PACE)
        async with asyncio.TaskGroup() as running:
            running.create_task(worker.run(stop))
            listeners = Listeners(worker.hint, lambda: None)
            stream_url = f"{hand.url.replace('http', 'ws')}/trade-api/ws/v2"
            running.create_task(HintStream(stream_url, hand.signer, SystemClock(), listeners).run(stop))
            running.create_task(_judge_halts(ControlService(fresh.app, clock), stop))
            try:
                yield desk
            finally:
                stop.set()
    finally:
        await exchange.close()


async def _judge_halts(control: ControlService, stop: asyncio.Event) -> None:
    """Be the operator who sets free at once what the machine has halted."""
    operator = uuid4()
    while not stop.is_set():
        for market_id in {halt.market_id for halt in (await control.load()).standing}:
            await control.lift(market_id, operator)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 0.05)


def sum_by(rows: "list[asyncpg.Record]", key: str, value: str) -> dict[Any, int]:
    """Return sums of a column by another."""
    sums: dict[Any, int] = {}
    for row in rows:
        sums[row[key]] = sums.get(row[key], 0) + row[value]
    return sums
