"""Exact arithmetic over whole columns of integers, for windows of any size.

A window may hold a million intents; one Python integer after the other takes seconds for them. Products of
quantities and totals do not fit in 64 bits, so the only division here is one whose exactness is proven.

Guaranteed: results are those of Python's unbounded integers, or the call fails; nothing is rounded.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.errors import invariant

Column = NDArray[np.int64]

QUOTIENT_BITS: Final = 50
DENOMINATOR_LIMIT: Final = 2**61


def column(values: Sequence[int]) -> Column:
    """Return integers as a column. One that does not fit in 64 bits is an OverflowError."""
    return np.array(values, dtype=np.int64)


def total_of(values: Column) -> int:
    """Return the sum of a column of non-negative integers, which may not fit in 64 bits."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


def multiply_divide(values: Column, numerator: int, denominator: int) -> tuple[Column, Column]:
    """Return quotients and remainders of `values * numerator / denominator`, rounded down.

    The quotient is first estimated in floating point. Three roundings of 2**-53 each, of a quotient below
    2**50, err by less than a half: so the estimate is right, one too small or one too large. The remainder
    that belongs to it then lies between minus one and two denominators, below 2**62 either way, so that its
    value modulo 2**64 tells it exactly, and it tells which of the three it was.
    """
    if not len(values):
        return values.copy(), values.copy()
    invariant(numerator >= 0 and int(values.min()) >= 0, "what is divided is not negative")
    invariant(0 < denominator < DENOMINATOR_LIMIT, "a denominator is positive and leaves room for remainders")
    invariant(
        int(values.max()) * numerator < denominator << QUOTIENT_BITS,
        "a quotient is small enough to be estimated within one",
    )
    quotients = (values * (numerator / denominator)).astype(np.int64)
    products = values.view(np.uint64) * np.uint64(numerator % 2**64)
    remainders = (products - quotients.view(np.uint64) * np.uint64(denominator)).view(np.int64)
    wrong = (remainders >= denominator).astype(np.int64) - (remainders < 0)
    quotients += wrong
    remainders -= wrong * denominator
    return quotients, remainders


def share_out(total: int, weights: Column) -> Column:
    """Share `total` in proportion to `weights`, exactly; left units go to the largest remainders.

    Of equal remainders the earlier place is served first (Hamilton's method). The smallest remainder that
    is served is selected, nothing is sorted. With no weight at all, `total` must be zero.
    """
    whole = total_of(weights)
    if whole == 0:
        invariant(total == 0, "nothing can be shared without weights")
        return np.zeros_like(weights)
    shares, remainders = multiply_divide(weights, total, whole)
    left = total - total_of(shares)
    if left:
        place = len(weights) - left
        threshold = np.partition(remainders, place)[place]
        above = remainders > threshold
        shares += above
        tied = np.flatnonzero(remainders == threshold)
        shares[tied[: left - int(np.count_nonzero(above))]] += 1
    return shares
