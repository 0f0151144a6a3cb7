"""Quotes for withdrawals: W1 of the money flows, section 10."""

from dataclasses import replace
from datetime import timedelta

import pytest

from customer_stack.fx.domain.quotes import QuotePurpose
from customer_stack.fx.domain.stock import Stock
from customer_stack.fx.errors import (
    NotEnoughUsd,
    QuoteExpired,
    QuoteNotFound,
    TillTooLow,
)
from customer_stack.fx.service import (
    load_stock,
)
from customer_stack.ledger.domain import TransferKind
from customer_stack.tenancy.errors import CapabilityOff
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import USD, Hold, Movement
from shared.ledger.rebuild import rebuild_differences

IDS = SystemIds()


async def test_the_withdrawal_of_the_money_flows_posts_w1_and_raises_the_stock_at_what_was_paid(desk):
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


async def test_usd_that_a_hold_reserves_cannot_be_quoted_for_a_withdrawal(desk):
    await desk.add_usd(50_000000)
    hold = Hold(IDS.new(), desk.tenant, desk.customer, USD, "wallet", 1, TransferKind.WAGER_BUY)
    async with desk.database.app.transaction(desk.tenant) as tx:
        await ledger.post(tx, Movement(holds=(hold,)))
    with pytest.raises(NotEnoughUsd):
        await desk.quote(50_000000, "withdrawal")
    quote = await desk.quote(49_999999, "withdrawal")
    assert (quote.usd, quote.amount, quote.residue_e14) == (49_999999, 14_849_99, 970_300 * 10**6)


async def test_a_withdrawal_needs_the_capability_of_its_own(desk):
    await desk.add_usd(50_000000)
    desk.off.add(QuotePurpose.WITHDRAWAL)
    with pytest.raises(CapabilityOff):
        await desk.quote(50_000000, "withdrawal")


async def test_withdrawals_never_reserve_more_than_their_share_of_the_till(desk):
    await desk.service.set_terms(
        desk.tenant, desk.department, replace(desk.terms, till_share_basis=100), "system"
    )
    await desk.add_usd(50_000000)
    with pytest.raises(TillTooLow):
        await desk.quote(50_000000, "withdrawal")
    assert (await desk.quote(17_000000, "withdrawal")).amount == 5_049_00


async def test_a_withdrawal_s_quote_frees_the_till_when_it_expires(desk):
    await desk.add_usd(50_000000)
    quote = await desk.quote(50_000000, "withdrawal")
    desk.clock.advance(timedelta(minutes=5))
    with pytest.raises(QuoteExpired):
        await desk.use(quote)
    assert await desk.service.expire_quotes(frozenset({desk.tenant})) == 1
    assert (await desk.balances())["till LKR"] == (507_500_00, 0)


async def test_a_withdrawal_s_quote_is_not_accepted_as_a_conversion(desk):
    await desk.add_usd(50_000000)
    quote = await desk.quote(50_000000, "withdrawal")
    with pytest.raises(QuoteNotFound):
        await desk.service.accept_quote(
            desk.tenant, desk.department, desk.customer, quote.id, desk.claim("accept")
        )
