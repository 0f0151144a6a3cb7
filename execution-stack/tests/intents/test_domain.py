from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_stack.exchange.domain import Action, Side
from execution_stack.intents.domain import (
    CancelOutcome,
    Intent,
    Known,
    State,
    World,
    answer_cancel,
    judge,
    required_max_total,
)
from execution_stack.markets.domain import MarketTerms
from execution_stack.reports.domain import Reason
from shared.ids import CountingIds

IDS = CountingIds()
TENANT, ACCOUNT, MARKET = (IDS.new() for _ in range(3))
TERMS = MarketTerms(is_open=True, tick=100, fee_multiplier=10_000)
WORLD = World({ACCOUNT: TENANT}, {MARKET: TERMS}, {}, {(ACCOUNT, MARKET, Side.YES): 723})


def buy(**changes):
    intent = Intent(IDS.new(), ACCOUNT, MARKET, Side.YES, Action.BUY, 1000, 5600, 5_892_480)
    return replace(intent, **changes)


def sell(quantity, **changes):
    return buy(action=Action.SELL, quantity=quantity, limit_price=6000, max_total=0, **changes)


def test_the_caps_of_the_money_flows():
    assert required_max_total(Action.BUY, 1000, 5600, 10_000) == 5_892_480
    assert required_max_total(Action.BUY, 400, 5600, 10_000) == 2_368_992
    assert required_max_total(Action.BUY, 500, 4800, 10_000) == 2_557_360
    assert required_max_total(Action.SELL, 600, 6000, 10_000) == 0
    assert required_max_total(Action.SELL, 1, 100, 10_000) > 0


@given(st.integers(1, 10**8), st.integers(1, 9999), st.integers(1, 9999), st.integers(0, 142_857))
def test_the_cap_at_the_limit_covers_every_better_price(quantity, limit, price, multiplier):
    if price > limit:
        limit, price = price, limit
    dearest = required_max_total(Action.BUY, quantity, limit, multiplier)
    assert required_max_total(Action.BUY, quantity, price, multiplier) <= dearest + 1


@pytest.mark.parametrize(
    ("intent", "reason"),
    [
        (buy(), None),
        (sell(723), None),
        (buy(quantity=0), Reason.OUT_OF_BOUNDS),
        (buy(quantity=100_000_001), Reason.OUT_OF_BOUNDS),
        (buy(limit_price=0), Reason.OUT_OF_BOUNDS),
        (buy(limit_price=10_000), Reason.OUT_OF_BOUNDS),
        (buy(account=IDS.new()), Reason.UNKNOWN_ACCOUNT),
        (buy(market_id=IDS.new()), Reason.UNKNOWN_MARKET),
        (buy(limit_price=5610), Reason.PRICE_OFF_TICK),
        (buy(max_total=5_892_479), Reason.MAX_TOTAL_TOO_SMALL),
        (sell(724), Reason.POSITION_TOO_SMALL),
        (sell(100, side=Side.NO), Reason.POSITION_TOO_SMALL),
    ],
)
def test_each_fault_has_its_reason(intent, reason):
    [verdict] = judge([intent], WORLD)
    assert verdict.refused is reason
    assert verdict.is_new is (reason not in (Reason.UNKNOWN_ACCOUNT, Reason.OUT_OF_BOUNDS))


def test_a_market_that_is_not_open_takes_nothing():
    closed = replace(WORLD, markets={MARKET: replace(TERMS, is_open=False)})
    assert [verdict.refused for verdict in judge([buy()], closed)] == [Reason.MARKET_NOT_OPEN]


def test_contracts_are_sold_once_in_a_batch():
    verdicts = judge([sell(700), sell(24), sell(23)], WORLD)
    assert [verdict.refused for verdict in verdicts] == [None, Reason.POSITION_TOO_SMALL, None]


def test_the_same_intent_gets_the_same_answer_and_another_content_a_conflict():
    intent, refused = buy(), buy()
    world = replace(
        WORLD,
        known={
            intent.intent_id: Known(intent, None),
            refused.intent_id: Known(refused, Reason.MARKET_NOT_OPEN),
        },
    )
    verdicts = judge([intent, replace(intent, quantity=1), refused], world)
    assert [verdict.refused for verdict in verdicts] == [
        None,
        Reason.CONFLICTING_INTENT,
        Reason.MARKET_NOT_OPEN,
    ]
    assert not any(verdict.is_new for verdict in verdicts)


def test_an_intent_twice_in_one_batch_is_one_intent():
    intent = sell(700)
    verdicts = judge([intent, intent], WORLD)
    assert [(verdict.refused, verdict.is_new) for verdict in verdicts] == [(None, True), (None, False)]


def test_a_cancel_frees_only_what_never_was_or_no_longer_is_in_an_order():
    assert {state: answer_cancel(state) for state in (None, *State)} == {
        None: CancelOutcome.UNKNOWN,
        State.RECEIVED: CancelOutcome.UNKNOWN,
        State.CANCELLED: CancelOutcome.NOT_POOLED,
        State.POOLED: CancelOutcome.POOLED,
        State.FINAL: CancelOutcome.ENDED,
        State.REFUSED: CancelOutcome.ENDED,
    }
