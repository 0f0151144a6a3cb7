"""The desk's stock of USD: a quantity and what it cost, as two integers. Pure.

An average is never stored: (V / Q) changes with every inflow and would drift with every rounding. Only
outflows round, half to even, and the last unit takes all the cost that is left (money flows, section 11).

Guaranteed: the cost of all outflows plus what remains is exactly what was paid for the inflows.
"""

from dataclasses import dataclass
from fractions import Fraction

from shared.errors import invariant
from shared.money import divide_half_even


@dataclass(frozen=True, slots=True)
class Stock:
    """Quantity in micro-dollars and total cost in LKR cents."""

    quantity: int = 0
    cost: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot lie in a stock."""
        invariant(self.quantity >= 0 and self.cost >= 0, "a stock is never negative")
        invariant(self.quantity > 0 or self.cost == 0, "an empty stock has no cost")

    def inflow(self, quantity: int, paid: int) -> "Stock":
        """Return the stock after `quantity` came in for `paid`."""
        invariant(quantity > 0 and paid >= 0, "an inflow has a quantity and a price")
        return Stock(self.quantity + quantity, self.cost + paid)

    def cost_of(self, quantity: int) -> int:
        """Return the cost that leaves with `quantity`: all of it with the last unit."""
        invariant(0 < quantity <= self.quantity, "more would leave the stock than lies there")
        if quantity == self.quantity:
            return self.cost
        return divide_half_even(self.cost * quantity, self.quantity)

    def outflow(self, quantity: int) -> "Stock":
        """Return the stock after `quantity` left with its cost."""
        return Stock(self.quantity - quantity, self.cost - self.cost_of(quantity))

    def exact_cost_of(self, quantity: int) -> Fraction:
        """Return the unrounded cost of `quantity` in LKR cents. Explains a profit; never posted."""
        invariant(self.quantity > 0, "an empty stock has no cost rate")
        return Fraction(self.cost * quantity, self.quantity)

    @property
    def rate_e8(self) -> int:
        """Return V / Q in LKR per USD, scaled 1e-8, for display beside the other rates."""
        # cents / micro-dollars = 1e4 LKR per USD.
        return divide_half_even(self.cost * 10**12, self.quantity) if self.quantity else 0
