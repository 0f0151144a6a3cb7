"""Lanes: many requests, one transaction, and nobody suffers for a neighbour."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from asyncpg import InternalClientError
from prometheus_client import REGISTRY

from shared.database import DatabaseBusy, DatabaseUnavailable, Transaction
from shared.errors import Kind, Refusal
from shared.ids import SystemIds
from shared.lanes import Lane, LaneBusy, Lanes
from shared.ledger import store as ledger
from shared.operations import tracing
from shared.operations.spans import Span
from shared.operations.tracing import Tracer

TENANT = SystemIds().new()


class Odd(Refusal):
    kind = Kind.REFUSED
    code = "test.odd"


class Recorder:
    """A handler that remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.called = asyncio.Event()

    async def __call__(self, tx: Transaction, commands: Sequence[int]) -> list[int | Refusal]:
        self.batches.append(list(commands))
        self.called.set()
        await self.gate.wait()
        await tx.execute("SELECT 1")
        if any(command < 0 for command in commands):
            raise ZeroDivisionError
        return [Odd("Send an even number.") if command % 2 else command * 10 for command in commands]


def tenant_of(_command: int) -> UUID:
    return TENANT


@asynccontextmanager
async def running(lane: Any) -> AsyncIterator[Any]:
    await lane.start()
    try:
        yield lane
    finally:
        await lane.stop()


async def test_what_queues_while_a_batch_runs_is_the_next_batch(kernel_database: Any) -> None:
    handler = Recorder()
    handler.gate.clear()
    async with running(Lane("t", kernel_database.app, handler, tenant_of=tenant_of)) as lane:
        first = asyncio.create_task(lane.submit(0))
        await handler.called.wait()
        rest = [asyncio.create_task(lane.submit(n)) for n in (2, 4, 6)]
        await asyncio.sleep(0)
        handler.gate.set()
        assert await first == 0
        assert [await task for task in rest] == [20, 40, 60]
    assert handler.batches == [[0], [2, 4, 6]]


async def test_a_refusal_reaches_only_its_caller(kernel_database: Any) -> None:
    async with running(Lane("t", kernel_database.app, Recorder(), tenant_of=tenant_of)) as lane:
        outcomes = await asyncio.gather(*(lane.submit(n) for n in range(4)), return_exceptions=True)
    assert outcomes[0] == 0
    assert outcomes[2] == 20
    assert isinstance(outcomes[1], Odd)
    assert isinstance(outcomes[3], Odd)


async def test_a_command_that_breaks_never_fails_its_neighbours(kernel_database: Any) -> None:
    handler = Recorder()
    handler.gate.clear()
    async with running(Lane("t", kernel_database.app, handler, tenant_of=tenant_of)) as lane:
        tasks = [asyncio.create_task(lane.submit(n)) for n in (0, 2, -1, 4, 6, 8)]
        await asyncio.sleep(0.01)
        handler.gate.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [outcome for outcome in outcomes if isinstance(outcome, int)] == [0, 20, 40, 60, 80]
    assert sum(isinstance(outcome, ZeroDivisionError) for outcome in outcomes) == 1


async def test_a_full_queue_refuses_at_once(kernel_database: Any) -> None:
    handler = Recorder()
    handler.gate.clear()
    async with running(Lane("t", kernel_database.app, handler, tenant_of=tenant_of, queue_limit=2)) as lane:
        tasks = [asyncio.create_task(lane.submit(0))]
        await handler.called.wait()
        tasks += [asyncio.create_task(lane.submit(n)) for n in (2, 4)]
        await asyncio.sleep(0)
        with pytest.raises(LaneBusy):
            await lane.submit(6)
        handler.gate.set()
        assert await asyncio.gather(*tasks) == [0, 20, 40]


async def test_a_caller_waits_a_bounded_time(kernel_database: Any) -> None:
    handler = Recorder()
    handler.gate.clear()
    async with running(Lane("t", kernel_database.app, handler, tenant_of=tenant_of)) as lane:
        with pytest.raises(LaneBusy):
            await lane.submit(0, timeout_seconds=0.05)
        handler.gate.set()


async def test_stopping_finishes_what_is_queued(kernel_database: Any) -> None:
    lane = Lane("t", kernel_database.app, Recorder(), tenant_of=tenant_of)
    await lane.start()
    tasks = [asyncio.create_task(lane.submit(n)) for n in (0, 2, 4)]
    await asyncio.sleep(0)
    await lane.stop()
    assert await asyncio.gather(*tasks) == [0, 20, 40]
    with pytest.raises(LaneBusy):
        await lane.submit(6)


class UnluckyDatabase:
    """A database whose driver breaks in a way that nobody expected, once."""

    def __init__(self, database: Any) -> None:
        self.database = database
        self.is_lucky = False

    def session(self) -> Any:
        if not self.is_lucky:
            self.is_lucky = True
            raise InternalClientError("no state of mine has a name for this")
        return self.database.session()


async def test_a_driver_that_breaks_in_an_unexpected_way_does_not_end_the_lane(kernel_database: Any) -> None:
    database: Any = UnluckyDatabase(kernel_database.app)
    async with running(Lane("t", database, Recorder(), tenant_of=tenant_of)) as lane:
        with pytest.raises(DatabaseUnavailable):
            await lane.submit(0)
        assert await lane.submit(2) == 20


async def test_a_book_keeps_its_lane(kernel_database: Any) -> None:
    handlers = [Recorder(), Recorder()]
    lanes = Lanes([Lane(str(n), kernel_database.app, h, tenant_of=tenant_of) for n, h in enumerate(handlers)])
    books = [SystemIds().new() for _ in range(8)]
    async with running(lanes):
        for number, book in enumerate(books):
            await lanes.submit(book, number * 2)
            await lanes.submit(book, number * 2 + 100)
    for number, book in enumerate(books):
        seen = [command for batch in handlers[book.int % 2].batches for command in batch]
        assert number * 2 in seen
        assert number * 2 + 100 in seen


async def test_a_book_that_somebody_holds_keeps_only_its_own_customer_waiting(kernel_database: Any) -> None:
    ids = SystemIds()
    books = [ids.new() for _ in range(16)]
    async with kernel_database.app.transaction(TENANT) as tx:
        await ledger.open_books(tx, [(book, TENANT, "customer") for book in books])

    async def lock(tx: Transaction, wanted: Sequence[UUID]) -> list[UUID]:
        await ledger.lock_books(tx, wanted)
        return list(wanted)

    lane = Lane("t", kernel_database.app, lock, tenant_of=lambda _: TENANT)
    async with running(lane), kernel_database.app.transaction(TENANT) as holder:
        await ledger.lock_books(holder, books[5:6])
        outcomes = await asyncio.gather(*(lane.submit(book) for book in books), return_exceptions=True)
    assert [outcome for outcome in outcomes if isinstance(outcome, UUID)] == books[:5] + books[6:]
    assert isinstance(outcomes[5], DatabaseBusy)


async def test_a_lane_shows_what_waits_and_what_was_turned_away(kernel_database: Any) -> None:
    def value(metric: str) -> float | None:
        return REGISTRY.get_sample_value(metric, {"lane": "shown"})

    handler = Recorder()
    handler.gate.clear()
    lane: Any = Lane("shown", kernel_database.app, handler, tenant_of=tenant_of, queue_limit=2)
    async with running(lane):
        first = asyncio.create_task(lane.submit(2))
        await handler.called.wait()
        others = [asyncio.create_task(lane.submit(number)) for number in (4, 6)]
        await asyncio.sleep(0)
        assert value("bulkhead_lane_waiting") == 2
        with pytest.raises(LaneBusy):
            await lane.submit(8)
        handler.gate.set()
        assert await asyncio.gather(first, *others) == [20, 40, 60]
    assert value("bulkhead_lane_waiting") == 0
    assert value("bulkhead_lane_refused_total") == 1
    assert value("bulkhead_lane_commands_total") == 3
    assert value("bulkhead_lane_wait_seconds_count") == 2


async def test_a_batch_is_one_span_and_each_command_has_its_own_since_it_was_queued(
    kernel_database: Any,
) -> None:
    spans: list[Span] = []
    handler = Recorder()
    handler.gate.clear()
    lane: Any = Lane(
        "traced", kernel_database.app, handler, tenant_of=tenant_of, trace_of=lambda n: UUID(int=n)
    )
    tracing.keep(Tracer(spans.extend, 1))
    try:
        async with running(lane):
            first = asyncio.create_task(lane.submit(2))
            await handler.called.wait()
            others = [asyncio.create_task(lane.submit(number)) for number in (4, 5, 6)]
            await asyncio.sleep(0.05)
            handler.gate.set()
            await asyncio.gather(first, *others, return_exceptions=True)
    finally:
        tracing.keep(None)
    _, alone, batch, *members = spans
    assert alone.place.trace == UUID(int=20)
    assert batch.attributes == {"bulkhead.lane": "traced", "bulkhead.members": 3}
    assert [each.place.trace.int for each in members] == [40, 60], "a refusal made nothing that has a trace"
    assert all(each.began < batch.began - 30_000_000 for each in members), "they waited"
    assert batch.links == tuple(each.place for each in members)
