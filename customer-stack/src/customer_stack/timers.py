"""Work that repeats: one loop for all tasks of the worker.

Guaranteed:
- a round that fails is logged and tried again after a growing pause; it never ends the loop;
- when told to stop, a loop ends after the round that it is in;
- a loop that is slower while it finds nothing is as fast as before after the first round that does.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from shared.errors import Refusal

Runner = Callable[[asyncio.Event], Awaitable[None]]
"""A task of the worker: runs until the event is set."""

LONGEST_PAUSE_SECONDS: Final = 15.0

_log = structlog.get_logger(__name__)


async def wait(stop: asyncio.Event, seconds: float) -> None:
    """Wait for `seconds`, or until told to stop."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def when_full(work: Callable[[], Awaitable[int]], size: int) -> Callable[[], Awaitable[bool]]:
    """Let `repeat` go on at once only after a full batch of `size`; what is less waits for company.

    A batch has costs of its own (transactions, statements, a signed call), whatever its size. Under a
    steady load, work that is repeated at once after every batch would make many small ones of it.
    """

    async def is_full() -> bool:
        return await work() >= size

    return is_full


def repeat(
    name: str, seconds: float, work: Callable[[], Awaitable[object]], *, idle_seconds: float | None = None
) -> Runner:
    """Return a runner that calls `work` again at once while it returns something true, else after `seconds`.

    So `work` returns how much it did, and a full table is worked off without pauses. Where `idle_seconds` is
    given, the pause doubles up to it while nothing is found: a question that is asked many times a second
    has its price, and most tables of tasks are empty most of the time.
    """
    longest = seconds if idle_seconds is None else max(seconds, idle_seconds)

    async def run(stop: asyncio.Event) -> None:
        pause, idle = seconds, seconds
        while not stop.is_set():
            try:
                if await work():
                    pause, idle = seconds, seconds
                    await asyncio.sleep(0)
                    continue
                pause, idle = idle, min(idle * 2, longest)
            except Refusal as refusal:
                _log.warning("task.refused", task=name, code=refusal.code)
                pause = min(max(pause * 2, 0.5), LONGEST_PAUSE_SECONDS)
            except Exception:  # noqa: BLE001 - whatever broke, the next round tries again
                _log.exception("task.failed", task=name)
                pause = min(max(pause * 2, 0.5), LONGEST_PAUSE_SECONDS)
            await wait(stop, pause)

    return run
