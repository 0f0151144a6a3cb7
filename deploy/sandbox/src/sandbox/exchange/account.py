"""The member's account: one signed net position per market, and cash that is the sum of its causes.

YES and NO of one market always net. Whoever holds one side and buys the other gets a dollar for each pair at
once and the pair is gone; what settles later is only the net.

Guaranteed:
- balance = deposits - withdrawals - trades - fees + pairs + settlements + voids, because that is how it is
  computed;
- a position's cost leaves in proportion and entirely with its last contract.
"""

from dataclasses import dataclass, replace

from sandbox.exchange.book import Side
from sandbox.exchange.units import CENT, CONTRACT, DOLLAR, ONE


@dataclass(frozen=True, slots=True)
class Cash:
    """Lifetime totals in micro-dollars."""

    deposits: int = 0
    trades: int = 0
    fees: int = 0
    pairs: int = 0
    settlements: int = 0
    withdrawals: int = 0
    voids: int = 0

    @property
    def balance(self) -> int:
        brought = self.deposits - self.withdrawals
        return brought - self.trades - self.fees + self.pairs + self.settlements + self.voids


@dataclass(frozen=True, slots=True)
class Payout:
    """What a net position is worth at resolution: whole cents, and the remainder stated as a fee."""

    revenue_cents: int
    fee: int


@dataclass(frozen=True, slots=True)
class Position:
    """The member in one market: `net` is positive for YES, negative for NO; `cost` is that of the net."""

    net: int = 0
    cost: int = 0
    traded: int = 0
    realized: int = 0
    fees: int = 0
    updated_ms: int = 0
    traded_count: int = 0

    def held(self, side: Side) -> int:
        """Return how many contracts of this side's outcome the net position has."""
        return max(0, self.net * side.sign)

    def buy(self, side: Side, count: int, yes_price: int, fee: int, at_ms: int) -> tuple["Position", int]:
        """Buy contracts of the side's outcome. Return the new position and the dollars paid for pairs."""
        paid = count * side.own_price(yes_price)
        closing = min(count, self.held(side.opposite))
        cost_out = self.cost * closing // abs(self.net) if closing else 0
        opened = (count - closing) * side.own_price(yes_price)
        pairs = closing * (DOLLAR // CONTRACT)
        moved = replace(
            self,
            net=self.net + side.sign * count,
            cost=self.cost - cost_out + opened,
            traded=self.traded + paid,
            realized=self.realized + pairs - cost_out - (paid - opened),
            fees=self.fees + fee,
            updated_ms=at_ms,
            traded_count=self.traded_count + count,
        )
        return moved, pairs

    def payout(self, value: int) -> Payout:
        """Return what the net position receives when YES is worth `value`."""
        own_value = value if self.net >= 0 else ONE - value
        worth = abs(self.net) * own_value
        return Payout(revenue_cents=worth // CENT, fee=worth % CENT)

    def void(self, returned: int, at_ms: int) -> "Position":
        """Close the position for what was given back."""
        return replace(self, net=0, cost=0, realized=self.realized + returned - self.cost, updated_ms=at_ms)

    def settle(self, payout: Payout, at_ms: int) -> "Position":
        """Close the position for its payout."""
        revenue = payout.revenue_cents * CENT
        return replace(
            self,
            net=0,
            cost=0,
            realized=self.realized + revenue - self.cost,
            fees=self.fees + payout.fee,
            updated_ms=at_ms,
        )
