"""What a source of rates promises, and the feed of a vendor behind it.

A *source* answers a quote, from memory or from our own database: a quote waits for no vendor. A *feed* is
what a vendor publishes: the worker reads it now and then and keeps what it read.
"""

from typing import Protocol
from uuid import UUID

from customer_stack.fx.domain.rates import Mid


class RateSource(Protocol):
    """The market's mid rate, LKR per USD, with the source's name and the moment it is from."""

    name: str

    async def latest(self, tenant_id: UUID) -> Mid:
        """Return the newest mid for a tenant, however old. Raise RateUnavailable when there is none."""
        ...


class RateFeed(Protocol):
    """A vendor's rate. Every reading carries the vendor's own time, not the time of the reading."""

    name: str
    poll_seconds: float
    """How often it makes sense to read it."""

    async def read(self) -> Mid:
        """Return what the vendor publishes now.

        Raise RateUnavailable when it did not answer, or not with one rate that can be read; nothing else.
        """
        ...
