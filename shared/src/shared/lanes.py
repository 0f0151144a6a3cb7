"""Lanes: many requests, one transaction. A request for money never talks to the database alone.

A lane is one asyncio task with one connection and no timer. When a batch returns, whatever has queued
meanwhile is the next batch. Under light load a batch is one request and nobody waits; under heavy load
a batch is many, and the cost of a round trip and of a flush is shared. One hot account becomes the
fast case: its row is written once per batch.

Guaranteed:
- commands of one lane are decided in arrival order;
- a caller hears an answer only after the commit;
- one command that breaks unexpectedly, or whose book is locked elsewhere, never fails its neighbours: the
  batch is run again in halves;
- the queue is bounded, and every caller waits a bounded time;
- whatever breaks a connection, the lane goes on with the next one.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Final, Generic, TypeVar
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge, Histogram

from shared.database import Database, DatabaseUnavailable, Session, Transaction
from shared.errors import Kind, Refusal, invariant
from shared.operations import tracing

BATCH_CAP: Final = 256
QUEUE_LIMIT: Final = 4096
STOP_TIMEOUT_SECONDS: Final = 10.0
RECONNECT_SECONDS: Final = 0.5
LOCK_TIMEOUT_MS: Final = 300
"""How long a batch waits for a book that somebody else holds; then its halves go on without that one."""

CommandT = TypeVar("CommandT")
AnswerT = TypeVar("AnswerT")
Handler = Callable[[Transaction, Sequence[CommandT]], Awaitable[Sequence[AnswerT | Refusal]]]

WAITING: Final = Gauge("bulkhead_lane_waiting", "Commands that wait in a lane now.", ("lane",))
WAITED: Final = Histogram(
    "bulkhead_lane_wait_seconds",
    "How long the oldest command of each batch had waited for it.",
    ("lane",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
COMMANDS: Final = Counter("bulkhead_lane_commands_total", "Commands that were answered.", ("lane",))
REFUSED: Final = Counter(
    "bulkhead_lane_refused_total", "Commands without an answer in time: the lane was full or slow.", ("lane",)
)

_log = structlog.get_logger(__name__)


class LaneBusy(Refusal):
    """The lane's queue is full, it is stopping, or the answer took too long."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "lane.busy"


class Lane(Generic[CommandT, AnswerT]):
    """One queue, one task, one connection, one transaction at a time."""

    def __init__(
        self,
        name: str,
        database: Database,
        handle: Handler[CommandT, AnswerT],
        *,
        tenant_of: Callable[[CommandT], UUID],
        trace_of: Callable[[AnswerT], UUID | None] | None = None,
        cap: int = BATCH_CAP,
        queue_limit: int = QUEUE_LIMIT,
    ) -> None:
        """Build a lane that calls `handle` with batches of at most `cap` commands.

        `trace_of` finds the trace of what was done by its answer; it is asked only while traces are on.
        """
        self._name = name
        self._database = database
        self._handle = handle
        self._tenant_of = tenant_of
        self._trace_of = trace_of
        self._cap = cap
        self._queue_limit = queue_limit
        # When each was queued, by a clock of its own: a loop's stands still while the loop works.
        self._queue: list[tuple[CommandT, asyncio.Future[AnswerT], float]] = []
        self._waiting: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        WAITING.labels(name).set_function(lambda: len(self._queue))
        # Looked up once: a label's child is found under a lock.
        self._waited = WAITED.labels(name)
        self._answered, self._refused = COMMANDS.labels(name), REFUSED.labels(name)

    async def start(self) -> None:
        """Begin to work the queue."""
        invariant(self._task is None, "a lane starts once")
        self._task = asyncio.create_task(self._run(), name=f"lane {self._name}")

    async def stop(self) -> None:
        """Finish what is queued, for at most ten seconds, and end."""
        self._stopping = True
        self._wake()
        if self._task is not None:
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(self._task, STOP_TIMEOUT_SECONDS)
            self._task = None
        for _, future, _ in self._queue:
            if not future.done():
                future.set_exception(
                    LaneBusy("The service is stopping. Send the request again, with its key.")
                )
        self._queue.clear()

    async def submit(self, command: CommandT, *, timeout_seconds: float = 5.0) -> AnswerT:
        """Queue one command and return its answer after the commit.

        Raises the command's own Refusal, or LaneBusy when the queue is full or the time is over (the
        outcome is then unknown to the caller, who asks again with the same idempotency key).
        """
        if self._stopping or len(self._queue) >= self._queue_limit:
            self._refused.inc()
            raise LaneBusy("Too many requests are waiting. Send the request again in a moment, with its key.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[AnswerT] = loop.create_future()
        self._queue.append((command, future, time.monotonic()))
        self._wake()
        overdue = loop.call_later(timeout_seconds, _give_up, future)
        try:
            return await future
        except LaneBusy:
            self._refused.inc()
            raise
        finally:
            overdue.cancel()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def _run(self) -> None:
        while not (self._stopping and not self._queue):
            try:
                async with self._database.session() as session:
                    await self._work(session)
            except DatabaseUnavailable:
                _log.warning("lane.database_unavailable", lane=self._name)
                await self._pause()
            except Exception:  # noqa: BLE001 - a lane that ended would leave its callers to their timeouts
                _log.exception("lane.connection_failed", lane=self._name)
                await self._pause()

    async def _pause(self) -> None:
        """Answer whoever waits, and try the database again in a moment."""
        self._refuse_queued(DatabaseUnavailable("The database does not answer. Try again in a moment."))
        await asyncio.sleep(RECONNECT_SECONDS)

    async def _work(self, session: Session) -> None:
        """Work batches on one connection until it breaks or the lane stops."""
        loop = asyncio.get_running_loop()
        while session.is_usable:
            if not self._queue:
                if self._stopping:
                    return
                self._waiting = loop.create_future()
                await self._waiting
                self._waiting = None
                continue
            batch = self._queue[: self._cap]
            del self._queue[: self._cap]
            self._waited.observe(time.monotonic() - batch[0][2])
            await self._settle(session, [item for item in batch if not item[1].done()])

    async def _settle(
        self, session: Session, batch: "list[tuple[CommandT, asyncio.Future[AnswerT], float]]"
    ) -> None:
        """Run a batch; on an unexpected error run its halves, down to the command that breaks."""
        if not batch:
            return
        work = tracing.begin("lane.decide")
        try:
            answers = await self._commit(session, [command for command, _, _ in batch])
        except Exception as error:  # noqa: BLE001 - whatever broke, the neighbours must not suffer
            if len(batch) == 1 or not session.is_usable:
                if isinstance(error, Refusal):
                    _log.warning("lane.command_refused", lane=self._name, batch=len(batch), code=error.code)
                else:
                    _log.exception("lane.command_failed", lane=self._name, batch=len(batch))
                for _, future, _ in batch:
                    _fail(future, error)
                return
            middle = len(batch) // 2
            await self._settle(session, batch[:middle])
            await self._settle(session, batch[middle:])
            return
        self._answered.inc(len(batch))
        if work is not None:
            self._trace(work, batch, answers)
        for (_, future, _), answer in zip(batch, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, Refusal):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    async def _commit(self, session: Session, commands: Sequence[CommandT]) -> Sequence[AnswerT | Refusal]:
        """Decide commands in one transaction."""
        tenants = {self._tenant_of(command) for command in commands}
        async with session.transaction(*tenants, lock_timeout_ms=LOCK_TIMEOUT_MS, probes_only=True) as tx:
            answers = await self._handle(tx, commands)
        invariant(len(answers) == len(commands), "a lane's handler answers every command")
        return answers

    def _trace(
        self,
        work: tracing.Work,
        batch: "list[tuple[CommandT, asyncio.Future[AnswerT], float]]",
        answers: Sequence[AnswerT | Refusal],
    ) -> None:
        """Write the batch and what it did for each command, since that command was queued."""
        behind = time.time() - time.monotonic()
        for (_, _, queued_at), answer in zip(batch, answers, strict=True):
            trace = None if self._trace_of is None or isinstance(answer, Refusal) else self._trace_of(answer)
            if trace is not None:
                work.add([trace], [int((queued_at + behind) * 1e9)])
        work.attributes |= {"bulkhead.lane": self._name, "bulkhead.members": len(batch)}
        tracing.finish(work)

    def _refuse_queued(self, refusal: Refusal) -> None:
        waiting, self._queue = self._queue, []
        for _, future, _ in waiting:
            _fail(future, refusal)


def _fail(future: "asyncio.Future[AnswerT]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


def _give_up(future: "asyncio.Future[AnswerT]") -> None:
    _fail(future, LaneBusy("The answer took too long. Send the request again, with its key."))


class Lanes(Generic[CommandT, AnswerT]):
    """Several lanes; a book always maps to the same one."""

    def __init__(self, lanes: Sequence[Lane[CommandT, AnswerT]]) -> None:
        """Route over `lanes`, at least one."""
        invariant(lanes, "there is at least one lane")
        self._lanes = tuple(lanes)

    async def start(self) -> None:
        """Start every lane."""
        for lane in self._lanes:
            await lane.start()

    async def stop(self) -> None:
        """Stop every lane, each finishing what is queued."""
        await asyncio.gather(*(lane.stop() for lane in self._lanes))

    async def submit(self, book_id: UUID, command: CommandT, *, timeout_seconds: float = 5.0) -> AnswerT:
        """Queue a command on the lane of its book. Raises as `Lane.submit`."""
        lane = self._lanes[book_id.int % len(self._lanes)]
        return await lane.submit(command, timeout_seconds=timeout_seconds)
