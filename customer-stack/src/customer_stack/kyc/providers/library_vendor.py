"""An identity vendor whose software runs in this process: a function that judges one claim.

It works in a thread, because such libraries compute and do not wait. Until it has answered, the check is
pending; what it raises is VendorUnavailable. Answers live in memory only: after a restart the check is not
known any more and is asked anew, which for the same claim gives the same answer.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final
from uuid import UUID

from customer_stack.kyc.domain.claims import Claim, Pending, Verdict
from customer_stack.kyc.providers.contract import VendorUnavailable

REMEMBERED: Final = 10_000
TIMEOUT_SECONDS: Final = 30.0

Library = Callable[[Claim], Verdict]
"""Judges a claim. Pending and whatever it raises both mean that it said neither yes nor no."""


class LibraryVendor:
    """A vendor in this process."""

    def __init__(self, judge: Library) -> None:
        """Ask `judge`."""
        self._judge = judge
        self._asked: OrderedDict[UUID, tuple[Claim, asyncio.Task[Verdict]]] = OrderedDict()

    async def submit(self, check_id: UUID, claim: Claim) -> None:
        """Ask for a verification. Raises VendorUnavailable."""
        known = self._asked.get(check_id)
        if known is not None:
            if known[0] != claim:
                raise _unavailable()  # as over HTTP: one check is about one claim
            if not (known[1].done() and _failed(known[1])):
                return
        self._asked[check_id] = (claim, asyncio.create_task(self._work(claim)))
        while len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)

    async def fetch(self, check_id: UUID) -> Verdict:
        """Return what the vendor says. Raises VendorUnavailable."""
        known = self._asked.get(check_id)
        if known is None:
            raise _unavailable()
        task = known[1]
        if not task.done():
            return Pending()
        if _failed(task):
            raise _unavailable()
        return task.result()

    async def _work(self, claim: Claim) -> Verdict:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await asyncio.to_thread(self._judge, claim)

    async def close(self) -> None:
        """Let go of what is still being judged."""
        tasks = [task for _, task in self._asked.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _failed(task: asyncio.Task[Verdict]) -> bool:
    return task.cancelled() or task.exception() is not None


def _unavailable() -> VendorUnavailable:
    return VendorUnavailable("The identity vendor does not answer. The check goes on when it does.")
