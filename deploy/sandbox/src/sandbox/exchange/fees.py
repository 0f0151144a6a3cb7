"""What a fill costs beyond its price.

Trade fee: 0.07 x multiplier x C x P x (1-P), rounded up to 0.0001 dollars; makers pay nothing, or a quarter
or a half where the series says so. A flat fee is a table of the exchange that is not public: here it is the
multiplier in cents for each contract a taker buys. The balance then moves in whole cents: the difference is
the rounding fee. What an order's rounding fees have gathered comes back in whole cents once it exceeds a
cent, never so much that a net fee is negative.

How rebates and the floor at zero meet on very small fills is not documented; here the floor wins and the rest
stays gathered. Source: the exchange's fee rounding rules.
"""

from dataclasses import dataclass
from enum import StrEnum

from sandbox.exchange.units import CENT, CONTRACT, DOLLAR, FEE_STEP, ONE, ceil_to

STEPS_PER_DOLLAR = DOLLAR // FEE_STEP


class FeeType(StrEnum):
    """Which participants of a trade pay."""

    QUADRATIC = "quadratic"
    QUADRATIC_WITH_MAKER_FEES = "quadratic_with_maker_fees"
    QUADRATIC_WITH_COMBO_MAKER_FEES = "quadratic_with_combo_maker_fees"
    FLAT = "flat"


# The part of the quadratic fee in ten-thousandths: of a taker, and of a maker.
TAKER_RATE_E4 = 700
MAKER_RATES_E4 = {
    FeeType.QUADRATIC: 0,
    FeeType.QUADRATIC_WITH_MAKER_FEES: 175,
    FeeType.QUADRATIC_WITH_COMBO_MAKER_FEES: 350,
}


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """A series' fee rule. The multiplier is in thousandths."""

    fee_type: FeeType
    multiplier_e3: int

    def trade_fee(self, count: int, price: int, *, is_taker: bool) -> int:
        """Return the fee of one trade in micro-dollars, a multiple of 0.0001 dollars."""
        if self.fee_type is FeeType.FLAT:
            per_thousand = self.multiplier_e3 * CENT * count if is_taker else 0
            return ceil_to(per_thousand, 1_000 * CONTRACT * FEE_STEP) // (1_000 * CONTRACT)
        rate_e4 = TAKER_RATE_E4 if is_taker else MAKER_RATES_E4[self.fee_type]
        scaled = rate_e4 * self.multiplier_e3 * count * price * (ONE - price)
        divisor = 10_000 * 1_000 * CONTRACT * ONE * ONE // STEPS_PER_DOLLAR
        return ceil_to(scaled, divisor) // divisor * FEE_STEP


@dataclass(frozen=True, slots=True)
class Charge:
    """The parts of one fill's fee, in micro-dollars."""

    trade_fee: int
    rounding_fee: int
    rebate: int

    @property
    def net_fee(self) -> int:
        return self.trade_fee + self.rounding_fee - self.rebate


def charge_fill(cost: int, trade_fee: int, gathered: int) -> tuple[Charge, int]:
    """Return the fill's charge and the rounding that its order has gathered afterwards.

    `cost` is what the fill's contracts cost on the side that bought them; cost + net fee is whole cents.
    """
    rounding_fee = ceil_to(cost + trade_fee, CENT) - cost - trade_fee
    gathered += rounding_fee
    rebate = 0
    if gathered > CENT:
        rebate = min(gathered, trade_fee + rounding_fee) // CENT * CENT
    return Charge(trade_fee, rounding_fee, rebate), gathered - rebate
