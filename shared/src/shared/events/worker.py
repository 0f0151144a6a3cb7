"""Delivery: a worker takes events from the queue and gives them to listeners.

    worker = Worker(dsn, database, [Listener("wagers.wager_placed", "evidence", evidence.record_wager)])
    await run_process("customer-worker", tasks={"events": worker.run}, ...)

Several workers share the queue: each event is picked by one, and by another when that one dies.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job
from prometheus_client import Counter

from shared.database import Database, Transaction
from shared.errors import invariant
from shared.events.port import Event, decode
from shared.operations import tracing
from shared.operations.logs import correlated

ATTEMPTS: Final = 8
FIRST_DELAY: Final = timedelta(seconds=1)
LONGEST_DELAY: Final = timedelta(minutes=5)
POLL_SECONDS: Final = 1.0  # new events wake the worker at once; retries are found by this poll
HEARTBEAT_TIMEOUT: Final = timedelta(seconds=10)  # an event of a worker that died is picked up again

Handler = Callable[[Transaction, Event], Awaitable[None]]

_log = structlog.get_logger(__name__)
_delivered = Counter("bulkhead_events_delivered_total", "Effects of events done", ["topic", "consumer"])
_failed = Counter("bulkhead_events_failed_total", "Attempts that failed", ["topic", "consumer"])
_held = Counter("bulkhead_events_held_total", "Events held for a person", ["topic"])


class EventHeld(Exception):
    """All attempts failed. The queue keeps the event; `pgqueuer requeue` gives it new attempts."""


@dataclass(frozen=True, slots=True)
class Listener:
    """One consumer of one topic. `handle` makes its effect in the transaction it is given, and only there.

    The transaction is bound to the event's tenant. A provider is called from a task, not from here.
    `before` runs before it, without one: for what needs transactions of its own. A handler that opened one
    would wait for a connection while it holds another, and enough of them at once wait for ever. It may run
    again for an event that is delivered again, so it does the same when it is done twice.
    """

    topic: str
    consumer: str
    handle: Handler
    before: Callable[[Event], Awaitable[object]] | None = None


class Worker:
    """Delivers events of one stack until it is told to stop."""

    def __init__(
        self,
        dsn: str,
        database: Database,
        listeners: Sequence[Listener],
        *,
        attempts: int = ATTEMPTS,
        first_delay: timedelta = FIRST_DELAY,
    ) -> None:
        """Take events at `dsn` (application role); handle them in transactions of `database`."""
        consumers = [(listener.topic, listener.consumer) for listener in listeners]
        invariant(len(set(consumers)) == len(consumers), "a consumer listens once to a topic")
        self._dsn = dsn
        self._database = database
        self._attempts = attempts
        self._first_delay = first_delay
        self._listeners: dict[str, list[Listener]] = defaultdict(list)
        for listener in listeners:
            self._listeners[listener.topic].append(listener)

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver events until `stop`, then finish those at hand. A task of `run_process`."""
        async with asyncpg.create_pool(
            self._dsn, min_size=2, max_size=3, server_settings={"application_name": "events"}
        ) as pool:
            queue = PgQueuer.from_asyncpg_pool(pool)
            for topic in self._listeners:
                queue.entrypoint(topic, on_failure="hold")(self._deliver)
            # The queue probes its listener while that is still being set up. A probe sent before LISTEN is
            # never heard, and ten seconds later the queue would give up. So LISTEN comes first.
            await queue.connection.add_listener(queue.channel, _hear_nothing)
            stopping = asyncio.create_task(_shut_down_when_set(queue, stop))
            try:
                await queue.qm.run(
                    dequeue_timeout=timedelta(seconds=POLL_SECONDS),
                    heartbeat_timeout=HEARTBEAT_TIMEOUT,
                    shutdown_on_listener_failure=True,
                )
            finally:
                stopping.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await stopping

    async def _deliver(self, job: Job) -> None:
        """Give one event to all its consumers. Raises RetryRequested or EventHeld."""
        invariant(job.payload is not None, "an event has a body")
        event = decode(str(job.entrypoint), job.payload or b"")
        trace = event.correlation_id or event.id
        with correlated(trace), tracing.working(tracing.begin("event.deliver", trace)) as work:
            if work is not None:
                work.attributes["bulkhead.topic"] = event.topic
            failures = [
                listener.consumer
                for listener in self._listeners[event.topic]
                if not await self._handle(listener, event)
            ]
            if not failures:
                return
            # Raised without the causes: the queue stores the text of what it gets, and a cause could
            # quote a person. The log, which is redacted, has them.
            if job.attempts + 1 >= self._attempts:
                _held.labels(event.topic).inc()
                _log.error("events.held", topic=event.topic, event_id=str(event.id), consumers=failures)
                raise EventHeld(f"failed: {', '.join(failures)}")
            delay = min(self._first_delay * 2**job.attempts, LONGEST_DELAY)
            raise RetryRequested(delay=delay, reason=f"failed: {', '.join(failures)}")

    async def _handle(self, listener: Listener, event: Event) -> bool:
        """Do one consumer's effect unless it is done already. Return False when it failed."""
        try:
            if listener.before is not None:
                await listener.before(event)
            async with self._database.transaction(event.tenant_id) as tx:
                if await _claim(tx, listener.consumer, event):
                    await listener.handle(tx, event)
                    _delivered.labels(event.topic, listener.consumer).inc()
        except Exception:  # noqa: BLE001 - whatever broke, the other consumers must not suffer
            _failed.labels(event.topic, listener.consumer).inc()
            _log.exception(
                "events.attempt_failed",
                topic=event.topic,
                event_id=str(event.id),
                consumer=listener.consumer,
            )
            return False
        return True


async def _claim(tx: Transaction, consumer: str, event: Event) -> bool:
    """Write the inbox row; False when another delivery has written it before."""
    row: Any = await tx.fetch_row(
        "INSERT INTO event_inbox (event_id, consumer) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1",
        event.id,
        consumer,
    )
    return row is not None


def _hear_nothing(_payload: str | bytes | bytearray) -> None:
    """Keep LISTEN alive; the queue has its own listener for what is said."""


async def _shut_down_when_set(queue: PgQueuer, stop: asyncio.Event) -> None:
    await stop.wait()
    queue.shutdown.set()
