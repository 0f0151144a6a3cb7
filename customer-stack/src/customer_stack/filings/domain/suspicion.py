"""A suspicion: why, what was done, until when it has to be reported. Pure.

A suspicion is to be reported as soon as practicable and within two working days of its forming: FTRA No. 6 of
2006, section 7, as it is commonly cited; the text of the section could not be verified, so the number of days
is configured. The contents follow the Suspicious Transactions (Format) Regulations of 2017.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from customer_stack.filings.errors import SuspicionUnusable
from customer_stack.working_days.domain import WorkingCalendar, day_of

SUSPICION_DAYS: Final = 2
OLDEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Narrative:
    """What a report says in words, and the FIU's codes of indicators."""

    reason: str = field(repr=False)
    action: str = field(repr=False)
    indicators: tuple[str, ...] = ()


def due_on(suspected_at: datetime, days: int, calendar: WorkingCalendar) -> date:
    """Return the last day on which a suspicion may be reported: working days of Sri Lanka after its day."""
    return calendar.add(day_of(suspected_at), days)


def require_suspicion(suspected_at: datetime, now: datetime) -> None:
    """Refuse a moment at which nobody formed a suspicion that is reported now. Raises SuspicionUnusable."""
    if suspected_at > now:
        raise SuspicionUnusable("A suspicion was formed in the past. Correct suspected_at.")
    if now - suspected_at > OLDEST:
        raise SuspicionUnusable("That is more than a year ago. Correct suspected_at.")
