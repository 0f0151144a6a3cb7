"""Withdrawals and refunds that the gate holds or denies, and what is counted of them; on a real database."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from customer_stack.cases.contract import HoldEnd
from customer_stack.facts.domain import Restriction, Screening
from customer_stack.gate.errors import NotPossible, TierLimitReached
from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutState
from customer_stack.payouts.domain.payouts import Standing
from customer_stack.payouts.errors import AlreadySent, AnswerContradicts
from customer_stack.protection.domain.counting import Window
from customer_stack.protection.domain.limits import Limit, LimitKind, Source
from shared.outflow import OutflowHeld

from ..gates import at_least  # noqa: TID252 - test folders are no packages
from ..restored import compare_with_banks, lose_records  # noqa: TID252 - test folders are no packages

EMPTIED = {
    "at_least": [
        {"divide": [{"fact": "event.amount"}, {"fact": "event.balance_before"}]},
        {"ratio": [19, 20]},
    ]
}
MUCH = at_least("withdrawals", 10_000_00)
PAID = PayoutAnswer(PayoutState.PAID, "OUT-1")
BACK = PayoutAnswer(PayoutState.RETURNED, "OUT-1", "closed", "BACK-1")


@pytest.fixture
async def waiting(teller):
    """A customer with LKR 30,000.00 that waits, and a rule that holds much money: the pay-in."""
    await teller.publish(applies_to=["withdrawal"], when=MUCH)
    return await teller.wait_with("30000.00")


async def release(teller, *ids):
    async with teller.database.app.transaction(teller.tenant) as tx:
        return await teller.held.release(tx, ids, "staff:1", teller.clock.now())


async def deny(teller, *ids):
    async with teller.database.app.transaction(teller.tenant) as tx:
        return await teller.held.deny(tx, ids, "staff:1", teller.clock.now())


async def check(teller):
    await teller.books_are_sound()
    await teller.counters_are_sound()


async def state(teller, payout_id):
    return (await teller.standing(payout_id)).state


async def test_a_small_withdrawal_is_sent_and_counted(teller, waiting):
    payout_id = await teller.withdraw_lkr(5_000_00)
    assert await state(teller, payout_id) is Standing.REQUESTED
    assert await teller.counted("withdrawal") == (1, 5_000_00)
    (event,) = await teller.rows(
        "SELECT id, product::text, instrument_id FROM aml_event WHERE kind = 'withdrawal'"
    )
    instrument = teller.instruments.bank_account(teller.tenant, "800123456789")
    assert event == (payout_id, "bank", instrument)
    await teller.settlement.send_due()
    assert len(teller.outside.heard) == 1
    await check(teller)


async def test_a_held_one_is_reserved_and_no_provider_hears_of_it(teller, waiting):
    payout_id = await teller.withdraw_lkr(12_000_00, key="k")
    assert await state(teller, payout_id) is Standing.HELD
    assert await teller.wallet_lkr() == (30_000_00, 12_000_00)
    teller.clock.advance(timedelta(days=6))
    assert await teller.settlement.send_due() == 0
    assert teller.outside.heard == []
    with pytest.raises(AnswerContradicts):
        await teller.answer(payout_id, PAID)
    assert await teller.withdraw_lkr(12_000_00, key="k") == payout_id
    cases = await teller.rows("SELECT h.kind, h.held_id FROM cases_held h")
    assert cases == [("payout", payout_id)]
    (listed,) = (await teller.reading.list_payouts(teller.tenant, Standing.HELD, 50, None)).payouts
    assert (listed.payout.id, listed.task) == (payout_id, None)
    await check(teller)


async def test_a_release_sends_it_like_any_other(teller, waiting):
    payout_id = await teller.withdraw_lkr(12_000_00)
    assert await release(teller, payout_id) == {payout_id: HoldEnd.RELEASED}
    assert await state(teller, payout_id) is Standing.REQUESTED
    teller.outside.says = PAID
    await teller.settlement.send_due()
    assert [order.amount for order in teller.outside.heard] == [11_900_00]
    assert await state(teller, payout_id) is Standing.PAID
    assert await teller.wallet_lkr() == (18_000_00, 0)
    assert await deny(teller, payout_id) == {payout_id: HoldEnd.RELEASED}
    assert await teller.counted("withdrawal") == (1, 12_000_00)
    await check(teller)


async def test_a_denial_frees_the_money_and_counts_it_out_of_where_it_was(teller, waiting):
    payout_id = await teller.withdraw_lkr(12_000_00)
    teller.clock.advance(timedelta(days=1))
    assert await deny(teller, payout_id) == {payout_id: HoldEnd.DENIED}
    assert await state(teller, payout_id) is Standing.DENIED
    assert await teller.wallet_lkr() == (30_000_00, 0)
    assert await teller.counted("withdrawal") == (0, 0)
    assert await release(teller, payout_id) == {payout_id: HoldEnd.DENIED}
    assert await teller.settlement.send_due() == 0
    with pytest.raises(AnswerContradicts):
        await teller.answer(payout_id, PAID)
    with pytest.raises(AlreadySent):
        await teller.requests.cancel(teller.tenant, teller.customer, payout_id)
    steps = await teller.rows(
        "SELECT state::text FROM ledger_deal_state WHERE deal_id = $1 ORDER BY step", payout_id
    )
    assert [each for (each,) in steps] == ["created", "authorized", "reversed"]
    await check(teller)


async def test_whoever_asked_cancels_it_and_a_release_comes_too_late(teller, waiting):
    payout_id = await teller.withdraw_lkr(12_000_00)
    for _ in range(2):
        standing = await teller.requests.cancel(teller.tenant, teller.customer, payout_id)
        assert standing.state is Standing.CANCELLED
    assert await release(teller, payout_id) == {payout_id: HoldEnd.GONE}
    assert await teller.wallet_lkr() == (30_000_00, 0)
    assert await teller.counted("withdrawal") == (0, 0)
    assert await teller.settlement.send_due() == 0
    await check(teller)


async def test_after_a_restore_none_ends_unsent_before_a_person_has_compared(teller, waiting):
    first, second, third = [await teller.withdraw_lkr(amount) for amount in (12_000_00, 600_00, 700_00)]
    await lose_records(teller.database.app, teller.clock.now())
    teller.clock.advance(timedelta(seconds=1))
    late = await teller.withdraw_lkr(800_00)
    with pytest.raises(OutflowHeld):
        await deny(teller, first)
    with pytest.raises(AlreadySent):
        await teller.requests.cancel(teller.tenant, teller.customer, first)
    assert await release(teller, second) == {second: HoldEnd.RELEASED}
    assert await deny(teller, late) == {late: HoldEnd.DENIED}
    await teller.set_status("closed")
    with pytest.raises(OutflowHeld):
        await release(teller, third)  # it would end as denied
    assert await teller.settlement.send_due() == 0
    await compare_with_banks(teller.database.app, teller.clock.now())
    assert await deny(teller, first) == {first: HoldEnd.DENIED}
    assert await release(teller, third) == {third: HoldEnd.DENIED}
    await check(teller)


@pytest.mark.parametrize("changes", [{"restriction": Restriction.DEBIT_ONLY}, {"status": "closed"}])
async def test_a_release_of_what_may_not_be_paid_any_more_ends_as_denied(teller, waiting, changes):
    payout_id = await teller.withdraw_lkr(12_000_00)
    if "status" in changes:
        await teller.set_status("closed")
    else:
        await teller.know(**changes)
    assert await release(teller, payout_id) == {payout_id: HoldEnd.DENIED}
    assert await teller.wallet_lkr() == (30_000_00, 0)
    await check(teller)


async def test_several_are_ended_like_one_by_one(teller, waiting):
    first = await teller.withdraw_lkr(12_000_00)
    second = await teller.withdraw_lkr(600_00)
    third = await teller.withdraw_lkr(700_00)
    await deny(teller, second)
    assert await release(teller, first, second, third) == {
        first: HoldEnd.RELEASED,
        second: HoldEnd.DENIED,
        third: HoldEnd.RELEASED,
    }
    assert await teller.wallet_lkr() == (30_000_00, 12_700_00)
    assert await teller.counted("withdrawal") == (2, 12_700_00)
    await check(teller)


async def test_the_conversion_of_a_held_withdrawal_stands(teller):
    await teller.publish(applies_to=["withdrawal"], when=MUCH)
    await teller.deposit()
    payout_id = await teller.withdraw(50_000000)
    standing = await teller.standing(payout_id)
    assert (standing.state, standing.payout.gross) == (Standing.HELD, 14_850_00)
    assert await teller.wallet_lkr() == (14_850_00, 14_850_00)
    await deny(teller, payout_id)
    assert await teller.wallet_lkr() == (14_850_00, 0)
    await check(teller)


async def test_a_denied_withdrawal_leaves_a_record_and_moves_nothing(teller, waiting):
    await teller.know(restriction=Restriction.DEBIT_ONLY)
    for _ in range(2):
        with pytest.raises(NotPossible):
            await teller.withdraw_lkr(5_000_00, key="k")
    assert await teller.rows(
        "SELECT lane, answer::text, reason FROM gate_decision WHERE lane = 'payout'"
    ) == [("payout", "deny", "gate.restricted")]
    assert await teller.rows("SELECT count(*) FROM payout_order") == [(0,)]
    assert await teller.wallet_lkr() == (30_000_00, 0)
    await teller.know(restriction=Restriction.NONE)
    with pytest.raises(NotPossible):
        await teller.withdraw_lkr(5_000_00, key="k")
    await teller.withdraw_lkr(5_000_00, key="another")
    await check(teller)


async def test_a_denied_withdrawal_of_dollars_keeps_the_dollars_and_the_quote(teller):
    await teller.deposit()
    await teller.know(screening=Screening.CONFIRMED)
    before = await teller.balances()
    quote = await teller.quote(50_000000, "withdrawal")
    with pytest.raises(NotPossible):
        await teller.requests.withdraw(teller.wish("k", quote_id=quote.id))
    after = await teller.balances()
    assert after["wallet USD"] == before["wallet USD"]
    assert await teller.outcome(quote) is None
    await check(teller)


async def test_who_is_excluded_gets_their_money_out(teller, waiting):
    await teller.know(excluded_until=teller.clock.now() + timedelta(days=180))
    payout_id = await teller.withdraw_lkr(5_000_00)
    assert await state(teller, payout_id) is Standing.REQUESTED


async def test_a_tier_limits_withdrawals_over_time_and_what_did_not_leave_makes_room(teller, waiting):
    teller.limits = (Limit(LimitKind.WITHDRAWAL, Window.DAY, 6_000_00, Source.TIER),)
    first = await teller.withdraw_lkr(5_000_00)
    with pytest.raises(TierLimitReached):
        await teller.withdraw_lkr(2_000_00)
    await teller.requests.cancel(teller.tenant, teller.customer, first)
    await teller.withdraw_lkr(6_000_00)
    await check(teller)


@pytest.mark.parametrize("answer", [PayoutState.REFUSED, PayoutState.RETURNED])
async def test_what_the_bank_refuses_or_gives_back_was_no_withdrawal(teller, waiting, answer):
    payout_id = await teller.withdraw_lkr(5_000_00)
    await teller.settlement.send_due()
    if answer is PayoutState.RETURNED:
        await teller.answer(payout_id, PAID)
        assert await teller.counted("withdrawal") == (1, 5_000_00)
    teller.clock.advance(timedelta(days=3))
    await teller.answer(payout_id, BACK if answer is PayoutState.RETURNED else PayoutAnswer(answer))
    assert await teller.counted("withdrawal") == (0, 0)
    await check(teller)


async def test_a_refund_counts_its_deposit_less_once_it_is_paid(teller):
    pay_in = await teller.wait_with("30000.00")
    assert await teller.counted("deposit") == (1, 30_000_00)
    payout_id = await teller.refund(pay_in)
    assert await teller.counted("deposit") == (1, 30_000_00)
    assert await teller.counted("withdrawal") == (0, 0)
    await teller.answer(payout_id, PAID)
    assert (await teller.counted("deposit"))[1] == 0
    teller.clock.advance(timedelta(days=1))
    await teller.answer(payout_id, BACK)
    assert (await teller.counted("deposit"))[1] == 30_000_00
    again = await teller.refund(pay_in, key="again")
    await teller.answer(again, PayoutAnswer(PayoutState.PAID, "OUT-2"))
    await check(teller)


async def test_a_refund_is_held_and_denied_like_a_withdrawal(teller, waiting):
    payout_id = await teller.refund(waiting)
    assert await state(teller, payout_id) is Standing.HELD
    assert await teller.settlement.send_due() == 0
    await deny(teller, payout_id)
    assert await teller.wallet_lkr() == (30_000_00, 0)
    assert await teller.counted("deposit") == (1, 30_000_00)
    again = await teller.refund(waiting, key="again")
    await release(teller, again)
    await teller.settlement.send_due()
    assert len(teller.outside.heard) == 1
    await check(teller)


async def test_money_that_came_posts_whatever_rules_say_and_then_nothing_leaves(teller):
    await teller.publish(applies_to=["deposit"], when=at_least("deposits", 20_000_00))
    await teller.deposit()
    assert (await teller.balances())["wallet USD"] == (98_514851, 0)
    assert await teller.counted("deposit") == (1, 30_000_00)
    assert await teller.rows("SELECT family FROM cases_case") == [("amounts",)]
    assert await teller.rows("SELECT count(*) FROM cases_held") == [(0,)]
    with pytest.raises(NotPossible):
        await teller.withdraw(50_000000)
    await check(teller)


async def test_the_database_refuses_a_second_end_of_waiting(teller, waiting):
    payout_id: UUID = await teller.withdraw_lkr(12_000_00)
    await deny(teller, payout_id)
    with pytest.raises(asyncpg.UniqueViolationError):
        await teller.rows(
            "INSERT INTO payout_held_end (tenant_id, payout_id, outcome, ended_by, ended_at) "
            "VALUES ($1, $2, 'released', 'x', now())",
            teller.tenant,
            payout_id,
        )


async def test_a_rule_is_asked_of_how_much_the_withdrawal_is_taken(teller):
    """The wallet holds LKR 30,000.00: 95 % of it are LKR 28,500.00."""
    await teller.publish(applies_to=["withdrawal"], when=EMPTIED)
    await teller.wait_with("30000.00")
    most = await teller.withdraw_lkr(28_499_99, key="most")
    assert await state(teller, most) is Standing.REQUESTED
    await teller.answer(most, PayoutAnswer(PayoutState.REFUSED, "OUT-1", "closed"))
    emptied = await teller.withdraw_lkr(28_500_00, key="all")
    assert await state(teller, emptied) is Standing.HELD
