"""Counting working days. Pure.

Holidays are days of the licence's country; moments come in UTC and are looked at in Colombo, which has no
summer time. The end of a day is the midnight after it, which is no longer part of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, Final

from shared.errors import invariant

COLOMBO: Final = timezone(timedelta(hours=5, minutes=30), "Asia/Colombo")
DAYS_LIMIT: Final = 366
"""The longest deadline, in working days."""
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are worked on. `years` are those whose holidays are known."""

    holidays: frozenset[date]
    years: frozenset[int] = field(default_factory=frozenset)

    def knows(self, day: date) -> bool:
        """Tell whether the holidays of a day's year are known."""
        return day.year in self.years

    def is_working(self, day: date) -> bool:
        """Tell whether a day is a working day."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    def add(self, day: date, count: int) -> date:
        """Return the `count`-th working day after a day; for 0, the day itself."""
        invariant(0 <= count <= DAYS_LIMIT, "a deadline is counted in some working days")
        while count:
            day += _DAY
            count -= self.is_working(day)
        return day

    def due_at(self, began_at: datetime, count: int) -> datetime:
        """Return the end, in UTC, of the `count`-th working day after the day in which something began."""
        return end_of(self.add(day_of(began_at), count))

    def count_between(self, first: date, last: date) -> int:
        """Return how many working days lie after `first`, up to and with `last`."""
        invariant(last - first <= timedelta(days=3 * DAYS_LIMIT), "a span that can be walked")
        days = (last - first).days
        return sum(self.is_working(first + _DAY * number) for number in range(1, days + 1))


def day_of(moment: datetime) -> date:
    """Return the day in Colombo of a moment."""
    return moment.astimezone(COLOMBO).date()


def end_of(day: date) -> datetime:
    """Return the midnight after a day in Colombo, in UTC."""
    return datetime.combine(day + _DAY, time(), COLOMBO).astimezone(UTC)


def read_calendar(document: Mapping[Any, Any]) -> WorkingCalendar:
    """Return the calendar that a document describes: year -> day -> name."""
    days: set[date] = set()
    for year, named in document.items():
        for day, name in named.items():
            invariant(
                type(day) is date and day.year == year, f"holidays of {year}: {day} is none of its days"
            )
            invariant(isinstance(name, str) and name, f"holidays of {year}: {day} has no name")
            days.add(day)
    return WorkingCalendar(frozenset(days), frozenset(document))
