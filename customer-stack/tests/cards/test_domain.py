"""The rules of cards: facts in any order give one end, movements balance, nothing is taken twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from customer_stack.cards.domain.charges import (
    ATTEMPTS,
    LEGAL,
    LONGEST_PAUSE,
    CaptureReason,
    Charge,
    Chargeback,
    ChargeState,
    News,
    Refund,
    Standing,
    build_capture,
    build_chargeback,
    build_refund,
    decide_news,
    judge_capture,
    pause_after,
    require_refundable,
)
from customer_stack.cards.domain.issuing import DecisionReason, decide
from customer_stack.cards.domain.reports import (
    CardAnswer,
    CardState,
    ChargebackReport,
    ChargebackState,
    ChargeReport,
    RefundAnswer,
    RefundState,
)
from customer_stack.cards.domain.settlements import Settlement, build_settlement
from customer_stack.cards.errors import NothingToRefund, ReportContradicts, ReportTooEarly, SettlementEmpty
from customer_stack.cards.schemas import CardToken, IssuedToken
from customer_stack.fx.domain.quotes import QuoteOutcome, QuotePurpose
from shared.ids import CountingIds

IDS = CountingIds()
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHARGE = Charge(IDS.new(), IDS.new(), IDS.new(), IDS.new(), "sandbox-acquirer", IDS.new(), 30_000_00, NOW)
REFUNDS = tuple(Refund(IDS.new(), CHARGE.id, 10_000_00, IDS.new(), None) for _ in range(2))

AUTHORISED = ChargeReport(CHARGE.id, CardAnswer(CardState.AUTHORISED, amount=CHARGE.amount))
CAPTURED = ChargeReport(CHARGE.id, CardAnswer(CardState.CAPTURED, "CA1", CHARGE.amount))
DECLINED = ChargeReport(CHARGE.id, CardAnswer(CardState.DECLINED, reason="do_not_honour"))
PENDING = ChargeReport(CHARGE.id)
FACTS = (
    PENDING,
    AUTHORISED,
    CAPTURED,
    ChargeReport(CHARGE.id, refunds=(RefundAnswer(REFUNDS[0].id, RefundState.REFUNDED, "RE1"),)),
    ChargeReport(CHARGE.id, refunds=(RefundAnswer(REFUNDS[1].id, RefundState.REFUSED, reason="no"),)),
    ChargeReport(CHARGE.id, chargebacks=(ChargebackReport("CB1", 5_000_00, "fraud", ChargebackState.OPEN),)),
    ChargeReport(CHARGE.id, chargebacks=(ChargebackReport("CB1", 5_000_00, "fraud", ChargebackState.WON),)),
    ChargeReport(CHARGE.id, chargebacks=(ChargebackReport("CB2", 7_000_00, "fraud", ChargebackState.OPEN),)),
)


def apply(standing: Standing, news: News) -> Standing:
    """What the service does with news, without money."""
    for state in news.states:
        assert state in LEGAL[standing.state]
        captured = standing.charge.amount if state is ChargeState.CAPTURED else standing.captured
        standing = replace(standing, state=state, steps=standing.steps + 1, captured=captured)
    for refund, answer in news.refunds:
        assert refund.ended is None
        ended = replace(refund, ended=answer.state)
        kept = tuple(ended if one.id == refund.id else one for one in standing.refunds)
        standing = replace(standing, refunds=kept)
    for report in news.opened:
        assert all(one.chargeback_id != report.chargeback_id for one in standing.chargebacks)
        opened = Chargeback(IDS.new(), report.chargeback_id, report.amount, is_won=False)
        standing = replace(standing, chargebacks=(*standing.chargebacks, opened))
    for name in news.won:
        kept_ones = tuple(
            replace(one, is_won=True) if one.chargeback_id == name else one for one in standing.chargebacks
        )
        standing = replace(standing, chargebacks=kept_ones)
    return standing


def fold(reports: list[ChargeReport]) -> Standing:
    """Apply reports as they come; what is too early comes again, as webhooks do."""
    standing, waiting = Standing(CHARGE, ChargeState.CREATED, 1, refunds=REFUNDS), list(reports)
    while waiting:
        later = []
        for report in waiting:
            try:
                standing = apply(standing, decide_news(standing, report))
            except ReportTooEarly:
                later.append(report)
        assert len(later) < len(waiting)
        waiting = later
    return standing


def say(standing: Standing) -> tuple[object, ...]:
    return (
        standing.state,
        standing.captured,
        [one.ended for one in standing.refunds],
        sorted((one.chargeback_id, one.amount, one.is_won) for one in standing.chargebacks),
    )


@given(st.permutations(FACTS), st.lists(st.sampled_from(FACTS), max_size=12))
def test_reports_in_any_order_and_repeated_come_to_one_end(order, repeats):
    end = fold([*order, *repeats])
    assert say(end) == (
        ChargeState.CAPTURED,
        30_000_00,
        [RefundState.REFUNDED, RefundState.REFUSED],
        [("CB1", 5_000_00, True), ("CB2", 7_000_00, False)],
    )
    assert (end.refunded, end.charged_back, end.refundable) == (10_000_00, 7_000_00, 13_000_00)


@given(st.permutations(FACTS))
def test_what_was_said_before_is_no_news(order):
    standing = fold(list(order))
    assert not any(decide_news(standing, report) for report in order)


@given(st.lists(st.sampled_from([PENDING, AUTHORISED, CAPTURED, DECLINED]), max_size=8))
def test_a_charge_ends_once_and_a_contradiction_changes_nothing(reports):
    standing = Standing(CHARGE, ChargeState.CREATED, 1)
    for report in reports:
        try:
            after = apply(standing, decide_news(standing, report))
        except ReportContradicts:
            assert not standing.is_open
            continue
        assert standing.is_open or after == standing
        standing = after


@pytest.mark.parametrize(
    "report",
    [
        ChargeReport(CHARGE.id, CardAnswer(CardState.CAPTURED, "CA1", CHARGE.amount - 1)),
        ChargeReport(CHARGE.id, CAPTURED.charge, (RefundAnswer(UUID(int=1), RefundState.REFUNDED, "RE9"),)),
        ChargeReport(
            CHARGE.id,
            CAPTURED.charge,
            chargebacks=(ChargebackReport("CB9", CHARGE.amount + 1, "x", ChargebackState.OPEN),),
        ),
    ],
)
def test_another_amount_an_unknown_refund_and_too_much_back_are_contradictions(report):
    with pytest.raises(ReportContradicts):
        decide_news(Standing(CHARGE, ChargeState.CREATED, 1), report)


def test_a_refund_that_ended_does_not_end_otherwise():
    standing = fold(list(FACTS))
    with pytest.raises(ReportContradicts):
        decide_news(
            standing,
            ChargeReport(CHARGE.id, refunds=(RefundAnswer(REFUNDS[1].id, RefundState.REFUNDED, "R"),)),
        )


@given(st.integers(1, 40_000_00))
def test_no_more_is_refundable_than_is_left(amount):
    standing = replace(fold([CAPTURED]), refunds=REFUNDS)
    if amount <= 10_000_00:
        require_refundable(standing, amount)
    else:
        with pytest.raises(NothingToRefund):
            require_refundable(standing, amount)


def test_a_charge_converts_only_as_quoted():
    class Quoted:
        amount, purpose, expires_at = 30_000_00, QuotePurpose.DEPOSIT, NOW + timedelta(minutes=5)

    def judge(ended=None, amount=30_000_00, cleared=0, *, active=True, now=NOW):
        return judge_capture(Quoted, ended, amount, cleared=cleared, is_active=active, now=now)

    assert judge() is CaptureReason.AS_QUOTED
    assert judge(now=Quoted.expires_at) is CaptureReason.QUOTE_EXPIRED
    assert judge(QuoteOutcome.EXPIRED) is CaptureReason.QUOTE_EXPIRED
    assert judge(QuoteOutcome.USED) is CaptureReason.QUOTE_CLOSED
    assert judge(amount=1) is CaptureReason.QUOTE_CLOSED
    assert judge(cleared=1) is CaptureReason.DEBT_CLEARED
    assert judge(active=False) is CaptureReason.CUSTOMER_NOT_ACTIVE


def legs(movement):
    found = {}
    for transfer in movement.transfers:
        for posting in transfer.postings:
            for account, amount in ((posting.source, -posting.amount), (posting.target, posting.amount)):
                found[account] = found.get(account, 0) + amount
    return found


@given(st.integers(1, 10**12), st.integers(0, 10**12))
def test_a_chargeback_takes_from_the_wallet_what_is_there_and_the_rest_is_a_debt(amount, available):
    movement, from_wallet = build_chargeback(CHARGE, amount, available, IDS.new(), ids=IDS, now=NOW)
    moved = legs(movement)
    assert moved["card_receivable"] == amount
    assert 0 <= from_wallet <= available
    assert moved.get("wallet", 0) == -from_wallet
    assert moved.get("debt", 0) == from_wallet - amount
    assert from_wallet in (amount, available)


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**9))
def test_a_settlement_balances_and_the_acquirer_owes_its_gross_less(gross, fee):
    made = Settlement(IDS.new(), IDS.new(), IDS.new(), "a", "AQ1", gross, fee, IDS.new(), "staff:x", NOW)
    if gross == 0 and fee == 0:
        with pytest.raises(SettlementEmpty):
            build_settlement(made, IDS)
        return
    moved = legs(build_settlement(made, IDS))
    assert sum(moved.values()) == 0
    assert moved.get("card_receivable", 0) == gross
    assert moved.get("collection", 0) == -(gross - fee)
    assert moved.get("expense", 0) == -fee


def test_capture_refund_and_settlement_leave_nothing_with_the_acquirer():
    capture = build_capture(CHARGE, IDS.new(), IDS.new(), NOW)
    refund = build_refund(CHARGE, REFUNDS[0], IDS.new(), IDS.new(), NOW)
    made = Settlement(
        IDS.new(), CHARGE.tenant_id, CHARGE.department_id, "a", "AQ1", 20_000_00, 750_00, IDS.new(), "s", NOW
    )
    owed = capture.postings[0].amount * -1 + legs(refund)["card_receivable"]
    assert owed + legs(build_settlement(made, IDS))["card_receivable"] == 0


@given(st.integers(1, 10**12), st.integers(-(10**12), 10**12), st.booleans())
def test_a_purchase_is_approved_only_within_what_is_free(amount, available, is_active):
    reason = decide(amount, available, is_active=is_active)
    assert (reason is DecisionReason.APPROVED) == (is_active and amount <= available)


@given(st.integers(1, 10_000))
def test_questions_come_more_and_more_seldom_and_end(attempts):
    pause = pause_after(attempts)
    assert (pause is None) == (attempts >= ATTEMPTS)
    assert pause is None or timedelta(0) < pause <= LONGEST_PAUSE


@pytest.mark.parametrize("kind", [CardToken, IssuedToken])
@given(st.from_regex(r"[0-9]{12,19}", fullmatch=True), st.sampled_from(["", "tok_", "tok_x", "crd_"]))
def test_a_card_number_is_no_token(kind, number, before):
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(before + number)
