"""A floor to wager on: a tenant, customers with money, an open market, and a scripted execution stack."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest_asyncio

from customer_stack.aml.domain.verdicts import Thresholds
from customer_stack.aml.service.assessing import Assessment
from customer_stack.aml.service.rules import Rulebook
from customer_stack.boundary_client.domain import (
    Account,
    Action,
    CancelAnswer,
    CancelOutcome,
    IntentAnswer,
    MarketListing,
    MarketStatus,
    Side,
)
from customer_stack.customers.service import load_standings
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes, Screening
from customer_stack.gate.service.rates import Rates
from customer_stack.gate.service.sitting import Gate
from customer_stack.markets.service import MarketService, MarketSnapshot
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import TenancyService, load_capabilities
from customer_stack.wagers.service.placing import PlaceWager, WagerPlacement
from customer_stack.wagers.service.reporting import ReportApplication
from customer_stack.wagers.service.sending import WagerSending
from shared.boundary.errors import OutcomeUnknown
from shared.clock import FixedClock
from shared.idempotency import Claim, digest_of, key_of
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import USD, Movement, Posting, Transfer
from shared.ledger.rebuild import rebuild_differences

_INSERT_ACCOUNT = """
INSERT INTO customer_account (tenant_id, id, department_id, status, registered_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $5)
"""
_INSERT_SESSION = """
INSERT INTO customer_session (tenant_id, id, customer_id, token_hash, started_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_POSITIONS = """
SELECT coalesce(p.quantity, 0) AS ours, coalesce(b.posted, 0) AS ledger
FROM wager_position p FULL JOIN (
    SELECT b.book_id, b.posted, a.market_id, a.side FROM ledger_balance b
    JOIN ledger_asset a ON a.id = b.asset_id WHERE b.account = 'position'
) b ON b.book_id = p.customer_id AND b.market_id = p.market_id AND b.side = p.side
"""
_STAKES = """
SELECT coalesce(b.amount, 0) AS counted, coalesce(o.amount, 0) AS staked
FROM (SELECT customer_id, sum(staked) AS amount FROM protection_moment GROUP BY 1 HAVING sum(staked) > 0) b
FULL JOIN (
    SELECT customer_id, sum(CASE WHEN state IN ('held', 'pending', 'dispatched', 'submitted') THEN max_total
                                 ELSE filled_cost + filled_fee END) AS amount
    FROM wager_order WHERE action = 'buy' GROUP BY 1
) o USING (customer_id)
"""

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


@dataclass
class Customer:
    id: UUID
    tenant_id: UUID
    account_id: UUID
    session_id: UUID
    token: str = ""


@dataclass
class ScriptedExecution:
    """The other side of the wall, doing what a test wrote down. Received intents are remembered."""

    received: dict = field(default_factory=dict)
    registered: list = field(default_factory=list)
    calls: list = field(default_factory=list)
    refuse: dict = field(default_factory=dict)
    cancels: dict = field(default_factory=dict)
    is_silent: bool = False
    reports: list = field(default_factory=list)
    listings: list = field(default_factory=list)

    async def register_accounts(self, accounts, *, idempotency_key):
        self._listen()
        self.registered += accounts
        return len(accounts)

    async def submit_intents(self, intents, *, idempotency_key):
        self.calls.append([intent.intent_id for intent in intents])
        self._listen()
        for intent in intents:
            assert Account(intent.account_id, self.registered[0].tenant_id) in self.registered
            self.received[intent.intent_id] = intent
        return tuple(IntentAnswer(intent.intent_id, self.refuse.get(intent.intent_id)) for intent in intents)

    async def cancel_intents(self, intent_ids, *, idempotency_key):
        self._listen()
        return tuple(
            CancelAnswer(intent_id, self.cancels.get(intent_id, CancelOutcome.UNKNOWN))
            for intent_id in intent_ids
        )

    async def fetch_reports(self, after_sequence, *, limit=1000, wait_ms=0):
        self._listen()
        return tuple(report for report in self.reports if report.sequence > after_sequence)[:limit]

    async def list_markets(self, *, after=None, limit=200):
        listings = sorted(self.listings, key=lambda listing: listing.market_id)
        return tuple(one for one in listings if after is None or one.market_id > after)[:limit], False

    async def get_order_book(self, market_id, *, depth=20):
        raise OutcomeUnknown("no_answer")

    def _listen(self):
        if self.is_silent:
            raise OutcomeUnknown("no_answer")


class Floor:
    """Everything open over one fresh database."""

    def __init__(self, fresh):
        self.fresh = fresh
        self.database = fresh.app
        self.clock = FixedClock(NOW)
        self.ids = SystemIds()
        self.execution = ScriptedExecution()
        self.tenancy = TenancyService(self.database, self.clock, self.ids)
        self.markets = MarketService(self.database, self.execution, self.clock)
        self.snapshot = MarketSnapshot(self.database)
        self.market = {}
        self.rates = Rates(self.load_rates)
        self.gate = Gate(Assessment(Rulebook(), Thresholds()), self.rates, lambda _tier: ())
        self.placement = WagerPlacement(
            self.snapshot, load_standings, load_capabilities, self.gate, self.clock, self.ids
        )
        tenants = self.tenancy.list_tenant_ids
        self.sending = WagerSending(self.database, self.execution, tenants, self.clock, self.ids)
        self.reports = ReportApplication(
            self.database, self.execution, tenants, self.gate, self.clock, self.ids
        )

    async def load_rates(self):
        return self.market

    async def open(self):
        tenant, department = await self.tenancy.ensure_tenant("acme", "Acme", [Capability.WAGERS])
        self.tenant_id, self.department_id = tenant.id, department.id
        self.market_id = self.ids.new()
        self.execution.listings.append(
            MarketListing(
                self.market_id,
                "RAIN-1",
                "Rain in Colombo tomorrow?",
                "Resolves YES when it rains.",
                MarketStatus.OPEN,
                100,
                5500,
                5700,
                NOW + timedelta(days=1),
                10_000,
                None,
            )
        )
        await self.refresh()
        return self

    async def refresh(self, **changes):
        self.execution.listings[0] = replace(self.execution.listings[0], **changes)
        await self.markets.refresh()
        await self.snapshot.refresh()

    async def add_customer(self, funds=98_514_851, status="active", is_prepared=True):
        customer = Customer(self.ids.new(), self.tenant_id, self.ids.new(), self.ids.new())
        async with self.database.transaction(self.tenant_id) as tx:
            await tx.execute(
                _INSERT_ACCOUNT,
                self.tenant_id,
                customer.id,
                self.department_id,
                status,
                NOW,
            )
            await facts.create(tx, self.tenant_id, customer.id, country="LK", at=NOW)
            await facts.change(tx, customer.id, NOW, Changes(screening=Screening.CLEAR))
            await tx.execute(
                "INSERT INTO customer_pseudonym (tenant_id, customer_id, account_reference) "
                "VALUES ($1, $2, $3)",
                self.tenant_id,
                customer.id,
                customer.account_id,
            )
            await tx.execute(
                _INSERT_SESSION,
                self.tenant_id,
                customer.session_id,
                customer.id,
                hashlib.sha256(customer.id.bytes).digest(),
                NOW,
                NOW + timedelta(hours=12),
            )
            await ledger.open_books(tx, [(customer.id, self.tenant_id, "customer")])
            await ledger.post(tx, Movement(transfers=(self._deposit(customer, funds),)))
            if is_prepared:
                account = Account(customer.account_id, self.tenant_id)
                await self.sending.prepare_account(tx, account, customer.id)
        return customer

    def _deposit(self, customer, funds):
        posting = Posting(USD, "desk", "wallet", funds, "conversion")
        return Transfer(
            self.ids.new(), self.ids.new(), self.tenant_id, customer.id, "fx_conversion", NOW, (posting,)
        )

    def want(
        self, customer, key="k", *, side=Side.YES, action=Action.BUY, quantity=1000, price=5600, market=None
    ):
        body = f"{side}{action}{quantity}{price}".encode()
        return PlaceWager(
            self.tenant_id,
            customer.id,
            customer.session_id,
            Claim(customer.id, key_of(key), digest_of("place", body)),
            market or self.market_id,
            side,
            action,
            quantity,
            price,
        )

    async def place(self, *wanted):
        async with self.database.transaction(self.tenant_id) as tx:
            return await self.placement.handle(tx, wanted)

    async def wallet(self, customer):
        async with self.database.transaction(self.tenant_id) as tx:
            found = await ledger.load_balances(tx, [(customer.id, USD, "wallet")])
        return found[(customer.id, USD, "wallet")]

    async def value(self, sql, *arguments):
        async with self.database.transaction(self.tenant_id) as tx:
            return await tx.fetch_value(sql, *arguments)

    async def column(self, sql, *arguments):
        async with self.database.transaction(self.tenant_id) as tx:
            return [row[0] for row in await tx.fetch(sql, *arguments)]

    async def state(self, wager_id):
        return await self.value("SELECT state FROM wager_order WHERE id = $1", wager_id)

    async def check_books(self):
        async with self.database.transaction(self.tenant_id) as tx:
            assert await rebuild_differences(tx) == []
            assert {total for _, total in await ledger.trial_balance(tx)} <= {0}
            kept = await tx.fetch(_POSITIONS)
            assert all(row["ours"] == row["ledger"] for row in kept)
            stakes = await tx.fetch(_STAKES)
            assert all(row["counted"] == row["staked"] for row in stakes)


@pytest_asyncio.fixture
async def floor(customer_database):
    return await Floor(customer_database).open()
