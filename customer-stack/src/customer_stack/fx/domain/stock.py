"""The desk's stock of USD: a quantity and what it cost, as two integers. Pure.

An average is never stored: (V / Q) changes with every inflow and would drift with every rounding. Only
outflows round, half to even, and the last unit takes all the cost that is left (money flows, section 11).

Guaranteed: the cost of all outflows plus what remains is exactly what was paid for the inflows.
"""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from customer_stack.ledger.domain import TransferKind
from shared.errors import invariant
from shared.money import divide_half_even

_RATE_ONE: Final = 10**12
"""LKR cents per micro-dollar are 1e4 LKR per USD: times this, a rate scaled 1e-8."""

_BANK_DEALS: Final = frozenset({TransferKind.STOCK_PURCHASE, TransferKind.STOCK_SALE})


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

    def moved(self, quantity: int, cost: int) -> "Stock":
        """Return the stock after a flow of which both are known: signed, as its ledger entry has them.

        This is how a reversal takes back exactly what the flow that it reverses had moved.
        """
        return Stock(self.quantity + quantity, self.cost + cost)

    def exact_cost_of(self, quantity: int) -> Fraction:
        """Return the unrounded cost of `quantity` in LKR cents. Explains a profit; never posted."""
        invariant(self.quantity > 0, "an empty stock has no cost rate")
        return Fraction(self.cost * quantity, self.quantity)

    @property
    def rate_e8(self) -> int:
        """Return V / Q in LKR per USD, scaled 1e-8, for display beside the other rates."""
        return divide_half_even(self.cost * _RATE_ONE, self.quantity) if self.quantity else 0


@dataclass(frozen=True, slots=True)
class StockFlow:
    """One ledger entry of a stock: signed micro-dollars and cost in LKR cents; profit where it has one.

    `corrects` is the movement that this one corrects.
    """

    version: int
    kind: TransferKind
    movement_id: UUID
    quantity: int
    cost: int
    profit: int | None
    effective_at: datetime
    corrects: UUID | None = None


@dataclass(frozen=True, slots=True)
class BankDeal:
    """What USD was bought or sold for at the bank: the settlement rate, scaled 1e-8, and the movement."""

    rate_e8: int
    movement_id: UUID


@dataclass(frozen=True, slots=True)
class StockAccount:
    """A department's stock after its newest entry: the profit so far, and the newest bank deal."""

    stock: Stock = Stock()
    version: int = 0
    profit_to_date: int = 0
    deal: BankDeal | None = None

    def after(self, flow: StockFlow) -> "StockAccount":
        """Return the account after its next entry."""
        invariant(flow.version == self.version + 1, "the stock follows its ledger entries, one by one")
        return StockAccount(
            self.stock.moved(flow.quantity, flow.cost),
            flow.version,
            self.profit_to_date + (flow.profit or 0),
            self._deal_after(flow),
        )

    def _deal_after(self, flow: StockFlow) -> BankDeal | None:
        """Return the newest bank deal: a corrected one takes the place of itself, not of a newer one."""
        is_newest = flow.corrects is None or (
            self.deal is not None and self.deal.movement_id == flow.corrects
        )
        return (deal_of(flow) if is_newest else None) or self.deal


def deal_of(flow: StockFlow) -> BankDeal | None:
    """Return the bank deal that a flow is, None when it is another."""
    if flow.kind not in _BANK_DEALS:
        return None
    # A sale's entry has minus its cost, and the profit that the bank paid above it.
    paid = abs(flow.cost) + (flow.profit or 0)
    return BankDeal(divide_half_even(paid * _RATE_ONE, abs(flow.quantity)), flow.movement_id)
