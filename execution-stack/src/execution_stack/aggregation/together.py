"""One transaction for what many ask at once: whoever asks while one is under way shares the next.

Orders are driven one by one, but what they write is alike, and a transaction costs the same for one order
as for twenty: its round trips, its flush, and the wait for books that all orders of a tenant share. Nobody
waits for company: with nothing under way an item is worked at once, alone.

Guaranteed:
- whoever asks hears his answer after the commit, or the error of his own item;
- an item that fails never fails the others: what failed together is done again one by one;
- at most `cap` items share a transaction; how long one takes is bounded by the database's own timeouts;
- an item whose asker was cancelled before its turn is not worked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

from shared.database import DatabaseUnavailable
from shared.errors import invariant

CAP: Final = 64

ItemT = TypeVar("ItemT")
AnswerT = TypeVar("AnswerT")
Work = Callable[[Sequence[ItemT]], Awaitable[Sequence[AnswerT | Exception]]]
"""Does items in one transaction, and may be asked to do them again; an answer may be an item's own error."""


class Together(Generic[ItemT, AnswerT]):
    """Gathers items for one kind of work."""

    def __init__(self, work: Work[ItemT, AnswerT], cap: int = CAP) -> None:
        """Gather for `work`, which is called with at most `cap` items at a time."""
        self._work = work
        self._cap = cap
        self._waiting: list[tuple[ItemT, asyncio.Future[AnswerT]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, item: ItemT) -> AnswerT:
        """Return the answer to `item` once its transaction is committed. Raises what its work raised."""
        future: asyncio.Future[AnswerT] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            batch = self._waiting[: self._cap]
            del self._waiting[: self._cap]
            await self._settle([each for each in batch if not each[1].done()])

    async def _settle(self, batch: "Sequence[tuple[ItemT, asyncio.Future[AnswerT]]]") -> None:
        if not batch:
            return
        try:
            answers = await self._work([item for item, _ in batch])
            invariant(len(answers) == len(batch), "every item is answered")
        except Exception as error:  # noqa: BLE001 - it is the askers' error, and each hears of his own
            if len(batch) == 1 or isinstance(error, DatabaseUnavailable):
                _answer(batch, [error] * len(batch))
                return
            for each in batch:
                await self._settle([each])
            return
        _answer(batch, answers)


def _answer(
    batch: "Sequence[tuple[ItemT, asyncio.Future[AnswerT]]]", answers: Sequence[AnswerT | Exception]
) -> None:
    for (_, future), answer in zip(batch, answers, strict=True):
        if future.done():
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
