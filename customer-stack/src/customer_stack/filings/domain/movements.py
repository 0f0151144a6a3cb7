"""Which movements of money have to be reported, by which kind of report, until when. Pure.

A threshold report is due for cash (CTR) and electronic transfers (EFT) of LKR 1,000,000 and more, within 31
days: FTRA No. 6 of 2006, section 6; the figures as the FIU applied them in penalties and as its reporters
check them. Days are days of Colombo; day 0 is the day of the transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.filings.domain.report import ReportCode
from customer_stack.filings.errors import PeriodUnusable
from customer_stack.working_days.domain import COLOMBO, day_of

THRESHOLD_CENTS: Final = 100_000_000
LATE_DAYS: Final = 31
PERIOD_DAYS_LIMIT: Final = 93
MOVEMENTS_LIMIT: Final = 500
"""Movements of one report: what a person can still look through, and a file of one or two megabytes."""


class Source(StrEnum):
    """What posted a movement. The members of the database type filing_source."""

    PAY_IN = "pay_in"
    PAYOUT = "payout"
    CARD_CAPTURE = "card_capture"
    CARD_REFUND = "card_refund"


class Direction(StrEnum):
    """Seen from us. The members of the database type filing_direction."""

    IN = "in"
    OUT = "out"


class Channel(StrEnum):
    """How money came or went. The members of the database type filing_channel."""

    BANK = "bank"
    CHECKOUT = "checkout"
    CARD = "card"
    CASH = "cash"


class Basis(StrEnum):
    """Why a movement is kept here. The members of the database type filing_basis."""

    SINGLE = "single"
    DAY_TOTAL = "day_total"
    CHOSEN = "chosen"


class Waiting(StrEnum):
    """Which movements to list: those without a report, nobody's, late ones, those reversed after a report."""

    OPEN = "open"
    NOBODYS = "nobodys"
    OVERDUE = "overdue"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Posted:
    """Money that came from outside or went there, as its own module posted it. `amount` in LKR cents."""

    source: Source
    source_id: UUID
    tenant_id: UUID
    customer_id: UUID | None
    direction: Direction
    channel: Channel
    provider: str
    reference: str
    amount: int
    at: datetime
    reversed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """When a movement is reportable. `cash_providers`: whose money is handed over as cash; none of ours."""

    threshold: int = THRESHOLD_CENTS
    late_days: int = LATE_DAYS
    is_aggregated: bool = False
    cash_providers: frozenset[str] = frozenset()

    @property
    def least(self) -> int:
        """Return the smallest amount that has to be looked at."""
        return 1 if self.is_aggregated else self.threshold


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement that is kept here. `report_id`: the threshold report that tells of it."""

    id: UUID
    posted: Posted
    code: ReportCode
    basis: Basis
    due_on: date
    report_id: UUID | None = None

    @property
    def is_reportable(self) -> bool:
        """Tell whether a threshold report has to tell of it."""
        return self.basis is not Basis.CHOSEN and self.posted.reversed_at is None


def classify(posted: Posted, policy: Policy) -> tuple[Channel, ReportCode]:
    """Return the channel of a movement and the report that it belongs into."""
    if posted.provider in policy.cash_providers:
        return Channel.CASH, ReportCode.CTR
    return posted.channel, ReportCode.EFT


def due_on(at: datetime, policy: Policy) -> date:
    """Return the last day on which a movement may be reported."""
    return day_of(at) + timedelta(days=policy.late_days)


def select_reportable(posted: Iterable[Posted], policy: Policy) -> tuple[tuple[Posted, Basis], ...]:
    """Return what has to be reported, and why: by itself, or because of what a customer moved on its day.

    A day's total is of one customer, direction and kind of report, without what was reversed.
    """
    every = tuple(posted)
    totals: defaultdict[tuple[object, ...], int] = defaultdict(int)
    if policy.is_aggregated:
        for each in every:
            if each.reversed_at is None and each.customer_id is not None:
                totals[_day_key(each, policy)] += each.amount
    found = []
    for each in every:
        if each.amount >= policy.threshold:
            found.append((each, Basis.SINGLE))
        elif totals.get(_day_key(each, policy), 0) >= policy.threshold and each.reversed_at is None:
            found.append((each, Basis.DAY_TOTAL))
    return tuple(found)


def _day_key(posted: Posted, policy: Policy) -> tuple[object, ...]:
    return posted.customer_id, posted.direction, classify(posted, policy)[1], day_of(posted.at)


def begin_of(day: date) -> datetime:
    """Return the midnight in which a day of Colombo begins, in UTC."""
    return datetime.combine(day, time(), COLOMBO).astimezone(UTC)


def require_period(first: date, last: date, now: datetime) -> None:
    """Refuse a period that no report can be of. Raises PeriodUnusable."""
    if last < first:
        raise PeriodUnusable("The last day is before the first. Swap them.")
    if (last - first).days >= PERIOD_DAYS_LIMIT:
        raise PeriodUnusable(f"A report is of {PERIOD_DAYS_LIMIT} days at most. Choose fewer.")
    if last >= day_of(now):
        raise PeriodUnusable("The last day has not ended in Colombo. Choose an earlier one.")


def earliest_due(movements: Sequence[Movement]) -> date:
    """Return until when a report of movements has to be made."""
    return min(each.due_on for each in movements)
