"""What is counted of a customer, and how a rolling window is counted exactly. Pure.

A window of length W at a moment is what was counted after `moment - W`. Hours (of UTC) that lie whole inside
it are read as sums; of the hour in which it begins the moments are read one by one. What a clock that runs
ahead counted after the moment is in the window too: a window may be too strict by that, and never too lax.

Guaranteed: the hours and the tail of a window cover it without gap or overlap, whatever its edge.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

HOUR: Final = timedelta(hours=1)


class Measure(StrEnum):
    """What is counted: deposits and withdrawals in LKR cents, stakes and returns in micro-dollars.

    A stake is what a buy can cost at most, and from its end on what it did cost, at the moment when it was
    placed. A return is what came back: proceeds of sales and payouts, less fees.
    """

    __hash__ = str.__hash__  # Enum's own is a call in Python, for each look-up by a member

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    STAKE = "stake"
    RETURN = "return"


class Window(StrEnum):
    """How far back a limit looks, rolling."""

    __hash__ = str.__hash__  # Enum's own is a call in Python, for each look-up by a member

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"


LENGTHS: Final[Mapping[Window, timedelta]] = MappingProxyType(
    {
        Window.DAY: timedelta(hours=24),
        Window.WEEK: timedelta(days=7),
        Window.MONTH: timedelta(days=30),
    }
)


class Change(NamedTuple):
    """A change of what is counted: `amount` more at `counted_at`, or, negative, so much less of it.

    What is taken back is taken out where it was counted, not when it is taken back. Moment and amount are
    those of deposits' and withdrawals' events in AML, of a stake's wager, of a return's report.
    """

    tenant_id: UUID
    customer_id: UUID
    measure: Measure
    counted_at: datetime
    amount: int


class Edge(NamedTuple):
    """Where a window begins: moments after `after` and before `whole`, then whole hours from `whole` on."""

    after: datetime
    whole: datetime


def hour_of(moment: datetime) -> datetime:
    """Return the start of the hour of UTC in which something is counted."""
    return moment.replace(minute=0, second=0, microsecond=0)


def edge_of(window: Window, now: datetime) -> Edge:
    """Return where a window begins at a moment."""
    after = now - LENGTHS[window]
    return Edge(after, hour_of(after) + HOUR)
