"""Cooling off and exclusions: pure rules, and what is kept of them against a plain model."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.facts.domain import FOREVER
from customer_stack.protection.domain import pauses
from customer_stack.protection.domain.pauses import (
    COOLING_DAYS,
    EXCLUSION_MONTHS,
    Exclusion,
    Pause,
    PauseCause,
    Paused,
    PauseKind,
)
from customer_stack.protection.errors import NotExcluded, NothingAsked, TermNotOver, TooEarly
from customer_stack.protection.store import pauses as store
from customer_stack.protection.store.pauses import Outcome

from .people import CUSTOMER, IDS, NOW, TENANT

COLOMBO = ZoneInfo("Asia/Colombo")
TICK = timedelta(microseconds=1)
WAITS = [timedelta(hours=1), timedelta(hours=24), timedelta(days=3), timedelta(days=8), timedelta(days=200)]

acts = st.one_of(
    st.tuples(st.just("cool"), st.sampled_from([1, 7, 42])),
    st.tuples(st.just("exclude"), st.sampled_from([6, 12, None])),
    st.sampled_from([("ask", None), ("confirm", None), ("withdraw", None)]),
)


class Life:
    """One customer's pauses in memory, by the pure rules alone."""

    def __init__(self):
        self.paused, self.now = Paused(), NOW

    def wait(self, by):
        self.now += by
        cooling, asked = self.paused.cooling_until, self.paused.asked
        self.paused = replace(
            self.paused,
            cooling_until=None if cooling is None or cooling <= self.now else cooling,
            asked=None if asked is None or asked.lapses_at <= self.now else asked,
        )

    def act(self, name, value):
        """Do it and return what was done: a pause, or the outcome of a return; None: nothing."""
        try:
            return getattr(self, f"_{name}")(value)
        except (NotExcluded, NothingAsked, TermNotOver, TooEarly):
            return None

    def _cool(self, days):
        return self._pause(PauseKind.COOLING, pauses.end_of_cooling(days, self.now))

    def _exclude(self, months):
        return self._pause(PauseKind.EXCLUSION, pauses.end_of_exclusion(months, self.now))

    def _pause(self, kind, ends_at):
        if not pauses.lengthens(self.paused, kind, ends_at):
            return None
        if kind is PauseKind.COOLING:
            self.paused = replace(self.paused, cooling_until=ends_at)
        else:
            since = self.now if self.paused.exclusion is None else self.paused.exclusion.since
            self.paused = replace(self.paused, exclusion=Exclusion(since, ends_at), asked=None)
        return Pause(IDS.new(), TENANT, CUSTOMER, kind, PauseCause.OWN, self.now, ends_at)

    def _ask(self, _):
        asked = pauses.ask_return(self.paused, IDS.new(), self.now)
        is_new = asked != self.paused.asked
        self.paused = replace(self.paused, asked=asked)
        return asked if is_new else None

    def _confirm(self, _):
        pauses.confirm_return(self.paused, self.now)
        self.paused = replace(self.paused, exclusion=None, asked=None)
        return Outcome.CONFIRMED

    def _withdraw(self, _):
        pauses.require_asked(self.paused)
        self.paused = replace(self.paused, asked=None)
        return Outcome.WITHDRAWN


@given(st.lists(st.tuples(acts, st.sampled_from(WAITS)), max_size=25))
def test_nothing_makes_a_pause_shorter_and_only_a_late_confirmation_ends_an_exclusion(steps):
    life, cooling, until, asked_at = Life(), None, None, None
    for (name, value), wait in steps:
        life.wait(wait)
        was_excluded = life.paused.exclusion is not None
        done = life.act(name, value)
        if isinstance(done, Pause) and done.kind is PauseKind.COOLING:
            cooling = max(cooling or done.ends_at, done.ends_at)
        elif isinstance(done, Pause):
            until = max(until or NOW, done.ends_at or FOREVER)
        elif name == "ask" and done is not None:
            asked_at = life.now
        if cooling is not None and life.now < cooling:
            assert life.paused.cooling_until == cooling
        if done is Outcome.CONFIRMED:
            assert was_excluded
            assert life.now >= until
            assert life.now >= asked_at + timedelta(hours=24)
            until = None
        assert (life.paused.exclusion is not None) == (until is not None)
        assert pauses.excluded_until(life.paused) == (None if until is None else FOREVER)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    st.integers(EXCLUSION_MONTHS.start, EXCLUSION_MONTHS.stop - 1),
)
def test_a_term_ends_months_later_at_the_same_time_of_a_day_in_colombo(now, months):
    end = pauses.end_of_exclusion(months, now)
    begun, ended = now.astimezone(COLOMBO), end.astimezone(COLOMBO)
    assert ended.timetz() == begun.timetz()
    assert (ended.year * 12 + ended.month) - (begun.year * 12 + begun.month) == months
    assert ended.day == begun.day or (ended + timedelta(days=1)).day == 1
    assert end - now >= timedelta(days=181)


def test_what_is_shorter_than_what_stands_changes_nothing():
    cooling = Paused(cooling_until=NOW + timedelta(days=7))
    for kind, paused, ends_at, longer in (
        (PauseKind.COOLING, cooling, NOW + timedelta(days=7), False),
        (PauseKind.COOLING, cooling, NOW + timedelta(days=7) + TICK, True),
        (PauseKind.EXCLUSION, cooling, NOW + timedelta(days=181), True),
        (PauseKind.EXCLUSION, Paused(exclusion=Exclusion(NOW, None)), NOW + timedelta(days=999), False),
        (PauseKind.EXCLUSION, Paused(exclusion=Exclusion(NOW, NOW)), None, True),
    ):
        assert pauses.lengthens(paused, kind, ends_at) == longer
    assert (COOLING_DAYS.start, COOLING_DAYS.stop - 1, EXCLUSION_MONTHS.start) == (1, 42, 6)


async def test_what_is_kept_says_what_the_rules_say(customer_database):
    chance = random.Random(11)  # noqa: S311
    life = Life()
    names = [("cool", 1), ("cool", 42), ("exclude", 6), ("withdraw", None)]
    names += [("ask", None), ("confirm", None)] * 5
    seen = set()
    async with customer_database.app.transaction(TENANT) as tx:
        for _ in range(200):
            life.wait(chance.choice(WAITS))
            name, value = chance.choice(names)
            before = life.paused
            done = life.act(name, value)
            if isinstance(done, Pause):
                if done.kind is PauseKind.EXCLUSION and before.asked is not None:
                    await store.end_return(tx, CUSTOMER, Outcome.WITHDRAWN, life.now)
                await store.insert_pauses(tx, [done])
            elif isinstance(done, Outcome):
                await store.end_return(tx, CUSTOMER, done, life.now)
            elif done is not None:
                await store.insert_return(tx, TENANT, CUSTOMER, done)
            kept = (await store.load_paused(tx, [CUSTOMER], life.now))[CUSTOMER]
            assert kept == life.paused
            seen.add(name if done is not None else None)
    assert seen == {"cool", "exclude", "ask", "confirm", "withdraw", None}


@pytest.mark.parametrize(
    ("kind", "length"),
    [
        (PauseKind.COOLING, timedelta(hours=23)),
        (PauseKind.COOLING, timedelta(days=43)),
        (PauseKind.EXCLUSION, timedelta(days=180)),
    ],
)
async def test_the_database_refuses_what_is_no_pause(customer_database, kind, length):
    pause = Pause(IDS.new(), TENANT, CUSTOMER, kind, PauseCause.OWN, NOW, NOW + length)
    with pytest.raises(asyncpg.CheckViolationError):
        async with customer_database.app.transaction(TENANT) as tx:
            await store.insert_pauses(tx, [pause])


async def test_the_database_keeps_every_pause(customer_database):
    pause = Pause(
        IDS.new(), TENANT, CUSTOMER, PauseKind.COOLING, PauseCause.OWN, NOW, NOW + timedelta(days=2)
    )
    async with customer_database.app.transaction(TENANT) as tx:
        await store.insert_pauses(tx, [pause])
    for sql in ("UPDATE protection_pause SET ends_at = begins_at", "DELETE FROM protection_pause"):
        with pytest.raises(asyncpg.PostgresError):
            async with customer_database.app.transaction(TENANT) as tx:
                await tx.execute(sql)
