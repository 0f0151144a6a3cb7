"""The most that a wager can cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.boundary_client.domain import Action
from customer_stack.wagers.domain.amounts import PositionCost, bound_fee, bound_total
from shared.errors import InvariantViolated

ONE = 10_000
CENT = 10_000  # micro-dollars


@pytest.mark.parametrize(
    ("quantity", "limit", "max_total"),
    [(1000, 5600, 5_892_480), (400, 5600, 2_368_992), (500, 4800, 2_557_360)],
)
def test_the_holds_of_the_money_flows_are_exact(quantity, limit, max_total):
    assert bound_total(Action.BUY, quantity, limit, ONE) == max_total


def test_a_sale_at_a_fair_price_needs_no_cash():
    assert bound_total(Action.SELL, 600, 6000, ONE) == 0


def test_a_sale_near_zero_holds_what_its_fee_can_exceed_its_proceeds_by():
    assert bound_fee(100, 1, ONE) == 30_007
    assert bound_total(Action.SELL, 100, 1, ONE) == 29_907


def test_a_multiplier_for_which_the_bound_does_not_hold_is_refused():
    with pytest.raises(InvariantViolated):
        bound_total(Action.BUY, 100, 5000, 142_858)


def charge(fills: list[tuple[int, int]], multiplier_e4: int) -> int:
    """Fees of one order as the exchange documents them: a trade fee per fill, rounded up to 0.0001, the
    balance rounded to cents, and what rounding has gathered given back in whole cents above one cent."""
    fees = gathered = 0
    for quantity, price in fills:
        exact = 7 * multiplier_e4 * quantity * price * (ONE - price)
        trade_fee = -(-exact // 10**12) * 100
        rounding = -(quantity * price + trade_fee) % CENT
        gathered += rounding
        rebate = gathered // CENT * CENT if gathered > CENT else 0
        gathered -= rebate
        fees += trade_fee + rounding - rebate
    return fees


@st.composite
def orders(draw, action):
    limit = draw(st.integers(1, 9_999))
    low, high = (1, limit) if action is Action.BUY else (limit, 9_999)
    fill = st.tuples(st.integers(1, 5_000), st.integers(low, high))
    fills = draw(st.lists(fill, min_size=1, max_size=30))
    unfilled = draw(st.integers(0, 500))
    return limit, fills, sum(quantity for quantity, _ in fills) + unfilled, draw(st.integers(0, 20_000))


@given(orders(Action.BUY))
def test_max_total_covers_cost_and_fee_of_any_fills_at_or_below_the_limit(order):
    limit, fills, quantity, multiplier = order
    cost = sum(count * price for count, price in fills)
    assert cost + charge(fills, multiplier) <= bound_total(Action.BUY, quantity, limit, multiplier)


@given(orders(Action.SELL))
def test_the_cash_of_a_filled_sale_covers_what_its_fees_exceed_its_proceeds_by(order):
    limit, fills, _, multiplier = order
    proceeds = sum(count * price for count, price in fills)
    filled = sum(count for count, _ in fills)
    assert charge(fills, multiplier) - proceeds <= bound_total(Action.SELL, filled, limit, multiplier)


def test_the_cost_of_a_sold_part_is_rounded_half_to_even_and_the_last_part_takes_the_rest():
    position = PositionCost().add(723, 3_966_641)
    left, out = position.take(600)
    assert (out, left) == (3_291_818, PositionCost(123, 674_823))
    assert left.take(123) == (PositionCost(), 674_823)


@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 10**6)), min_size=1), st.data())
def test_no_cost_is_made_or_lost_on_the_way_out(buys, data):
    position = PositionCost()
    for quantity, cost in buys:
        position = position.add(quantity, cost)
    total, gone = position.cost, 0
    while position.quantity:
        position, out = position.take(data.draw(st.integers(1, position.quantity)))
        gone += out
        assert out >= 0
    assert gone == total
