"""The execution stack behind its real door: gRPC, signatures, nonces and its database."""

import functools
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from boundary.v1 import boundary_pb2 as v1
from execution_stack.accounts import grpc_api as accounts_api
from execution_stack.accounts.service import AccountService
from execution_stack.aggregation.tasks import OrderWorker
from execution_stack.exchange.domain import Level, OrderBook
from execution_stack.intents import grpc_api as intents_api
from execution_stack.intents.service import IntentService
from execution_stack.markets import grpc_api as markets_api
from execution_stack.markets.service import MarketService
from execution_stack.reports import grpc_api as reports_api
from execution_stack.reports.service import ReportService
from execution_stack.settlement import grpc_api as settlement_api
from execution_stack.settlement.service import SettlementService
from shared.boundary import nonces, wire
from shared.boundary.client import BoundaryClient
from shared.boundary.keys import KeyRing, make_keys
from shared.boundary.receiver import Identity
from shared.boundary.server import BoundaryServer

from .aggregation.conftest import PACE, World
from .aggregation.exchange_double import ExchangeDouble, Trade

CALLER, CALLEE = "customer.sandbox", "execution.sandbox"


class BookedExchange(ExchangeDouble):
    """The exchange in memory, with an order book."""

    async def order_book(self, ticker, depth):
        return OrderBook((Level(5500, 100),), (Level(4300, 200),))


class Behind(World):
    """The world of the windows, with a door in front of it."""

    def __init__(self, database):
        super().__init__(database)
        self.exchange = BookedExchange(self.clock)
        self.worker = OrderWorker(self.service, self.exchange, self.clock, PACE)
        self.also = lambda server: None

    def call(self):
        return replace(super().call(), sender=CALLER)

    async def serve(self):
        now = self.clock.now()
        self.keys = KeyRing(make_keys(CALLER, CALLEE, not_before=now, not_after=now + timedelta(days=1)))
        remember = functools.partial(nonces.consume_alone, self.database)
        self.server = BoundaryServer("127.0.0.1:0", Identity(CALLEE, self.keys, self.clock, remember))
        accounts_api.serve(self.server, AccountService(self.database))
        intents_api.serve(self.server, IntentService(self.database, self.clock))
        markets = MarketService(self.database, self.exchange, self.clock)
        markets_api.serve(self.server, markets, self.database, self.clock)
        reports_api.serve(self.server, ReportService(self.database), self.database)
        settlement_api.serve(self.server, SettlementService(self.database, self.clock))
        self.also(self.server)
        target = f"127.0.0.1:{await self.server.start()}"
        self.client = BoundaryClient(target, self.keys, sender=CALLER, audience=CALLEE, clock=self.clock)
        await self.client.open()
        return self

    async def close(self):
        await self.client.close()
        await self.server.stop()

    async def trade(self, quantity, yes_price):
        """Let what waits in the first market fill, up to a quantity."""
        self.exchange.trades["KX-1"] = [Trade(quantity, yes_price, 100)]
        await self.run_windows()

    async def ask(self, method, request):
        """Make one call, of whichever version the method is."""
        return await self.client.call(method, request, idempotency_key=uuid4())

    def intent(self, name="A", quantity=100, **changes):
        fields = {
            "intent": wire.uuid_to_wire(uuid4()),
            "account": wire.uuid_to_wire(self.accounts[name]),
            "market": wire.uuid_to_wire(self.market),
            "side": v1.SIDE_YES,
            "action": v1.ACTION_BUY,
            "quantity": quantity,
            "limit_price": 5600,
            "max_total": 10**9,
        }
        return v1.Intent(**fields | changes)
