"""States of a consent: one way, one end, nothing without a word."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.open_banking.domain import (
    FIRST_PAUSE,
    GRACE,
    LIFETIME,
    LONGEST_PAUSE,
    NEXT,
    NEXT_STEPS,
    Consent,
    State,
    after_payment,
    after_word,
    is_end,
    newest,
    pause_after,
)
from customer_stack.payments.providers.open_banking import (
    ConsentPurpose,
    ConsentState,
    ConsentWord,
    PaymentState,
    PaymentWord,
)
from shared.errors import InvariantViolated

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ONE = UUID(int=1)


def consent(purpose: ConsentPurpose = ConsentPurpose.FUNDING) -> Consent:
    return Consent(ONE, ONE, ONE, ONE, "bank", purpose, 1, ONE, "BH0123456789ABC", ONE, NOW, NOW + LIFETIME)


@given(st.data())
def test_every_way_through_the_states_has_one_newest_and_one_end(data: st.DataObject):
    state, reached = State.ASKED, {State.ASKED}
    while NEXT[state]:
        assert newest(frozenset(reached)) is state
        assert not is_end(consent(), state)
        state = data.draw(st.sampled_from(sorted(NEXT[state])))
        reached.add(state)
    assert newest(frozenset(reached)) is state
    assert is_end(consent(), state)
    assert NEXT_STEPS[state]


def test_two_ends_are_a_bug():
    with pytest.raises(InvariantViolated):
        newest(frozenset({State.ASKED, State.REJECTED, State.EXPIRED}))


@given(st.sampled_from(ConsentState), st.timedeltas(timedelta(), timedelta(hours=1)))
def test_only_an_explicit_word_or_the_end_of_time_moves_a_consent(word: ConsentState, passed: timedelta):
    step = after_word(consent(), ConsentWord(word), NOW + passed)
    if word is ConsentState.PENDING:
        assert (step is None) == (passed < LIFETIME + GRACE)
        assert step is None or step.state is State.EXPIRED
    else:
        assert step is not None
        assert step.state.value == word.value
    assert step is None or step.state in NEXT[State.ASKED]


@given(st.sampled_from(PaymentState))
def test_only_an_explicit_word_moves_a_payment(word: PaymentState):
    step = after_payment(PaymentWord(word, "IN1" if word is PaymentState.PAID else None))
    assert (step is None) == (word is PaymentState.PENDING)
    assert step is None or step.state in NEXT[State.PAYING]


def test_an_account_that_is_shown_ends_there():
    assert is_end(consent(ConsentPurpose.VERIFICATION), State.AUTHORISED)
    assert not is_end(consent(), State.AUTHORISED)


@given(st.integers(0, 10**6))
def test_pauses_grow_and_have_a_bound(attempts: int):
    assert FIRST_PAUSE <= pause_after(attempts) <= pause_after(attempts + 1) <= LONGEST_PAUSE
