"""Erase who is due, as the worker does every hour, on a day to come.

    python -m journeys.later 91

An early erasure comes when messages of providers have been emptied, 90 days after the end of the
relationship. Nobody waits for that here, so the same service works with a clock that far ahead. It is run
with the environment of the customer stack.
"""

import asyncio
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from unittest import mock

from customer_stack.main import open_services
from customer_stack.settings import Settings, read_settings
from shared.clock import SystemClock


@dataclass(frozen=True)
class Later:
    """A clock that is ahead."""

    days: int

    def now(self) -> datetime:
        """Return the time on that day."""
        return SystemClock().now() + timedelta(days=self.days)


async def erase_later(days: int) -> int:
    """Erase who is due `days` from now, and return how many."""
    async with AsyncExitStack() as stack:
        with mock.patch("customer_stack.main.SystemClock", return_value=Later(days)):
            services = await open_services(read_settings(Settings), stack, name="later")
        return await services.privacy.erasing.erase_due()


if __name__ == "__main__":
    print(asyncio.run(erase_later(int(sys.argv[1]))))
