"""Which days a statement makes due, whenever it comes. Pure.

A match of a day reads that day and `reach_back_days` before it. So a line changes what the matches of its own
day and of as many days after it find, and no other's. Those among them that ran before the line was here are
made again; the others are still to come, and will read it.

*Guaranteed:* the last match of a day has read every line that it would have read had all come in time, so
neither the order nor the day of arrival changes what the last matches find.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from customer_stack.reconciliation.domain.sources import number_at

COMMITS_WITHIN: Final = timedelta(hours=1)
"""How long after its moment a statement may be seen: a match of a midnight between did not see it."""


def find_due_days(days: Iterable[int], reach_back_days: int, came_at: datetime) -> tuple[int, ...]:
    """Return the days to be matched again for lines of `days` that came at a moment, in their order."""
    last = number_at(came_at + COMMITS_WITHIN) - 1
    due: set[int] = set()
    for day in set(days):
        due.update(range(day, min(day + reach_back_days - 1, last) + 1))
    return tuple(sorted(due))
