"""Telling the platform what happened: signed, more than once, out of order, until it listens.

Every event gets a random small delay (so events overtake each other), is retried with growing pauses until a
2xx, and some are sent again once or twice after that. What was not delivered when the bank stopped is sent
after its restart.
"""

import asyncio
import hashlib
import hmac
import logging
import random
from collections.abc import Callable, Mapping

import httpx

from sandbox.bank.facts import Event

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
TIMEOUT_SECONDS = 5.0
PARALLEL_CALLS = 8
EXTRA_COPIES = (0, 0, 1, 2)

log = logging.getLogger("sandbox.bank")


def sign(secret: bytes, time_seconds: int, body: bytes) -> str:
    """Return the signature header: HMAC-SHA256 over time, a dot and the raw body."""
    digest = hmac.new(secret, f"{time_seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={time_seconds},v1={digest}"


class Courier:
    """Delivers the events of an outbox, signed in `header`. `delivered` is told once per event."""

    def __init__(
        self,
        url: str,
        secret: bytes,
        *,
        jitter_ms: int,
        randomness: random.Random,
        now_ms: Callable[[], int],
        delivered: Callable[[str], None],
        header: str = "bank-signature",
    ) -> None:
        self._url = url
        self._secret = secret
        self._jitter_ms = jitter_ms
        self._random = randomness
        self._now_ms = now_ms
        self._delivered = delivered
        self._header = header
        self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS)
        self._door = asyncio.Semaphore(PARALLEL_CALLS)
        self._on_the_way: dict[str, asyncio.Task[None]] = {}

    def pick_up(self, outbox: Mapping[str, Event]) -> None:
        """Start delivering what nobody delivers yet."""
        for event_id, event in outbox.items():
            if event_id not in self._on_the_way:
                self._on_the_way[event_id] = asyncio.create_task(self._deliver(event))

    async def close(self) -> None:
        tasks = list(self._on_the_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()

    async def _deliver(self, event: Event) -> None:
        try:
            await self._deliver_copies(event)
        finally:
            del self._on_the_way[event.event_id]

    async def _deliver_copies(self, event: Event) -> None:
        body = event.body.encode()
        await self._linger()
        pause = FIRST_PAUSE_SECONDS
        while not await self._send(body):
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        self._delivered(event.event_id)
        for _ in range(self._random.choice(EXTRA_COPIES)):
            await self._linger()
            await self._send(body)

    async def _send(self, body: bytes) -> bool:
        headers = {
            "content-type": "application/json",
            self._header: sign(self._secret, self._now_ms() // 1000, body),
        }
        try:
            async with self._door:
                answer = await self._client.post(self._url, content=body, headers=headers)
        except httpx.HTTPError as error:
            log.info("webhook not delivered: %s", type(error).__name__)
            return False
        return answer.is_success

    async def _linger(self) -> None:
        await asyncio.sleep(self._random.randint(0, self._jitter_ms) / 1000)
