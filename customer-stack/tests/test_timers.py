"""Work that repeats: at once after a full batch, after a pause otherwise, a longer one while idle."""

import asyncio
import itertools

from customer_stack import timers
from customer_stack.timers import repeat, when_full


async def test_only_a_full_batch_is_followed_at_once():
    stop, found, times = asyncio.Event(), [10, 10, 3, 0], []
    loop = asyncio.get_running_loop()

    async def work() -> int:
        times.append(loop.time())
        if len(times) == len(found):
            stop.set()
        return found[len(times) - 1]

    await repeat("work", 0.1, when_full(work, 10))(stop)
    waited = [after - before for before, after in itertools.pairwise(times)]
    assert [each >= 0.09 for each in waited] == [False, False, True]


async def test_what_finds_nothing_is_asked_less_often_and_what_finds_something_as_often_as_before(
    monkeypatch,
):
    stop, found, pauses = asyncio.Event(), iter([0, 0, 0, 0, 1, 0, 0]), []

    async def work() -> int:
        return next(found)

    async def note(stop: asyncio.Event, seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 6:
            stop.set()

    monkeypatch.setattr(timers, "wait", note)
    await timers.repeat("work", 0.1, work, idle_seconds=0.3)(stop)
    assert pauses == [0.1, 0.2, 0.3, 0.3, 0.1, 0.2]
