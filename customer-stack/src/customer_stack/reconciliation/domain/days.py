"""Days of Colombo as reconciliation keeps them: what is closed, when, and what a closed day says. Pure.

A day is closed once, after it ended, from what was recorded before its end: so a day that a worker missed is
closed later with the same figures. What is closed is never changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from customer_stack.ledger.domain import Account
from customer_stack.reconciliation.domain.breaks import AgeBucket, BreakType
from customer_stack.reconciliation.domain.checks import CheckName, Result, Values
from customer_stack.reconciliation.domain.clearing import OpenItems
from customer_stack.reconciliation.domain.client_money import ClientMoney, build_client_money
from customer_stack.working_days.domain import COLOMBO
from shared.ledger.domain import LKR, USD
from shared.money import Currency

ASSET_OF: Final = {Currency.LKR: LKR, Currency.USD: USD}
GRACE: Final = timedelta(minutes=10)
"""How long after its end a day is closed: what was recorded before midnight has been committed by then."""
DAYS_AT_ONCE: Final = 31
"""How many missed days one round closes for a tenant; none older is closed when there was no day before."""
POSITIONS_KNOWN_FOR: Final = timedelta(hours=36)
"""Until when after a day's end what open wagers cost is still taken for the day's."""
TREND_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class DayBounds:
    """A day of Colombo as moments: from its first, up to the first of the next day."""

    day: date

    @property
    def start(self) -> datetime:
        """Return when the day begins."""
        return datetime.combine(self.day, time(), COLOMBO).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """Return when the day has ended."""
        return datetime.combine(self.day + timedelta(days=1), time(), COLOMBO).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """Return the day of Colombo in which a moment lies."""
    return moment.astimezone(COLOMBO).date()


def list_due(last: date | None, first: date | None, now: datetime) -> list[date]:
    """Return the days to close now, oldest first.

    `last` was closed last; `first` is the day of the first transfer. Without either there is nothing to say.
    """
    newest = day_of(now - GRACE) - timedelta(days=1)
    if last is not None:
        begin = last + timedelta(days=1)
    elif first is not None:
        begin = max(first, newest - timedelta(days=DAYS_AT_ONCE - 1))
    else:
        return []
    count = min((newest - begin).days + 1, DAYS_AT_ONCE)
    return [begin + timedelta(days=each) for each in range(count)]


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A check as the last run of a day left it."""

    name: CheckName
    result: Result
    compared: int
    differing: int
    values: Values | None


@dataclass(frozen=True, slots=True)
class BreakCount:
    """How many breaks of a type and age were open at the end of a day."""

    department_id: UUID | None
    type: BreakType
    age: AgeBucket
    count: int


@dataclass(frozen=True, slots=True)
class ClearingLine:
    """What was open on a clearing account, and after how long it was too long: the limit of that day."""

    items: OpenItems
    limit: timedelta

    def is_late(self, end: datetime) -> bool:
        """Tell whether the oldest item was open for too long when the day ended."""
        return self.items.age(end) > self.limit


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """What a department and its customers had on an account."""

    department_id: UUID
    account: Account
    currency: Currency
    balance: int


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """What a closed day says. `run_id` is None when nothing was compared on that day."""

    tenant_id: UUID
    day: date
    operator: str
    departments: Mapping[UUID, str]
    run_id: UUID | None
    closed_at: datetime
    money: tuple[ClientMoney, ...]
    clearing: tuple[ClearingLine, ...]
    breaks: tuple[BreakCount, ...]
    balances: tuple[BalanceLine, ...]


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day of a trend; None where the day was not closed."""

    day: date
    money: Mapping[Currency, tuple[int, int]]
    """Currency -> (owed, held)."""
    breaks: Mapping[AgeBucket, int]
    not_held: int | None
    """Checks of its last run that did not hold; None when nothing was compared."""
    oldest: Mapping[Account, timedelta]


@dataclass(frozen=True, slots=True)
class DayReport:
    """Everything that a report of a day says. `department_id` is None for the whole operator."""

    closed: ClosedDay
    department_id: UUID | None
    sequence: int | None
    checks: tuple[CheckLine, ...]
    trend: Sequence[DayFigures]

    @property
    def money(self) -> tuple[ClientMoney, ...]:
        """Return client money: as it was closed, or of one department's balances, by our books alone.

        What others state is of the whole operator, and so is what open wagers cost: both sides are without.
        """
        if self.department_id is None:
            return self.closed.money
        sums: dict[tuple[Account, int], int] = {}
        for each in self.closed.balances:
            if each.department_id == self.department_id:
                key = (each.account, ASSET_OF[each.currency])
                sums[key] = sums.get(key, 0) + each.balance
        return build_client_money(sums, None, ())

    @property
    def scope_name(self) -> str:
        """Return of what the report is."""
        if self.department_id is None:
            return "All departments"
        return self.closed.departments[self.department_id]
