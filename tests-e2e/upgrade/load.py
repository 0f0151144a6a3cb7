"""Clients in front of two API processes: whoever is not answered by one asks the other, with the same key."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import httpx

from faults.load import SHOWN, Ask, Load

PATIENCE_SECONDS: Final = 30.0
"""For how long a client asks again. Longer than a process takes to come back on a busy machine."""
FIRST_PAUSE_SECONDS: Final = 0.05
LONGEST_PAUSE_SECONDS: Final = 1.0


@dataclass
class SpreadLoad(Load):
    """The load, spread over `bases`; each request begins at another one."""

    bases: tuple[str, ...] = ()
    requests: int = 0
    turned_away: Counter[str] = field(default_factory=Counter)
    """Tries that the process they went to did not serve, by why: *closed*, *broken* or a code of 503."""
    twice: int = 0
    """Requests that were not served by the first process, nor by the other one straight after it."""
    longest_seconds: float = 0.0
    """The longest time from a request's first try to its answer."""
    turns: Iterator[int] = field(default_factory=itertools.count)

    async def _send(self, key: str, ask: Ask) -> None:
        headers = {"Authorization": f"Bearer {ask.customer.door.token}", "Idempotency-Key": key}
        began, pause, turn = time.monotonic(), FIRST_PAUSE_SECONDS, next(self.turns)
        self.requests += 1
        for attempt in itertools.count():
            # A client's own turn: one that all share could lead the same request to the same process again.
            base = self.bases[(turn + attempt) % len(self.bases)]
            answer = await self._try(base, ask, headers)
            if answer is not None:
                self.longest_seconds = max(self.longest_seconds, time.monotonic() - began)
                self._note(key, ask, answer)
                return
            self.twice += attempt + 1 == len(self.bases)
            if time.monotonic() - began > PATIENCE_SECONDS:
                break
            if attempt + 1 >= len(self.bases):
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        self.unknown.add(key)

    async def _try(self, base: str, ask: Ask, headers: dict[str, str]) -> httpx.Response | None:
        """Return the answer of one process, or None where it has none or only that it cannot now."""
        try:
            answer = await self.journey.client.post(f"{base}{ask.path}", json=ask.body, headers=headers)
        except httpx.ConnectError:
            self.turned_away["closed"] += 1
            return None
        except httpx.TransportError:
            self.turned_away["broken"] += 1
            return None
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            self.turned_away[answer.json()["code"]] += 1
            return None
        return answer

    def _note(self, key: str, ask: Ask, answer: httpx.Response) -> None:
        if answer.status_code == httpx.codes.CREATED:
            self.acknowledged[key] = answer.json()[ask.names]
        else:
            self.wrong.append(f"{answer.status_code} {answer.text[:SHOWN]}")
