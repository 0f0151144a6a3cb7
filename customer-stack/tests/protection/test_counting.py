"""Windows and limits: pure rules, and counters on a real database against a plain recount."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.protection.domain.counting import HOUR, LENGTHS, Measure, Window, edge_of, hour_of
from customer_stack.protection.domain.limits import (
    NOTHING,
    Limit,
    LimitKind,
    Source,
    Standing,
    judge,
    lowest,
)
from customer_stack.protection.domain.policies import DEFAULT_POLICY
from customer_stack.protection.service import (
    by_hour,
    change,
    load_counts,
    load_policy,
    load_standings,
    set_policy,
)
from shared.errors import InvariantViolated

from .people import CUSTOMER, NOW, OTHER, TENANT, Diary, counted

TICK = timedelta(microseconds=1)
COLOMBO = ZoneInfo("Asia/Colombo")

moments = st.one_of(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.builds(
        lambda hours, ticks: NOW + hours * HOUR / 2 + ticks * TICK, st.integers(-99, 99), st.integers(-1, 1)
    ),
)
limits = st.builds(
    Limit,
    st.sampled_from(LimitKind),
    st.sampled_from(Window),
    st.integers(0, 50),
    st.sampled_from(Source),
)


@given(moments, st.sampled_from(Window), st.timedeltas(timedelta(0), timedelta(days=32)))
def test_every_moment_of_a_window_is_read_once_and_no_other(now, window, age):
    at = now - age
    edge = edge_of(window, now)
    in_tail = edge.after < at < edge.whole
    in_hours = hour_of(at) >= edge.whole
    assert in_tail + in_hours == (at > now - LENGTHS[window])
    assert edge.whole - edge.after <= HOUR
    assert hour_of(edge.whole) == edge.whole


@given(st.lists(limits, max_size=12))
def test_of_several_limits_the_lowest_counts_and_says_whose_it_is(given_limits):
    kept = lowest(given_limits)
    assert len({(each.kind, each.window) for each in kept}) == len(kept)
    for each in given_limits:
        standing = Standing(NOTHING, kept, 1)
        counting = standing.limit_on(each.kind, each.window)
        assert counting in given_limits
        assert counting.amount <= each.amount
    assert lowest(reversed(given_limits)) == kept


@given(
    st.lists(limits, max_size=8),
    st.lists(st.tuples(st.sampled_from(Measure), st.integers(0, 30)), max_size=12),
)
def test_what_is_let_through_never_passes_a_limit(given_limits, asked):
    standing = Standing(NOTHING, lowest(given_limits), 1)
    for measure, amount in asked:
        breach = judge(standing, measure, amount)
        if breach is None:
            standing = standing.plus(measure, amount)
        else:
            assert breach.used == standing.used(breach.limit.kind, breach.limit.window)
            assert breach.used + amount > breach.limit.amount
        for limit in given_limits:
            assert standing.used(limit.kind, limit.window) <= limit.amount


def test_winnings_make_no_room_for_more_than_the_loss_limit():
    standing = Standing(NOTHING, lowest([Limit(LimitKind.LOSS, Window.DAY, 100, Source.OWN)]), 1)
    standing = standing.plus(Measure.STAKE, 40).plus(Measure.RETURN, 500)
    assert standing.used(LimitKind.LOSS, Window.DAY) == 0
    assert judge(standing, Measure.STAKE, 100) is None
    breach = judge(standing.plus(Measure.STAKE, 500), Measure.STAKE, 61)
    assert (breach.reason, breach.used) == ("protection.loss_limit", 40)


def test_a_reason_says_whether_the_tier_or_protection_refuses():
    tier = lowest([Limit(LimitKind.DEPOSIT, Window.DAY, 5, Source.TIER)])
    assert judge(Standing(NOTHING, tier, 1), Measure.DEPOSIT, 6).reason == "gate.tier_limit"
    own = lowest([Limit(LimitKind.DEPOSIT, Window.DAY, 5, each) for each in (Source.TENANT, Source.OWN)])
    breach = judge(Standing(NOTHING, own, 1), Measure.DEPOSIT, 6)
    assert (breach.reason, breach.limit.source) == ("protection.deposit_limit", Source.OWN)


async def test_windows_hold_what_a_plain_recount_finds_at_every_edge(customer_database):
    diary = Diary(customer_database.app)
    chance = random.Random(20261128)  # noqa: S311
    at = [
        NOW - days * timedelta(days=1) + part
        for days in (0, 1, 7, 30)
        for part in (-HOUR, -TICK, 0 * TICK, TICK)
    ]
    at += [NOW - chance.randrange(32 * 24 * 60) * timedelta(minutes=1) for _ in range(60)]
    for each in at:
        measure = chance.choice(list(Measure))
        person = chance.choice([CUSTOMER, OTHER])
        await diary.write(counted(measure, each, chance.randint(1, 10**9), person))
    for (person, measure, moment), amount in chance.sample(sorted(diary.left().items()), 12):
        await diary.write(counted(measure, moment, -chance.randint(1, amount), person))
    await diary.write(counted(Measure.RETURN, NOW - HOUR, -(10**10)))
    edges = [
        moment + LENGTHS[window] + part
        for moment in at[:16]
        for window in Window
        for part in (-TICK, 0 * TICK)
    ]
    async with customer_database.app.transaction(TENANT) as tx:
        for now in [NOW, hour_of(NOW), *(each for each in edges if each >= NOW)]:
            standings = await load_standings(tx, {CUSTOMER: TENANT, OTHER: TENANT}, now)
            for person, standing in standings.items():
                for measure in Measure:
                    for window in Window:
                        wanted = diary.recount(person, measure, window, now)
                        assert standing.counted(measure, window) == wanted
        moments_, hours = await load_counts(tx, TENANT)
        assert by_hour(moments_) == hours


async def test_a_day_over_midnight_in_colombo_is_24_hours_and_no_calendar_day(customer_database):
    midnight = datetime(2026, 11, 21, tzinfo=COLOMBO).astimezone(UTC)
    diary = Diary(customer_database.app)
    await diary.write(counted(Measure.DEPOSIT, midnight - TICK, 5), counted(Measure.DEPOSIT, midnight, 7))
    async with customer_database.app.transaction(TENANT) as tx:
        for now, wanted in (
            (midnight, 12),
            (midnight + timedelta(days=1) - 2 * TICK, 12),
            (midnight + timedelta(days=1) - TICK, 7),
            (midnight + timedelta(days=1), 0),
        ):
            standing = (await load_standings(tx, {CUSTOMER: TENANT}, now))[CUSTOMER]
            assert standing.counted(Measure.DEPOSIT, Window.DAY) == wanted


async def test_what_was_never_counted_cannot_be_taken_back(customer_database):
    with pytest.raises(InvariantViolated):
        async with customer_database.app.transaction(TENANT) as tx:
            await change(tx, [counted(Measure.STAKE, NOW, -1)])


async def test_the_newest_policy_of_the_tenant_counts(customer_database):
    async with customer_database.app.transaction(TENANT) as tx:
        assert await load_policy(tx, TENANT) == DEFAULT_POLICY
        standing = (await load_standings(tx, {CUSTOMER: TENANT}, NOW))[CUSTOMER]
        assert (standing.limits, standing.policy_version) == (DEFAULT_POLICY.limits, 0)
        for amount in (5, 9):
            limit = Limit(LimitKind.STAKE, Window.DAY, amount, Source.TENANT)
            policy = await set_policy(
                tx, TENANT, replace(DEFAULT_POLICY, limits=(limit,)), at=NOW, actor="system"
            )
        assert policy.version == 2
        assert await load_policy(tx, TENANT) == policy
        standing = (await load_standings(tx, {CUSTOMER: TENANT}, NOW))[CUSTOMER]
        assert (standing.limits, standing.policy_version) == ((limit,), 2)


async def test_the_limits_of_a_tier_count_with_the_others(customer_database):
    tier = Limit(LimitKind.WITHDRAWAL, Window.WEEK, 50, Source.TIER)
    async with customer_database.app.transaction(TENANT) as tx:
        found = await load_standings(tx, {CUSTOMER: TENANT, OTHER: TENANT}, NOW, {CUSTOMER: (tier,)})
    assert judge(found[CUSTOMER], Measure.WITHDRAWAL, 51).limit == tier
    assert judge(found[OTHER], Measure.WITHDRAWAL, 51) is None
