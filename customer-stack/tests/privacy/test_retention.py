"""When somebody is erased, over every history of wishes that staff can have."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from customer_stack.privacy.domain.inventory import Period
from customer_stack.privacy.domain.retention import (
    BASES,
    Basis,
    Keeping,
    Outcome,
    Periods,
    Proposal,
    Standing,
    Wish,
    day_of,
    decide,
    due_at,
    latest_begin,
    require_decidable,
    require_proposable,
)
from customer_stack.privacy.errors import OwnProposal, ProposalDecided, ProposalNotPossible

SIX_YEARS = Period("relationship", 6, 0, "the end", "a law", verified=False)
DAYS_90 = Period("message", 0, 90, "arrival", "a rule", verified=True)
PERIODS = Periods(SIX_YEARS, DAYS_90)
START = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
STAFF = [UUID(int=number) for number in range(1, 4)]
CUSTOMER = UUID(int=99)

moments = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(moments, st.integers(0, 30), st.integers(0, 400), moments)
def test_looking_by_age_never_leaves_out_who_is_due_for_more_than_a_day(at, years, days, now):
    period = Period("any", years, days, "", "", verified=True)
    if due_at(at, period) <= now - timedelta(days=1):
        assert at <= latest_begin(now, period)


@given(moments, st.integers(0, 30))
def test_a_year_is_a_year_of_the_calendar_in_colombo(at, years):
    due = due_at(at, Period("any", years, 0, "", "", verified=True))
    began, ended = day_of(at), day_of(due)
    if (began.month, began.day) == (2, 29) and ended.day == 1:
        assert ended == date(began.year + years, 3, 1)
    else:
        assert (ended.year, ended.month, ended.day) == (began.year + years, began.month, began.day)


def proposal(number, wish, basis=None, outcome=None, by=0):
    basis = basis or min(BASES[wish])
    decided = (None, None) if outcome is None else (STAFF[by if outcome is Outcome.WITHDRAWN else 1], START)
    return Proposal(
        UUID(int=number), CUSTOMER, number, wish, basis, "A1", STAFF[by], START, outcome, *decided
    )


def standing(ended=True, proposals=(), blockers=(), erased=None):
    return Standing(START if ended else None, erased, proposals, blockers)


@pytest.mark.parametrize(
    ("stands", "after_days", "expected"),
    [
        (standing(ended=False), 9999, Keeping.OPEN),
        (standing(), 6 * 365, Keeping.RETAINED),
        (standing(), 6 * 366, Keeping.DUE),
        (standing(blockers=["money"]), 6 * 366, Keeping.HELD),
        (standing(proposals=[proposal(1, Wish.HOLD)]), 6 * 366, Keeping.HELD),
        (standing(proposals=[proposal(1, Wish.HOLD, outcome=Outcome.REJECTED)]), 6 * 366, Keeping.DUE),
        (standing(proposals=[proposal(1, Wish.ERASE_EARLY)]), 91, Keeping.RETAINED),
        (standing(proposals=[proposal(1, Wish.ERASE_EARLY, outcome=Outcome.APPROVED)]), 89, Keeping.RETAINED),
        (standing(proposals=[proposal(1, Wish.ERASE_EARLY, outcome=Outcome.APPROVED)]), 90, Keeping.DUE),
        (
            standing(
                proposals=[
                    proposal(1, Wish.ERASE_EARLY, outcome=Outcome.APPROVED),
                    proposal(2, Wish.HOLD),
                ]
            ),
            91,
            Keeping.HELD,
        ),
        (standing(erased=START), 1, Keeping.ERASED),
    ],
)
def test_where_a_person_stands(stands, after_days, expected):
    assert decide(stands, PERIODS, START + timedelta(days=after_days)) is expected


@pytest.mark.parametrize(
    ("stands", "wish", "basis"),
    [
        (standing(ended=False), Wish.ERASE_EARLY, Basis.COURT_ORDER),
        (standing(), Wish.ERASE_EARLY, Basis.DISPUTE),
        (standing(), Wish.LIFT_HOLD, Basis.MISTAKE),
        (standing(erased=START), Wish.HOLD, Basis.COURT_ORDER),
        (standing(proposals=[proposal(1, Wish.HOLD)]), Wish.ERASE_EARLY, Basis.COURT_ORDER),
        (
            standing(proposals=[proposal(1, Wish.HOLD, outcome=Outcome.APPROVED)]),
            Wish.HOLD,
            Basis.COURT_ORDER,
        ),
        (
            standing(proposals=[proposal(1, Wish.ERASE_EARLY, outcome=Outcome.APPROVED)]),
            Wish.ERASE_EARLY,
            Basis.COURT_ORDER,
        ),
    ],
)
def test_what_does_not_fit_is_not_proposed(stands, wish, basis):
    with pytest.raises(ProposalNotPossible):
        require_proposable(stands, wish, basis)


class Life(RuleBasedStateMachine):
    """One person, staff of three, and time."""

    def __init__(self):
        super().__init__()
        self.now, self.ended, self.erased = START, None, None
        self.proposals, self.blocked = [], False
        self.held = self.early = False
        """What a second, simpler book says: a hold that was asked for, an early end that two agreed to."""

    @property
    def stands(self):
        return Standing(self.ended, self.erased, tuple(self.proposals), ["money"] if self.blocked else ())

    @rule(days=st.integers(1, 900))
    def wait(self, days):
        self.now += timedelta(days=days)

    @precondition(lambda self: self.ended is None)
    @rule()
    def close(self):
        self.ended = self.now

    @rule(blocked=st.booleans())
    def move_money(self, blocked):
        self.blocked = blocked and self.erased is None

    @rule(wish=st.sampled_from(Wish), staff=st.sampled_from(STAFF), data=st.data())
    def propose(self, wish, staff, data):
        basis = data.draw(st.sampled_from(sorted(BASES[wish])))
        try:
            require_proposable(self.stands, wish, basis)
        except ProposalNotPossible:
            return
        number = len(self.proposals) + 1
        self.proposals.append(
            Proposal(UUID(int=number), CUSTOMER, number, wish, basis, "A1", staff, self.now)
        )

    @precondition(lambda self: self.proposals)
    @rule(outcome=st.sampled_from(Outcome), staff=st.sampled_from(STAFF))
    def decide_last(self, outcome, staff):
        last = self.proposals[-1]
        try:
            require_decidable(self.stands, last, outcome, staff)
        except (OwnProposal, ProposalDecided):
            assert (
                last.outcome or self.erased or (staff == last.proposed_by) != (outcome is Outcome.WITHDRAWN)
            )
            return
        self.proposals[-1] = Proposal(
            *[getattr(last, name) for name in last.__slots__[:8]], outcome, staff, self.now
        )
        if outcome is Outcome.APPROVED:
            self.held = {Wish.HOLD: True, Wish.LIFT_HOLD: False}.get(last.wish, self.held)
            self.early = self.early or last.wish is Wish.ERASE_EARLY

    @rule()
    def sweep(self):
        if decide(self.stands, PERIODS, self.now) is Keeping.DUE:
            waits = (
                self.proposals and self.proposals[-1].outcome is None and self.proposals[-1].wish is Wish.HOLD
            )
            assert self.ended is not None
            assert not (self.held)
            assert not waits
            assert not (self.blocked)
            assert self.now >= due_at(self.ended, DAYS_90 if self.early else SIX_YEARS)
            self.erased = self.now

    @invariant()
    def one_proposal_at_a_time_and_two_people(self):
        assert sum(each.outcome is None for each in self.proposals) <= 1
        for each in self.proposals:
            if each.outcome in (Outcome.APPROVED, Outcome.REJECTED):
                assert each.decided_by != each.proposed_by

    @invariant()
    def an_erasure_is_the_end(self):
        if self.erased is None:
            return
        assert decide(self.stands, PERIODS, self.now) is Keeping.ERASED
        for wish, bases in BASES.items():
            for basis in bases:
                with pytest.raises(ProposalNotPossible):
                    require_proposable(self.stands, wish, basis)


Life.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestLife = Life.TestCase
