"""Sessions and their progress: a state machine driven at random beside a simple reference."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from customer_stack.customers.domain import DocumentType
from customer_stack.kyc.domain.checks import Outcome
from customer_stack.kyc.domain.claims import Reason
from customer_stack.kyc.domain.files import Side
from customer_stack.kyc.domain.progress import (
    End,
    Ended,
    Result,
    Waiting,
    fold,
    require_reviewer,
    require_verdict,
)
from customer_stack.kyc.domain.routing import Channel, Risk, Route, Step, StepKind, Tier
from customer_stack.kyc.domain.sessions import (
    TAKEN_FOR,
    TRANSITIONS,
    Rejection,
    Session,
    State,
    begin,
    end,
    go_on,
    next_attempt,
    require_draft,
    submit,
    take,
)
from customer_stack.kyc.errors import (
    NotDraft,
    NothingToReview,
    ReviewerUnsuitable,
    SamePerson,
    StateConflict,
    TakenByAnother,
    VerdictIncomplete,
)
from shared.errors import InvariantViolated

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PEOPLE = [UUID(int=number) for number in range(1, 5)]
STEPS = {
    StepKind.CHECK: Step("age", StepKind.CHECK, check=lambda _: None),
    StepKind.VENDOR: Step("identity", StepKind.VENDOR),
    StepKind.REVIEW: Step("picture", StepKind.REVIEW, permission="tenant.kyc.review"),
    StepKind.FOUR_EYES: Step("decision", StepKind.FOUR_EYES, permission="tenant.kyc.decide"),
}
SESSION = Session(
    UUID(int=9), UUID(int=8), UUID(int=7), UUID(int=6), 1, State.DRAFT, Channel.ONLINE,
    DocumentType.NATIONAL_ID, NOW,
)  # fmt: skip


def route(*kinds, attempts=3):
    steps = tuple(replace(STEPS[kind], name=f"step_{chr(97 + place)}") for place, kind in enumerate(kinds))
    return Route(
        "card",
        DocumentType.NATIONAL_ID,
        None,
        None,
        None,
        attempts,
        frozenset({Side.FRONT}),
        "tenant.kyc.decide",
        Tier("standard", 5_000_000_00, 36, needs_valid_document=True),
        steps,
    )


def result(number, step, outcome, staff_id=None, reason=Reason.NOT_ACCEPTED):
    return Result(number, step, outcome, None if outcome is Outcome.PASS else reason, staff_id, NOW)


def test_the_table_of_states_leads_from_draft_to_two_ends():
    assert set(TRANSITIONS) == set(State)
    assert {state for state in State if not TRANSITIONS[state]} == {State.APPROVED, State.REJECTED}
    assert [state for state in State if not state.is_open] == [State.APPROVED, State.REJECTED]
    with pytest.raises(StateConflict):
        begin(SESSION, NOW)


def test_only_a_draft_changes_and_is_submitted():
    submitted = submit(SESSION, route(StepKind.VENDOR), b"1" * 32, Risk.STANDARD, NOW)
    assert (submitted.state, submitted.route, submitted.due_at) == (State.PENDING, "card", NOW)
    for change in (lambda: require_draft(submitted), lambda: submit(submitted, route(), b"", Risk.HIGH, NOW)):
        with pytest.raises(NotDraft):
            change()


def test_a_session_is_one_reviewers_for_half_an_hour():
    one, other = PEOPLE[:2]
    taken = take(SESSION, one, NOW)
    assert take(taken, one, NOW).taken_by == one
    with pytest.raises(TakenByAnother):
        take(taken, other, NOW + TAKEN_FOR - timedelta(seconds=1))
    assert take(taken, other, NOW + TAKEN_FOR).taken_by == other


def test_four_eyes_agree_or_the_step_escalates():
    way = route(StepKind.FOUR_EYES)
    one, other, third = PEOPLE[:3]
    first = result(1, "step_a", Outcome.PASS, one)
    waiting = fold(way, [first])
    assert isinstance(waiting, Waiting)
    assert waiting.first == one
    with pytest.raises(SamePerson):
        require_reviewer(waiting, one, {"tenant.kyc.decide"})
    assert fold(way, [first, result(2, "step_a", Outcome.PASS, other)]) == Ended(End.APPROVED)
    apart = [first, result(2, "step_a", Outcome.REJECT, other)]
    waiting = fold(way, apart)
    assert isinstance(waiting, Waiting)
    assert waiting.is_escalated
    assert fold(way, [*apart, result(3, "step_a", Outcome.PASS, third)]) == Ended(End.APPROVED)


def test_four_eyes_that_reject_for_two_reasons_have_not_agreed():
    way = route(StepKind.FOUR_EYES)
    results = [
        result(1, "step_a", Outcome.REJECT, PEOPLE[0], Reason.UNDER_AGE),
        result(2, "step_a", Outcome.REJECT, PEOPLE[1], Reason.NAME_DIFFERS),
    ]
    assert isinstance(fold(way, results), Waiting)


@pytest.mark.parametrize(
    "results",
    [
        [result(2, "step_a", Outcome.PASS)],
        [result(1, "step_b", Outcome.PASS)],
        [result(1, "step_a", Outcome.PASS, PEOPLE[0])],
        [result(1, "step_a", Outcome.REJECT), result(2, "step_a", Outcome.PASS)],
        [result(1, "step_a", Outcome.PASS), result(2, "step_b", Outcome.PASS)],
        [result(1, "step_a", Outcome.ESCALATE), result(2, "step_a", Outcome.ESCALATE, PEOPLE[0])],
        [replace(result(1, "step_a", Outcome.REJECT), reason=None)],
    ],
)
def test_results_that_cannot_be_are_a_bug(results):
    with pytest.raises(InvariantViolated):
        fold(route(StepKind.VENDOR, StepKind.REVIEW), results)


def test_a_verdict_needs_a_step_that_waits_for_this_person_and_a_reason():
    way = route(StepKind.REVIEW)
    waiting = fold(way, [])
    with pytest.raises(ReviewerUnsuitable):
        require_reviewer(waiting, PEOPLE[0], {"tenant.kyc.decide"})
    assert require_reviewer(waiting, PEOPLE[0], {"tenant.kyc.review"}) == waiting
    for outcome, reason in ((Outcome.PASS, Reason.UNDER_AGE), (Outcome.RETRY, None)):
        with pytest.raises(VerdictIncomplete):
            require_verdict(waiting, outcome, reason)
    escalated = fold(way, [result(1, "step_a", Outcome.ESCALATE, PEOPLE[0])])
    with pytest.raises(VerdictIncomplete):
        require_verdict(escalated, Outcome.ESCALATE, Reason.NOT_ACCEPTED)
    for none in (fold(route(StepKind.VENDOR), []), Ended(End.APPROVED)):
        with pytest.raises(NothingToReview):
            require_reviewer(none, PEOPLE[0], {"tenant.kyc.review"})


@given(st.integers(1, 10), st.integers(1, 10))
def test_a_retry_of_the_last_attempt_is_final(attempt, attempts):
    screening = begin(submit(replace(SESSION, attempt=attempt), route(), b"1" * 32, Risk.STANDARD, NOW), NOW)
    ended = end(screening, Ended(End.RETRY, Reason.NAME_DIFFERS), attempts, NOW)
    assert ended.rejection is (Rejection.RETRY if attempt < attempts else Rejection.FINAL)
    if ended.rejection is Rejection.RETRY:
        following = next_attempt(ended, UUID(int=5), NOW)
        assert (following.attempt, following.state, following.route) == (attempt + 1, State.DRAFT, None)
    else:
        with pytest.raises(InvariantViolated):
            next_attempt(ended, UUID(int=5), NOW)


class Onboarding(RuleBasedStateMachine):
    """Customers, workers and reviewers at random; the reference counts passes and remembers ends."""

    @initialize(kinds=st.lists(st.sampled_from(StepKind), min_size=1, max_size=5), attempts=st.integers(1, 3))
    def open(self, kinds, attempts):
        self.route = route(*kinds, attempts=attempts)
        self.session, self.results, self.passed, self.ended = SESSION, [], 0, []

    @property
    def waiting(self):
        return fold(self.route, self.results)

    @precondition(lambda self: self.session.state is State.DRAFT)
    @rule()
    def submit(self):
        self.session = submit(self.session, self.route, b"1" * 32, Risk.STANDARD, NOW)

    @precondition(lambda self: self.session.state in (State.PENDING, State.SCREENING))
    @rule(outcome=st.sampled_from(Outcome), person=st.sampled_from(PEOPLE))
    def decide(self, outcome, person):
        if self.session.state is State.PENDING:
            self.session = begin(self.session, NOW)
        waiting = self.waiting
        assert isinstance(waiting, Waiting)
        if waiting.for_person:
            if waiting.first == person:
                with pytest.raises(SamePerson):
                    require_reviewer(waiting, person, {waiting.permission})
                return
            require_reviewer(waiting, person, {waiting.permission})
        if outcome is Outcome.ESCALATE and waiting.is_escalated:
            return
        staff_id = person if waiting.for_person else None
        self.results.append(result(len(self.results) + 1, waiting.step.name, outcome, staff_id))
        progress = self.waiting
        if isinstance(progress, Ended):
            self.session = end(self.session, progress, self.route.attempts, NOW)
            self.ended.append(self.session)
        else:
            self.session = go_on(self.session, progress, len(self.results), NOW)

    @precondition(lambda self: self.session.rejection is Rejection.RETRY)
    @rule()
    def try_again(self):
        self.session = next_attempt(self.session, UUID(int=100 + self.session.attempt), NOW)
        self.results = []

    @precondition(lambda self: not self.session.state.is_open)
    @rule()
    def insist(self):
        for change in (
            lambda: require_draft(self.session),
            lambda: begin(self.session, NOW),
            lambda: end(self.session, Ended(End.APPROVED), 3, NOW),
        ):
            with pytest.raises((NotDraft, StateConflict)):
                change()

    @invariant()
    def an_approval_has_a_pass_for_every_step(self):
        if self.session.state is State.APPROVED:
            last = {each.step: each.outcome for each in self.results}
            assert last == {step.name: Outcome.PASS for step in self.route.steps}
            assert (self.session.reason, self.session.rejection) == (None, None)

    @invariant()
    def attempts_are_bounded_and_only_the_last_is_not_a_retry(self):
        assert self.session.attempt <= self.route.attempts
        assert all(each.rejection is Rejection.RETRY for each in self.ended[: self.session.attempt - 1])

    @invariant()
    def somebody_acts_on_every_open_session(self):
        if self.session.state is State.PENDING:
            assert self.session.due_at is not None
        if self.session.state is State.SCREENING and self.results:
            assert (self.session.waits_for is None) != (self.session.due_at is None)
            asks = self.waiting.step.kind is StepKind.VENDOR and not self.waiting.for_person
            assert (self.session.vendor_check_id is not None) == asks

    @invariant()
    def an_end_has_its_times_in_order(self):
        if not self.session.state.is_open:
            assert self.session.decided_at >= self.session.screening_at >= self.session.submitted_at
            assert (self.session.waits_for, self.session.due_at) == (None, None)


TestOnboarding = Onboarding.TestCase
TestOnboarding.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
