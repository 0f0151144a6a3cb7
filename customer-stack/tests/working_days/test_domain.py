"""Working days: which they are, and where deadlines end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.working_days.catalogue import load_calendar
from customer_stack.working_days.domain import COLOMBO, WorkingCalendar, day_of, end_of, read_calendar
from shared.errors import InvariantViolated

DAYS = st.dates(date(2026, 1, 1), date(2027, 6, 30))
CALENDAR = load_calendar()


@pytest.mark.parametrize(
    ("began_at", "count", "due_at"),
    [
        # A Friday evening in Colombo: two working days end with the Tuesday.
        ("2026-11-27T12:00:00+00:00", 2, "2026-12-01T18:30:00+00:00"),
        # Monday before Il Poya (Tuesday): the holiday does not count.
        ("2026-11-23T04:00:00+00:00", 1, "2026-11-25T18:30:00+00:00"),
        # Sunday 19:00 UTC is Monday half past midnight in Colombo, so Tuesday's Poya is the day after.
        ("2026-11-22T19:00:00+00:00", 1, "2026-11-25T18:30:00+00:00"),
        ("2026-11-22T18:29:59+00:00", 1, "2026-11-23T18:30:00+00:00"),
        # Over the New Year of April and its week-end before: Friday 10 -> Wednesday 15.
        ("2026-04-10T05:00:00+05:30", 1, "2026-04-15T18:30:00+00:00"),
        # Christmas on a Friday, Unduvap Poya two days before.
        ("2026-12-22T10:00:00+05:30", 2, "2026-12-28T18:30:00+00:00"),
        ("2026-11-27T12:00:00+00:00", 0, "2026-11-27T18:30:00+00:00"),
    ],
)
def test_a_deadline_ends_with_a_working_day_of_colombo(began_at, count, due_at):
    due = CALENDAR.due_at(datetime.fromisoformat(began_at), count)
    assert due == datetime.fromisoformat(due_at)
    assert due.tzinfo is UTC


def test_holidays_and_week_ends_are_no_working_days():
    assert not CALENDAR.is_working(date(2026, 11, 24))
    assert not CALENDAR.is_working(date(2026, 11, 28))
    assert CALENDAR.is_working(date(2026, 11, 27))
    assert CALENDAR.knows(date(2026, 1, 1))
    assert len(CALENDAR.holidays) == 25


def test_a_year_that_is_not_known_has_no_holidays():
    assert not CALENDAR.knows(date(2031, 2, 4))
    assert CALENDAR.is_working(date(2031, 2, 4))


@given(DAYS, st.integers(0, 40))
def test_adding_and_counting_agree(day, count):
    later = CALENDAR.add(day, count)
    assert CALENDAR.count_between(day, later) == count
    assert count == 0 or CALENDAR.is_working(later)
    assert CALENDAR.add(day, count + 1) > later


@given(DAYS, st.integers(0, 40), st.sets(DAYS, max_size=30))
def test_a_holiday_more_makes_no_deadline_earlier(day, count, more):
    longer = WorkingCalendar(CALENDAR.holidays | more)
    assert longer.add(day, count) >= CALENDAR.add(day, count) >= WorkingCalendar(frozenset()).add(day, count)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))
def test_a_moment_lies_in_its_day(moment):
    moment = moment.replace(tzinfo=UTC)
    end = end_of(day_of(moment))
    assert end - timedelta(days=1) <= moment < end
    assert end.astimezone(COLOMBO).hour == 0


@pytest.mark.parametrize(
    "document",
    [{2026: {date(2025, 1, 1): "Another year"}}, {2026: {"2026-01-01": "x"}}, {2026: {date(2026, 1, 1): ""}}],
)
def test_a_day_that_is_none_of_its_year_is_refused(document):
    with pytest.raises(InvariantViolated):
        read_calendar(document)
