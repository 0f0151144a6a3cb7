import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.exchange.account import Position
from sandbox.exchange.book import Side
from sandbox.exchange.units import CENT, ONE, format_dollars


def test_a_pair_is_paid_at_once_and_only_the_net_remains():
    long, pairs = Position().buy(Side.BID, 1012, 5486, 0, 0)
    assert pairs == 0
    shorter, pairs = long.buy(Side.ASK, 500, 5300, 0, 0)
    assert format_dollars(pairs) == "5.0000"
    assert shorter.net == 512


def test_a_sale_through_zero_closes_what_was_long_and_opens_the_rest_short():
    long, _ = Position().buy(Side.BID, 512, 5600, 0, 0)
    short, pairs = long.buy(Side.ASK, 600, 6200, 0, 0)
    assert short.net == -88
    assert format_dollars(pairs) == "5.1200"
    assert format_dollars(short.cost) == "0.3344"  # 0.88 NO at 0.38
    assert format_dollars(short.realized) == "0.3072"  # 5.12 bought at 0.56, sold at 0.62


@pytest.mark.parametrize(
    ("value", "revenue", "fee"),
    [(ONE, 0, "0.0000"), (0, 88, "0.0000"), (3700, 55, "0.0044"), (5000, 44, "0.0000")],
)
def test_a_net_short_settles_in_whole_cents_with_the_rest_as_a_fee(value, revenue, fee):
    payout = Position(net=-88).payout(value)
    assert (payout.revenue_cents, format_dollars(payout.fee)) == (revenue, fee)


trades = st.lists(
    st.tuples(st.sampled_from(list(Side)), st.integers(1, 5000), st.integers(1, 9999)), max_size=25
)


@given(trades, st.integers(0, ONE))
def test_positions_net_and_lifetime_profit_is_the_cash_that_moved(bought, value):
    position = Position()
    cash = gross_yes = gross_no = 0
    for side, count, price in bought:
        position, pairs = position.buy(side, count, price, 0, 0)
        cash += pairs - count * side.own_price(price)
        if side is Side.BID:
            gross_yes += count
        else:
            gross_no += count
        assert position.net == gross_yes - gross_no
        assert (position.cost == 0) if position.net == 0 else (position.cost >= 0)
        assert cash == position.realized - position.cost
    payout = position.payout(value)
    settled = position.settle(payout, 0)
    assert settled.net == settled.cost == 0
    assert settled.realized == cash + payout.revenue_cents * CENT
    # What the exchange pays over the whole life is what the gross contracts are worth.
    worth = gross_yes * value + gross_no * (ONE - value)
    paid = sum(count * side.own_price(price) for side, count, price in bought)
    assert settled.realized == worth - paid - payout.fee
