"""Reality checks: somebody who plays is told, now and then, for how long and with what result. Pure.

A check is due when the customer's interval, or the tenant's, has passed since the session began or since the
last check that was acknowledged, whichever is later. Whether play stops until then is the tenant's policy.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from customer_stack.protection.domain.counting import HOUR, Edge, hour_of
from customer_stack.protection.domain.limits import Standing
from customer_stack.protection.domain.pauses import COLOMBO_OFFSET

REASON: Final = "protection.reality_check_due"
_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Result:
    """What was staked since a moment and what came back, in micro-dollars. Open wagers count as staked."""

    staked: int
    returned: int

    @property
    def net(self) -> int:
        """Return what was won, or, below zero, lost."""
        return self.returned - self.staked


@dataclass(frozen=True, slots=True)
class Reality:
    """What a customer is told. `due_at`: when the next check is due, or since when one is."""

    session_began: datetime
    at: datetime
    interval: timedelta
    is_required: bool
    due_at: datetime
    session: Result
    day: Result


def due_at(standing: Standing, session_began: datetime) -> datetime:
    """Return when the next check of a session is due."""
    acknowledged = standing.acknowledged_at
    last = session_began if acknowledged is None else max(session_began, acknowledged)
    return last + standing.reality_interval


def stops_play(standing: Standing, session_began: datetime, now: datetime) -> bool:
    """Tell whether a check has to be acknowledged before the next wager."""
    return standing.reality_required and now >= due_at(standing, session_began)


def day_began(now: datetime) -> datetime:
    """Return the last midnight in Colombo: the day whose result is told is a calendar day there."""
    return (now + COLOMBO_OFFSET).replace(hour=0, minute=0, second=0, microsecond=0) - COLOMBO_OFFSET


def edge_since(moment: datetime) -> Edge:
    """Return how what was counted at a moment or later is read."""
    after = moment - _TICK
    return Edge(after, hour_of(after) + HOUR)
