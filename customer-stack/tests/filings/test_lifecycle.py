"""Who may take which step with a report: as values, over all histories."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_stack.filings.domain.lifecycle import (
    STEPS_LIMIT,
    TRANSITIONS,
    WITH_FILE,
    Filing,
    State,
    Step,
    begin,
    take,
)
from customer_stack.filings.domain.report import ReportCode
from customer_stack.filings.errors import OwnFiling, StepNotPossible
from shared.ids import SystemIds

IDS = SystemIds()
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PEOPLE = [IDS.new() for _ in range(3)]


def filing(drafter=PEOPLE[0]):
    return Filing(
        id=IDS.new(),
        tenant_id=IDS.new(),
        code=ReportCode.EFT,
        reference="EFT-20261120-1",
        due_on=date(2026, 12, 1),
        drafted_by=drafter,
        drafted_at=NOW,
        last=begin(drafter, NOW),
    )


def go(made, step, person):
    file_id = IDS.new() if step is Step.PREPARE else None
    reference = "FIU/2026/1" if step is Step.SUBMIT else None
    return replace(made, last=take(made, step, person, NOW, file_id=file_id, fiu_reference=reference))


STEPS = st.sampled_from(sorted(set(Step) - {Step.DRAFT}))
LIKELY = st.sampled_from([Step.PREPARE, Step.APPROVE, Step.EXPORT, Step.SUBMIT, Step.RETURN, Step.ACCEPT])


@settings(max_examples=300)
@given(
    st.sampled_from(PEOPLE),
    st.lists(st.tuples(st.one_of(STEPS, LIKELY), st.sampled_from(PEOPLE)), max_size=25),
)
def test_what_leaves_was_prepared_by_one_and_approved_by_another(drafter, wishes):
    made = filing(drafter)
    history = [made.last]
    for step, person in wishes:
        try:
            made = go(made, step, person)
        except (StepNotPossible, OwnFiling):
            continue
        history.append(made.last)
    for number, (before, after) in enumerate(itertools.pairwise(history), start=2):
        assert after.number == number
        assert after.state is TRANSITIONS[before.state, after.step]
        assert (after.file_id is not None) == (after.state in WITH_FILE)
        if after.step is Step.APPROVE:
            assert before.step is Step.PREPARE
            assert after.taken_by not in (before.taken_by, drafter)
            assert after.file_id == before.file_id
        if after.state is State.SUBMITTED:
            approvals = [each for each in history[: number - 1] if each.step is Step.APPROVE]
            assert approvals[-1].file_id == after.file_id
            assert after.fiu_reference is not None
        if before.state in {State.CORRECTED, State.DROPPED}:
            pytest.fail("nothing follows an end")


def test_what_was_submitted_is_not_taken_back():
    for state in (State.SUBMITTED, State.ACCEPTED, State.REJECTED):
        assert {to for (at, _), to in TRANSITIONS.items() if at is state} <= {
            State.ACCEPTED,
            State.REJECTED,
            State.CORRECTED,
        }


def test_a_report_does_not_take_steps_without_end():
    made = filing()
    for _ in range(STEPS_LIMIT - 1):
        made = go(made, Step.EDIT, PEOPLE[0])
    with pytest.raises(StepNotPossible):
        go(made, Step.EDIT, PEOPLE[0])
