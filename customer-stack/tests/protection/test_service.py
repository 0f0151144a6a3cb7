"""Rolling stakes: pure rules and their counters on a real database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.protection.domain import DEFAULT_LIMIT, WINDOW, StakeChange, bucket_of, oldest_bucket
from customer_stack.protection.service import change_stakes, load_standings, set_stake_limit
from shared.errors import InvariantViolated
from shared.ids import SystemIds

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
IDS = SystemIds()
TENANT, CUSTOMER, OTHER = IDS.new(), IDS.new(), IDS.new()


@given(st.datetimes(timezones=st.just(UTC)), st.timedeltas(timedelta(0), timedelta(hours=48)))
def test_no_stake_of_the_last_day_is_ever_missed(now, age):
    try:
        staked_at = now - age
        oldest = oldest_bucket(now)
    except OverflowError:
        return
    if age <= WINDOW:
        assert bucket_of(staked_at) >= oldest
    if age > WINDOW + timedelta(hours=1):
        assert bucket_of(staked_at) < oldest


async def test_stakes_add_up_roll_off_and_are_taken_back_where_they_entered(customer_database):
    async with customer_database.app.transaction(TENANT) as tx:
        await change_stakes(
            tx,
            [
                StakeChange(TENANT, CUSTOMER, NOW - timedelta(hours=26), 7),
                StakeChange(TENANT, CUSTOMER, NOW - timedelta(hours=23), 100),
                StakeChange(TENANT, CUSTOMER, NOW, 40),
                StakeChange(TENANT, CUSTOMER, NOW, 2),
                StakeChange(TENANT, OTHER, NOW, 1),
            ],
        )
        people = {CUSTOMER: TENANT, OTHER: TENANT}
        standings = await load_standings(tx, people, NOW)
        assert (standings[CUSTOMER].staked, standings[OTHER].staked) == (142, 1)
        await change_stakes(tx, [StakeChange(TENANT, CUSTOMER, NOW - timedelta(hours=23), -60)])
        assert (await load_standings(tx, people, NOW))[CUSTOMER].staked == 82
        later = await load_standings(tx, people, NOW + timedelta(hours=3))
        assert later[CUSTOMER].staked == 42


async def test_what_was_never_staked_cannot_be_taken_back(customer_database):
    with pytest.raises(InvariantViolated):
        async with customer_database.app.transaction(TENANT) as tx:
            await change_stakes(tx, [StakeChange(TENANT, CUSTOMER, NOW, -1)])


async def test_the_newest_limit_of_the_tenant_counts(customer_database):
    async with customer_database.app.transaction(TENANT) as tx:
        assert (await load_standings(tx, {CUSTOMER: TENANT}, NOW))[CUSTOMER].limit == DEFAULT_LIMIT
        await set_stake_limit(tx, TENANT, 5, at=NOW, actor="system")
        newest = await set_stake_limit(tx, TENANT, 9, at=NOW, actor="system")
        assert (newest.amount, newest.version) == (9, 2)
        assert (await load_standings(tx, {CUSTOMER: TENANT}, NOW))[CUSTOMER].limit == newest
