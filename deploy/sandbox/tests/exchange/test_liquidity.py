from hypothesis import given
from hypothesis import strategies as st

from sandbox.exchange.book import Side
from sandbox.exchange.catalogue import load_catalogue
from sandbox.exchange.liquidity import HALF_SPREAD, LARGEST_LEVEL, LEVELS, fair_price, quotes_at

LISTINGS = list(load_catalogue().listings.values())


@given(st.integers(0, 99), st.sampled_from(LISTINGS), st.integers(0, 100_000))
def test_quotes_are_on_ticks_limited_and_never_cross(seed, listing, step):
    quotes = quotes_at(seed, listing, step)
    for quote in quotes:
        listing.check_price(quote.price)
        assert 0 < quote.count <= LARGEST_LEVEL * 2
    bids = [quote.price for quote in quotes if quote.side is Side.BID]
    asks = [quote.price for quote in quotes if quote.side is Side.ASK]
    assert bids
    assert asks
    fair = fair_price(seed, listing, step)
    assert max(bids) <= fair - HALF_SPREAD
    assert min(asks) >= fair + HALF_SPREAD
    assert len(quotes) <= 2 * LEVELS


@given(st.integers(0, 99), st.sampled_from(LISTINGS), st.integers(0, 100_000))
def test_the_same_seed_gives_the_same_quotes(seed, listing, step):
    assert quotes_at(seed, listing, step) == quotes_at(seed, listing, step)


def test_the_fair_value_moves_and_stays_near_its_anchor():
    for listing in LISTINGS:
        prices = {fair_price(1, listing, step) for step in range(0, 2000, 7)}
        assert len(prices) > 5
        assert all(abs(price - listing.anchor) <= 1050 for price in prices)


def test_another_seed_gives_another_market():
    assert [fair_price(1, LISTINGS[0], step) for step in range(50)] != [
        fair_price(2, LISTINGS[0], step) for step in range(50)
    ]
