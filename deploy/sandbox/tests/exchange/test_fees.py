import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.exchange.fees import FeeSchedule, FeeType, charge_fill
from sandbox.exchange.units import CENT, format_dollars

PLAIN = FeeSchedule(FeeType.QUADRATIC, 1000)


def test_the_fills_of_the_first_wager_cost_what_money_flows_says():
    rows = []
    gathered = 0
    for count, price in ((400, 5400), (350, 5500), (262, 5600)):
        cost = count * price
        charge, gathered = charge_fill(cost, PLAIN.trade_fee(count, price, is_taker=True), gathered)
        net, change = format_dollars(charge.net_fee), format_dollars(-cost - charge.net_fee)
        rows.append((format_dollars(charge.trade_fee), format_dollars(charge.rounding_fee), net, change))
    assert rows == [
        ("0.0696", "0.0004", "0.0700", "-2.2300"),
        ("0.0607", "0.0043", "0.0650", "-1.9900"),
        ("0.0452", "0.0076", "0.0428", "-1.5100"),
    ]
    assert format_dollars(gathered) == "0.0023"


def test_the_documented_example_of_gathered_rounding():
    gathered = 0
    nets = []
    for _ in range(3):
        charge, gathered = charge_fill(55_000, 8_500, gathered)
        nets.append(format_dollars(charge.net_fee))
    assert nets == ["0.0150", "0.0050", "0.0150"]


def test_the_documented_sub_penny_trade_fee():
    assert PLAIN.trade_fee(3, 3301, is_taker=True) == 500


def test_exactly_one_gathered_cent_is_not_given_back_yet():
    charge, gathered = charge_fill(55_000, 8_500, 3_500)
    assert (charge.rebate, gathered) == (0, CENT)


def test_a_thousand_tiny_fills_cost_four_and_a_half_dollars_because_no_net_fee_is_negative():
    gathered = total = 0
    for _ in range(1000):
        charge, gathered = charge_fill(5500, PLAIN.trade_fee(1, 5500, is_taker=True), gathered)
        assert charge.net_fee >= 0
        total += charge.net_fee
    assert format_dollars(total) == "4.5000"


@pytest.mark.parametrize(
    ("schedule", "is_taker", "fee"),
    [
        (PLAIN, True, "1.7500"),
        (PLAIN, False, "0.0000"),
        (FeeSchedule(FeeType.QUADRATIC_WITH_MAKER_FEES, 1000), False, "0.4375"),
        (FeeSchedule(FeeType.QUADRATIC, 500), True, "0.8750"),
    ],
)
def test_the_series_decides_who_pays(schedule, is_taker, fee):
    assert format_dollars(schedule.trade_fee(10_000, 5000, is_taker=is_taker)) == fee


@given(st.lists(st.tuples(st.integers(1, 100_000), st.integers(1, 9999)), min_size=1, max_size=30))
def test_balances_move_in_whole_cents_and_what_is_gathered_is_what_was_not_given_back(fills):
    gathered = rounding = rebates = 0
    for count, price in fills:
        cost = count * price
        charge, gathered = charge_fill(cost, PLAIN.trade_fee(count, price, is_taker=True), gathered)
        assert (cost + charge.net_fee) % CENT == 0
        assert 0 <= charge.rounding_fee < CENT
        assert charge.net_fee >= 0
        rounding += charge.rounding_fee
        rebates += charge.rebate
    assert gathered == rounding - rebates >= 0
