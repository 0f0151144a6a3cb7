"""How much of the exchange's rate limit this process may use now.

The exchange gives the account two token buckets, reads and writes. This process takes a share of both, so
that other processes of the account (the boundary, commands, a second worker) have theirs. It begins with
empty buckets, because nobody knows what was used before it started.

New orders are granted before their windows close, and never out of the reserve: that is for what cannot
wait, a cancel or an order that is sent again. Reads wait for their turn in the order in which they came.

Guaranteed:
- no more is granted in any time than the bucket holds plus what that time refills;
- a refusal by the exchange (429) empties the bucket: whoever else used it, we are the ones to wait;
- a read waits for a bounded time, then it is refused as ExchangeUnavailable.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from execution_stack.exchange.domain import BucketLimit, RateLimits, TokenBucket
from execution_stack.exchange.errors import ExchangeUnavailable

BASIC: Final = RateLimits(read=BucketLimit(200, 200), write=BucketLimit(100, 100))
"""The lowest tier of the exchange: what is believed until it says otherwise."""
DEFAULT_COST: Final = 10
ORDER_COST: Final = 10
ORDER_READ_COST: Final = 2
RESERVE_PERCENT: Final = 20
READ_WAIT_SECONDS: Final = 10.0


def _monotonic_us() -> int:
    return time.monotonic_ns() // 1000


class Budget:
    """Both buckets of one process."""

    def __init__(self, share_percent: int = 100, *, now_us: Callable[[], int] = _monotonic_us) -> None:
        """Take `share_percent` of what the exchange grants; time is `now_us`, in microseconds."""
        self._share_percent = share_percent
        self._now_us = now_us
        self._read_turn = asyncio.Lock()
        now = now_us()
        self._read = TokenBucket(BASIC.read.share(share_percent), 0, now)
        self._write = TokenBucket(BASIC.write.share(share_percent), 0, now)

    def set_limits(self, limits: RateLimits) -> None:
        """Believe what the exchange says now; what was gathered stays, as far as it still fits."""
        now = self._now_us()
        self._read = self._read.limited(limits.read.share(self._share_percent), now)
        self._write = self._write.limited(limits.write.share(self._share_percent), now)

    async def read(self, cost: int = DEFAULT_COST) -> None:
        """Wait for the tokens of one read and take them. Raises ExchangeUnavailable."""
        try:
            async with asyncio.timeout(READ_WAIT_SECONDS), self._read_turn:
                while True:
                    after = self._read.take(cost, self._now_us())
                    if after is not None:
                        self._read = after
                        return
                    await asyncio.sleep(self._read.wait_us(cost, self._now_us()) / 1_000_000)
        except TimeoutError as error:
            raise ExchangeUnavailable("Our share of the rate limit is used up. It is asked later.") from error

    def grant_orders(self, most: int) -> int:
        """Take the tokens of as many new orders as the bucket carries above its reserve; return how many."""
        now = self._now_us()
        reserve = self._write.limit.capacity * RESERVE_PERCENT // 100
        granted = max(0, min(most, (self._write.tokens(now) - reserve) // ORDER_COST))
        after = self._write.take(granted * ORDER_COST, now)
        self._write = self._write if after is None else after
        return granted

    def give_back(self, orders: int) -> None:
        """Give back what was granted for orders that never came to be."""
        self._write = self._write.refunded(orders * ORDER_COST)

    def try_write(self, cost: int = ORDER_COST) -> bool:
        """Take the tokens of a write that cannot wait, out of the reserve too; False when they lack."""
        after = self._write.take(cost, self._now_us())
        self._write = self._write if after is None else after
        return after is not None

    def drain_reads(self) -> None:
        """Believe the exchange that nothing is left for reads."""
        self._read = self._read.drained(self._now_us())

    def drain_writes(self) -> None:
        """Believe the exchange that nothing is left for writes."""
        self._write = self._write.drained(self._now_us())

    def tokens(self) -> dict[str, int]:
        """Return what both buckets hold now."""
        now = self._now_us()
        return {"read": self._read.tokens(now), "write": self._write.tokens(now)}
