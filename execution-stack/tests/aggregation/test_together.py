"""One transaction for what many ask at once, and nobody suffers for a neighbour."""

import asyncio

import pytest

from execution_stack.aggregation.together import Together
from shared.database import DatabaseBusy, DatabaseUnavailable


class Recorder:
    """Work that remembers its batches, and fails as its items say."""

    def __init__(self):
        self.batches = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, items):
        self.batches.append(list(items))
        await self.gate.wait()
        for item in items:
            if isinstance(item, Exception):
                raise item
        return [ValueError(item) if item == "own error" else f"did {item}" for item in items]


async def settle(together, *items):
    return await asyncio.gather(*(together.ask(item) for item in items), return_exceptions=True)


@pytest.fixture
def work():
    return Recorder()


async def test_what_is_asked_at_once_is_done_at_once_and_each_hears_his_own_answer(work):
    first, error, third = await settle(Together(work), "a", "own error", "c")
    assert (first, str(error), third) == ("did a", "own error", "did c")
    assert work.batches == [["a", "own error", "c"]]


async def test_what_is_asked_meanwhile_is_the_next_batch_in_its_order_and_bounded(work):
    together = Together(work, cap=2)
    work.gate.clear()
    alone = asyncio.create_task(together.ask("a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [asyncio.create_task(together.ask(item)) for item in "bcd"]
    await asyncio.sleep(0)
    assert work.batches == [["a"]]
    work.gate.set()
    assert await asyncio.gather(alone, *rest) == ["did a", "did b", "did c", "did d"]
    assert work.batches == [["a"], ["b", "c"], ["d"]]
    assert await together.ask("e") == "did e"


async def test_what_fails_together_is_done_one_by_one(work):
    wrong = DatabaseBusy("busy")
    assert await settle(Together(work), "a", wrong, "c") == ["did a", wrong, "did c"]
    assert work.batches == [["a", wrong, "c"], ["a"], [wrong], ["c"]]


async def test_a_database_that_is_away_is_not_asked_again_for_each(work):
    away = DatabaseUnavailable("away")
    assert await settle(Together(work), "a", away, "c") == [away, away, away]
    assert len(work.batches) == 1


async def test_who_was_cancelled_before_his_turn_is_not_worked_and_keeps_nobody_waiting(work):
    together = Together(work)
    work.gate.clear()
    first, second, third = (asyncio.create_task(together.ask(item)) for item in "abc")
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    first.cancel()  # his turn has come: what is under way goes on
    work.gate.set()
    assert await third == "did c"
    assert work.batches == [["a", "c"]]
