"""Erase again whom a restore brought back, for the command line."""

from contextlib import AsyncExitStack
from typing import Any

from customer_stack.main import open_services
from customer_stack.settings import Settings


async def run_replay(settings: Settings) -> dict[str, Any]:
    """Work the register of erasures. Raises RegisterUnusable."""
    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name="privacy")
        done = await services.privacy.erasing.replay()
    return {"lines": done.lines, "erased_again": done.erased_again, "unknown": done.unknown}
