"""The life of a wager, as a table: nothing moves that the table does not name.

A wager that compliance holds waits with its funds reserved; it was never sent, and never is before a person
has released it.

A report can overtake the answer to the message that carried its intent, so everything that can happen
to a submitted wager can also happen to a dispatched one.

Guaranteed: an ended wager never moves again; a wager that was dispatched ends only by a signed refusal
or a report.
"""

from enum import StrEnum
from typing import Final

from shared.errors import InvariantViolated


class State(StrEnum):
    """Where a wager stands."""

    HELD = "held"
    PENDING = "pending"
    DISPATCHED = "dispatched"
    SUBMITTED = "submitted"
    FILLED = "filled"
    PARTLY_FILLED = "partly_filled"
    UNFILLED = "unfilled"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class Event(StrEnum):
    """What can happen to a wager."""

    RELEASE = "release"
    DENY = "deny"
    CLAIM = "claim"
    WITHDRAW = "withdraw"
    RECEIVED = "received"
    REFUSAL = "refusal"
    FILL = "fill"
    FINAL_ALL = "final_all"
    FINAL_PART = "final_part"
    FINAL_NONE = "final_none"
    CANCELLATION = "cancellation"


ENDED: Final = frozenset({State.FILLED, State.PARTLY_FILLED, State.UNFILLED, State.CANCELLED, State.REFUSED})

_AT_EXECUTION: Final = {
    Event.RECEIVED: State.SUBMITTED,
    Event.REFUSAL: State.REFUSED,
    Event.FILL: State.SUBMITTED,
    Event.FINAL_ALL: State.FILLED,
    Event.FINAL_PART: State.PARTLY_FILLED,
    Event.FINAL_NONE: State.UNFILLED,
    Event.CANCELLATION: State.CANCELLED,
}

TRANSITIONS: Final[dict[tuple[State, Event], State]] = {
    (State.HELD, Event.RELEASE): State.PENDING,
    (State.HELD, Event.DENY): State.CANCELLED,
    (State.HELD, Event.WITHDRAW): State.CANCELLED,
    (State.PENDING, Event.CLAIM): State.DISPATCHED,
    (State.PENDING, Event.WITHDRAW): State.CANCELLED,
    **{(State.DISPATCHED, event): state for event, state in _AT_EXECUTION.items()},
    **{(State.SUBMITTED, event): state for event, state in _AT_EXECUTION.items()},
}


def can_move(state: State, event: Event) -> bool:
    """Tell whether `event` may happen to a wager in `state`."""
    return (state, event) in TRANSITIONS


def move(state: State, event: Event) -> State:
    """Return the state after `event`. Raises InvariantViolated where the table has no such edge."""
    try:
        return TRANSITIONS[(state, event)]
    except KeyError:
        raise InvariantViolated(f"a wager that is {state} cannot see {event}") from None


def final_event(filled: int, quantity: int) -> Event:
    """Return the event of a final report, in hundredths of contracts."""
    if filled == 0:
        return Event.FINAL_NONE
    return Event.FINAL_ALL if filled == quantity else Event.FINAL_PART
