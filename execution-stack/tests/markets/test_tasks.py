"""The timer of the catalogue: a hint brings a refresh forward, and many hints are one."""

import asyncio
import time

from execution_stack.markets.tasks import LEAST_SECONDS, refresh_markets


class Counted:
    def __init__(self):
        self.refreshed = 0

    async def refresh(self):
        self.refreshed += 1
        return self.refreshed


async def run(hints, *, seconds):
    service, stop, hinted = Counted(), asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(refresh_markets(service, stop, every_seconds=60, hinted=hinted))
    for _ in range(hints):
        hinted.set()
        await asyncio.sleep(seconds / hints)
    await asyncio.sleep(0 if hints else seconds)
    stop.set()
    await asyncio.wait_for(task, 5)
    return service.refreshed


async def test_without_a_hint_the_catalogue_waits_for_its_time():
    assert await run(0, seconds=0.4) == 1


async def test_a_flood_of_hints_is_a_few_refreshes():
    began = time.monotonic()
    refreshed = await run(200, seconds=0.8)
    assert 2 <= refreshed <= 1 + (time.monotonic() - began) / LEAST_SECONDS
