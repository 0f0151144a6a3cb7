"""Pay-ins that the bank takes back, and LKR that waits too long: money flows, section 3.1."""

from datetime import timedelta

import asyncpg
import pytest

from customer_stack.payments.domain import PayInReason
from shared.ledger import store as ledger
from shared.ledger.domain import LKR

from .counter import Counter


async def sound(counter: Counter) -> None:
    async with counter.database.app.transaction(counter.tenant) as tx:
        assert all(total == 0 for _, total in await ledger.trial_balance(tx))
        assert await ledger.sum_account(tx, "desk") == {}
        assert (await ledger.sum_account(tx, "collection"))[LKR] < 0


async def test_a_pay_in_taken_back_after_the_conversion_is_owed(counter: Counter):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference)
    await counter.take_back()
    assert await counter.unchecked(counter.customer, "collection") == 0
    assert await counter.unchecked(counter.customer, "debt") == -30_000_00
    balances = await counter.balances()
    assert (balances["wallet LKR"], balances["wallet USD"]) == ((0, 0), (98_514851, 0))
    assert [each.state for each in await counter.standings_of()] == ["taken_back"]
    await sound(counter)


async def test_later_inflows_clear_the_debt_first_and_are_not_converted_in_part(counter: Counter):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference)
    await counter.take_back()
    second = await counter.quote(40_000_00)
    await counter.pay(second.pay_reference, "40000.00", "IN2")
    assert await counter.unchecked(counter.customer, "debt") == 0
    assert (await counter.balances())["wallet LKR"] == (10_000_00, 0)
    assert [pay_in.reason for pay_in in await counter.pay_ins()] == [
        PayInReason.DEBT_CLEARED,
        PayInReason.AS_QUOTED,
    ]
    third = await counter.quote(40_000_00)
    await counter.pay(third.pay_reference, "40000.00", "IN3")
    assert (await counter.pay_ins())[0].reason is PayInReason.AS_QUOTED
    await sound(counter)


async def test_lkr_that_still_waits_is_taken_where_it_lies(counter: Counter):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference, "29000.00")
    await counter.take_back("29000.00")
    assert (await counter.balances())["wallet LKR"] == (0, 0)
    assert await counter.unchecked(counter.customer, "debt") == 0
    await sound(counter)


@pytest.mark.parametrize("order", ["take-back first", "pay-in first"])
async def test_a_take_back_counts_once_in_whatever_order_it_comes(counter: Counter, order: str):
    quote = await counter.quote()
    if order == "take-back first":
        await counter.take_back()
        await counter.pay(quote.pay_reference)
    else:
        await counter.pay(quote.pay_reference)
        await counter.take_back()
    assert await counter.unchecked(counter.customer, "collection") == 0
    assert await counter.suspense() == 0
    await counter.take_back()
    assert await counter.held_back() == []
    assert await counter.unchecked(counter.customer, "collection") == 0
    assert await counter.suspense() == 0
    owed = await counter.unchecked(counter.customer, "debt")
    assert owed == (0 if order == "take-back first" else -30_000_00)
    await sound(counter)


@pytest.mark.parametrize("more", [{"amount": "29999.99"}, {"reversal_reference": "BACK-OTHER"}])
async def test_a_take_back_that_says_something_else_waits_for_a_person(counter: Counter, more):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference, "29000.00")
    if "amount" not in more:
        await counter.take_back("29000.00")
    await counter.take_back(**{"amount": "29000.00", **more})
    assert await counter.held_back() == ["payments.take_back_differs"]
    await sound(counter)


async def test_the_database_refuses_a_second_take_back(counter: Counter):
    await counter.pay("rent")
    await counter.take_back()
    with pytest.raises(asyncpg.UniqueViolationError):
        async with counter.database.app.transaction(counter.tenant) as tx:
            await tx.execute("INSERT INTO payment_pay_in_reversal SELECT * FROM payment_pay_in_reversal")


async def test_lkr_that_waits_too_long_is_proposed_for_a_refund_once_and_nothing_moves(counter: Counter):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference, "29000.00")
    counter.clock.advance(timedelta(days=6))
    assert await counter.payments.propose_refunds() == 0
    counter.clock.advance(timedelta(days=1))
    assert await counter.payments.propose_refunds() == 1
    assert await counter.payments.propose_refunds() == 0
    (shown,) = await counter.standings_of()
    assert shown.refund_proposed_at == counter.clock.now()
    assert "refund" in shown.next_step
    page = await counter.payments.list_refund_proposals(counter.tenant, 50, None)
    assert [each.pay_in.id for each in page.pay_ins] == [shown.pay_in.id]
    assert (await counter.balances())["wallet LKR"] == (29_000_00, 0)


async def test_what_was_converted_meanwhile_is_not_proposed(counter: Counter):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference, "29000.00")
    fresh = await counter.quote(29_000_00, "conversion")
    await counter.service.accept_quote(
        counter.tenant, counter.department, counter.customer, fresh.id, counter.claim("accept")
    )
    counter.clock.advance(timedelta(days=8))
    assert await counter.payments.propose_refunds() == 1
    assert (await counter.standings_of())[0].refund_proposed_at is None
