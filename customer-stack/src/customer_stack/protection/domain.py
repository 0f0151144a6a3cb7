"""Rolling stake counters. Pure.

The window is counted in whole hours, the oldest one included as a whole. So a sum can be up to one hour
too strict, and never too lax.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

WINDOW: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class StakeLimit:
    """The most that a customer may stake within 24 hours, in micro-dollars. The version is recorded."""

    amount: int
    version: int


DEFAULT_LIMIT: Final = StakeLimit(amount=1_000_000_000, version=0)
"""For a tenant that has set none: one thousand dollars."""


@dataclass(frozen=True, slots=True)
class StakeChange:
    """A change of one bucket, in micro-dollars: what was staked at `staked_at`, or, negative, not used."""

    tenant_id: UUID
    customer_id: UUID
    staked_at: datetime
    amount: int


@dataclass(frozen=True, slots=True)
class StakeStanding:
    """A customer's rolling sum and the limit that applies."""

    staked: int
    limit: StakeLimit


def bucket_of(moment: datetime) -> datetime:
    """Return the start of the hour in which a stake is counted."""
    return moment.replace(minute=0, second=0, microsecond=0)


def oldest_bucket(now: datetime) -> datetime:
    """Return the start of the oldest hour that touches the last 24 hours."""
    return bucket_of(now - WINDOW)
