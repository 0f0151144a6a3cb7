"""Nothing is granted beyond the bucket, whatever happens in which order."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_stack.exchange import budget as module
from execution_stack.exchange.budget import Budget
from execution_stack.exchange.domain import MICRO, BucketLimit, RateLimits, TokenBucket
from execution_stack.exchange.errors import ExchangeUnavailable

limits = st.builds(BucketLimit, st.integers(0, 500), st.integers(0, 500))
steps = st.lists(st.tuples(st.integers(-500_000, 3_000_000), st.integers(0, 60)), max_size=60)


@given(limits, steps)
def test_in_any_interval_no_more_is_granted_than_capacity_and_what_the_time_refills(limit, taken):
    bucket, now, granted = TokenBucket(limit, limit.capacity * MICRO, 0), 0, []
    newest = 0
    for passed, wanted in taken:
        now += passed
        after = bucket.take(wanted, now)
        if after is not None:
            bucket, newest = after, max(newest, now)
            granted.append((newest, wanted))
    for first in range(len(granted)):
        total = 0
        for at, tokens in granted[first:]:
            total += tokens
            assert (
                total * MICRO <= limit.capacity * MICRO + (at - granted[first][0]) * limit.refill_per_second
            )


@given(limits, st.integers(0, 500), st.integers(1, 60))
def test_whoever_waits_as_long_as_told_has_the_tokens(limit, held, wanted):
    bucket = TokenBucket(limit, min(held, limit.capacity) * MICRO, 0)
    wait = bucket.wait_us(wanted, 0)
    if wanted <= limit.capacity and limit.refill_per_second:
        assert bucket.take(wanted, wait) is not None
        assert wait == 0 or bucket.take(wanted, wait - 1) is None


class Clock:
    def __init__(self):
        self.us = 0

    def __call__(self):
        return self.us


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def budget(clock):
    return Budget(now_us=clock)


def test_it_begins_empty_and_carries_new_orders_above_the_reserve_only(budget, clock):
    assert budget.grant_orders(64) == 0
    clock.us = 1_000_000
    assert budget.tokens() == {"read": 200, "write": 100}
    assert budget.grant_orders(64) == 8
    assert budget.grant_orders(64) == 0
    assert budget.try_write()
    assert budget.try_write()
    assert not budget.try_write()


def test_what_was_not_used_comes_back_and_a_refusal_empties_the_bucket(budget, clock):
    clock.us = 1_000_000
    budget.give_back(budget.grant_orders(5))
    assert budget.tokens()["write"] == 100
    budget.drain_writes()
    assert (budget.grant_orders(1), budget.tokens()["write"]) == (0, 0)


def test_it_takes_its_share_and_follows_what_the_exchange_says(clock):
    budget = Budget(50, now_us=clock)
    budget.set_limits(RateLimits(read=BucketLimit(400, 800), write=BucketLimit(400, 400)))
    clock.us = 10_000_000
    assert budget.tokens() == {"read": 400, "write": 200}


async def test_reads_wait_for_their_turn_and_not_for_ever(budget, clock, monkeypatch):
    monkeypatch.setattr(module, "READ_WAIT_SECONDS", 0.05)
    with pytest.raises(ExchangeUnavailable):
        await budget.read()
    monkeypatch.setattr(module, "READ_WAIT_SECONDS", 5.0)
    waiting = asyncio.create_task(budget.read())
    await asyncio.sleep(0.01)
    clock.us = 1_000_000
    await waiting
    budget.drain_reads()
    assert budget.tokens()["read"] == 0
