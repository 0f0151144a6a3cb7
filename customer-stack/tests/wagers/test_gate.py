"""The gate's decisions and their records."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.boundary_client.domain import Action, MarketStatus, Side
from customer_stack.wagers.domain import records
from customer_stack.wagers.domain.gate import (
    Command,
    Facts,
    MarketFacts,
    Reason,
    StakeFacts,
    Standing,
    decide,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
COMMAND = Command(
    wager_id=UUID(int=1),
    tenant_id=UUID(int=2),
    customer_id=UUID(int=3),
    market_id=UUID(int=4),
    side=Side.YES,
    action=Action.BUY,
    quantity=1000,
    limit_price=5600,
    at=NOW,
)
MARKET = MarketFacts(MarketStatus.OPEN, 100, NOW + timedelta(days=1), 10_000)
CLEAR = Facts(
    command=COMMAND,
    standing=Standing("active", may_wager=True),
    is_capable=True,
    market=MARKET,
    stake=None,
    funds=98_514_851,
    contracts=0,
)


def test_a_wager_that_is_clear_holds_its_max_total():
    decision = decide(CLEAR)
    assert decision.is_allowed
    assert decision.max_total == 5_892_480


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        (replace(CLEAR, standing=None), (Reason.CUSTOMER_UNKNOWN,)),
        (replace(CLEAR, standing=Standing("frozen", may_wager=False)), (Reason.CUSTOMER_NOT_ACTIVE,)),
        (replace(CLEAR, is_capable=False), (Reason.CAPABILITY_INACTIVE,)),
        (replace(CLEAR, market=None), (Reason.MARKET_UNKNOWN,)),
        (replace(CLEAR, market=replace(MARKET, status=MarketStatus.HALTED)), (Reason.MARKET_NOT_OPEN,)),
        (replace(CLEAR, market=replace(MARKET, close_time=NOW)), (Reason.MARKET_NOT_OPEN,)),
        (replace(CLEAR, market=replace(MARKET, fee_multiplier_e4=200_000)), (Reason.MARKET_NOT_OPEN,)),
        (replace(CLEAR, market=replace(MARKET, tick=300)), (Reason.PRICE_OFF_TICK,)),
        (replace(CLEAR, funds=5_892_479), (Reason.INSUFFICIENT_FUNDS,)),
        (
            replace(CLEAR, command=replace(COMMAND, action=Action.SELL), contracts=999),
            (Reason.INSUFFICIENT_POSITION,),
        ),
        (
            replace(CLEAR, standing=None, funds=0),
            (Reason.CUSTOMER_UNKNOWN, Reason.INSUFFICIENT_FUNDS),
        ),
    ],
)
def test_each_rule_denies_with_its_reason(facts, reasons):
    assert decide(facts).reasons == reasons


def test_the_last_micro_dollar_of_funds_and_of_the_limit_may_be_used():
    assert decide(replace(CLEAR, funds=5_892_480)).is_allowed


def test_the_first_version_judged_stakes_too():
    assert decide(replace(CLEAR, stake=StakeFacts(94_107_520, 100_000_000, 3)), 1).is_allowed
    beyond = replace(CLEAR, stake=StakeFacts(94_107_521, 100_000_000, 3))
    assert decide(beyond, 1).reasons == (Reason.STAKE_LIMIT,)
    sale = replace(CLEAR, command=replace(COMMAND, action=Action.SELL), contracts=1000)
    assert decide(replace(sale, stake=StakeFacts(10**9, 1, 3)), 1).is_allowed


@given(
    standing=st.one_of(st.none(), st.builds(Standing, st.text(max_size=5), may_wager=st.booleans())),
    is_capable=st.booleans(),
    market=st.one_of(
        st.none(),
        st.builds(
            MarketFacts,
            st.sampled_from(MarketStatus),
            st.sampled_from([1, 10, 100]),
            st.datetimes(timezones=st.just(UTC)),
            st.integers(0, 200_000),
        ),
    ),
    stake=st.none() | st.builds(StakeFacts, st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 9)),
    funds=st.integers(0, 10**9),
    contracts=st.integers(0, 10**6),
    action=st.sampled_from(Action),
    quantity=st.integers(1, 10**8),
    limit=st.integers(1, 9_999),
)
def test_every_record_replays_to_the_same_answer(
    *, standing, is_capable, market, stake, funds, contracts, action, quantity, limit
):
    command = replace(COMMAND, action=action, quantity=quantity, limit_price=limit)
    facts = Facts(command, standing, is_capable, market, stake, funds, contracts)
    decision = decide(facts, 2 if stake is None else 1)
    record = records.write(facts, decision)
    assert records.read(record) == (facts, decision)
    assert records.replay(record)


def test_a_record_of_the_first_gate_replays():
    record = (
        b'{"facts":{"command":{"wager_id":"00000000-0000-0000-0000-000000000001","tenant_id":'
        b'"00000000-0000-0000-0000-000000000002","customer_id":"00000000-0000-0000-0000-000000000003",'
        b'"market_id":"00000000-0000-0000-0000-000000000004","side":"yes","action":"buy","quantity":1000,'
        b'"limit_price":5600,"at":"2026-11-20T12:00:00+00:00"},"standing":{"status":"active",'
        b'"may_wager":true},"is_capable":true,"market":{"status":"open","tick":100,'
        b'"close_time":"2026-11-21T12:00:00+00:00","fee_multiplier_e4":10000},"stake":{"staked":94107521,'
        b'"limit":100000000,"version":3},"funds":98514851,"contracts":0},"decision":{"reasons":'
        b'["stake_limit"],"max_total":5892480,"gate_version":1,"fee_version":1}}'
    )
    assert records.replay(record)
    assert not records.replay(record.replace(b"94107521", b"94107520"))


def test_a_record_with_another_answer_does_not_replay():
    assert not records.replay(records.write(CLEAR, replace(decide(CLEAR), max_total=1)))
