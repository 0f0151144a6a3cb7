"""Statements that come late: whenever they come and in whatever order, the same is found in the end."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.reconciliation import metrics
from customer_stack.reconciliation.configuration import load_sources
from customer_stack.reconciliation.domain.breaks import Unit
from customer_stack.reconciliation.domain.due_days import find_due_days
from customer_stack.reconciliation.domain.leftovers import find_leftovers, span_of
from customer_stack.reconciliation.domain.lines import lines_of
from customer_stack.reconciliation.domain.matching import match
from customer_stack.reconciliation.domain.rules import Rule, RuleKind, RuleSet
from customer_stack.reconciliation.domain.sources import begin_of, number_of
from customer_stack.reconciliation.service.due_days import DueDays
from customer_stack.reconciliation.service.matching import Holder
from shared.ids import CountingIds

from ..payouts.teller import Teller  # noqa: TID252 - test folders are no packages
from .test_match_desk import Desk

RULES = (
    Rule("reference", RuleKind.EXACT),
    Rule("reference-late", RuleKind.DATE, days=2),
    Rule("batch", RuleKind.OURS_TO_ONE, days=1),
    Rule("alone", RuleKind.UNNAMED, days=1),
)
SET = RuleSet("bank-lkr", Unit.LKR_CENT, RULES, waits_days=1, rounding=10)
JUDGED = 4
REACH_BACK = JUDGED + SET.reach_days
FIRST, SPAN, END = 20_700, 6, 20_722
ids = CountingIds()

LINES = st.tuples(
    st.sampled_from(["A", "B", "C", ""]),
    st.sampled_from([100, 100, 105, -100, 200]),
    st.integers(FIRST, FIRST + SPAN - 1),
    st.sampled_from(["", "", "B"]),
)


def find(ours, theirs, day):
    """Return what a match for a day finds among lines that are here."""
    days = range(day - REACH_BACK + 1, day + 1)
    sides = tuple(lines_of(row for row in rows if row[2] in days) for rows in (ours, theirs))
    outcome = match(*sides, RULES)
    span = span_of(SET, day, JUDGED, max(sides[1].days, default=None))
    return find_leftovers(sides, outcome, SET, span), outcome.digest()


def live(ours, statements, arrivals):
    """Return day -> what its last match found: `arrivals` says the moment at which each statement comes."""
    found, here, due = {}, [], set()
    pending = sorted(zip(arrivals, range(len(statements)), strict=True))
    for today in range(FIRST + 1, END):
        moments = [begin_of(today), begin_of(today) + timedelta(hours=12)]
        for number, moment in enumerate(moments):
            while pending and pending[0][0] <= moment:
                at, place = pending.pop(0)
                here += statements[place]
                due |= set(find_due_days([row[2] for row in statements[place]], REACH_BACK, at))
            if number == 0:  # the day's own match, once
                found[today - 1] = find(ours, here, today - 1)
            for day in sorted(each for each in due if each < today):
                found[day] = find(ours, here, day)
                due.remove(day)
    return found


@given(st.lists(LINES, max_size=14), st.lists(LINES, max_size=14), st.data())
def test_neither_order_nor_day_of_arrival_changes_what_the_last_matches_find(mine, theirs, data):
    ours = [(ids.new(), amount, day, reference, batch) for reference, amount, day, batch in mine]
    other = [(ids.new(), amount, day, reference, "") for reference, amount, day, _ in theirs]
    statements = [[row for row in other if row[2] == day] for day in range(FIRST, FIRST + SPAN)]
    hours = st.integers(0, 24 * (END - FIRST - SPAN - 2))
    late = [begin_of(FIRST + n + 1) + timedelta(hours=data.draw(hours)) for n in range(SPAN)]
    in_time = [begin_of(FIRST + n + 1) for n in range(SPAN)]
    assert live(ours, statements, late) == live(ours, statements, in_time)


def test_a_line_makes_the_days_due_that_read_it_and_are_over():
    came = begin_of(20_750) + timedelta(hours=9)
    assert find_due_days([20_700], 19, came) == tuple(range(20_700, 20_719))
    assert find_due_days([20_748, 20_748], 19, came) == (20_748, 20_749)
    assert find_due_days([20_749], 19, came) == (20_749,)
    assert find_due_days([20_750], 19, came) == ()
    # What is kept a moment before midnight may be seen a moment after it, when the day's match has read.
    assert find_due_days([20_750], 19, begin_of(20_751) - timedelta(seconds=1)) == (20_750,)


@pytest.fixture
async def desk(customer_database: Any) -> Desk:
    teller = await Teller(customer_database).open_for_business()
    await teller.deposit("30000.00", "BOC-331")
    return Desk(teller)


async def test_a_statement_that_is_a_month_late_is_judged_by_the_worker_day_by_day(desk: Desk):
    day = desk.today
    desk.clock.advance(timedelta(days=30))
    due_days = DueDays(desk.teller.database.app, desk.matching, desk.teller.tenants, desk.clock)
    assert await due_days.judge_due() == ()
    await desk.keep(
        desk.statement(("OPENING", 507_500_00), ("BOC-331", 30_000_00), ("BOC-9", 7_000_00), before=0)
    )
    first, rest = await due_days.judge_due(5), await due_days.judge_due(50)
    numbers = [each.day for each in (*first, *rest)]
    assert (len(first), numbers) == (5, list(range(numbers[0], numbers[0] + 19)))
    assert numbers[0] == number_of(day)
    (stranger,) = await desk.open_breaks()
    assert (stranger.type, stranger.seen.theirs) == ("missing_ours", 7_000_00)
    assert await due_days.judge_due(50) == ()


class Stuck:
    """A matching whose days before one run out of time."""

    def __init__(self, matching: Any, until: int) -> None:
        self.matching, self.until = matching, until

    async def match_again(self, source: Any, holder: Holder, day: int) -> Any:
        if day < self.until:
            raise TimeoutError
        return await self.matching.match_again(source, holder, day)


async def test_days_that_can_not_be_judged_hold_up_no_other_and_are_seen_to_wait(desk: Desk):
    first = number_of(desk.today)
    desk.clock.advance(timedelta(days=30))
    await desk.keep(desk.statement(("OPENING", 507_500_00), before=0))
    stuck: Any = Stuck(desk.matching, first + 5)
    due_days = DueDays(desk.teller.database.app, stuck, desk.teller.tenants, desk.clock)
    assert await due_days.judge_due(5) == ()
    desk.clock.advance(timedelta(hours=2))
    assert [each.day for each in await due_days.judge_due(5)] == list(range(first + 5, first + 10))
    assert len(await due_days.judge_due(50)) == 19 - 10
    assert metrics.DUE_AGE.collect()[0].samples[0].value == 2 * 3600
    stuck.until = 0
    assert [each.day for each in await due_days.judge_due(50)] == list(range(first, first + 5))
    assert metrics.DUE_AGE.collect()[0].samples[0].value == 0


async def test_a_correction_makes_the_days_of_both_statements_due(desk: Desk):
    due_days = DueDays(desk.teller.database.app, desk.matching, desk.teller.tenants, desk.clock)
    wrong = await desk.keep(desk.statement(("OPENING", 507_500_00), ("BOC-9", 1_00), before=0))
    desk.clock.advance(timedelta(days=40))
    await due_days.judge_due(50)
    head, opening = desk.statement(("OPENING", 507_500_00), before=0).splitlines()
    earlier = desk.statement(("BOC-8", 2_00), before=1).splitlines()[1]
    opening = opening.replace(b"507500.00", b"507502.00")
    await desk.keep(b"\n".join((head, earlier, opening)), replaces=wrong.id)
    made = await due_days.judge_due(50)
    first = number_of(desk.today) - 1
    assert [each.day for each in made] == list(range(first, first + 20))


async def test_the_same_lines_by_the_same_rules_are_not_kept_twice(desk: Desk):
    await desk.keep(desk.statement(("OPENING", 507_500_00), before=0))
    source, holder = load_sources().sources["bank-lkr"], Holder(desk.teller.tenant, desk.teller.department)
    first = await desk.matching.match_again(source, holder, number_of(desk.today))
    assert await desk.matching.match_again(source, holder, number_of(desk.today)) == first
    await desk.teller.deposit("30000.00", "BOC-332")
    assert (await desk.matching.match_again(source, holder, number_of(desk.today))).id != first.id
