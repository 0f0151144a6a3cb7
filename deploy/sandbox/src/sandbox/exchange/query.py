"""What query strings have in common: pages, periods, accounts, comma-separated names."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query

from sandbox.exchange.errors import InvalidParameters

Limit = Annotated[int, Query(ge=1, le=1000)]
Seconds = Annotated[int | None, Query(ge=0)]


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which page of a list is asked for."""

    limit: int
    cursor: str


@dataclass(frozen=True, slots=True)
class Period:
    """A time between two limits in seconds, both included."""

    min_ts: int | None
    max_ts: int | None

    def has(self, time_ms: int) -> bool:
        """Say whether a time lies in the period."""
        seconds = time_ms // 1000
        return not self.follows(time_ms) and (self.max_ts is None or seconds <= self.max_ts)

    def follows(self, time_ms: int) -> bool:
        """Say whether the period begins after a time."""
        return self.min_ts is not None and time_ms // 1000 < self.min_ts


async def page_asked(limit: Limit = 100, cursor: str = "") -> PageAsked:
    """Read which page is asked for."""
    return PageAsked(limit, cursor)


async def period(min_ts: Seconds = None, max_ts: Seconds = None) -> Period:
    """Read which period is asked for."""
    return Period(min_ts, max_ts)


Paging = Annotated[PageAsked, Depends(page_asked)]
During = Annotated[Period, Depends(period)]


async def only_primary(
    subaccount: Annotated[Literal["0"] | None, Query()] = None,
    exchange_index: Annotated[Literal["-1", "0"] | None, Query()] = None,
) -> None:
    """Refuse what this sandbox does not have: other subaccounts than the primary, other shards than 0."""


def listed(names: str | None, most: int = 100) -> frozenset[str] | None:
    """Read a comma-separated filter; None keeps everything. Raises InvalidParameters."""
    if not names:
        return None
    found = frozenset(names.split(","))
    if len(found) > most:
        raise InvalidParameters(f"at most {most} names")
    return found
