"""How the waiting of a payout ends: rules of values."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.customers.domain import Status
from customer_stack.facts.domain import CustomerFacts, Restriction, Screening
from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutState
from customer_stack.payouts.domain.held import HeldOutcome, Receiver, Wish, decide_end, may_be_paid
from customer_stack.payouts.domain.payouts import Outcome, PayoutStanding, Purpose, Standing, decide_step
from customer_stack.payouts.errors import AnswerContradicts

from .test_domain import PAYOUT

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
ENDS = {Wish.DENY: HeldOutcome.DENIED, Wish.CANCEL: HeldOutcome.CANCELLED}


def facts(restriction):
    return CustomerFacts(
        customer_id=UUID(int=1),
        tenant_id=UUID(int=2),
        version=1,
        restriction=restriction,
        cooling_until=NOW,
        excluded_until=NOW.replace(year=2030),
        screening=Screening.CLEAR,
        screening_version=None,
        screened_at=None,
        tier=None,
        document_expires_on=None,
        expected_turnover=None,
        risk=None,
        flags=frozenset(),
        country="LK",
        registered_at=NOW,
        snoozes={},
    )


@given(st.lists(st.tuples(st.sampled_from(Wish), st.booleans()), min_size=1, max_size=12))
def test_whatever_is_wished_in_whatever_order_the_waiting_ends_once_by_the_first_wish(wishes):
    ends = []
    for wish, payable in wishes:
        end = decide_end(is_held=not ends, wish=wish, is_payable=payable)
        ends += [] if end is None else [end]
    wish, payable = wishes[0]
    assert ends == [ENDS.get(wish, HeldOutcome.RELEASED if payable else HeldOutcome.DENIED)]


@pytest.mark.parametrize(
    ("purpose", "status", "restriction", "goes"),
    [
        (Purpose.WITHDRAWAL, Status.ACTIVE, Restriction.NONE, True),  # although excluded: it is their money
        (Purpose.WITHDRAWAL, Status.ACTIVE, Restriction.DEBIT_ONLY, False),
        (Purpose.WITHDRAWAL, Status.ACTIVE, Restriction.FULL, False),
        (Purpose.WITHDRAWAL, Status.CLOSED, Restriction.NONE, False),
        (Purpose.WITHDRAWAL, None, Restriction.NONE, False),
        (Purpose.REFUND, Status.CLOSED, Restriction.NONE, True),
        (Purpose.REFUND, Status.FROZEN, Restriction.NONE, False),
        (Purpose.REFUND, Status.ACTIVE, Restriction.FULL, False),
        (Purpose.REFUND, None, Restriction.NONE, False),
        (Purpose.REFUND, Status.ACTIVE, None, False),
    ],
)
def test_a_release_pays_only_whom_nothing_keeps(purpose, status, restriction, goes):
    known = None if restriction is None else facts(restriction)
    assert may_be_paid(purpose, Receiver(status, known)) is goes


def test_a_payout_that_waits_says_so_and_a_denied_one_was_never_sent():
    assert PayoutStanding(PAYOUT, is_held=True).state is Standing.HELD
    assert PayoutStanding(PAYOUT, outcome=Outcome.DENIED).state is Standing.DENIED


@pytest.mark.parametrize("state", [PayoutState.PAID, PayoutState.REFUSED, PayoutState.RETURNED])
@pytest.mark.parametrize(
    "standing", [PayoutStanding(PAYOUT, is_held=True), PayoutStanding(PAYOUT, outcome=Outcome.DENIED)]
)
def test_no_provider_is_believed_about_what_it_never_heard_of(state, standing):
    with pytest.raises(AnswerContradicts):
        decide_step(standing, PayoutAnswer(state, "B-1", None))
