"""The movements of the money flows as commands post them, with random amounts."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from simulator.commands import LKR, USD, Leg, Part
from simulator.model import Model

MONEY: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant's books."""

    id: UUID
    department: UUID
    customers: tuple[UUID, ...]

    @property
    def books(self) -> tuple[UUID, ...]:
        return (self.department, *self.customers)


Parts = tuple[Part, ...]


def one(
    book: UUID, kind: str, asset: int, source: str, target: str, amount: int, action: str = "inflow",
    cost: int | None = None,
) -> Part:  # fmt: skip
    return Part(book, kind, (Leg(asset, source, target, amount, action, cost),))


class Templates:
    """Draws the parts of a posting, looking at what is free."""

    random: random.Random
    model: Model
    contracts: tuple[int, int]

    def _amount(self, available: int, over: float = 0.06) -> int:
        """Return what to take of what is available: seldom all of it, seldom more."""
        if self.random.random() < over:
            return max(available, 0) + self.random.randint(1, MONEY)
        if available <= 1 or self.random.random() < 0.02:
            return max(available, 1)
        return self.random.randint(1, max(1, available // self.random.choice((1, 5, 20, 100))))

    def _free(self, book: UUID, account: str, asset: int) -> int:
        key = (book, asset, account)
        return self.model.posted.get(key, 0) - self.model.held.get(key, 0)

    def _parts(self, tenant: Tenant) -> Parts:
        template = self.random.choices(_TEMPLATES, _TEMPLATE_WEIGHTS)[0]
        return template(self, tenant)

    def _pay_in(self, tenant: Tenant) -> Parts:
        book = self.random.choice(tenant.customers)
        return (one(book, "pay_in", LKR, "collection", "wallet", self.random.randint(1, MONEY)),)

    def _contribution(self, tenant: Tenant) -> Parts:
        amount = self.random.randint(1, 10 * MONEY)
        return (one(tenant.department, "contribution", LKR, "collection", "till", amount),)

    def _stock_purchase(self, tenant: Tenant) -> Parts:
        paid = self._amount(self._free(tenant.department, "till", LKR) // 10)
        bought = self.random.randint(1, 10 * MONEY)
        legs = (
            Leg(LKR, "till", "collection", paid, "outflow"),
            Leg(USD, "nostro", "stock", bought, "stock_in", paid),
        )
        return (Part(tenant.department, "stock_purchase", legs),)

    def _deposit(self, tenant: Tenant) -> Parts:
        """D2 and D3: the fee, then the conversion, each in both books."""
        book, house = self.random.choice(tenant.customers), tenant.department
        lkr = self._amount(self._free(book, "wallet", LKR))
        usd = self._amount(self._free(house, "stock", USD) // 20, over=0.02)
        fee = self.random.randint(1, 500)
        cost = self.random.randint(1, lkr + 10)
        return (
            one(book, "fx_fee", LKR, "wallet", "desk", fee, "fee"),
            one(house, "fx_fee", LKR, "desk", "fx_fee_revenue", fee, "fee"),
            Part(book, "fx_conversion", (
                Leg(LKR, "wallet", "desk", lkr, "conversion"), Leg(USD, "desk", "wallet", usd, "conversion"),
            )),
            Part(house, "fx_conversion", (
                Leg(LKR, "desk", "till", lkr, "conversion"),
                Leg(USD, "stock", "desk", usd, "stock_out", cost, lkr - cost),
            )),
        )  # fmt: skip

    def _buy_back(self, tenant: Tenant) -> Parts:
        """W1: the house buys a customer's dollars with its own rupees."""
        book, house = self.random.choice(tenant.customers), tenant.department
        usd = self._amount(self._free(book, "wallet", USD))
        lkr = self._amount(self._free(house, "till", LKR) // 20, over=0.02)
        return (
            Part(book, "fx_conversion", (
                Leg(USD, "wallet", "desk", usd, "conversion"), Leg(LKR, "desk", "wallet", lkr, "conversion"),
            )),
            Part(house, "fx_conversion", (
                Leg(USD, "desk", "stock", usd, "stock_in", lkr), Leg(LKR, "till", "desk", lkr, "conversion"),
            )),
        )  # fmt: skip

    def _withdrawal(self, tenant: Tenant) -> Parts:
        book = self.random.choice(tenant.customers)
        amount, fee = self._amount(self._free(book, "wallet", LKR)), self.random.randint(1, 300)
        return (
            one(book, "withdrawal", LKR, "wallet", "collection", amount, "outflow"),
            one(book, "withdrawal_fee", LKR, "wallet", "desk", fee, "fee"),
            one(tenant.department, "withdrawal_fee", LKR, "desk", "payout_fee_revenue", fee, "fee"),
        )

    def _between_customers(self, tenant: Tenant) -> Parts:
        giver, taker = self.random.sample(tenant.customers, 2)
        asset = self.random.choice((LKR, USD))
        amount = self._amount(self._free(giver, "wallet", asset))
        return (
            one(giver, "customer_transfer", asset, "wallet", "desk", amount, "transfer"),
            one(taker, "customer_transfer", asset, "desk", "wallet", amount, "transfer"),
        )

    def _fill(self, tenant: Tenant) -> Parts:
        book = self.random.choice(tenant.customers)
        cost, contract = self._amount(self._free(book, "wallet", USD)), self.random.choice(self.contracts)
        legs = (
            Leg(USD, "wallet", "execution", cost, "fill"),
            Leg(contract, "execution", "position", self.random.randint(1, 900), "fill"),
        )
        return (Part(book, "wager_buy", legs),)

    def _sale(self, tenant: Tenant) -> Parts:
        book, contract = self.random.choice(tenant.customers), self.random.choice(self.contracts)
        quantity = self._amount(self._free(book, "position", contract))
        legs = (
            Leg(contract, "position", "execution", quantity, "sale"),
            Leg(USD, "execution", "wallet", self.random.randint(1, MONEY // 50), "sale"),
        )
        return (Part(book, "wager_sale", legs),)

    def _payout(self, tenant: Tenant) -> Parts:
        book, contract = self.random.choice(tenant.customers), self.random.choice(self.contracts)
        quantity = self._amount(self._free(book, "position", contract))
        legs = (
            Leg(contract, "position", "execution", quantity, "payout"),
            Leg(USD, "execution", "wallet", quantity * 10_000, "payout"),
        )
        return (Part(book, "resolution_payout", legs),)

    def _suspense(self, tenant: Tenant) -> Parts:
        amount = self.random.randint(1, MONEY)
        return (one(tenant.department, "pay_in", LKR, "collection", "suspense", amount),)

    def _assignment(self, tenant: Tenant) -> Parts:
        book, amount = self.random.choice(tenant.customers), self.random.randint(1, MONEY)
        return (
            one(tenant.department, "suspense_assignment", LKR, "suspense", "desk", amount, "outflow"),
            one(book, "suspense_assignment", LKR, "desk", "wallet", amount),
        )

    def _prefund(self, tenant: Tenant) -> Parts:
        house = tenant.department
        usd = self._amount(self._free(house, "stock", USD) // 50)
        allocation = Leg(USD, "stock", "treasury", usd, "stock_out", usd // 3 + 1, 0)
        return (
            Part(house, "prefund_allocation", (allocation,)),
            one(house, "prefund_payment", USD, "prefund", "nostro", usd, "outflow"),
        )

    def _taken_back(self, tenant: Tenant) -> Parts:
        """A pay-in that the bank takes back: what the wallet lacks becomes a debt."""
        book = self.random.choice(tenant.customers)
        have = max(self._free(book, "wallet", LKR), 0)
        amount = self.random.randint(1, MONEY)
        taken, owed = min(have, amount), amount - min(have, amount)
        parts = []
        if taken:
            parts.append(one(book, "pay_in_taken_back", LKR, "wallet", "collection", taken, "outflow"))
        if owed:
            parts.append(one(book, "pay_in_taken_back", LKR, "debt", "collection", owed, "outflow"))
        return tuple(parts)

    def _clearance(self, tenant: Tenant) -> Parts:
        book = self.random.choice(tenant.customers)
        amount = self._amount(self._free(book, "wallet", LKR))
        return (one(book, "debt_clearance", LKR, "wallet", "debt", amount, "debt_clearance"),)

    def _recognition(self, tenant: Tenant) -> Parts:
        amount = self._amount(self._free(tenant.department, "till", LKR) // 50)
        return (
            one(tenant.department, "revenue_recognition", LKR, "till", "fx_revenue", amount, "recognition"),
        )

    def _settlement(self, tenant: Tenant) -> Parts:
        house, amount = tenant.department, self.random.randint(1, MONEY)
        kind, source, target = self.random.choice((
            ("settlement_release", "settled", "in_transit"),
            ("settlement_confirmation", "in_transit", "nostro"),
        ))  # fmt: skip
        return (one(house, kind, USD, source, target, amount, "settlement"),)


Template = Callable[[Templates, Tenant], Parts]
_WEIGHTED_TEMPLATES: Final[tuple[tuple[Template, int], ...]] = (
    (Templates._pay_in, 14),
    (Templates._contribution, 3),
    (Templates._stock_purchase, 4),
    (Templates._deposit, 10),
    (Templates._buy_back, 8),
    (Templates._withdrawal, 8),
    (Templates._between_customers, 12),
    (Templates._fill, 10),
    (Templates._sale, 6),
    (Templates._payout, 3),
    (Templates._suspense, 3),
    (Templates._assignment, 3),
    (Templates._prefund, 3),
    (Templates._taken_back, 4),
    (Templates._clearance, 3),
    (Templates._recognition, 2),
    (Templates._settlement, 3),
)
_TEMPLATES: Final = [template for template, _ in _WEIGHTED_TEMPLATES]
_TEMPLATE_WEIGHTS: Final = [weight for _, weight in _WEIGHTED_TEMPLATES]
