import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_stack.exchange.domain import Action, BookSide, Side, book_side_of, price_on


@pytest.mark.parametrize(
    ("side", "action", "expected"),
    [
        (Side.YES, Action.BUY, BookSide.BID),
        (Side.YES, Action.SELL, BookSide.ASK),
        (Side.NO, Action.BUY, BookSide.ASK),
        (Side.NO, Action.SELL, BookSide.BID),
    ],
)
def test_buying_yes_and_selling_no_bid_and_the_others_ask(side, action, expected):
    assert book_side_of(side, action) is expected


def test_a_no_purchase_at_48_cents_asks_at_52():
    assert price_on(Side.NO, 4800) == 5200


@given(st.integers(0, 10_000), st.sampled_from(Side))
def test_turning_a_price_round_twice_changes_nothing(price, side):
    assert price_on(side, price_on(side, price)) == price
