"""The life of a wager."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.wagers.domain.states import ENDED, TRANSITIONS, Event, State, can_move, final_event, move
from shared.errors import InvariantViolated


@given(st.sampled_from([State.HELD, State.PENDING]), st.lists(st.sampled_from(Event), max_size=12))
def test_whatever_happens_a_wager_follows_the_table_and_never_leaves_its_end(first, events):
    state, was_dispatched, was_released = first, False, first is State.PENDING
    for event in events:
        if not can_move(state, event):
            with pytest.raises(InvariantViolated):
                move(state, event)
            continue
        assert state not in ENDED
        assert event is not Event.CLAIM or was_released
        was_dispatched = was_dispatched or event is Event.CLAIM
        was_released = was_released or event is Event.RELEASE
        state = move(state, event)
        if state in ENDED:
            assert was_dispatched or state is State.CANCELLED
            assert event not in {Event.WITHDRAW, Event.DENY} or not was_dispatched
            assert was_released or event in {Event.WITHDRAW, Event.DENY}


def test_every_state_but_the_first_can_be_reached():
    assert {*TRANSITIONS.values(), State.HELD} == set(State)


def test_nothing_but_a_release_sends_what_is_held():
    after = {event: state for (before, event), state in TRANSITIONS.items() if before is State.HELD}
    assert after == {
        Event.RELEASE: State.PENDING,
        Event.DENY: State.CANCELLED,
        Event.WITHDRAW: State.CANCELLED,
    }


def test_every_open_state_can_end():
    for state in set(State) - ENDED:
        assert any(start is state for start, _ in TRANSITIONS)


@pytest.mark.parametrize(
    ("filled", "event"), [(0, Event.FINAL_NONE), (723, Event.FINAL_PART), (1000, Event.FINAL_ALL)]
)
def test_the_fill_decides_how_a_wager_ends(filled, event):
    assert final_event(filled, 1000) is event
