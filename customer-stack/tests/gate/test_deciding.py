"""The compliance decision: what stops what, in which order, and that it never turns lax."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.domain.verdicts import NOTHING_FOUND, Answer
from customer_stack.facts.domain import FOREVER, Restriction, Screening
from customer_stack.gate.domain.deciding import Reason, Situation, decide

from .situations import CLEAR_VIEW, NOW, situations, stakes, verdicts

EVERY = set(EventKind)
OUT = {EventKind.WAGER, EventKind.TRANSFER_OUT, EventKind.WITHDRAWAL}
PLAY = {EventKind.DEPOSIT, EventKind.WAGER, EventKind.TRANSFER_OUT, EventKind.TRANSFER_IN}
LATER = NOW + timedelta(seconds=1)
WIDE = stakes(0, 10**12)


def ask(kind=EventKind.WAGER, *, at=NOW, stake=0, geography=None, standing=WIDE, **changes):
    view = CLEAR_VIEW._replace(**changes)
    return Situation(kind, at, 100, stake, view, False, None, geography, standing)


def reasons(situation):
    return decide(situation, NOTHING_FOUND).reasons


@pytest.mark.parametrize("kind", EventKind)
def test_who_is_clear_may_do_everything(kind):
    assert decide(ask(kind), NOTHING_FOUND).answer is Answer.ALLOW


@pytest.mark.parametrize(
    ("changes", "reason", "stopped"),
    [
        ({"restriction": Restriction.FULL}, Reason.RESTRICTED, EVERY),
        ({"restriction": Restriction.DEBIT_ONLY}, Reason.RESTRICTED, OUT),
        ({"excluded_until": FOREVER}, Reason.EXCLUDED, PLAY),
        ({"cooling_until": LATER}, Reason.COOLING_OFF, PLAY),
        ({"screening": Screening.PENDING}, Reason.SCREENING_PENDING, {EventKind.WAGER}),
        ({"screening": Screening.POSSIBLE}, Reason.SCREENING_PENDING, {EventKind.WAGER}),
        ({"screening": Screening.CONFIRMED}, Reason.SCREENING_PENDING, EVERY),
        (
            {"document_expires_on": date(2026, 11, 19)},
            Reason.DOCUMENT_EXPIRED,
            {EventKind.DEPOSIT, EventKind.WAGER, EventKind.TRANSFER_OUT},
        ),
    ],
)
def test_each_fact_stops_what_it_is_meant_to_stop_and_nothing_else(changes, reason, stopped):
    for kind in EventKind:
        assert reasons(ask(kind, **changes)) == ((reason,) if kind in stopped else ())


def test_a_reality_check_that_is_due_stops_what_waits_for_it():
    due = ask()._replace(is_check_due=True)
    assert decide(due, NOTHING_FOUND).answer is Answer.DENY
    assert reasons(due) == (Reason.REALITY_CHECK_DUE,)


def test_nobody_of_whom_nothing_is_known_may_do_anything():
    for kind in EventKind:
        unknown = ask(kind)._replace(customer=None)
        assert reasons(unknown) == (Reason.RESTRICTED,)


def test_a_pause_ends_with_its_last_moment():
    assert reasons(ask(cooling_until=NOW)) == ()
    assert reasons(ask(excluded_until=NOW, cooling_until=LATER)) == (Reason.COOLING_OFF,)


def test_a_document_is_good_to_the_end_of_its_last_day_in_colombo():
    last = date(2026, 11, 20)
    evening, midnight = (datetime(2026, 11, 20, 18, minute, tzinfo=UTC) for minute in (29, 30))
    assert reasons(ask(at=evening, document_expires_on=last)) == ()
    assert reasons(ask(at=midnight, document_expires_on=last)) == (Reason.DOCUMENT_EXPIRED,)


def test_the_last_micro_dollar_of_a_limit_may_be_used():
    standing = stakes(90, 100)
    assert reasons(ask(stake=10, standing=standing)) == ()
    assert reasons(ask(stake=11, standing=standing)) == (Reason.STAKE_LIMIT,)


def test_who_is_excluded_sells_where_the_policy_says_so():
    sale = ask(EventKind.WAGER_SALE, excluded_until=FOREVER)
    assert reasons(sale._replace(standing=stakes(0, 1))) == ()
    strict = replace(stakes(0, 1), sells_when_excluded=False)
    assert reasons(sale._replace(standing=strict)) == (Reason.EXCLUDED,)
    assert reasons(sale._replace(standing=None)) == (Reason.EXCLUDED,)


def test_money_goes_to_nobody_who_may_not_receive_it():
    base = ask(EventKind.TRANSFER_OUT)._replace(has_recipient=True)
    for view in (
        None,
        CLEAR_VIEW._replace(restriction=Restriction.FULL),
        CLEAR_VIEW._replace(excluded_until=FOREVER),
        CLEAR_VIEW._replace(cooling_until=LATER),
        CLEAR_VIEW._replace(screening=Screening.CONFIRMED),
    ):
        assert reasons(base._replace(recipient=view)) == (Reason.RECIPIENT,)
    debit_only = CLEAR_VIEW._replace(restriction=Restriction.DEBIT_ONLY)
    assert reasons(base._replace(recipient=debit_only)) == ()


@given(situations(), verdicts())
def test_the_same_question_has_one_answer_with_its_reasons_in_one_order(situation, verdict):
    first = decide(situation, verdict)
    assert first == decide(situation, verdict)
    order = [*Reason]
    own = [reason for reason in first.reasons if not reason.startswith("aml.")]
    assert own == sorted(own, key=order.index)
    assert first.reasons == (*own, *verdict.reasons)
    assert (first.answer is Answer.DENY) == (bool(own) or verdict.answer is Answer.DENY)


RANK = [Answer.ALLOW, Answer.HOLD, Answer.DENY]


@given(situations(), verdicts(), st.data())
def test_one_thing_more_against_somebody_never_makes_the_answer_milder(situation, verdict, data):
    before = decide(situation, verdict)
    view = situation.customer or CLEAR_VIEW
    harder = data.draw(
        st.sampled_from(
            [
                situation._replace(customer=None),
                situation._replace(
                    customer=situation.customer and view._replace(restriction=Restriction.FULL)
                ),
                situation._replace(
                    customer=situation.customer and view._replace(screening=Screening.CONFIRMED)
                ),
                situation._replace(customer=situation.customer and view._replace(excluded_until=FOREVER)),
                situation._replace(geography=Reason.COUNTRY_BLOCKED),
                situation._replace(has_recipient=True, recipient=None),
                situation._replace(standing=stakes(10**9, 0)),
            ]
        )
    )
    after = decide(harder, verdict)
    assert RANK.index(after.answer) >= RANK.index(before.answer)
