"""Exact money: Decimal at the edges, integer minor units inside.

The ledger stores BIGINT minor units of each asset's scale; JSON carries strings. Rounding happens
only in the named functions of this file. Nothing here accepts or returns a float.

Guaranteed: `to_minor` loses nothing or refuses; shares of `largest_remainder` add up exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final

from shared.errors import Kind, Refusal, invariant

LKR_SCALE: Final = 2
USD_SCALE: Final = 6
CONTRACT_SCALE: Final = 2
PRICE_SCALE: Final = 4
RATE_SCALE: Final = 8


class Currency(StrEnum):
    """Currencies of the ledgers (ISO 4217)."""

    LKR = "LKR"
    USD = "USD"

    @property
    def scale(self) -> int:
        """Return the digits after the point that the ledger keeps."""
        return LKR_SCALE if self is Currency.LKR else USD_SCALE


class InexactAmount(Refusal):
    """An amount has more digits than its unit."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "money.inexact_amount"


def to_minor(amount: Decimal, scale: int) -> int:
    """Return `amount` in minor units of `scale` digits. Raises InexactAmount."""
    if not amount.is_finite():
        raise InexactAmount("The amount is not a number. Send a decimal number as a string.")
    sign, digits, exponent = amount.as_tuple()
    invariant(isinstance(exponent, int), "a finite decimal has an integer exponent")
    number = int("".join(map(str, digits)))
    shift = int(exponent) + scale
    minor: int
    if shift >= 0:
        minor = number * 10**shift
    else:
        minor, lost = divmod(number, 10**-shift)
        if lost:
            raise InexactAmount(f"The amount has more than {scale} digits after the point. Shorten it.")
    return -minor if sign else minor


def from_minor(minor: int, scale: int) -> Decimal:
    """Return `minor` units of `scale` digits as an exact decimal."""
    return Decimal((1 if minor < 0 else 0, tuple(map(int, str(abs(minor)))), -scale))


def format_minor(minor: int, scale: int) -> str:
    """Return `minor` units as a decimal string with all `scale` digits: 98514851 -> "98.514851"."""
    sign = "-" if minor < 0 else ""
    digits = str(abs(minor)).rjust(scale + 1, "0")
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}" if scale else f"{sign}{digits}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency, exact to the currency's scale."""

    amount: Decimal
    currency: Currency

    @property
    def minor(self) -> int:
        """Return the amount in minor units. Raises InexactAmount."""
        return to_minor(self.amount, self.currency.scale)

    @classmethod
    def of_minor(cls, minor: int, currency: Currency) -> "Money":
        """Return `minor` units of `currency`."""
        return cls(from_minor(minor, currency.scale), currency)


def divide_floor(numerator: int, denominator: int) -> int:
    """Divide and round toward minus infinity. `denominator` is positive."""
    invariant(denominator > 0, "a divisor is positive")
    return numerator // denominator


def divide_ceil(numerator: int, denominator: int) -> int:
    """Divide and round toward plus infinity. `denominator` is positive."""
    invariant(denominator > 0, "a divisor is positive")
    return -(-numerator // denominator)


def divide_half_even(numerator: int, denominator: int) -> int:
    """Divide and round to the nearest, halves to the even neighbour. `denominator` is positive."""
    invariant(denominator > 0, "a divisor is positive")
    quotient, rest = divmod(numerator, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1):
        quotient += 1
    return quotient


def largest_remainder(total: int, weights: Sequence[int], ties: Sequence[int]) -> list[int]:
    """Share `total` in proportion to `weights`, exactly; left units go to the largest remainders.

    Equal remainders go to the smaller of `ties`, one distinct number per weight (Hamilton's method).
    With no weight at all, `total` must be zero.
    """
    whole = sum(weights)
    invariant(total >= 0 and all(weight >= 0 for weight in weights), "shares need non-negative numbers")
    if whole == 0:
        invariant(total == 0, "nothing can be shared without weights")
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    left = total - sum(shares)
    order = sorted(range(len(weights)), key=lambda index: (-remainders[index], ties[index]))
    for index in order[:left]:
        shares[index] += 1
    return shares
