"""The life of a wager."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.wagers.domain.states import ENDED, TRANSITIONS, Event, State, can_move, final_event, move
from shared.errors import InvariantViolated


@given(st.lists(st.sampled_from(Event), max_size=12))
def test_whatever_happens_a_wager_follows_the_table_and_never_leaves_its_end(events):
    state, was_dispatched = State.PENDING, False
    for event in events:
        if not can_move(state, event):
            with pytest.raises(InvariantViolated):
                move(state, event)
            continue
        assert state not in ENDED
        was_dispatched = was_dispatched or event is Event.CLAIM
        state = move(state, event)
        if state in ENDED:
            assert was_dispatched or state is State.CANCELLED
            assert event is not Event.WITHDRAW or not was_dispatched


def test_every_state_but_the_first_can_be_reached():
    assert {*TRANSITIONS.values(), State.PENDING} == set(State)


def test_every_open_state_can_end():
    for state in set(State) - ENDED:
        assert any(start is state for start, _ in TRANSITIONS)


@pytest.mark.parametrize(
    ("filled", "event"), [(0, Event.FINAL_NONE), (723, Event.FINAL_PART), (1000, Event.FINAL_ALL)]
)
def test_the_fill_decides_how_a_wager_ends(filled, event):
    assert final_event(filled, 1000) is event
