"""Work that repeats: at once after a full batch, after a pause otherwise."""

import asyncio
import itertools

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
