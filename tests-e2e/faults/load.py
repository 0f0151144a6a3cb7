"""Clients that ask for money as fast as they are answered, and never ask twice by themselves.

What they were told, and what they were told nothing about, is what a crash is judged by: an acknowledged
request has one effect, a lost one has one or none, and asking again with its key tells which.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from journeys.journey import Customer, Journey, each_at_once

PAUSE_SECONDS: Final = 0.01
SHOWN: Final = 200
WITHDRAWALS: Final = 50
"""What waits in the wallet that withdraws is enough for so many."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for money: who sends it, where to, and which field of the answer names its effect."""

    customer: Customer
    path: str
    body: dict[str, Any]
    names: str


@dataclass
class Load:
    """`draw` gives the next request of a client; the rest is sending and remembering."""

    journey: Journey
    draw: Callable[[random.Random, int], Ask]
    name: str = "load"
    pause_seconds: float = PAUSE_SECONDS
    acknowledged: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    asks: dict[str, Ask] = field(default_factory=dict)

    async def run(self, clients: int, stop: asyncio.Event) -> None:
        """Ask until `stop`."""
        await asyncio.gather(*(self._client(number, stop) for number in range(clients)))

    async def ask_again(self) -> dict[str, str]:
        """Send every request once more with its key; return what each is said to have caused."""
        again: dict[str, str] = {}

        async def one(key: str) -> None:
            ask = self.asks[key]
            again[key] = (await ask.customer.door.call("POST", ask.path, ask.body, key=key))[ask.names]

        await each_at_once(self.asks, one)
        return again

    async def _client(self, number: int, stop: asyncio.Event) -> None:
        source = random.Random(number)  # noqa: S311 - what comes next
        count = 0
        while not stop.is_set():
            key = f"{self.name}-{self.journey.mark}-{number}-{count}"
            self.asks[key] = self.draw(source, number)
            await self._send(key, self.asks[key])
            await asyncio.sleep(self.pause_seconds)
            count += 1

    async def _send(self, key: str, ask: Ask) -> None:
        headers = {"Authorization": f"Bearer {ask.customer.door.token}", "Idempotency-Key": key}
        url = f"{self.journey.address.customer}{ask.path}"
        try:
            answer = await self.journey.client.post(url, json=ask.body, headers=headers)
        except httpx.TransportError:
            self.unknown.add(key)
            await asyncio.sleep(0.05)
            return
        if answer.status_code == httpx.codes.CREATED:
            self.acknowledged[key] = answer.json()[ask.names]
            return
        self.unknown.add(key)
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            await asyncio.sleep(0.05)
        else:
            self.wrong.append(f"{answer.status_code} {answer.text[:SHOWN]}")


def small_wagers(journey: Journey) -> Callable[[random.Random, int], Ask]:
    """Place the smallest wagers; the last of the active customers is left alone."""

    def draw(source: random.Random, number: int) -> Ask:
        body = {
            "market_id": source.choice(journey.markets)["id"],
            "side": source.choice(("yes", "no")),
            "action": "buy",
            "quantity": "0.01",
            "limit_price": "0.01",
        }
        return Ask(journey.active[number % (len(journey.active) - 1)], "/v1/wagers", body, "wager_id")

    return draw


def money_between(
    journey: Journey, codes: dict[str, str], payout_account: str
) -> Callable[[random.Random, int], Ask]:
    """Send small amounts to customers of the same operator, lock rates and withdraw now and then.

    `codes` are the account codes of the customers who take part, by name. The last of the active
    customers paid too little: their rupees wait, so they are the one who withdraws, to `payout_account`.
    """
    *senders, waiting = journey.active
    withdrawals = iter(range(WITHDRAWALS))

    def draw(source: random.Random, number: int) -> Ask:
        if source.random() < 0.1 and next(withdrawals, None) is not None:
            body = {"payout_account_id": payout_account, "amount_lkr": "500.00"}
            return Ask(waiting, "/v1/withdrawals", body, "id")
        sender = senders[number % len(senders)]
        if source.random() < 0.1:
            body = {"purpose": "deposit", "amount": f"{source.randint(5, 9)}000.00"}
            return Ask(sender, "/v1/quotes", body, "id")
        others = [
            each
            for each in journey.active
            if each is not sender and each.person.tenant == sender.person.tenant
        ]
        taker = source.choice(others)
        body = {
            "to": codes[taker.person.full_name],
            "currency": "USD",
            "amount": f"0.0{source.randint(1, 3)}",
        }
        return Ask(sender, "/v1/transfers", body, "transfer_id")

    return draw
