"""A seeded day of trading, and the hand that makes one kind of fault happen in it.

The seed alone decides who asks for what, what the house offers, and when the fault is there.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from execution_stack.exchange.domain import Action, Side, Ticker
from execution_stack.markets.domain import market_id_of
from execution_stack.reports.domain import FillShare
from faults.desk import Desk
from faults.exchange_hand import Hand
from sandbox.exchange.faults import FaultKind

WAVES: Final = 3
MARKETS: Final = 2
TICK: Final = 100
WAVE_SECONDS: Final = 0.6
"""How long a wave is waited for while the fault lasts: some orders end only after it."""

SINGLE: Final = {
    FaultKind.ACCEPT_THEN_DROP,
    FaultKind.DELAY_MS,
    FaultKind.ERROR_500,
    FaultKind.ERROR_503,
    FaultKind.RATE_LIMITED,
    FaultKind.LATE_FILL,
    FaultKind.LAGGING_FILLS,
    FaultKind.LOOPING_CURSOR,
}
"""What meets single requests here; the others stand for a while."""


@dataclass
class Day:
    """What is traded, by whom, and what has become of it."""

    desk: Desk
    hand: Hand
    kind: FaultKind | None
    source: random.Random
    tickers: list[Ticker] = field(default_factory=list)

    async def trade(self) -> None:
        """Trade in waves under the fault, then lift it; nothing is waited for to the end."""
        self.tickers = self.source.sample(sorted(await self.desk.list_open(TICK)), MARKETS)
        for wave in range(WAVES):
            for ticker in self.tickers:
                await self.hand.quote(ticker, self._quotes())
            async with asyncio.TaskGroup() as doing:
                doing.create_task(self._spoil())
                doing.create_task(self._ask(wave))
            await self.desk.drain(WAVE_SECONDS)
        await self.hand.tell("DELETE", "faults")
        for _ in range(WAVES):  # a pause can outlast every wave: then what is traded is traded after it
            if self.hand.state.fills:
                break
            await self._ask(0)
            await self.desk.drain(WAVE_SECONDS)

    async def _ask(self, wave: int) -> None:
        """Send buys, sales of what is held, and a few cancels, over about two windows."""
        held = await self._held() if wave else Counter[tuple[UUID, Ticker, Side]]()
        sent: list[UUID] = []
        for _ in range(self.source.randint(4, 7)):
            one = await self._buy() if self.source.random() < 0.65 or not +held else await self._sell(held)
            if one is not None:
                sent.append(one)
            if self.source.random() < 0.3:
                await asyncio.sleep(self.source.uniform(0, 0.06))
            if sent and self.source.random() < 0.2:
                await self.desk.cancel(self.source.choice(sent))

    async def _buy(self) -> UUID | None:
        return await self.desk.ask(
            self.source.choice(self.desk.accounts),
            self.source.choice(self.tickers),
            self.source.choice(list(Side)),
            Action.BUY,
            self.source.randint(1, 1_500),
            TICK * self.source.choice((35, 50, 60, 65)),
        )

    async def _sell(self, held: Counter[tuple[UUID, Ticker, Side]]) -> UUID | None:
        account, ticker, side = self.source.choice(sorted((+held), key=str))
        quantity = self.source.randint(1, held[account, ticker, side])
        held[account, ticker, side] -= quantity
        limit = TICK * self.source.choice((20, 35, 45))
        return await self.desk.ask(account, ticker, side, Action.SELL, quantity, limit)

    async def _held(self) -> Counter[tuple[UUID, Ticker, Side]]:
        names = {market_id_of(ticker): ticker for ticker in self.tickers}
        held: Counter[tuple[UUID, Ticker, Side]] = Counter()
        for each in await self.desk.reports():
            if isinstance(each, FillShare):
                sign = 1 if each.action is Action.BUY else -1
                held[each.account, names[each.market_id], each.side] += sign * each.quantity
        return held

    def _quotes(self) -> list[tuple[str, str, str]]:
        """Offer both sides around a price, at times less than anybody wants."""
        middle = self.source.randint(40, 60)
        quotes = []
        for step in range(1, self.source.randint(2, 4)):
            for side, price in (("bid", middle - step), ("ask", middle + step)):
                count = self.source.randint(50, 2_000)
                quotes.append((side, f"0.{price:02d}00", f"{count // 100}.{count % 100:02d}"))
        return quotes

    async def _spoil(self) -> None:
        """Let the fault happen, for a part of the wave."""
        if self.kind is None:
            return
        body: dict[str, Any] = {"kind": self.kind.value, "delay_ms": self.source.randint(60, 400)}
        if self.kind in SINGLE:
            for _ in range(self.source.randint(1, 3)):
                scope = self.source.choice(("orders", "orders", "reads", "all"))
                carried_out = self.source.random() < 0.5
                shot = body | {"scope": scope, "times": self.source.randint(1, 2), "carried_out": carried_out}
                await self.hand.tell("POST", "faults", **shot)
                await asyncio.sleep(self.source.uniform(0, 0.08))
            return
        if self.kind is FaultKind.CLOCK_SKEW:
            body["skew_ms"] = self.source.choice((-90_000, -20_000, 5_000, 20_000, 90_000))
        await asyncio.sleep(self.source.uniform(0, 0.05))
        await self.hand.tell("PUT", "faults/standing", **body)
        if self.kind is FaultKind.CLOCK_SKEW:  # and an answer that is lost, to be searched for by that clock
            await self.hand.tell("POST", "faults", kind=self.source.choice(("accept_then_drop", "error_503")))
        await asyncio.sleep(self.source.uniform(0.1, 0.3))
        await self.hand.tell("DELETE", f"faults/standing?kind={self.kind.value}")
