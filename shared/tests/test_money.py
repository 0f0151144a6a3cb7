"""Exact money: nothing lost, or refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import (
    Currency,
    InexactAmount,
    Money,
    divide_ceil,
    divide_floor,
    divide_half_even,
    format_minor,
    from_minor,
    largest_remainder,
    to_minor,
)

scales = st.integers(0, 8)
minors = st.integers(-(10**18), 10**18)


@given(minors, scales)
def test_minor_units_and_decimals_are_two_spellings_of_one_amount(minor: int, scale: int) -> None:
    assert to_minor(from_minor(minor, scale), scale) == minor
    assert to_minor(Decimal(format_minor(minor, scale)), scale) == minor


def test_an_amount_with_too_many_digits_is_refused_not_rounded() -> None:
    with pytest.raises(InexactAmount):
        to_minor(Decimal("0.001"), 2)
    assert to_minor(Decimal("0.0100"), 2) == 1


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InexactAmount):
        to_minor(Decimal(text), 2)


def test_money_knows_its_scale() -> None:
    assert Money(Decimal("98.514851"), Currency.USD).minor == 98_514_851
    assert Money.of_minor(3_000_000, Currency.LKR).amount == Decimal("30000.00")
    assert format_minor(-5, 2) == "-0.05"


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9))
def test_the_three_divisions_bracket_the_exact_quotient(numerator: int, denominator: int) -> None:
    low, high = divide_floor(numerator, denominator), divide_ceil(numerator, denominator)
    near = divide_half_even(numerator, denominator)
    assert low * denominator <= numerator <= high * denominator
    assert high - low in (0, 1)
    assert near in (low, high)
    assert 2 * abs(near * denominator - numerator) <= denominator


def test_halves_go_to_the_even_neighbour() -> None:
    assert [divide_half_even(n, 2) for n in (1, 3, 5, -1, -3)] == [0, 2, 2, 0, -2]


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_shares_add_up_and_stay_within_one_unit_of_the_exact_share(total: int, weights: list[int]) -> None:
    whole = sum(weights)
    if whole == 0:
        assert largest_remainder(0, weights, range(len(weights))) == [0] * len(weights)
        return
    shares = largest_remainder(total, weights, range(len(weights)))
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * whole - total * weight) < whole
