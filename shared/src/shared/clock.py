"""Where time comes from. Services hold a `Clock`; domain code is handed values.

Guaranteed: every moment is an aware datetime in UTC.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol

from shared.errors import invariant


class Clock(Protocol):
    """The present moment."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that moves only when told to. For tests and replays."""

    def __init__(self, now: datetime) -> None:
        """Stand at `now`, an aware datetime."""
        invariant(now.tzinfo is not None, "a clock needs an aware datetime")
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move the clock by `by`."""
        self._now += by

    def set(self, now: datetime) -> None:
        """Move the clock to `now`, an aware datetime."""
        invariant(now.tzinfo is not None, "a clock needs an aware datetime")
        self._now = now.astimezone(UTC)
