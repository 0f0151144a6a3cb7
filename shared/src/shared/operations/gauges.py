"""Gauges that are read from time to time: when they were last read.

A gauge keeps its last value for ever. What was not read again looks like what did not change, so each group
of gauges says when it was read, and an alert rests on that.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from prometheus_client import Gauge

READ_AT: Final = Gauge(
    "bulkhead_gauges_read_timestamp_seconds", "When a group of gauges was last read.", ("gauges",)
)


def read_gauges(group: str, read: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """Return `read`, which notes the time when it succeeds."""
    at = READ_AT.labels(group)

    async def look() -> None:
        await read()
        at.set_to_current_time()

    return look
