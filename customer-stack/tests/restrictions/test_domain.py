"""Who may lift what, whatever is tried in whatever order."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.customers.domain import TRANSITIONS as STATUSES
from customer_stack.customers.domain import Status
from customer_stack.restrictions.domain import (
    Cause,
    CauseKind,
    Kind,
    Restriction,
    State,
    Step,
    first_step,
    follow,
    require_named,
    strictest,
    take,
)
from customer_stack.restrictions.errors import SamePerson, StepNotPossible
from shared.errors import InvariantViolated

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PEOPLE = ["staff:1", "staff:2", "system"]


def restriction(cause=CauseKind.STAFF, kind=Kind.FULL):
    named = Cause(cause, None if cause is CauseKind.STAFF else UUID(int=7))
    ids = [UUID(int=number) for number in range(1, 5)]
    return Restriction(*ids, kind, named, "other", "staff:1", NOW, first_step("staff:1", NOW))


@given(
    st.sampled_from(CauseKind),
    st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(PEOPLE)), max_size=12),
)
def test_nothing_is_lifted_but_by_who_may(cause, tried):
    found, taken = restriction(cause), [first_step("staff:1", NOW)]
    for number, (step, actor) in enumerate(tried):
        try:
            after = take(found, step, actor, NOW + timedelta(number))
        except (StepNotPossible, SamePerson):
            continue
        assert found.stands
        assert after.last.number == found.last.number + 1
        found = after
        taken.append(after.last)
    if not found.stands:
        last, before = taken[-1], taken[-2]
        match cause:
            case CauseKind.STAFF:
                assert last.step is Step.LIFT
            case CauseKind.CASE:
                assert last.step is Step.CLOSE_CASE
            case _:
                assert (before.step, last.step) == (Step.PROPOSE_LIFT, Step.APPROVE_LIFT)
                assert before.taken_by != last.taken_by
                assert (last.asked_number, last.asked_by) == (before.number, before.taken_by)


def test_what_was_rejected_can_be_proposed_again():
    found = restriction(CauseKind.ORDER)
    for step, actor in [
        (Step.PROPOSE_LIFT, "staff:1"),
        (Step.REJECT_LIFT, "staff:2"),
        (Step.PROPOSE_LIFT, "staff:2"),
        (Step.APPROVE_LIFT, "staff:1"),
    ]:
        found = take(found, step, actor, NOW)
    assert found.last.state is State.LIFTED


@given(st.lists(st.tuples(st.sampled_from(Kind), st.booleans())))
def test_the_strictest_that_stands_counts(given_kinds):
    found = [
        restriction(kind=kind) if stands else take(restriction(kind=kind), Step.LIFT, "staff:1", NOW)
        for kind, stands in given_kinds
    ]
    standing = [kind for kind, stands in given_kinds if stands]
    wanted = Kind.FULL if Kind.FULL in standing else Kind.DEBIT_ONLY if standing else None
    assert strictest(found) is wanted


@given(st.sampled_from(Status), st.sampled_from([None, *Kind]))
def test_a_status_follows_and_rests(status, counts):
    to = follow(status, counts)
    if to is None:
        assert (status, counts) not in {(Status.ACTIVE, Kind.FULL), (Status.FROZEN, None)}
    else:
        assert to in STATUSES[status]
        assert follow(to, counts) is None


@pytest.mark.parametrize(
    "cause", [Cause(CauseKind.CASE), Cause(CauseKind.SCREENING), Cause(CauseKind.STAFF, UUID(int=1))]
)
def test_a_cause_says_which_one_it_is(cause):
    with pytest.raises(InvariantViolated):
        require_named(cause)
