"""How one limit changes, over every order of wishes, times and people."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_stack.protection.domain import changing
from customer_stack.protection.domain.changing import APPROVAL_TIME, first_setting, waiting
from customer_stack.protection.domain.policies import Policy
from customer_stack.protection.errors import NothingPending, SamePerson, TooEarly

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
POLICY = Policy(1, (), cooling=timedelta(hours=24), confirming=timedelta(hours=48))
TICK = timedelta(microseconds=1)
ANNA, BEN = UUID(int=1), UUID(int=2)
NO_LIMIT = 10**9

amounts = st.one_of(st.none(), st.integers(0, 5))
pauses = st.sampled_from(
    [timedelta(0), timedelta(hours=1), timedelta(hours=24), timedelta(hours=71), timedelta(days=4)]
)
people = st.sampled_from([ANNA, BEN])
acts = st.one_of(st.tuples(st.just("ask"), amounts), st.sampled_from([("confirm", None), ("withdraw", None)]))


class Strict:
    """The lowest of everything asked for; only what waited, untouched, and was confirmed in time lifts it."""

    def __init__(self):
        self.cap, self.asked, self.at = NO_LIMIT, None, None

    def ask(self, amount, now):
        wanted = NO_LIMIT if amount is None else amount
        if wanted <= self.cap:
            self.cap, self.at = wanted, None
        elif self.at is None or self.asked != wanted or now >= self.at + timedelta(hours=72):
            self.asked, self.at = wanted, now

    def confirm(self, now):
        if self.at is not None and timedelta(hours=24) <= now - self.at < timedelta(hours=72):
            self.cap, self.at = self.asked, None


@given(st.lists(st.tuples(acts, pauses), max_size=25))
@settings(max_examples=200)
def test_the_limit_in_force_is_never_above_the_lowest_that_was_asked_for_without_delay(steps):
    setting, strict, now = None, Strict(), NOW
    for (act, amount), pause in steps:
        now += pause
        try:
            match act:
                case "ask":
                    strict.ask(amount, now)
                    setting = changing.change_own(setting, amount, now, POLICY)
                case "confirm":
                    strict.confirm(now)
                    setting = changing.confirm(setting, now)
                case _:
                    strict.at = None
                    setting = changing.withdraw(setting, now)
        except (NothingPending, TooEarly):
            pass
        in_force = NO_LIMIT if setting is None or setting.amount is None else setting.amount
        assert in_force == strict.cap


def test_a_raise_can_be_confirmed_from_its_time_on_and_until_it_lapses():
    asked = changing.change_own(first_setting(5, NOW), 9, NOW, POLICY)
    assert asked.amount == 5
    ready, lapses = NOW + timedelta(hours=24), NOW + timedelta(hours=72)
    assert (asked.pending.ready_at, asked.pending.lapses_at) == (ready, lapses)
    with pytest.raises(TooEarly):
        changing.confirm(asked, ready - TICK)
    for now in (ready, lapses - TICK):
        assert changing.confirm(asked, now).amount == 9
    with pytest.raises(NothingPending):
        changing.confirm(asked, lapses)


def test_asking_again_for_what_waits_does_not_begin_the_wait_anew():
    asked = changing.change_own(first_setting(5, NOW), None, NOW, POLICY)
    assert changing.change_own(asked, None, NOW + timedelta(hours=23), POLICY) == asked
    other = changing.change_own(asked, 7, NOW + timedelta(hours=23), POLICY)
    assert other.pending.ready_at == NOW + timedelta(hours=47)


def test_the_same_amount_again_ends_what_waits():
    asked = changing.change_own(first_setting(5, NOW), 9, NOW, POLICY)
    assert changing.change_own(asked, 5, NOW, POLICY).pending is None


@given(st.lists(st.tuples(st.sampled_from(["ask", "approve"]), amounts, people, pauses)))
def test_staffs_limit_is_never_raised_by_one_person(steps):
    setting, now = None, NOW
    for act, amount, person, pause in steps:
        now += pause
        before = setting
        try:
            if act == "ask":
                setting = changing.change_by_staff(setting, amount, now, person)
            else:
                setting = changing.approve(setting, now, person)
        except (NothingPending, SamePerson):
            continue
        old = NO_LIMIT if before is None or before.amount is None else before.amount
        new = NO_LIMIT if setting is None or setting.amount is None else setting.amount
        if new > old:
            assert act == "approve"
            assert before.pending.asked_by != person
            assert now < before.pending.asked_at + APPROVAL_TIME
        if setting is not None and waiting(setting, now) is not None:
            assert setting.pending.asked_by in (ANNA, BEN)
