"""What a wager can cost at most, in exact integers (money flows, sections 4, 5 and 7).

The quadratic fee 0.07 x multiplier x p x (1 - p) alone is dearest at 0.50, but price + fee rises with
the price as long as 0.07 x multiplier < 1. So a buy is dearest, and a sale brings least, exactly at the
limit. On top come the round-up of each fill's fee (a fill is at least 0.01 contract) and the rounding
fee that an order can gather before it is rebated.

Guaranteed: cost + fee of any fills at or within the limit stays at or below `max_total`, as long as the
exchange's rebates return gathered rounding. What it charges beyond that, also on a sale of which only a
few hundredths are filled, is execution's excess and never a larger debit.
"""

from dataclasses import dataclass
from typing import Final

from customer_stack.boundary_client.domain import Action
from shared.errors import invariant
from shared.money import divide_ceil, divide_half_even

FEE_SCHEDULE_VERSION: Final = 1
"""Stored with each decision; another fee type needs another bound and another version."""

DOLLAR_E4: Final = 10_000
QUANTITY_LIMIT: Final = 100_000_000
PRICE_LIMIT: Final = DOLLAR_E4 - 1
MULTIPLIER_LIMIT_E4: Final = 142_857
"""Above this, 0.07 x multiplier reaches one and the bound no longer holds."""

_ROUND_UP_PER_HUNDREDTH: Final = 100
_ORDER_ROUNDING: Final = 20_000
_FEE_DIVISOR: Final = 10**10


def bound_fee(quantity: int, limit_price: int, fee_multiplier_e4: int) -> int:
    """Return the largest fee, in micro-dollars, of `quantity` hundredths filled at the limit."""
    invariant(0 < quantity <= QUANTITY_LIMIT, "a quantity is within the wire's bounds")
    invariant(0 < limit_price <= PRICE_LIMIT, "a price is between zero and one dollar")
    invariant(0 <= fee_multiplier_e4 <= MULTIPLIER_LIMIT_E4, "the bound needs 0.07 x multiplier < 1")
    quadratic = 7 * fee_multiplier_e4 * quantity * limit_price * (DOLLAR_E4 - limit_price)
    return divide_ceil(quadratic, _FEE_DIVISOR) + _ROUND_UP_PER_HUNDREDTH * quantity + _ORDER_ROUNDING


def bound_total(action: Action, quantity: int, limit_price: int, fee_multiplier_e4: int) -> int:
    """Return `max_total` in micro-dollars: cost + fee of a buy, fee beyond the proceeds of a sale."""
    fee = bound_fee(quantity, limit_price, fee_multiplier_e4)
    if action is Action.BUY:
        return limit_price * quantity + fee
    return max(0, fee - limit_price * quantity)


def value_of(quantity: int, price: int) -> int:
    """Return micro-dollars of `quantity` hundredths at `price`; exact by the scales."""
    return quantity * price


@dataclass(frozen=True, slots=True)
class PositionCost:
    """Open contracts and what they cost without fees: two integers, never an average."""

    quantity: int = 0
    cost: int = 0

    def add(self, quantity: int, cost: int) -> "PositionCost":
        """Return the position after a buy."""
        return PositionCost(self.quantity + quantity, self.cost + cost)

    def take(self, quantity: int) -> tuple["PositionCost", int]:
        """Return the position after `quantity` left it, and the cost that left with it."""
        invariant(0 < quantity <= self.quantity, "no more leaves a position than it has")
        if quantity == self.quantity:
            return PositionCost(), self.cost
        out = divide_half_even(self.cost * quantity, self.quantity)
        return PositionCost(self.quantity - quantity, self.cost - out), out
