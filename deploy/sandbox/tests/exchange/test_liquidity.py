from hypothesis import given
from hypothesis import strategies as st

from sandbox.exchange.book import Side
from sandbox.exchange.catalogue import listing_of_round, load_catalogue
from sandbox.exchange.liquidity import HALF_SPREAD, LEVEL_SIZES, fair_price, quotes_at
from sandbox.exchange.units import CONTRACT

FIRST_ROUNDS = list(load_catalogue().listings.values())
LISTINGS = FIRST_ROUNDS + [listing_of_round(first, 2) for first in FIRST_ROUNDS]


@given(st.integers(0, 99), st.sampled_from(LISTINGS), st.integers(0, 100_000))
def test_quotes_are_on_ticks_and_never_cross(seed, listing, step):
    quotes = quotes_at(seed, listing, step)
    for quote in quotes:
        listing.check_price(quote.price)
        assert quote.count > 0
    bids = [quote.price for quote in quotes if quote.side is Side.BID]
    asks = [quote.price for quote in quotes if quote.side is Side.ASK]
    assert bids
    assert asks
    fair = fair_price(seed, listing, step)
    assert max(bids) <= fair - HALF_SPREAD
    assert min(asks) >= fair + HALF_SPREAD


@given(st.integers(0, 99), st.sampled_from(LISTINGS), st.integers(0, 1_000_000))
def test_each_side_is_deep_near_the_mid_and_ends(seed, listing, step):
    quotes = quotes_at(seed, listing, step)
    bids, asks = ([quote for quote in quotes if quote.side is side] for side in Side)
    mid_twice = bids[0].price + asks[0].price
    for side in (bids, asks):
        near = sum(quote.count for quote in side if abs(2 * quote.price - mid_twice) <= 2 * 400)
        assert near >= 150 * CONTRACT
        assert sum(quote.count for quote in side) <= 300 * CONTRACT


@given(st.integers(0, 99), st.sampled_from(LISTINGS), st.integers(0, 100_000))
def test_the_same_seed_gives_the_same_quotes(seed, listing, step):
    assert quotes_at(seed, listing, step) == quotes_at(seed, listing, step)


def test_the_fair_value_moves_and_stays_near_its_anchor():
    for listing in LISTINGS:
        prices = {fair_price(1, listing, step) for step in range(0, 2000, 7)}
        assert len(prices) > 5
        assert all(abs(price - listing.anchor) <= 1050 for price in prices)


def test_even_the_smallest_sizes_are_deep_and_the_largest_end():
    assert sum(smallest for smallest, _ in LEVEL_SIZES[:3]) >= 150
    assert sum(largest for _, largest in LEVEL_SIZES) <= 300


def test_the_next_round_has_prices_of_its_own():
    first, second = FIRST_ROUNDS[0], listing_of_round(FIRST_ROUNDS[0], 2)
    steps = range(50)
    assert [fair_price(1, first, step) for step in steps] != [fair_price(1, second, step) for step in steps]


def test_another_seed_gives_another_market():
    assert [fair_price(1, LISTINGS[0], step) for step in range(50)] != [
        fair_price(2, LISTINGS[0], step) for step in range(50)
    ]
