"""Payouts on a real database: held, sent, answered, returned; the numbers of the money flows, section 10."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from customer_stack.fx.errors import QuoteClosed, QuoteExpired
from customer_stack.payments.domain import Notice
from customer_stack.payments.domain.suspense import Decision
from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutState
from customer_stack.payouts.domain.payouts import HELD_AFTER, Outcome, Standing, TaskState
from customer_stack.payouts.errors import (
    AccountNotFound,
    AlreadySent,
    AmountOutOfBounds,
    AnswerContradicts,
    CustomerFrozen,
    CustomerNotActive,
    NotEnoughWaiting,
    NotHeld,
    NotRefundable,
    OtherProvider,
    PayInNotFound,
    PayoutNotFound,
    QuoteUnsuitable,
)
from customer_stack.payouts.service import NewAccount, Refund
from customer_stack.tenancy.errors import CapabilityOff
from shared.idempotency import IdempotencyMismatch, digest_of, key_of
from shared.ledger.rebuild import rebuild_differences

from .teller import IDS, TERMS, Teller

PAID = PayoutAnswer(PayoutState.PAID, "OUT1")
REFUSED = PayoutAnswer(PayoutState.REFUSED, "OUT1", "account_refused")
RETURNED = PayoutAnswer(PayoutState.RETURNED, "OUT1", "account_closed", "RT1")


async def test_the_withdrawal_of_section_10(teller: Teller):
    await teller.deposit()
    payout = await teller.withdraw()
    # W1 and W2
    assert await teller.balances() == {
        "wallet LKR": (14_850_00, 14_850_00),
        "wallet USD": (48_514851, 0),
        "till LKR": (522_500_00, 0),
        "stock USD": (3_951_485149, 0),
    }
    assert await teller.settlement.send_due() == 1
    (order,) = teller.outside.heard
    assert (order.payout_id, order.amount, order.account) == (payout, 14_750_00, "800123456789")
    # W3 and W4
    settled = await teller.answer(payout, PAID)
    assert (settled.state, settled.payout.gross, settled.payout.fee) == (Standing.PAID, 14_850_00, 100_00)
    assert await teller.wallet_lkr() == (0, 0)
    assert await teller.collection() == -(507_500_00 + 30_000_00 - 14_750_00)
    assert await teller.unchecked(teller.department, "payout_fee_revenue") == 100_00
    # W5
    await teller.answer(payout, RETURNED)
    assert await teller.wallet_lkr() == (14_850_00, 0)
    assert await teller.collection() == -(507_500_00 + 30_000_00)
    assert await teller.unchecked(teller.department, "payout_fee_revenue") == 0
    assert (await teller.standing(payout)).state is Standing.RETURNED
    await teller.books_are_sound()
    async with teller.database.app.transaction(teller.tenant) as tx:
        assert await rebuild_differences(tx) == []
        states = await tx.fetch(
            "SELECT state::text AS state FROM ledger_deal_state WHERE deal_id = $1 ORDER BY step", payout
        )
        references = await tx.fetch(
            "SELECT reference FROM ledger_transfer_source WHERE reference IS NOT NULL"
        )
    assert [row["state"] for row in states] == ["created", "authorized", "settled", "reversed"]
    assert {row["reference"] for row in references} == {"IN1", "OUT1", "RT1"}


async def test_a_fee_that_the_terms_keep_stays_when_the_bank_pays_back(customer_database):
    terms = type(TERMS)(0, TERMS.fee, TERMS.minimum_amount, TERMS.maximum_amount, is_fee_returned=False)
    teller = await Teller(customer_database).open_for_business(terms)
    await teller.deposit()
    payout = await teller.withdraw()
    await teller.answer(payout, PAID)
    await teller.answer(payout, RETURNED)
    assert await teller.wallet_lkr() == (14_750_00, 0)
    assert await teller.unchecked(teller.department, "payout_fee_revenue") == 100_00
    await teller.books_are_sound()


async def test_after_a_no_the_lkr_waits_without_a_fee_and_can_be_withdrawn_again(teller: Teller):
    await teller.deposit()
    payout = await teller.withdraw()
    refused = await teller.answer(payout, REFUSED)
    assert (refused.state, refused.reason) == (Standing.REFUSED, "account_refused")
    assert await teller.wallet_lkr() == (14_850_00, 0)
    again = await teller.withdraw_lkr(14_850_00)
    await teller.answer(again, PayoutAnswer(PayoutState.PAID, "OUT2"))
    assert await teller.wallet_lkr() == (0, 0)
    with pytest.raises(NotEnoughWaiting):
        await teller.withdraw_lkr(500_00)
    await teller.books_are_sound()


async def test_answers_come_again_and_overtake_each_other(teller: Teller):
    await teller.deposit()
    payout = await teller.withdraw()
    await teller.answer(payout, RETURNED)  # the yes was never heard
    await teller.answer(payout, PAID)
    await teller.answer(payout, RETURNED)
    assert await teller.wallet_lkr() == (14_850_00, 0)
    assert await teller.collection() == -(507_500_00 + 30_000_00)
    with pytest.raises(AnswerContradicts):
        await teller.answer(payout, REFUSED)
    await teller.books_are_sound()


async def test_answers_at_the_same_moment_settle_once(teller: Teller):
    await teller.deposit()
    payout = await teller.withdraw()
    await asyncio.gather(*(teller.wallet_lkr() for _ in range(8)))  # so that all have a connection
    await asyncio.gather(*(teller.answer(payout, PAID) for _ in range(8)))
    assert await teller.wallet_lkr() == (0, 0)
    async with teller.database.app.transaction(teller.tenant) as tx:
        assert await tx.fetch_value("SELECT count(*) FROM ledger_transfer WHERE kind = 'withdrawal'") == 1


async def test_no_answer_is_pending_and_asked_again_under_the_same_id(teller: Teller):
    await teller.deposit()
    payout = await teller.withdraw()
    teller.outside.is_down = True
    await teller.settlement.send_due()
    assert await teller.settlement.send_due() == 0
    teller.clock.advance(timedelta(seconds=1))
    teller.outside.is_down = False
    await teller.settlement.send_due()
    assert [order.payout_id for order in teller.outside.heard] == [payout, payout]
    assert teller.outside.looked_up == []
    assert await teller.wallet_lkr() == (14_850_00, 14_850_00)
    teller.clock.advance(timedelta(minutes=5))
    teller.outside.says = PAID
    await teller.settlement.send_due()
    assert teller.outside.looked_up == [payout]
    assert (await teller.standing(payout)).state is Standing.PAID


async def test_a_payout_without_an_answer_for_days_waits_for_a_person(teller: Teller):
    await teller.deposit()
    payout = await teller.withdraw()
    with pytest.raises(NotHeld):
        await teller.settlement.resume(teller.tenant, payout, "staff:1")
    teller.clock.advance(HELD_AFTER)
    await teller.settlement.send_due()
    teller.clock.advance(timedelta(days=1))
    assert await teller.settlement.send_due() == 0
    (held,) = (await teller.reading.list_payouts(teller.tenant, None, 50, None, is_held=True)).payouts
    assert (held.task, held.state) == (TaskState.HELD, Standing.SENT)
    await teller.settlement.resume(teller.tenant, payout, "staff:1")
    teller.outside.says = PAID
    await teller.settlement.send_due()
    assert (await teller.standing(payout)).state is Standing.PAID


async def test_payouts_of_another_provider_are_neither_sent_nor_asked_about_nor_settled(teller: Teller):
    await teller.wait_with()
    sent = await teller.withdraw_lkr(10_000_00)
    await teller.settlement.send_due()
    unsent = await teller.withdraw_lkr(2_000_00)
    teller.outside.heard.clear()
    teller.outside.name, teller.outside.says = "bank-file", PAID
    teller.clock.advance(timedelta(minutes=5))
    assert await teller.settlement.send_due() == 0
    assert (teller.outside.heard, teller.outside.looked_up) == ([], [])
    with pytest.raises(OtherProvider):
        await teller.answer(sent, PAID)
    (held,) = (await teller.reading.list_payouts(teller.tenant, None, 50, None, is_held=True)).payouts
    assert (held.payout.id, held.outcome) == (sent, None)
    await teller.requests.cancel(teller.tenant, teller.customer, unsent)
    teller.outside.name = "sandbox-bank"
    await teller.settlement.resume(teller.tenant, sent, "staff:1")
    await teller.settlement.send_due()
    assert (await teller.standing(sent)).state is Standing.PAID


async def test_a_booking_that_is_named_for_two_payouts_is_for_a_person_and_stops_no_other(teller: Teller):
    await teller.wait_with()
    first = await teller.withdraw_lkr(2_000_00)
    await teller.answer(first, PAID)
    second, third = await teller.withdraw_lkr(2_000_00), await teller.withdraw_lkr(2_000_00)
    teller.outside.says_of[second], teller.outside.says_of[third] = (
        PAID,
        PayoutAnswer(PayoutState.PAID, "OUT3"),
    )
    await teller.settlement.send_due()
    assert (await teller.standing(second)).task is TaskState.HELD
    assert (await teller.standing(third)).state is Standing.PAID
    await teller.books_are_sound()


async def test_what_the_bank_has_not_heard_of_rests_while_its_customer_is_frozen(teller: Teller):
    await teller.wait_with()
    payout = await teller.withdraw_lkr(2_000_00)
    await teller.set_status("frozen")
    assert await teller.settlement.send_due() == 0
    assert teller.outside.heard == []
    assert (await teller.standing(payout)).state is Standing.REQUESTED
    assert await teller.wallet_lkr() == (30_000_00, 2_000_00)
    await teller.set_status("active")
    teller.clock.advance(timedelta(minutes=5))
    assert await teller.settlement.send_due() == 1
    await teller.set_status("frozen")
    teller.clock.advance(timedelta(minutes=5))
    assert await teller.settlement.send_due() == 1
    assert (len(teller.outside.heard), teller.outside.looked_up) == (1, [payout])


async def test_two_workers_do_not_send_one_payout_at_once(teller: Teller):
    await teller.deposit()
    await teller.withdraw()
    await asyncio.gather(*(teller.settlement.send_due() for _ in range(4)))
    assert len(teller.outside.heard) == 1


async def test_a_payout_that_was_not_sent_is_cancelled_and_then_never_sent(teller: Teller):
    await teller.deposit()
    payout = await teller.withdraw()
    cancelled = await teller.requests.cancel(teller.tenant, teller.customer, payout)
    assert cancelled.state is Standing.CANCELLED
    assert await teller.wallet_lkr() == (14_850_00, 0)
    assert await teller.settlement.send_due() == 0
    again = await teller.requests.cancel(teller.tenant, teller.customer, payout)
    assert again.outcome is Outcome.CANCELLED
    second = await teller.withdraw_lkr(14_850_00)
    await teller.settlement.send_due()
    with pytest.raises(AlreadySent):
        await teller.requests.cancel(teller.tenant, teller.customer, second)


async def test_the_same_request_is_one_payout_and_another_under_its_key_is_refused(teller: Teller):
    await teller.wait_with()
    first = await teller.withdraw_lkr(1_000_00, key="k")
    assert await teller.withdraw_lkr(1_000_00, key="k") == first
    with pytest.raises(IdempotencyMismatch):
        await teller.withdraw_lkr(2_000_00, key="k")
    assert await teller.wallet_lkr() == (30_000_00, 1_000_00)


async def test_who_may_not_withdraw_keeps_the_money_and_the_quote(teller: Teller):
    await teller.deposit()
    quote = await teller.quote(50_000000, "withdrawal")
    teller.standings.barred.add(teller.customer)
    with pytest.raises(CustomerNotActive):
        await teller.requests.withdraw(teller.wish(quote_id=quote.id))
    teller.standings.barred.clear()
    teller.switched_off.add(teller.tenant)
    with pytest.raises(CapabilityOff):
        await teller.requests.withdraw(teller.wish(quote_id=quote.id))
    teller.switched_off.clear()
    with pytest.raises(AccountNotFound):
        await teller.requests.withdraw(teller.wish(quote_id=quote.id, account_id=IDS.new()))
    assert (await teller.balances())["wallet USD"] == (98_514851, 0)
    assert await teller.outcome(quote) is None


async def test_a_quote_is_used_once_in_time_and_for_its_purpose(teller: Teller):
    await teller.deposit()
    deposit = await teller.quote()
    with pytest.raises(QuoteUnsuitable):
        await teller.requests.withdraw(teller.wish(quote_id=deposit.id))
    quote = await teller.quote(20_000000, "withdrawal")
    await teller.requests.withdraw(teller.wish(quote_id=quote.id))
    with pytest.raises(QuoteClosed):
        await teller.requests.withdraw(teller.wish(quote_id=quote.id))
    late = await teller.quote(20_000000, "withdrawal")
    teller.clock.advance(timedelta(minutes=5))
    with pytest.raises(QuoteExpired):
        await teller.requests.withdraw(teller.wish(quote_id=late.id))


async def test_an_amount_out_of_bounds_moves_nothing(teller: Teller):
    await teller.wait_with()
    with pytest.raises(AmountOutOfBounds):
        await teller.withdraw_lkr(499_99)
    assert await teller.wallet_lkr() == (30_000_00, 0)


async def test_what_is_owed_is_paid_before_anything_is_paid_out(teller: Teller):
    await teller.deposit()
    await teller.take_back()
    assert await teller.unchecked(teller.customer, "debt") == -30_000_00
    with pytest.raises(AmountOutOfBounds):  # the whole of 14,850.00 goes to what is owed
        await teller.withdraw()
    assert (await teller.balances())["wallet USD"] == (98_514851, 0)
    quote = await teller.quote(30_000_00)
    await teller.pay(quote.pay_reference, "30000.00", "IN2")
    assert await teller.unchecked(teller.customer, "debt") == 0
    assert (await teller.standings_of())[0].pay_in.reason == "debt_cleared"
    payout = await teller.withdraw()
    assert (await teller.standing(payout)).payout.gross == 14_850_00


async def test_a_debt_takes_its_part_of_a_withdrawal_and_the_rest_is_paid_out(teller: Teller):
    await teller.deposit()
    await teller.wait_with("1000.00", "IN2")
    await teller.withdraw_lkr(900_00)
    await teller.take_back("1000.00", "IN2")  # 100.00 wait, 900.00 are owed
    assert await teller.unchecked(teller.customer, "debt") == -900_00
    payout = await teller.withdraw()
    assert (await teller.standing(payout)).payout.gross == 13_950_00
    assert await teller.unchecked(teller.customer, "debt") == 0
    await teller.books_are_sound()


async def test_a_refund_goes_to_the_account_it_came_from_without_a_fee(teller: Teller):
    pay_in = await teller.wait_with()
    payout = await teller.refund(pay_in)
    assert await teller.refund(pay_in) == payout
    assert await teller.wallet_lkr() == (30_000_00, 30_000_00)
    await teller.settlement.send_due()
    assert [(order.account, order.amount) for order in teller.outside.heard] == [("0123456789", 30_000_00)]
    await teller.answer(payout, PAID)
    assert await teller.wallet_lkr() == (0, 0)
    assert await teller.collection() == -507_500_00
    with pytest.raises(NotRefundable):
        await teller.refund(pay_in, key="again")
    await teller.books_are_sound()


async def test_a_refund_that_fails_can_be_asked_for_again(teller: Teller):
    pay_in = await teller.wait_with()
    await teller.answer(await teller.refund(pay_in), REFUSED)
    second = await teller.refund(pay_in, key="second")
    await teller.answer(second, PAID)
    await teller.answer(second, RETURNED)
    assert await teller.wallet_lkr() == (30_000_00, 0)
    third = await teller.refund(pay_in, key="third")
    assert third != second


async def test_a_refund_is_never_more_than_waits(teller: Teller):
    pay_in = await teller.wait_with()
    await teller.withdraw_lkr(29_000_00)
    standing = await teller.standing(await teller.refund(pay_in))
    assert standing.payout.amount == 1_000_00
    second = await teller.wait_with("150.00", "IN2")
    assert (await teller.standing(await teller.refund(second, key="2"))).payout.amount == 150_00


async def test_refunds_work_for_closed_customers_and_never_for_frozen(teller: Teller):
    pay_in = await teller.wait_with()
    await teller.set_status("frozen")
    with pytest.raises(CustomerFrozen):
        await teller.refund(pay_in)
    await teller.set_status("closed")
    assert await teller.refund(pay_in)


async def test_what_came_through_a_gateway_is_not_sent_to_a_bank_account(teller: Teller):
    quote = await teller.quote(100_00)
    await teller.payments.assign_collection(teller.tenant, teller.department, "hosted-checkout")
    now = teller.clock.now()
    await teller.payments.announce(
        Notice("hosted-checkout", "e", "PAY1", quote.pay_reference, 150_00, "card", now)
    )
    with pytest.raises(NotRefundable):
        await teller.refund((await teller.standings_of())[0].pay_in.id)
    await teller.payments.announce(Notice("hosted-checkout", "f", "PAY2", "?", 150_00, "card", now))
    (item,) = (await teller.suspense_desk.list_suspense(teller.anna, 50, None)).items
    proposed = await teller.suspense_desk.propose(teller.anna, item.pay_in.id, None)
    with pytest.raises(NotRefundable):
        await teller.suspense_desk.decide(teller.bandu, proposed.proposal.id, Decision.APPROVED)
    assert await teller.suspense() == 150_00
    assert await teller.settlement.send_due() == 0


async def test_staff_of_another_department_neither_sees_nor_moves_what_is_not_theirs(teller: Teller):
    waiting, elsewhere = await teller.wait_with(), IDS.new()
    wish = Refund(teller.tenant, waiting, None, "staff:1", key_of("k"), digest_of("r", b""), elsewhere)
    with pytest.raises(PayInNotFound):
        await teller.requests.refund(wish)
    payout = await teller.withdraw_lkr(2_000_00)
    teller.clock.advance(HELD_AFTER)
    await teller.settlement.send_due()
    with pytest.raises(PayoutNotFound):
        await teller.settlement.resume(teller.tenant, payout, "staff:1", department_id=elsewhere)
    for department, seen in ((elsewhere, 0), (teller.department, 1), (None, 1)):
        page = await teller.reading.list_payouts(teller.tenant, None, 50, None, department_id=department)
        assert len(page.payouts) == seen
    assert await teller.requests.refund(replace(wish, department_id=teller.department))


async def test_somebody_else_s_pay_in_is_no_pay_in(teller: Teller):
    pay_in = await teller.wait_with()
    with pytest.raises(PayInNotFound):
        await teller.refund(pay_in, customer=IDS.new())


async def test_the_database_refuses_a_second_end_a_second_return_and_a_second_claim(teller: Teller):
    pay_in = await teller.wait_with()
    payout = await teller.refund(pay_in)
    await teller.answer(payout, PAID)
    await teller.answer(payout, RETURNED)
    other = await teller.refund(pay_in, key="other")
    for sql in (
        "INSERT INTO payout_resolution SELECT * FROM payout_resolution",
        "INSERT INTO payout_return SELECT * FROM payout_return",
        "INSERT INTO payout_claim (tenant_id, pay_in_id, payout_id) "  # noqa: ISC004 - one statement
        f"SELECT tenant_id, pay_in_id, '{payout}' FROM payout_claim",
    ):
        with pytest.raises(asyncpg.UniqueViolationError):
            async with teller.database.app.transaction(teller.tenant) as tx:
                await tx.execute(sql)
    # One booking of the bank pays one payout, whichever table is asked.
    with pytest.raises(asyncpg.UniqueViolationError):
        await teller.answer(other, PAID)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with teller.database.app.transaction(teller.tenant) as tx:
            await tx.execute(
                "INSERT INTO payout_return (tenant_id, payout_id, provider, return_reference, movement_id, "
                f"returned_at) VALUES ('{teller.tenant}', '{other}', 'sandbox-bank', 'RT9', '{other}', now())"
            )


async def test_accounts_are_sealed_added_once_and_removed(teller: Teller):
    new = NewAccount(teller.tenant, teller.customer, "8001-2345 6789", "N Perera")
    assert (await teller.accounts.add(new)).id == teller.account
    (shown,) = (await teller.accounts.list_accounts(teller.tenant, teller.customer, 50, None)).accounts
    assert (shown.masked, shown.holder) == ("********6789", "Nimal Perera")
    async with teller.database.app.transaction(teller.tenant) as tx:
        row = await tx.fetch_row("SELECT * FROM payout_account")
    assert all(b"80012345" not in value for value in row if isinstance(value, bytes))
    await teller.accounts.remove(teller.tenant, teller.customer, teller.account)
    with pytest.raises(AccountNotFound):
        await teller.accounts.remove(teller.tenant, teller.customer, teller.account)
    await teller.wait_with()
    with pytest.raises(AccountNotFound):
        await teller.withdraw_lkr(1_000_00)


async def test_withdrawals_at_once_never_take_more_than_waits(teller: Teller):
    await teller.wait_with()
    answers = await asyncio.gather(
        *(teller.withdraw_lkr(10_000_00) for _ in range(6)), return_exceptions=True
    )
    assert sum(not isinstance(answer, Exception) for answer in answers) == 3
    assert all(isinstance(answer, NotEnoughWaiting) for answer in answers if isinstance(answer, Exception))
    assert await teller.wallet_lkr() == (30_000_00, 30_000_00)


async def test_payouts_are_listed_in_pages(teller: Teller):
    await teller.wait_with()
    made = [await teller.withdraw_lkr(1_000_00) for _ in range(3)]
    first = await teller.reading.list_of_customer(teller.tenant, teller.customer, 2, None)
    rest = await teller.reading.list_of_customer(teller.tenant, teller.customer, 2, first.next_cursor)
    assert [each.payout.id for each in (*first.payouts, *rest.payouts)] == made[::-1]
    assert rest.next_cursor is None
