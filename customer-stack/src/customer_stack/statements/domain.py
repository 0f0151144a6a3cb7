"""What a statement says, as frozen values. Pure.

Amounts are minor units with the ledger's sign: positive on an owner (a wallet), negative on a place where
money lies (a bank account) and on a debt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.statements.errors import PeriodUnusable, StatementTooLong
from shared.errors import invariant
from shared.money import Currency

ENTRY_LIMIT: Final = 5_000
DAY_LIMIT: Final = 366
COLOMBO: Final = timezone(timedelta(hours=5, minutes=30), "Asia/Colombo")
"""Sri Lanka's time, fixed since 2006 and without summer time."""


class Format(StrEnum):
    """What a statement is sent as. The members of the database type statement_format."""

    PDF = "pdf"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Period:
    """Days in Colombo, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """Return the moment at which the first day begins, in UTC."""
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """Return the moment at which the day after the last begins, in UTC."""
        return _midnight(self.last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=COLOMBO).astimezone(UTC)


def read_period(first: date, last: date, now: datetime) -> Period:
    """Return a period. Raises PeriodUnusable."""
    today = now.astimezone(COLOMBO).date()
    if not date(2000, 1, 1) <= first <= last <= today:
        raise PeriodUnusable("The period ends before it begins, or after today. Correct from and to.")
    if (last - first).days >= DAY_LIMIT:
        raise PeriodUnusable(f"A statement covers at most {DAY_LIMIT} days. Ask for parts of the period.")
    return Period(first, last)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of an account. `reference` is the movement; `provider_reference` a bank's or vendor's."""

    booked_at: datetime
    value_date: datetime
    kind: str
    movement_id: UUID
    provider_reference: str | None
    amount: int


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with the balance after it."""

    entry: Entry
    balance: int


@dataclass(frozen=True, slots=True)
class Section:
    """One account in one currency over a period."""

    account: str
    currency: Currency
    opening: int
    lines: tuple[Line, ...]
    closing: int

    @property
    def total_in(self) -> int:
        """Return the sum of what came in."""
        return sum(line.entry.amount for line in self.lines if line.entry.amount > 0)

    @property
    def total_out(self) -> int:
        """Return the sum of what went out, below zero or zero."""
        return sum(line.entry.amount for line in self.lines if line.entry.amount < 0)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to show."""
        return not self.lines and not self.opening


@dataclass(frozen=True, slots=True)
class Position:
    """Contracts of one side of a market, at the beginning and at the end of the period."""

    market_id: UUID
    side: str
    opening: int
    closing: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose statement it is: the operator's name, and a customer's account code or a department's name."""

    operator: str
    book_id: UUID
    name: str
    is_customer: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything that a statement says. While `is_provisional` the period has not ended."""

    holder: Holder
    period: Period
    sections: tuple[Section, ...]
    positions: tuple[Position, ...]
    is_provisional: bool

    @property
    def entries(self) -> int:
        """Return how many entries it has."""
        return sum(len(section.lines) for section in self.sections)


@dataclass(frozen=True, slots=True)
class Issued:
    """A statement that left, as the register has it. Without an account: a whole customer or department."""

    id: UUID
    book_id: UUID
    account: str | None
    currency: str | None
    first_day: date
    last_day: date
    entries: int
    format: Format
    content_digest: bytes
    issued_at: datetime
    issued_to: str


def build_section(
    account: str, currency: Currency, opening: int, entries: Sequence[Entry], closing: int
) -> Section:
    """Return a section with a balance after every entry. Opening + entries must be the closing balance."""
    lines, balance = [], opening
    for entry in entries:
        balance += entry.amount
        lines.append(Line(entry, balance))
    invariant(balance == closing, "a statement's entries lead from its opening to its closing balance")
    return Section(account, currency, opening, tuple(lines), closing)


def require_room(entries: int) -> None:
    """Go on only with so many entries as one statement carries. Raises StatementTooLong."""
    if entries > ENTRY_LIMIT:
        raise StatementTooLong(
            f"The period has more than {ENTRY_LIMIT} entries. Ask for shorter ones, such as single months."
        )


def require_positions(positions: int, limit: int) -> None:
    """Go on only with so many positions as one statement carries. Raises StatementTooLong."""
    if positions > limit:
        raise StatementTooLong(
            f"There are more than {limit} open positions. Ask for one currency; list positions apart."
        )
