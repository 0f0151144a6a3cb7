"""What an answer means, what is posted for it, and how accounts are shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.payouts.domain.accounts import PayoutAccount, normalise_number
from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutOrder, PayoutState
from customer_stack.payouts.domain.payouts import (
    HELD_AFTER,
    LONGEST_PAUSE,
    Outcome,
    Payout,
    PayoutStanding,
    Purpose,
    Standing,
    Step,
    Terms,
    build_end,
    build_fee,
    build_hold,
    build_payment,
    decide_net,
    decide_step,
    pause_after,
    reference_of,
    require_terms,
    tidy_reason,
)
from customer_stack.payouts.errors import AmountOutOfBounds, AnswerContradicts, TermsInvalid
from shared.ids import CountingIds

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
IDS = CountingIds()
PAYOUT = Payout(
    id=IDS.new(),
    tenant_id=IDS.new(),
    department_id=IDS.new(),
    customer_id=IDS.new(),
    purpose=Purpose.WITHDRAWAL,
    provider="sandbox-bank",
    amount=14_750_00,
    fee=100_00,
    is_fee_returned=True,
    reference="WD1234",
    account_id=IDS.new(),
    pay_in_id=None,
    quote_id=None,
    conversion_id=None,
    hold_id=IDS.new(),
    requested_by="customer:1",
    requested_at=NOW,
)


def standing(outcome=None, returned=False):
    return PayoutStanding(PAYOUT, outcome=outcome, returned_at=NOW if returned else None)


@pytest.mark.parametrize(
    ("outcome", "returned", "answer", "step"),
    [
        (None, False, "pending", Step.NOTHING),
        (None, False, "paid", Step.PAY),
        (None, False, "refused", Step.REFUSE),
        (None, False, "returned", Step.PAY_AND_RETURN),
        (Outcome.PAID, False, "paid", Step.NOTHING),
        (Outcome.PAID, False, "returned", Step.RETURN),
        (Outcome.PAID, True, "returned", Step.NOTHING),
        (Outcome.PAID, True, "paid", Step.NOTHING),
        (Outcome.REFUSED, False, "refused", Step.NOTHING),
        (Outcome.REFUSED, False, "pending", Step.NOTHING),
        (Outcome.CANCELLED, False, "pending", Step.NOTHING),
    ],
)
def test_only_an_explicit_answer_does_something_and_only_once(outcome, returned, answer, step):
    assert decide_step(standing(outcome, returned), PayoutAnswer(PayoutState(answer))) is step


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (Outcome.PAID, "refused"),
        (Outcome.REFUSED, "paid"),
        (Outcome.REFUSED, "returned"),
        (Outcome.CANCELLED, "paid"),
        (Outcome.CANCELLED, "refused"),
    ],
)
def test_a_provider_that_contradicts_itself_is_not_believed(outcome, answer):
    with pytest.raises(AnswerContradicts):
        decide_step(standing(outcome), PayoutAnswer(PayoutState(answer)))


@given(st.lists(st.sampled_from(list(PayoutState)), max_size=8))
def test_whatever_is_answered_in_whatever_order_money_moves_at_most_once_each_way(answers):
    """Replays answers as the service applies them: at most one payment and one return, and no free lunch."""
    known, steps = standing(), []
    for state in answers:
        try:
            step = decide_step(known, PayoutAnswer(state))
        except AnswerContradicts:
            continue
        steps.append(step)
        if step in (Step.PAY, Step.PAY_AND_RETURN):
            known = replace(known, outcome=Outcome.PAID)
        if step is Step.REFUSE:
            known = replace(known, outcome=Outcome.REFUSED)
        if step in (Step.RETURN, Step.PAY_AND_RETURN):
            known = replace(known, returned_at=NOW)
    assert sum(step in (Step.PAY, Step.PAY_AND_RETURN, Step.REFUSE) for step in steps) <= 1
    assert sum(step in (Step.RETURN, Step.PAY_AND_RETURN) for step in steps) <= 1
    if known.outcome is Outcome.REFUSED:
        assert known.returned_at is None


def test_the_entries_of_section_10():
    hold = build_hold(PAYOUT).holds[0]
    assert (hold.amount, hold.account, hold.expires_at) == (14_850_00, "wallet", None)
    moved = (
        build_payment(PAYOUT, IDS.new(), ids=IDS, now=NOW)
        + build_fee(PAYOUT, IDS.new(), ids=IDS, now=NOW)
        + build_end(PAYOUT, is_paid=True)
    )
    legs = [
        (
            transfer.kind,
            transfer.book_id == PAYOUT.customer_id,
            posting.source,
            posting.target,
            posting.amount,
        )
        for transfer in moved.transfers
        for posting in transfer.postings
    ]
    assert legs == [
        ("withdrawal", True, "wallet", "collection", 14_750_00),
        ("withdrawal_fee", True, "wallet", "desk", 100_00),
        ("withdrawal_fee", False, "desk", "payout_fee_revenue", 100_00),
    ]
    assert [capture.amount for capture in moved.captures] == [14_750_00, 100_00]
    assert [close.reason for close in moved.closes] == ["exhausted"]
    assert [close.reason for close in build_end(PAYOUT, is_paid=False).closes] == ["released"]


def test_a_return_of_suspense_takes_from_suspense_and_has_neither_hold_nor_fee():
    payout = replace(
        PAYOUT, purpose=Purpose.SUSPENSE_RETURN, customer_id=None, hold_id=None, fee=0, account_id=None
    )
    moved = build_payment(payout, IDS.new(), ids=IDS, now=NOW)
    (posting,) = moved.transfers[0].postings
    assert (moved.transfers[0].book_id, posting.source) == (payout.department_id, "suspense")
    assert moved.captures == build_end(payout, is_paid=True).closes == ()
    assert build_fee(payout, IDS.new(), ids=IDS, now=NOW).transfers == ()


@given(
    fee=st.integers(0, 10**6),
    low=st.integers(0, 10**7),
    more=st.integers(0, 10**9),
    gross=st.integers(0, 10**10),
)
def test_the_receiver_gets_something_within_the_bounds_and_nothing_beyond(fee, low, more, gross):
    terms = Terms(1, fee, fee + 1 + low, fee + 1 + low + more, is_fee_returned=True)
    require_terms(terms)
    if terms.minimum_amount <= gross <= terms.maximum_amount:
        assert 0 < decide_net(gross, terms) == gross - fee
    else:
        with pytest.raises(AmountOutOfBounds):
            decide_net(gross, terms)


@pytest.mark.parametrize(("fee", "low", "high"), [(100, 100, 200), (-1, 5, 9), (0, 9, 5)])
def test_terms_that_contradict_themselves_are_refused(fee, low, high):
    with pytest.raises(TermsInvalid):
        require_terms(Terms(0, fee, low, high, is_fee_returned=True))


@given(attempts=st.integers(0, 10**6), waited=st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_provider_is_asked_ever_less_often_and_in_the_end_by_a_person(attempts, waited):
    pause = pause_after(attempts, waited)
    assert (pause is None) == (waited >= HELD_AFTER)
    assert pause is None or timedelta(0) < pause <= LONGEST_PAUSE


def test_a_payout_says_how_far_it_is():
    assert standing(Outcome.PAID, returned=True).state is Standing.RETURNED
    assert standing(Outcome.CANCELLED).state is Standing.CANCELLED
    assert standing().state is Standing.SENT


@given(st.text(max_size=200))
def test_a_reason_is_a_code_and_never_a_sentence(text):
    tidied = tidy_reason(text)
    assert tidied is None or (len(tidied) <= 64 and " " not in tidied and tidied.isascii())


def test_references_are_what_a_bank_can_print():
    for purpose in Purpose:
        assert reference_of(purpose, IDS.new()).isalnum()


def test_numbers_of_one_account_are_one_text_and_shown_by_their_end():
    assert normalise_number("8001 2345-6789") == normalise_number("800123456789") == "800123456789"
    account = PayoutAccount(IDS.new(), IDS.new(), IDS.new(), "800123456789", "Nimal Perera", NOW)
    assert account.masked == "********6789"
    assert "8001" not in repr(account)
    assert "Nimal" not in repr(account)
    assert "8001" not in repr(PayoutOrder(IDS.new(), 1, "800123456789", "WD1"))
