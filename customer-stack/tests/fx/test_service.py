"""Quotes on a real database."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from customer_stack.fx.domain.quotes import Quote, QuoteOutcome, QuotePurpose, QuoteRequest
from customer_stack.fx.domain.stock import Stock
from customer_stack.fx.errors import (
    CustomerNotActive,
    NotEnoughWaiting,
    QuoteClosed,
    QuoteExpired,
    QuoteNotFound,
    StockTooLow,
    TermsMissing,
)
from customer_stack.fx.service import (
    load_stock,
    use_quote,
    withdraw_quotes,
)
from customer_stack.fx.store import quotes as store
from customer_stack.kyc.errors import TierLimitExceeded
from customer_stack.tenancy.errors import CapabilityOff
from shared.idempotency import IdempotencyMismatch
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.rebuild import rebuild_differences

IDS = SystemIds()


async def test_a_quote_holds_stock_until_it_expires(desk):
    quote = await desk.quote()
    assert quote.usd == 98_514851
    assert (await desk.balances())["stock USD"] == (4_000_000000, 98_514851)
    desk.clock.advance(timedelta(minutes=5))
    assert await desk.service.expire_quotes(frozenset({desk.tenant})) == 1
    assert (await desk.balances())["stock USD"] == (4_000_000000, 0)
    assert await desk.outcome(quote) is QuoteOutcome.EXPIRED


async def test_a_new_quote_replaces_the_live_one(desk):
    first = await desk.quote()
    second = await desk.quote(15_000_00)
    assert await desk.outcome(first) is QuoteOutcome.REPLACED
    assert (await desk.balances())["stock USD"] == (4_000_000000, second.usd)


async def test_the_same_key_gives_the_same_quote_and_another_request_is_refused(desk):
    first = await desk.quote(key="one")
    assert await desk.quote(key="one") == first
    with pytest.raises(IdempotencyMismatch):
        await desk.quote(15_000_00, key="one")


async def test_a_quote_frees_stock_of_others_that_is_overdue(desk):
    await desk.quote(1_200_000_00)
    other = await desk.new_customer()
    with pytest.raises(StockTooLow):
        await desk.quote(300_000_00, customer=other)
    desk.clock.advance(timedelta(minutes=5))
    assert (await desk.quote(300_000_00, customer=other)).usd > 0


async def test_somebody_who_is_not_active_gets_no_quote(desk):
    desk.standings.barred.add(desk.customer)
    with pytest.raises(CustomerNotActive):
        await desk.quote()


async def test_a_tenant_without_deposits_gives_no_quote(desk):
    desk.off.add(QuotePurpose.DEPOSIT)
    with pytest.raises(CapabilityOff):
        await desk.quote()


async def test_a_department_without_terms_gives_no_quote(desk):
    bare = IDS.new()
    async with desk.database.app.transaction(desk.tenant) as tx:
        await ledger.open_books(tx, [(bare, desk.tenant, "department")])
    with pytest.raises(TermsMissing):
        await desk.service.lock_rate(
            QuoteRequest(desk.tenant, bare, desk.customer, QuotePurpose.DEPOSIT, 100_00), desk.claim("")
        )


async def test_using_a_quote_converts_at_its_rate_and_keeps_cost_and_profit(desk):
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


async def test_waiting_lkr_is_converted_on_consent_once(desk):
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


async def test_a_quote_is_not_accepted_after_its_capability_was_switched_off(desk):
    await desk.add_lkr(30_000_00)
    quote = await desk.quote(30_000_00, "conversion")
    desk.off.add(QuotePurpose.CONVERSION)
    with pytest.raises(CapabilityOff):
        await desk.service.accept_quote(
            desk.tenant, desk.department, desk.customer, quote.id, desk.claim("accept")
        )
    assert (await desk.balances())["wallet USD"] == (0, 0)


async def test_an_expired_conversion_quote_is_refused(desk):
    await desk.add_lkr(30_000_00)
    quote = await desk.quote(30_000_00, "conversion")
    desk.clock.advance(timedelta(minutes=5))
    with pytest.raises(QuoteExpired):
        await desk.service.accept_quote(
            desk.tenant, desk.department, desk.customer, quote.id, desk.claim("accept")
        )


async def test_a_deposit_quote_cannot_be_accepted_without_its_money(desk):
    await desk.add_lkr(30_000_00)
    quote = await desk.quote()
    with pytest.raises(QuoteNotFound):
        await desk.service.accept_quote(
            desk.tenant, desk.department, desk.customer, quote.id, desk.claim("accept")
        )


async def test_quotes_at_once_never_reserve_more_than_the_stock(desk):
    others = [await desk.new_customer() for _ in range(8)]
    answers = await asyncio.gather(
        *(desk.quote(300_000_00, customer=other) for other in others), return_exceptions=True
    )
    quotes = [answer for answer in answers if isinstance(answer, Quote)]
    assert all(isinstance(answer, Quote | StockTooLow) for answer in answers)
    assert len(quotes) == 4
    assert (await desk.balances())["stock USD"] == (4_000_000000, sum(quote.usd for quote in quotes))


async def test_the_database_refuses_a_second_end_of_a_quote(desk):
    quote = await desk.quote()
    async with desk.database.app.transaction(desk.tenant) as tx:
        await store.close_quotes(tx, [quote], QuoteOutcome.EXPIRED, desk.clock.now())
    with pytest.raises(asyncpg.UniqueViolationError):
        async with desk.database.app.transaction(desk.tenant) as tx:
            await store.close_quotes(tx, [quote], QuoteOutcome.USED, desk.clock.now())


async def test_a_deposit_is_quoted_only_as_far_as_the_customers_tier_goes(desk):
    desk.largest_deposit = 29_999_99
    with pytest.raises(TierLimitExceeded):
        await desk.quote(30_000_00)
    desk.largest_deposit = 30_000_00
    assert isinstance(await desk.quote(30_000_00), Quote)


async def test_withdrawn_deposit_quotes_free_the_stock_and_leave_other_purposes(desk):
    await desk.add_lkr(50_000_00)
    quote, kept = await desk.quote(), await desk.quote(10_000_00, "conversion")
    async with desk.database.app.transaction(desk.tenant) as tx:
        await ledger.lock_books(tx, [desk.customer, desk.department])
        assert await withdraw_quotes(tx, [desk.customer], desk.clock) == 1
        assert await withdraw_quotes(tx, [desk.customer], desk.clock) == 0
    assert (await desk.service.get_quote(desk.tenant, desk.customer, quote.id)).outcome == "withdrawn"
    assert (await desk.service.get_quote(desk.tenant, desk.customer, kept.id)).outcome is None
    assert (await desk.balances())["stock USD"] == (4_000_000000, kept.usd)
