"""One of several processes that want the same keys, the same holds and the same balance at once.

It is told on standard input what to do, sends its commands through a lane and a connection of its own, and
prints a history: what it asked, when, what it was answered, when. Moments are of the machine's one
monotonic clock, which all processes share.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared.clock import SystemClock
from shared.database import Database
from shared.errors import Refusal
from shared.ids import SystemIds
from shared.lanes import Lane
from simulator.commands import LKR, Command, Request, What
from simulator.real import Asked, Handler, tenant_of
from simulator.templates import one

IN_FLIGHT: Final = 8
ANSWER_SECONDS: Final = 60.0
BIG: Final = 4_000


@dataclass(frozen=True, slots=True)
class Orders:
    """What a contender is to do."""

    dsn: str
    number: int
    seed: int
    tenant: str
    hot: str
    """The book whose wallet everybody wants."""
    holds_book: str
    holds: list[str]
    moment: str
    operations: int
    shared_keys: int
    start_at: int
    """Monotonic nanoseconds."""


@dataclass(frozen=True, slots=True)
class Event:
    """One request and its answer. `change` is what it wanted to do to the hot wallet."""

    process: int
    key: str
    id: str
    change: int
    hold: str
    asked_at: int
    answered_at: int
    answer: str
    """`done: <what was answered>`, or the code of the refusal."""

    @property
    def is_done(self) -> bool:
        return self.answer.startswith("done: ")


def commands(orders: Orders) -> Iterator[tuple[Command, int]]:
    """Yield commands and what each wants to change: shared keys in an order of one's own, then mixed."""
    source = random.Random(orders.seed * 1000 + orders.number)  # noqa: S311 - a history of its own
    ids, tenant, hot = SystemIds(), UUID(orders.tenant), UUID(orders.hot)
    book, moment = UUID(orders.holds_book), datetime.fromisoformat(orders.moment)

    def made(request: Request, key: str) -> Command:
        return Command(request, key, ids.new(), tuple(ids.new() for _ in range(4)))

    shared = [f"everybody-{number}" for number in range(orders.shared_keys)]
    source.shuffle(shared)
    holds = [UUID(each) for each in orders.holds]
    source.shuffle(holds)
    for number in range(orders.operations):
        own = f"process-{orders.number}-{number}"
        if shared and number % 4 == 0:
            key = shared.pop()
            amount = 100 + int(key.rpartition("-")[2])
            part = one(hot, "pay_in", LKR, "collection", "wallet", amount)
            yield made(Request(What.POST, tenant, (hot,), moment, (part,)), key), amount
        elif holds and number % 4 == 1:
            hold, how = holds.pop(), source.choice((What.RELEASE, What.CAPTURE))
            if how is What.RELEASE:
                yield made(Request(how, tenant, (book,), moment, hold=hold), own), 0
                continue
            part = one(book, "withdrawal", LKR, "wallet", "execution", 10, "outflow")
            yield (
                made(Request(how, tenant, (book,), moment, (part,), hold=hold, amount=10, last=True), own),
                0,
            )
        else:
            amount = source.randint(1, BIG)
            if source.random() < 0.5:
                part = one(hot, "pay_in", LKR, "collection", "wallet", amount // 3 + 1)
                yield made(Request(What.POST, tenant, (hot,), moment, (part,)), own), amount // 3 + 1
            else:
                part = one(hot, "withdrawal", LKR, "wallet", "collection", amount, "outflow")
                yield made(Request(What.POST, tenant, (hot,), moment, (part,)), own), -amount


async def contend(orders: Orders) -> list[Event]:
    """Send everything, a few at a time; return what happened."""
    database = await Database.connect(orders.dsn, name=f"contender-{orders.number}", pool_size=2)
    lane = Lane[Asked, str]("contender", database, Handler(SystemClock()), tenant_of=tenant_of)
    await lane.start()
    wanted, events = commands(orders), list[Event]()
    await asyncio.sleep(max(0, orders.start_at - time.monotonic_ns()) / 1e9)

    async def client() -> None:
        for command, change in wanted:
            asked_at = time.monotonic_ns()
            answer = await _ask(lane, command)
            hold = "" if command.request.hold is None else str(command.request.hold)
            answered_at = time.monotonic_ns()
            events.append(
                Event(
                    orders.number, command.key, str(command.id), change, hold, asked_at, answered_at, answer
                )
            )

    await asyncio.gather(*(client() for _ in range(IN_FLIGHT)))
    await lane.stop()
    await database.close()
    return events


async def _ask(lane: Lane[Asked, str], command: Command) -> str:
    """Return the answer; whoever is told that the books are busy asks again with the same key."""
    while True:
        try:
            return f"done: {await lane.submit(command, timeout_seconds=ANSWER_SECONDS)}"
        except Refusal as refusal:
            if refusal.code != "database.busy":
                return refusal.code


def main() -> None:
    """Contend as told."""
    told: dict[str, Any] = json.load(sys.stdin)
    print(json.dumps([asdict(event) for event in asyncio.run(contend(Orders(**told)))]))


if __name__ == "__main__":
    main()
