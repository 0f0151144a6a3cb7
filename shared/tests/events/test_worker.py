import asyncio
import contextlib
from datetime import timedelta
from uuid import UUID

import pytest

from bulkhead_local.lending import FreshDatabase
from shared.errors import InvariantViolated
from shared.events.port import Event, decode, encode, publish, publish_all
from shared.events.worker import Listener, Worker
from shared.operations.logs import correlated, current_correlation

TENANT = UUID("00000000-0000-7000-8000-00000000000a")
OTHER = UUID("00000000-0000-7000-8000-00000000000b")
TOPIC = "wagers.wager_placed"


def event_id(number: int) -> UUID:
    return UUID(int=0x7000_8000_0000_0000_0000 + number)


@contextlib.asynccontextmanager
async def working(database: FreshDatabase, *listeners: Listener, attempts: int = 3):
    worker = Worker(
        database.dsn("app"),
        database.app,
        listeners,
        attempts=attempts,
        first_delay=timedelta(milliseconds=10),
    )
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def until(condition, seconds: float = 5.0):
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - the condition lives in the database
            await asyncio.sleep(0.02)


class Ledger:
    """Records what a consumer has done, in the database, so that a rollback undoes it."""

    def __init__(self, database: FreshDatabase, *, failures: int = 0):
        self.database = database
        self.failures = failures
        self.seen: list[Event] = []

    async def handle(self, tx, event: Event):
        self.seen.append(event)
        await tx.execute(
            "INSERT INTO ledger_book (id, tenant_id, kind) VALUES ($1, $2, 'customer')",
            event.id,
            event.tenant_id,
        )
        if len(self.seen) <= self.failures:
            raise RuntimeError("Nimal Perera, nimal@example.lk")

    async def effects(self) -> int:
        async with self.database.app.transaction(TENANT, OTHER) as tx:
            return await tx.fetch_value("SELECT count(*) FROM ledger_book")


async def test_an_event_is_delivered_to_every_consumer_with_its_tenant_and_correlation(kernel_database):
    seen = []

    async def remember(tx, event):
        seen.append((event, tx.tenants, current_correlation()))

    correlation = UUID(int=77)
    async with working(kernel_database, Listener(TOPIC, "one", remember), Listener(TOPIC, "two", remember)):
        async with kernel_database.app.transaction(TENANT) as tx:
            with correlated(correlation):
                await publish(tx, TOPIC, {"wager": "w1", "stake": 500}, event_id(1))

        async def both():
            return len(seen) == 2

        await until(both)
    assert {tenants for _, tenants, _ in seen} == {frozenset({TENANT})}
    assert {found for _, _, found in seen} == {correlation}
    assert seen[0][0].payload == {"wager": "w1", "stake": 500}


async def test_what_runs_before_has_transactions_of_its_own_however_many_events_there_are(kernel_database):
    """With more events at once than the pool has connections, none waits for another's."""
    seen, done = set(), set()

    async def look(event):
        async with kernel_database.app.transaction(event.tenant_id) as tx:
            await tx.fetch_value("SELECT pg_sleep(0.02)")
        seen.add(event.id)

    async def remember(_tx, event):
        assert event.id in seen
        done.add(event.id)

    async with working(kernel_database, Listener(TOPIC, "one", remember, before=look)):
        async with kernel_database.app.transaction(TENANT) as tx:
            for number in range(1, 31):
                await publish(tx, TOPIC, {}, event_id(number))

        async def all_done():
            return len(done) == 30

        await until(all_done)


async def test_a_rolled_back_fact_is_never_announced(kernel_database):
    ledger = Ledger(kernel_database)
    async with working(kernel_database, Listener(TOPIC, "one", ledger.handle)):
        with pytest.raises(ZeroDivisionError):  # noqa: PT012
            async with kernel_database.app.transaction(TENANT) as tx:
                await publish(tx, TOPIC, {}, event_id(1))
                raise ZeroDivisionError
        async with kernel_database.app.transaction(TENANT) as tx:
            await publish(tx, TOPIC, {}, event_id(2))

        async def one_effect():
            return await ledger.effects() == 1

        await until(one_effect)
    assert [event.id for event in ledger.seen] == [event_id(2)]


async def test_the_same_event_twice_has_one_effect(kernel_database):
    ledger = Ledger(kernel_database)
    async with kernel_database.app.transaction(TENANT) as tx:
        await publish(tx, TOPIC, {}, event_id(1))
        await publish(tx, TOPIC, {}, event_id(1))
    async with working(kernel_database, Listener(TOPIC, "one", ledger.handle)):

        async def queue_empty():
            async with kernel_database.app.transaction() as tx:
                return await tx.fetch_value("SELECT count(*) FROM pgqueuer") == 0

        await until(queue_empty)
    assert await ledger.effects() == 1
    assert len(ledger.seen) == 1


async def test_a_failed_consumer_is_tried_again_and_its_neighbour_is_not_repeated(kernel_database):
    failing, healthy = Ledger(kernel_database, failures=1), []

    async def remember(tx, event):
        healthy.append(event.id)

    async with working(
        kernel_database, Listener(TOPIC, "failing", failing.handle), Listener(TOPIC, "healthy", remember)
    ):
        async with kernel_database.app.transaction(TENANT) as tx:
            await publish(tx, TOPIC, {}, event_id(1))

        async def one_effect():
            return await failing.effects() == 1

        await until(one_effect)
    assert len(failing.seen) == 2
    assert healthy == [event_id(1)]


async def test_after_the_last_attempt_the_event_is_held_and_names_nobody(kernel_database):
    ledger = Ledger(kernel_database, failures=99)
    async with working(kernel_database, Listener(TOPIC, "one", ledger.handle), attempts=2):
        async with kernel_database.app.transaction(TENANT) as tx:
            await publish(tx, TOPIC, {}, event_id(1))

        async def held():
            async with kernel_database.app.transaction() as tx:
                return await tx.fetch_value("SELECT count(*) FROM pgqueuer WHERE status = 'failed'") == 1

        await until(held)
    assert len(ledger.seen) == 2
    assert await ledger.effects() == 0
    async with kernel_database.app.transaction() as tx:
        logged = await tx.fetch_value("SELECT string_agg(traceback::text, '') FROM pgqueuer_log")
    assert "Nimal" not in logged
    assert "example.lk" not in logged


async def test_an_event_of_a_batch_of_several_tenants_names_its_tenant(kernel_database):
    async with kernel_database.app.transaction(TENANT, OTHER) as tx:
        with pytest.raises(InvariantViolated):
            await publish(tx, TOPIC, {}, event_id(1))
        with pytest.raises(InvariantViolated):
            await publish_all(tx, [Event(event_id(1), TOPIC, UUID(int=1), {})])
        await publish(tx, TOPIC, {}, event_id(1), tenant_id=OTHER)


def test_an_event_survives_storage():
    event = Event(event_id(1), TOPIC, TENANT, {"amount": 1, "to": None}, UUID(int=5))
    assert decode(TOPIC, encode(event)) == event
