"""A department with stock and till, and a customer of it, over a fresh database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from customer_stack.aml.service.checking import CounterCheck
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes
from customer_stack.fx.domain.conversion import Conversion
from customer_stack.fx.domain.quotes import Quote, QuoteOutcome, QuotePurpose, QuoteRequest
from customer_stack.fx.domain.rates import Terms
from customer_stack.fx.domain.stock import Stock
from customer_stack.fx.providers.sandbox import SandboxRates
from customer_stack.fx.service import (
    FxReading,
    FxService,
    QuoteGate,
    load_quote_standing,
    load_stock,
    record_stock,
    require_funds,
    require_usable,
    use_quote,
)
from customer_stack.kyc.errors import TierLimitExceeded
from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.protection.domain.counting import Measure, Window
from customer_stack.protection.domain.limits import Limit
from customer_stack.protection.service import load_standings
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import capability_off
from shared.clock import FixedClock
from shared.idempotency import Claim, digest_of, key_of
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Movement, Posting, Transfer

from ..gates import build_gate, make_known, publish  # noqa: TID252 - test folders are no packages

IDS = SystemIds()
TERMS = Terms(
    version=0,
    sell_spread_basis=100,
    buy_spread_basis=100,
    fee_basis=50,
    fee_fixed=0,
    minimum_amount=100_00,
    maximum_amount=5_000_000_00,
    quote_lifetime=timedelta(minutes=5),
    mid_lifetime=timedelta(seconds=60),
    stock_share_basis=10_000,
    till_share_basis=10_000,
)


class Active:
    """Everybody may transact, except those listed."""

    def __init__(self) -> None:
        self.barred: set[UUID] = set()

    async def is_active(self, tx: Any, customer_id: UUID) -> bool:
        return customer_id not in self.barred


class Desk:
    """A department with 4,000 USD for 1,194,000.00 LKR in stock, and customers."""

    def __init__(self, database: Any) -> None:
        self.database = database
        self.clock = FixedClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
        self.standings = Active()
        self.limits: tuple[Limit, ...] = ()
        self.compliance = build_gate(lambda _tier: self.limits)
        self.service = FxService(
            database.app,
            SandboxRates(Decimal(300), self.clock),
            QuoteGate(self.standings, self.require_purpose, self.require_deposit, self.compliance),
            self.clock,
            IDS,
        )
        self.tenant, self.department, self.customer = IDS.new(), IDS.new(), IDS.new()
        self.terms = TERMS
        self.reading = FxReading(database.app)
        self.off: set[QuotePurpose] = set()
        self.largest_deposit = 10**18

    async def require_purpose(self, tx: Any, tenant_id: UUID, purpose: QuotePurpose) -> None:
        if purpose in self.off:
            raise capability_off(Capability.DEPOSITS)

    async def require_deposit(self, tx: Any, customer_id: UUID, amount_cents: int) -> None:
        if amount_cents > self.largest_deposit:
            raise TierLimitExceeded("more than the tier allows")

    async def post(self, *transfers: Transfer) -> None:
        async with self.database.app.transaction(self.tenant) as tx:
            await ledger.post(tx, Movement(transfers=transfers))

    def transfer(self, book: UUID, kind: str, *postings: Posting) -> Transfer:
        return Transfer(IDS.new(), IDS.new(), self.tenant, book, kind, self.clock.now(), postings)

    async def open(self) -> None:
        async with self.database.app.transaction(self.tenant) as tx:
            await ledger.open_books(
                tx, [(self.department, self.tenant, "department"), (self.customer, self.tenant, "customer")]
            )
            await make_known(tx, self.tenant, self.customer, self.clock.now())
            _, before = await load_stock(tx, self.department)
            bought = Posting(
                USD, Account.NOSTRO, Account.STOCK, 4_000_000000, Action.STOCK_IN, cost=1_194_000_00
            )
            transfer = self.transfer(self.department, TransferKind.STOCK_PURCHASE, bought)
            await ledger.post(tx, Movement(transfers=(transfer,)))
            await record_stock(tx, self.tenant, self.department, before, Stock(4_000_000000, 1_194_000_00))
            brought = Posting(LKR, Account.COLLECTION, Account.TILL, 507_500_00, Action.INFLOW)
            contribution = self.transfer(self.department, TransferKind.CONTRIBUTION, brought)
            await ledger.post(tx, Movement(transfers=(contribution,)))
        await self.service.set_terms(self.tenant, self.department, TERMS, "system")

    async def add_lkr(self, amount: int, customer: Any = None) -> None:
        inflow = Posting(LKR, Account.COLLECTION, Account.WALLET, amount, Action.INFLOW)
        await self.post(self.transfer(customer or self.customer, TransferKind.PAY_IN, inflow))

    async def add_usd(self, amount: int) -> None:
        inflow = Posting(USD, Account.EXECUTION, Account.WALLET, amount, Action.PAYOUT)
        await self.post(self.transfer(self.customer, TransferKind.RESOLUTION_PAYOUT, inflow))

    async def use(self, quote: Quote) -> Conversion:
        async with self.database.app.transaction(self.tenant) as tx:
            await ledger.lock_books(tx, [quote.customer_id, self.department])
            standing = await load_quote_standing(tx, quote.customer_id, quote.id)
            require_usable(standing.quote, standing.outcome, self.clock.now())
            await require_funds(tx, standing.quote)
            return await use_quote(tx, standing.quote, self.clock, IDS)

    async def quote(
        self, amount: int = 30_000_00, purpose: str = "deposit", key: str | None = None, customer: Any = None
    ) -> Quote:
        customer = customer or self.customer
        request = QuoteRequest(self.tenant, self.department, customer, QuotePurpose(purpose), amount)
        return await self.service.lock_rate(request, self.claim(f"{purpose}{amount}", key, customer))

    async def new_customer(self) -> UUID:
        made = IDS.new()
        async with self.database.app.transaction(self.tenant) as tx:
            await ledger.open_books(tx, [(made, self.tenant, "customer")])
            await make_known(tx, self.tenant, made, self.clock.now())
        return made

    async def know(self, customer: UUID | None = None, **changes: Any) -> None:
        """Change what the gate knows of a customer."""
        async with self.database.app.transaction(self.tenant) as tx:
            await facts.change(tx, customer or self.customer, self.clock.now(), Changes(**changes))

    async def publish(self, **rule: Any) -> None:
        """Let a rule of AML count."""
        await publish(self.database.app, self.tenant, self.clock, **rule)

    async def rows(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        async with self.database.app.transaction(self.tenant) as tx:
            return [tuple(row) for row in await tx.fetch(sql, *arguments)]

    async def counted(self, kind: str, customer: UUID | None = None) -> tuple[int, int]:
        """Return how many events of a kind AML counts of a customer, and how many cents.

        What protection counts of deposits and withdrawals is seen to be the same.
        """
        found = await self.rows(
            "SELECT coalesce(sum(n), 0)::int, coalesce(sum(amount), 0)::bigint FROM aml_event "
            "WHERE customer_id = $1 AND kind = $2::aml_event_kind",
            customer or self.customer,
            kind,
        )
        number, amount = found[0]
        if kind in ("deposit", "withdrawal"):
            assert await self.protected(kind, customer) == amount
        return number, amount

    async def protected(self, kind: str, customer: UUID | None = None) -> int:
        """Return what protection counts of a kind in the last 30 days."""
        customer = customer or self.customer
        async with self.database.app.transaction(self.tenant) as tx:
            found = await load_standings(tx, {customer: self.tenant}, self.clock.now())
        return found[customer].counted(Measure(kind), Window.MONTH)

    async def counters_are_sound(self) -> None:
        """Every counter of AML is what its events say."""

        async def tenants() -> tuple[UUID, ...]:
            return (self.tenant,)

        assert (await CounterCheck(self.database.app, tenants).run()).differences == ()

    def claim(self, body: str, key: str | None = None, book: Any = None) -> Claim:
        return Claim(book or self.customer, key_of(key or str(IDS.new())), digest_of("quote", body.encode()))

    async def outcome(self, quote: Quote) -> QuoteOutcome | None:
        return (await self.service.get_quote(self.tenant, self.customer, quote.id)).outcome

    async def balances(self) -> dict[str, tuple[int, int]]:
        keys = [
            (self.customer, LKR, "wallet"),
            (self.customer, USD, "wallet"),
            (self.department, LKR, "till"),
            (self.department, USD, "stock"),
        ]
        async with self.database.app.transaction(self.tenant) as tx:
            found = await ledger.load_balances(tx, keys)
        return {
            f"{key[2]} {'LKR' if key[1] == LKR else 'USD'}": (balance.posted, balance.held)
            for key, balance in found.items()
        }


@pytest.fixture
async def desk(customer_database: Any) -> Desk:
    made = Desk(customer_database)
    await made.open()
    return made
