"""Reality checks: when they are due, what they tell, and that they are acknowledged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.customers.service import lock_customer
from customer_stack.protection.domain.counting import Change, Measure, hour_of
from customer_stack.protection.domain.limits import NOTHING, Standing
from customer_stack.protection.domain.policies import DEFAULT_POLICY
from customer_stack.protection.domain.reality import day_began, due_at, edge_since, stops_play
from customer_stack.protection.service import change, set_policy
from customer_stack.protection.store.reality import load_results

from .people import CUSTOMER, NOW, TENANT, Diary, counted

COLOMBO = ZoneInfo("Asia/Colombo")
MINUTE = timedelta(minutes=1)
CHECK = "/v1/protection/reality-check"

moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(moments, st.integers(0, 300), st.integers(15, 60), st.integers(-400, 400), st.booleans())
def test_play_stops_when_an_interval_passed_since_the_session_began_or_was_acknowledged(
    began, minutes, interval, acknowledged, is_required
):
    now = began + minutes * MINUTE
    said = None if acknowledged < 0 else began + acknowledged * MINUTE - 200 * MINUTE
    standing = Standing(
        NOTHING, (), 1, reality_minutes=interval, reality_required=is_required, acknowledged_at=said
    )
    waited = now - max(began, said or began)
    assert stops_play(standing, began, now) == (is_required and waited >= interval * MINUTE)
    assert due_at(standing, began) >= began + interval * MINUTE


@given(moments)
def test_the_day_whose_result_is_told_begins_at_midnight_in_colombo(now):
    local = now.astimezone(COLOMBO).replace(hour=0, minute=0, second=0, microsecond=0)
    assert day_began(now) == local


@given(moments, st.timedeltas(timedelta(hours=-3), timedelta(hours=3)))
def test_what_is_counted_since_a_moment_is_read_once(since, distance):
    at, edge = since + distance, edge_since(since)
    in_tail, in_hours = edge.after < at < edge.whole, hour_of(at) >= edge.whole
    assert in_tail + in_hours == (at >= since)


async def test_results_since_a_moment_are_a_plain_recount(customer_database):
    diary = Diary(customer_database.app)
    for minutes in (0, 1, 29, 30, 31, 90, 500):
        await diary.write(counted(Measure.STAKE, NOW - minutes * MINUTE, 100 + minutes))
        await diary.write(counted(Measure.RETURN, NOW - minutes * MINUTE, 50 - minutes))
    since = [NOW - minutes * MINUTE for minutes in (0, 30, 31, 499, 1000)]
    async with customer_database.app.transaction(TENANT) as tx:
        results = await load_results(tx, CUSTOMER, since)
    for begin, result in zip(since, results, strict=True):
        sums = [
            sum(c.amount for c in diary.written if c.measure is measure and c.counted_at >= begin)
            for measure in (Measure.STAKE, Measure.RETURN)
        ]
        assert [result.staked, result.returned, result.net] == [*sums, sums[1] - sums[0]]


@pytest.fixture
def required(services, tenant):
    """Let the tenant ask for acknowledgements."""

    async def do():
        policy = replace(DEFAULT_POLICY, reality_required=True)
        async with services.database.transaction(tenant.id) as tx:
            await set_policy(tx, tenant.id, policy, at=services.clock.now(), actor="system")

    return do


async def test_a_check_tells_time_and_result_and_is_acknowledged(
    client, services, tenant, active_customer, clock, required
):
    await required()
    customer_id, headers = await active_customer()
    told = (await client.get(CHECK, headers=headers)).json()
    assert (told["interval_minutes"], told["is_required"], told["is_due"]) == (60, True, False)
    changed = await client.put(CHECK, json={"minutes": 20}, headers=headers)
    assert changed.json()["interval_minutes"] == 20
    clock.advance(25 * MINUTE + timedelta(seconds=30))
    async with services.database.transaction(tenant.id) as tx:
        await lock_customer(tx, customer_id)
        for measure, amount in ((Measure.STAKE, 30_000_000), (Measure.RETURN, 12_500_000)):
            await change(tx, [Change(tenant.id, customer_id, measure, clock.now(), amount)])
    told = (await client.get(CHECK, headers=headers)).json()
    assert (told["session_minutes"], told["is_due"]) == (25, True)
    assert told["session"] == {"staked": "30.000000", "returned": "12.500000", "net": "-17.500000"}
    seen = await client.post(f"{CHECK}/acknowledgement", headers=headers)
    assert seen.json()["is_due"] is False
    clock.advance(20 * MINUTE)
    assert (await client.get(CHECK, headers=headers)).json()["is_due"] is True
    async with services.database.transaction(tenant.id) as tx:
        kinds = await tx.fetch(
            "SELECT kind FROM audit_record WHERE kind LIKE 'protection.reality%' ORDER BY 1"
        )
    assert [row["kind"] for row in kinds] == [
        "protection.reality_acknowledged",
        "protection.reality_interval_set",
    ]


async def test_an_interval_is_fifteen_to_sixty_minutes(client, active_customer):
    _, headers = await active_customer()
    for minutes in (14, 61, 20.5):
        answer = await client.put(CHECK, json={"minutes": minutes}, headers=headers)
        assert answer.status_code == 422, (minutes, answer.text)
