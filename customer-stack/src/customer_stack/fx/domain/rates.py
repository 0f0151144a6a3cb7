"""Rates: the market's mid, what we add to it, and when it is too old to use. Pure.

All rates are LKR per USD as integers scaled 1e-8. Ours have four digits after the point: a selling rate
is rounded up and a buying rate down, so that rounding never costs the desk.

Guaranteed: buy <= mid <= sell; a stale or future mid makes no rate.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from customer_stack.fx.errors import RateUnavailable, TermsInvalid
from shared.errors import invariant
from shared.money import divide_ceil, divide_floor

RATE_TICK: Final = 10**4
"""Our rates have four digits: 0.0001 scaled 1e-8."""

BASIS: Final = 10_000
"""Basis points in one."""

CLOCK_TOLERANCE: Final = timedelta(seconds=5)
"""How far a source's clock may run before ours."""


@dataclass(frozen=True, slots=True)
class Mid:
    """The market's rate as a source stated it, LKR per USD scaled 1e-8, and when."""

    rate_e8: int
    source: str
    as_of: datetime

    def __post_init__(self) -> None:
        """Refuse a rate that is no rate."""
        invariant(self.rate_e8 > 0, "a rate is positive")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a department adds to the mid and charges, and how long it stands by a quote.

    Spreads and the fee share are in basis points; fixed fee and bounds in LKR cents.
    `stock_share_basis` caps what all live quotes together may reserve of the stock, `till_share_basis`
    what they may reserve of the till.
    """

    version: int
    sell_spread_basis: int
    buy_spread_basis: int
    fee_basis: int
    fee_fixed: int
    minimum_amount: int
    maximum_amount: int
    quote_lifetime: timedelta
    mid_lifetime: timedelta
    stock_share_basis: int
    till_share_basis: int = 5_000


@dataclass(frozen=True, slots=True)
class Rates:
    """Mid, buy and sell at one moment, scaled 1e-8."""

    mid_e8: int
    buy_e8: int
    sell_e8: int


@dataclass(frozen=True, slots=True)
class PostedRate:
    """What a department buys and sells at since a moment: from which reading, under which terms."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    mid_id: UUID
    terms_version: int
    rates: Rates
    posted_at: datetime

    def is_posted(self, rates: Rates, terms_version: int) -> bool:
        """Tell whether the department already buys and sells at these rates under these terms."""
        ours = (self.rates.buy_e8, self.rates.sell_e8, self.terms_version)
        return ours == (rates.buy_e8, rates.sell_e8, terms_version)


def decide_rates(mid: Mid, terms: Terms, now: datetime) -> Rates:
    """Return our rates around a fresh mid. Raises RateUnavailable."""
    if not is_fresh(mid, terms, now):
        raise RateUnavailable("The exchange rate is too old to use. Try again in a minute.")
    sell = divide_ceil(mid.rate_e8 * (BASIS + terms.sell_spread_basis), BASIS * RATE_TICK) * RATE_TICK
    buy = divide_floor(mid.rate_e8 * (BASIS - terms.buy_spread_basis), BASIS * RATE_TICK) * RATE_TICK
    invariant(0 < buy <= mid.rate_e8 <= sell, "we buy below the mid and sell above it")
    return Rates(mid.rate_e8, buy, sell)


def is_fresh(mid: Mid, terms: Terms, now: datetime) -> bool:
    """Tell whether a mid may still be used under these terms."""
    return mid.as_of - now <= CLOCK_TOLERANCE and now - mid.as_of <= terms.mid_lifetime


def decide_fee(amount: int, terms: Terms) -> int:
    """Return the fee in LKR cents for converting `amount` LKR cents, rounded up to a cent."""
    return terms.fee_fixed + divide_ceil(amount * terms.fee_basis, BASIS)


def require_terms(terms: Terms) -> None:
    """Refuse terms whose bounds contradict each other. Raises TermsInvalid."""
    if not 0 < terms.minimum_amount <= terms.maximum_amount:
        raise TermsInvalid("The minimum is above zero and not above the maximum. Correct the amounts.")
    if decide_fee(terms.minimum_amount, terms) >= terms.minimum_amount:
        raise TermsInvalid("The fee takes the whole minimum amount. Raise the minimum or lower the fee.")
