"""Revenue and exposure as frozen values, and the days that they are of. Pure.

LKR in cents and USD in micro-dollars; explanations in 1e-6 LKR, as conversions keep them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.figures.errors import SpanInvalid
from customer_stack.working_days.domain import COLOMBO, end_of

SPAN_LIMIT_DAYS: Final = 366
MONTHS_LIMIT: Final = 24
MICRO_PER_CENTI_CONTRACT: Final = 10_000
"""A contract pays a dollar at most: a hundredth of one pays 10,000 micro-dollars."""


class Measure(StrEnum):
    """What a volume counts."""

    PAID_IN = "paid_in"
    PAID_OUT = "paid_out"
    CARD_FUNDED = "card_funded"
    CARD_RETURNED = "card_returned"
    FX_SOLD = "fx_sold"
    FX_BOUGHT = "fx_bought"
    STAKED = "staked"
    SOLD_BACK = "sold_back"
    WAGER_FEES = "wager_fees"
    PAYOUTS = "payouts"


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment up to another."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Revenue:
    """What one department earned in a span. `conversion_profit` is what the three lines explain."""

    department_id: UUID
    fx_fees: int = 0
    payout_fees: int = 0
    profit: int = 0
    conversion_profit: int = 0
    spread_e6: int = 0
    holding_e6: int = 0
    rounding_e6: int = 0
    bought_spread_e6: int = 0
    recognised: int = 0
    expenses: int = 0
    expenses_usd: int = 0

    @property
    def other_profit(self) -> int:
        """Return the profit of the desk beside conversions: deals with banks, and what was taken back."""
        return self.profit - self.conversion_profit

    @property
    def earned(self) -> int:
        """Return fees and profit less expenses in LKR."""
        return self.fx_fees + self.payout_fees + self.profit - self.expenses

    def __add__(self, other: "Revenue") -> "Revenue":
        """Return both together, under this department's id."""
        sums = {
            each.name: getattr(self, each.name) + getattr(other, each.name)
            for each in fields(self)
            if each.name != "department_id"
        }
        return Revenue(self.department_id, **sums)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands on an account of a department's books, or of its customers', in one currency."""

    department_id: UUID
    book_kind: str
    account: str
    currency: str
    amount: int
    held: int


@dataclass(frozen=True, slots=True)
class Volume:
    """How much of a measure moved in a month, and how often. `month` is its first day."""

    department_id: UUID
    month: date
    measure: Measure
    currency: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class WagerLiability:
    """What open wagers of a department's customers may cost: reserved cash, and contracts that may pay."""

    department_id: UUID
    reserved: int
    centi_contracts: int

    @property
    def largest_payout(self) -> int:
        """Return what all open contracts pay at a dollar each, in micro-dollars."""
        return self.centi_contracts * MICRO_PER_CENTI_CONTRACT


@dataclass(frozen=True, slots=True)
class Exposure:
    """All of it, at one moment."""

    at: datetime
    standings: tuple[Standing, ...]
    volumes: tuple[Volume, ...]
    liabilities: tuple[WagerLiability, ...]


def span_of(first: date, last: date) -> Span:
    """Return the moments of a span of days, both included. Raises SpanInvalid."""
    if not 0 <= (last - first).days < SPAN_LIMIT_DAYS:
        raise SpanInvalid(f"A span has 1 to {SPAN_LIMIT_DAYS} days: the first is not after the last.")
    return Span(datetime.combine(first, time(), COLOMBO).astimezone(UTC), end_of(last))


def first_month(today: date, months: int) -> datetime:
    """Return when the first of `months` months begins, of which today's is the last."""
    number = today.year * 12 + today.month - months
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=COLOMBO).astimezone(UTC)


def total_of(parts: Iterable[Revenue], tenant_id: UUID) -> Revenue:
    """Return what all departments earned together, under the tenant's id."""
    return sum(parts, Revenue(tenant_id))
