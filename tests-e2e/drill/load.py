"""The load of the drill: wagers that fill, and pay-ins at the bank; both remember what they were told."""

import asyncio
import contextlib
import itertools
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from faults.load import Ask, Load
from faults.soak import LIMIT
from journeys.doors import Refused
from journeys.journey import Journey
from journeys.money import pay_at_bank

CLIENTS: Final = 4
PAY_IN_SECONDS: Final = 0.5
PAY_IN_LKR: Final = "3000.00"


def filling_wagers(journey: Journey) -> Callable[[random.Random, int], Ask]:
    """Buy a hundredth of a contract above the price, so that it fills; the last market is left alone."""

    def draw(source: random.Random, number: int) -> Ask:
        body = {
            "market_id": source.choice(journey.markets[:-1])["id"],
            "side": source.choice(("yes", "no")),
            "action": "buy",
            "quantity": "0.01",
            "limit_price": LIMIT,
        }
        return Ask(journey.active[number % (len(journey.active) - 1)], "/v1/wagers", body, "wager_id")

    return draw


@dataclass
class PayIns:
    """Pay-ins at the bank, one after the other; quotes of those that the bank has booked."""

    journey: Journey
    booked: list[str] = field(default_factory=list)

    async def run(self, stop: asyncio.Event) -> None:
        """Pay in until `stop`."""
        for customer in itertools.cycle(self.journey.active[:-1]):
            if stop.is_set():
                return
            with contextlib.suppress(Refused):
                body = {"purpose": "deposit", "amount": PAY_IN_LKR}
                quote = await customer.door.call("POST", "/v1/quotes", body)
                await pay_at_bank(self.journey, quote["pay_reference"], PAY_IN_LKR)
                self.booked.append(quote["id"])
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PAY_IN_SECONDS)

    async def known(self) -> set[str]:
        """Return the quotes of the pay-ins that customers see."""
        found: set[str] = set()
        for customer in self.journey.active[:-1]:
            items: list[dict[str, Any]] = await customer.door.every("/v1/pay-ins")
            found |= {each["quote_id"] for each in items if each["quote_id"]}
        return found


@contextlib.asynccontextmanager
async def running(load: Load, pay_ins: PayIns) -> AsyncIterator[None]:
    """Let both run for as long as the block lasts."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(load.run(CLIENTS, stop))
        paying = group.create_task(pay_ins.run(stop))
        try:
            yield
        finally:
            stop.set()
            paying.cancel()  # whoever pays in asks for a minute, and the other side may be gone
