"""Quotes and conversions on a real database."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from customer_stack.fx.domain.conversion import Conversion
from customer_stack.fx.domain.quotes import Quote, QuoteOutcome, QuotePurpose, QuoteRequest
from customer_stack.fx.domain.rates import Terms
from customer_stack.fx.domain.stock import Stock
from customer_stack.fx.errors import (
    CustomerNotActive,
    NotEnoughUsd,
    NotEnoughWaiting,
    QuoteClosed,
    QuoteExpired,
    QuoteNotFound,
    StockTooLow,
    TermsMissing,
    TillTooLow,
)
from customer_stack.fx.providers.sandbox import SandboxRates
from customer_stack.fx.service import (
    FxService,
    QuoteGate,
    load_quote_standing,
    load_stock,
    record_stock,
    require_funds,
    require_usable,
    use_quote,
)
from customer_stack.fx.store import quotes as store
from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.errors import CapabilityOff
from customer_stack.tenancy.service import capability_off
from shared.clock import FixedClock
from shared.idempotency import Claim, IdempotencyMismatch, digest_of, key_of
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Hold, Movement, Posting, Transfer
from shared.ledger.rebuild import rebuild_differences

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
        self.service = FxService(
            database.app,
            SandboxRates(Decimal(300), self.clock),
            QuoteGate(self.standings, self.require_purpose),
            self.clock,
            IDS,
        )
        self.tenant, self.department, self.customer = IDS.new(), IDS.new(), IDS.new()

        self.off: set[QuotePurpose] = set()

    async def require_purpose(self, tx: Any, tenant_id: UUID, purpose: QuotePurpose) -> None:
        if purpose in self.off:
            raise capability_off(Capability.DEPOSITS)

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

    async def add_lkr(self, amount: int) -> None:
        inflow = Posting(LKR, Account.COLLECTION, Account.WALLET, amount, Action.INFLOW)
        await self.post(self.transfer(self.customer, TransferKind.PAY_IN, inflow))

    async def add_usd(self, amount: int) -> None:
        inflow = Posting(USD, Account.EXECUTION, Account.WALLET, amount, Action.PAYOUT)
        await self.post(self.transfer(self.customer, TransferKind.RESOLUTION_PAYOUT, inflow))

    async def use(self, quote: Quote) -> Conversion:
        async with self.database.app.transaction(self.tenant) as tx:
            await ledger.lock_books(tx, [self.customer, self.department])
            standing = await load_quote_standing(tx, self.customer, quote.id)
            require_usable(standing.quote, standing.outcome, self.clock.now())
            await require_funds(tx, standing.quote)
            return await use_quote(tx, standing.quote, self.clock, IDS)

    async def quote(
        self, amount: int = 30_000_00, purpose: str = "deposit", key: str | None = None, customer: Any = None
    ) -> Quote:
        customer = customer or self.customer
        request = QuoteRequest(self.tenant, self.department, customer, QuotePurpose(purpose), amount)
        return await self.service.lock_rate(request, self.claim(f"{purpose}{amount}", key, customer))

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


async def test_a_quote_holds_stock_until_it_expires(desk: Desk):
    quote = await desk.quote()
    assert quote.usd == 98_514851
    assert (await desk.balances())["stock USD"] == (4_000_000000, 98_514851)
    desk.clock.advance(timedelta(minutes=5))
    assert await desk.service.expire_quotes(frozenset({desk.tenant})) == 1
    assert (await desk.balances())["stock USD"] == (4_000_000000, 0)
    assert await desk.outcome(quote) is QuoteOutcome.EXPIRED


async def test_a_new_quote_replaces_the_live_one(desk: Desk):
    first = await desk.quote()
    second = await desk.quote(15_000_00)
    assert await desk.outcome(first) is QuoteOutcome.REPLACED
    assert (await desk.balances())["stock USD"] == (4_000_000000, second.usd)


async def test_the_same_key_gives_the_same_quote_and_another_request_is_refused(desk: Desk):
    first = await desk.quote(key="one")
    assert await desk.quote(key="one") == first
    with pytest.raises(IdempotencyMismatch):
        await desk.quote(15_000_00, key="one")


async def test_a_quote_frees_stock_of_others_that_is_overdue(desk: Desk):
    await desk.quote(1_200_000_00)
    other = IDS.new()
    async with desk.database.app.transaction(desk.tenant) as tx:
        await ledger.open_books(tx, [(other, desk.tenant, "customer")])
    with pytest.raises(StockTooLow):
        await desk.quote(300_000_00, customer=other)
    desk.clock.advance(timedelta(minutes=5))
    assert (await desk.quote(300_000_00, customer=other)).usd > 0


async def test_somebody_who_is_not_active_gets_no_quote(desk: Desk):
    desk.standings.barred.add(desk.customer)
    with pytest.raises(CustomerNotActive):
        await desk.quote()


async def test_a_tenant_without_deposits_gives_no_quote(desk: Desk):
    desk.off.add(QuotePurpose.DEPOSIT)
    with pytest.raises(CapabilityOff):
        await desk.quote()


async def test_a_department_without_terms_gives_no_quote(desk: Desk):
    bare = IDS.new()
    async with desk.database.app.transaction(desk.tenant) as tx:
        await ledger.open_books(tx, [(bare, desk.tenant, "department")])
    with pytest.raises(TermsMissing):
        await desk.service.lock_rate(
            QuoteRequest(desk.tenant, bare, desk.customer, QuotePurpose.DEPOSIT, 100_00), desk.claim("")
        )


async def test_using_a_quote_converts_at_its_rate_and_keeps_cost_and_profit(desk: Desk):
    quote = await desk.quote()
    await desk.add_lkr(30_000_00)
    async with desk.database.app.transaction(desk.tenant) as tx:
        conversion = await use_quote(tx, quote, desk.clock, IDS)
    assert (conversion.cost, conversion.profit) == (29_406_68, 443_32)
    assert await desk.balances() == {
        "wallet LKR": (0, 0),
        "wallet USD": (98_514851, 0),
        "till LKR": (537_350_00, 0),
        "stock USD": (3_901_485149, 0),
    }
    async with desk.database.app.transaction(desk.tenant) as tx:
        assert (await load_stock(tx, desk.department))[0] == Stock(3_901_485149, 1_164_593_32)
        assert all(total == 0 for _, total in await ledger.trial_balance(tx))
        assert await ledger.sum_account(tx, "desk") == {}
        assert await rebuild_differences(tx) == []
        kinds = await tx.fetch("SELECT kind FROM audit_record WHERE kind LIKE 'fx.%' ORDER BY id")
    assert [row["kind"] for row in kinds] == ["fx.terms_set", "fx.rate_locked", "fx.converted"]


async def test_waiting_lkr_is_converted_on_consent_once(desk: Desk):
    await desk.add_lkr(30_000_00)
    with pytest.raises(NotEnoughWaiting):
        await desk.quote(30_000_01, "conversion")
    quote = await desk.quote(30_000_00, "conversion")

    async def accept(key: str) -> UUID:
        claim = desk.claim("accept", key)
        return await desk.service.accept_quote(desk.tenant, desk.department, desk.customer, quote.id, claim)

    first = await accept("k")
    assert await accept("k") == first
    with pytest.raises(QuoteClosed):
        await accept("other")
    assert (await desk.balances())["wallet USD"] == (98_514851, 0)


async def test_an_expired_conversion_quote_is_refused(desk: Desk):
    await desk.add_lkr(30_000_00)
    quote = await desk.quote(30_000_00, "conversion")
    desk.clock.advance(timedelta(minutes=5))
    with pytest.raises(QuoteExpired):
        await desk.service.accept_quote(
            desk.tenant, desk.department, desk.customer, quote.id, desk.claim("accept")
        )


async def test_a_deposit_quote_cannot_be_accepted_without_its_money(desk: Desk):
    await desk.add_lkr(30_000_00)
    quote = await desk.quote()
    with pytest.raises(QuoteNotFound):
        await desk.service.accept_quote(
            desk.tenant, desk.department, desk.customer, quote.id, desk.claim("accept")
        )


async def test_quotes_at_once_never_reserve_more_than_the_stock(desk: Desk):
    others = [IDS.new() for _ in range(8)]
    async with desk.database.app.transaction(desk.tenant) as tx:
        await ledger.open_books(tx, [(other, desk.tenant, "customer") for other in others])
    answers = await asyncio.gather(
        *(desk.quote(300_000_00, customer=other) for other in others), return_exceptions=True
    )
    quotes = [answer for answer in answers if isinstance(answer, Quote)]
    assert all(isinstance(answer, Quote | StockTooLow) for answer in answers)
    assert len(quotes) == 4
    assert (await desk.balances())["stock USD"] == (4_000_000000, sum(quote.usd for quote in quotes))


async def test_the_database_refuses_a_second_end_of_a_quote(desk: Desk):
    quote = await desk.quote()
    async with desk.database.app.transaction(desk.tenant) as tx:
        await store.close_quotes(tx, [quote], QuoteOutcome.EXPIRED, desk.clock.now())
    with pytest.raises(asyncpg.UniqueViolationError):
        async with desk.database.app.transaction(desk.tenant) as tx:
            await store.close_quotes(tx, [quote], QuoteOutcome.USED, desk.clock.now())


async def test_the_withdrawal_of_the_money_flows_posts_w1_and_raises_the_stock_at_what_was_paid(desk: Desk):
    await desk.add_lkr(30_000_00)
    await desk.use(await desk.quote())
    quote = await desk.quote(50_000000, "withdrawal")
    assert (quote.amount, quote.fee, quote.agreed_e8) == (14_850_00, 0, 297_00000000)
    assert (await desk.balances())["till LKR"] == (537_350_00, 14_850_00)
    conversion = await desk.use(quote)
    assert (conversion.cost, conversion.profit, conversion.residue_e14) == (14_850_00, 0, 0)
    margin = conversion.margin
    assert (margin.spread_e6, margin.holding_e6, margin.rounding_e6) == (150_000000, 0, 0)
    assert await desk.balances() == {
        "wallet LKR": (14_850_00, 0),
        "wallet USD": (48_514851, 0),
        "till LKR": (522_500_00, 0),
        "stock USD": (3_951_485149, 0),
    }
    async with desk.database.app.transaction(desk.tenant) as tx:
        assert (await load_stock(tx, desk.department))[0] == Stock(3_951_485149, 1_179_443_32)
        assert all(total == 0 for _, total in await ledger.trial_balance(tx))
        assert await ledger.sum_account(tx, "desk") == {}
        assert await rebuild_differences(tx) == []


async def test_usd_that_a_hold_reserves_cannot_be_quoted_for_a_withdrawal(desk: Desk):
    await desk.add_usd(50_000000)
    hold = Hold(IDS.new(), desk.tenant, desk.customer, USD, "wallet", 1, TransferKind.WAGER_BUY)
    async with desk.database.app.transaction(desk.tenant) as tx:
        await ledger.post(tx, Movement(holds=(hold,)))
    with pytest.raises(NotEnoughUsd):
        await desk.quote(50_000000, "withdrawal")
    quote = await desk.quote(49_999999, "withdrawal")
    assert (quote.usd, quote.amount, quote.residue_e14) == (49_999999, 14_849_99, 970_300 * 10**6)


async def test_a_withdrawal_needs_the_capability_of_its_own(desk: Desk):
    await desk.add_usd(50_000000)
    desk.off.add(QuotePurpose.WITHDRAWAL)
    with pytest.raises(CapabilityOff):
        await desk.quote(50_000000, "withdrawal")


async def test_withdrawals_never_reserve_more_than_their_share_of_the_till(desk: Desk):
    await desk.service.set_terms(desk.tenant, desk.department, replace(TERMS, till_share_basis=100), "system")
    await desk.add_usd(50_000000)
    with pytest.raises(TillTooLow):
        await desk.quote(50_000000, "withdrawal")
    assert (await desk.quote(17_000000, "withdrawal")).amount == 5_049_00


async def test_a_withdrawal_s_quote_frees_the_till_when_it_expires(desk: Desk):
    await desk.add_usd(50_000000)
    quote = await desk.quote(50_000000, "withdrawal")
    desk.clock.advance(timedelta(minutes=5))
    with pytest.raises(QuoteExpired):
        await desk.use(quote)
    assert await desk.service.expire_quotes(frozenset({desk.tenant})) == 1
    assert (await desk.balances())["till LKR"] == (507_500_00, 0)


async def test_a_withdrawal_s_quote_is_not_accepted_as_a_conversion(desk: Desk):
    await desk.add_usd(50_000000)
    quote = await desk.quote(50_000000, "withdrawal")
    with pytest.raises(QuoteNotFound):
        await desk.service.accept_quote(
            desk.tenant, desk.department, desk.customer, quote.id, desk.claim("accept")
        )


async def test_a_conversion_keeps_all_six_rates_on_itself_and_on_its_transfers(desk: Desk):
    await desk.add_lkr(30_000_00)
    conversion = await desk.use(await desk.quote())
    async with desk.database.app.transaction(desk.tenant) as tx:
        row = await tx.fetch_row("SELECT * FROM fx_conversion")
        deal = await tx.fetch_value("SELECT movement_id FROM ledger_transfer WHERE kind = 'stock_purchase'")
        kept = await tx.fetch("SELECT * FROM ledger_transfer_source ORDER BY transfer_id")
        transfers = await tx.fetch(
            "SELECT id FROM ledger_transfer WHERE movement_id = $1 ORDER BY id", conversion.movement_id
        )
    rates = [row[f"{name}_e8"] for name in ("mid", "buy", "sell", "cost_rate", "agreed", "settlement")]
    assert rates == [n * 10**6 for n in (30000, 29700, 30300, 29850, 30300, 29850)]
    assert row["settlement_movement_id"] == deal
    assert [one["transfer_id"] for one in kept] == [one["id"] for one in transfers]
    assert len(kept) == 4
    assert {one["quote_id"] for one in kept} == {conversion.quote.id}
