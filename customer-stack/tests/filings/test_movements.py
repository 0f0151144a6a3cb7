"""What is reportable, by which report, until when: rules as values."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.filings.domain.movements import (
    PERIOD_DAYS_LIMIT,
    THRESHOLD_CENTS,
    Basis,
    Channel,
    Direction,
    Policy,
    Posted,
    Source,
    begin_of,
    classify,
    due_on,
    require_period,
    select_reportable,
)
from customer_stack.filings.domain.report import ReportCode
from customer_stack.filings.domain.suspicion import due_on as suspicion_due_on
from customer_stack.filings.domain.suspicion import require_suspicion
from customer_stack.filings.errors import PeriodUnusable, SuspicionUnusable
from customer_stack.working_days.domain import day_of, read_calendar
from shared.ids import SystemIds

IDS = SystemIds()
TENANT, NIMAL, KUMARI = IDS.new(), IDS.new(), IDS.new()
NOON = datetime(2026, 11, 3, 6, 30, tzinfo=UTC)


def moved(amount=THRESHOLD_CENTS, at=NOON, customer=NIMAL, **changes):
    made = Posted(
        Source.PAY_IN,
        IDS.new(),
        TENANT,
        customer,
        Direction.IN,
        Channel.BANK,
        "sandbox-bank",
        "IN1",
        amount,
        at,
    )
    return replace(made, **changes)


@pytest.mark.parametrize(("amount", "is_found"), [(99_999_999, False), (100_000_000, True)])
def test_one_million_rupees_are_reportable_and_a_cent_less_is_not(amount, is_found):
    assert bool(select_reportable([moved(amount)], Policy())) is is_found


def test_only_a_provider_that_is_configured_so_takes_cash():
    assert classify(moved(), Policy()) == (Channel.BANK, ReportCode.EFT)
    cash = Policy(cash_providers=frozenset({"agents"}))
    assert classify(moved(provider="agents"), cash) == (Channel.CASH, ReportCode.CTR)
    assert classify(moved(), cash) == (Channel.BANK, ReportCode.EFT)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 3, 18, 29, 59, tzinfo=UTC), date(2026, 12, 4)),
        (datetime(2026, 11, 3, 18, 30, tzinfo=UTC), date(2026, 12, 5)),
        (datetime(2026, 1, 31, 18, 30, tzinfo=UTC), date(2026, 3, 4)),
    ],
)
def test_thirty_one_days_count_from_the_day_in_colombo(at, day):
    assert due_on(at, Policy()) == day


def test_a_day_total_counts_one_customer_direction_and_day():
    policy = Policy(is_aggregated=True)
    half = THRESHOLD_CENTS // 2
    pair = [moved(half), moved(half, at=NOON + timedelta(hours=11, minutes=59))]
    assert [basis for _, basis in select_reportable(pair, policy)] == [Basis.DAY_TOTAL] * 2
    assert select_reportable(pair, Policy()) == ()
    for other in (
        {"at": NOON + timedelta(hours=12)},
        {"customer": KUMARI},
        {"direction": Direction.OUT},
        {"reversed_at": NOON},
        {"provider": "agents"},
    ):
        apart = [moved(half), moved(half, **other)]
        with_agents = replace(policy, cash_providers=frozenset({"agents"}))
        assert select_reportable(apart, with_agents) == ()


def test_what_is_nobodys_yet_adds_up_to_nothing_but_counts_by_itself():
    policy = Policy(is_aggregated=True)
    half = THRESHOLD_CENTS // 2
    assert select_reportable([moved(half, customer=None), moved(half, customer=None)], policy) == ()
    assert len(select_reportable([moved(customer=None)], policy)) == 1


@given(
    st.lists(st.tuples(st.integers(1, 3 * THRESHOLD_CENTS), st.integers(0, 72), st.booleans()), max_size=12),
    st.booleans(),
)
def test_a_movement_is_selected_exactly_when_it_or_its_day_reaches_the_threshold(moves, is_aggregated):
    policy = Policy(is_aggregated=is_aggregated)
    every = [
        moved(amount, at=NOON + timedelta(hours=hours), customer=NIMAL if own else KUMARI)
        for amount, hours, own in moves
    ]
    found = {each.source_id: basis for each, basis in select_reportable(every, policy)}
    for each in every:
        same = [o for o in every if o.customer_id == each.customer_id and day_of(o.at) == day_of(each.at)]
        total = sum(other.amount for other in same)
        if each.amount >= THRESHOLD_CENTS:
            assert found[each.source_id] is Basis.SINGLE
        elif is_aggregated and total >= THRESHOLD_CENTS:
            assert found[each.source_id] is Basis.DAY_TOTAL
        else:
            assert each.source_id not in found


def test_a_period_has_ended_in_colombo_and_is_not_endless():
    now = datetime(2026, 11, 3, 18, 30, tzinfo=UTC)
    require_period(date(2026, 11, 1), date(2026, 11, 3), now)
    for first, last in (
        (date(2026, 11, 2), date(2026, 11, 1)),
        (date(2026, 11, 1), date(2026, 11, 4)),
        (date(2026, 11, 3) - timedelta(days=PERIOD_DAYS_LIMIT), date(2026, 11, 3)),
    ):
        with pytest.raises(PeriodUnusable):
            require_period(first, last, now)
    with pytest.raises(PeriodUnusable):
        require_period(date(2026, 11, 3), date(2026, 11, 3), now - timedelta(seconds=1))


def test_a_day_begins_at_midnight_in_colombo():
    assert begin_of(date(2026, 11, 4)) == datetime(2026, 11, 3, 18, 30, tzinfo=UTC)


CALENDAR = read_calendar(
    {2026: {date(2026, 12, 23): "Unduvap Full Moon Poya", date(2026, 12, 25): "Christmas"}}
)


@pytest.mark.parametrize(
    ("suspected_at", "day"),
    [
        (datetime(2026, 11, 16, 9, tzinfo=UTC), date(2026, 11, 18)),  # Monday
        (
            datetime(2026, 11, 19, 18, 29, tzinfo=UTC),
            date(2026, 11, 23),
        ),  # Thursday still
        (datetime(2026, 11, 19, 18, 30, tzinfo=UTC), date(2026, 11, 24)),  # Friday has begun
        (datetime(2026, 11, 21, 9, tzinfo=UTC), date(2026, 11, 24)),  # Saturday
        (datetime(2026, 12, 22, 9, tzinfo=UTC), date(2026, 12, 28)),  # Poya, Christmas and a weekend between
    ],
)
def test_a_suspicion_is_due_after_two_working_days(suspected_at, day):
    assert suspicion_due_on(suspected_at, 2, CALENDAR) == day


def test_a_suspicion_lies_in_the_past_year():
    require_suspicion(NOON, NOON)
    for at in (NOON + timedelta(seconds=1), NOON - timedelta(days=367)):
        with pytest.raises(SuspicionUnusable):
            require_suspicion(at, NOON)
