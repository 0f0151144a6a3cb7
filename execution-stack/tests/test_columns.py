"""Columns against Python's own integers, at the edges of 64 bits and beyond."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from execution_stack.columns import column, multiply_divide, share_out, total_of
from execution_stack.exchange.domain import Action
from execution_stack.intents.domain import QUANTITY_LIMIT, required_max_total, required_max_totals
from shared.errors import InvariantViolated
from shared.money import largest_remainder

WIDE = 2**61 - 1


@given(st.lists(st.integers(0, WIDE), min_size=1, max_size=8), st.integers(0, 2**200), st.integers(1, WIDE))
@example([2**50 - 1], 1, 1)
@example([WIDE], WIDE, WIDE)
@example([WIDE, 1, 0], 2**50 - 1, WIDE)
@example([10**12, 10**12 - 1], 10**12 + 1, 10**12)
def test_quotients_and_remainders_are_pythons_or_refused(values, numerator, denominator):
    if max(values) * numerator >= denominator << 50:
        with pytest.raises(InvariantViolated):
            multiply_divide(column(values), numerator, denominator)
        return
    quotients, remainders = multiply_divide(column(values), numerator, denominator)
    expected = [divmod(value * numerator, denominator) for value in values]
    assert list(zip(quotients.tolist(), remainders.tolist(), strict=True)) == expected


@given(st.data(), st.integers(1, WIDE))
def test_quotients_just_around_whole_numbers_are_exact(data, denominator):
    """Where an estimate errs: the exact quotient is a whole number, or one unit off it."""
    quotient = data.draw(st.integers(0, 2**50 - 3))
    numerator = max(0, quotient * denominator + data.draw(st.integers(-2, 2)))
    values = data.draw(st.lists(st.integers(0, 1), min_size=1, max_size=4))
    quotients, remainders = multiply_divide(column(values), numerator, denominator)
    expected = [divmod(value * numerator, denominator) for value in values]
    assert list(zip(quotients.tolist(), remainders.tolist(), strict=True)) == expected


@given(st.integers(0, 10**15), st.lists(st.integers(0, 30) | st.integers(0, 10**12), max_size=40))
def test_columns_are_shared_as_rows_are(total, weights):
    total = total if any(weights) else 0
    assert share_out(total, column(weights)).tolist() == largest_remainder(
        total, weights, range(len(weights))
    )


@given(st.lists(st.integers(0, 2**63 - 1), max_size=20))
def test_sums_may_exceed_64_bits(values):
    assert total_of(column(values)) == sum(values)


@given(
    st.sampled_from(Action),
    st.lists(st.integers(1, QUANTITY_LIMIT), min_size=1, max_size=20),
    st.integers(1, 9_999),
    st.integers(0, 100_000),
)
def test_caps_of_a_column_are_those_of_its_intents(action, quantities, limit, multiplier):
    assert required_max_totals(action, column(quantities), limit, multiplier).tolist() == [
        required_max_total(action, quantity, limit, multiplier) for quantity in quantities
    ]
