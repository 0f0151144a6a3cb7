"""One process: its tasks, its management port, its end.

A process is several tasks that run until they are told to stop. One that crashes is logged and started
again after a growing pause; one that keeps crashing ends the whole process with an error, so that
whoever runs it sees it and starts it anew. A process is never half dead without saying so: while a task
waits for its restart, `/ready` says no.

Guaranteed:
- SIGTERM and SIGINT set `stop`; tasks get `stop_timeout_seconds` to finish, then they are cancelled;
- a task that ends by itself before `stop` counts as crashed.
"""

import asyncio
import contextlib
import gc
import random
import signal
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog
from prometheus_client import Counter

from shared.errors import invariant
from shared.operations.management import Check, ManagementApp, open_port, serve_http

Task = Callable[[asyncio.Event], Awaitable[None]]

FIRST_PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 10.0
CRASHES_BEFORE_THE_END: Final = 8
HEALTHY_AFTER_SECONDS: Final = 60.0

_log = structlog.get_logger(__name__)
_crashes = Counter("bulkhead_task_crashes_total", "Crashes of supervised tasks", ["process", "task"])


class ProcessFailed(Exception):
    """A task kept crashing: the process gives up, and whoever runs it should start it again."""


async def run_process(
    name: str,
    *,
    tasks: Mapping[str, Task],
    checks: Mapping[str, Check],
    management_port: int,
    management_host: str = "127.0.0.1",
    stop_timeout_seconds: float = 15.0,
) -> None:
    """Run `tasks` until a signal, then stop them in order.

    Each task takes the event that tells it to stop. Raises ProcessFailed when one keeps crashing, and
    PortBusy when the management port is taken.
    """
    stop = asyncio.Event()
    listener = open_port(management_host, management_port)
    loop = asyncio.get_running_loop()
    for kind in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(kind, stop.set)
    supervised = [_Supervised(name, task_name, task) for task_name, task in tasks.items()]
    app = ManagementApp(name, {**checks, **{f"task {one.name}": one.check for one in supervised}}, stop)
    still_serving = asyncio.Event()
    management = asyncio.create_task(serve_http(app, listener, still_serving), name="management")
    running = [asyncio.create_task(one.run(stop), name=one.name) for one in supervised]
    _log.info("process.started", tasks=sorted(tasks), management_port=listener.getsockname()[1])
    try:
        await _wait_for_end(running, stop)
    finally:
        stop.set()
        await _finish(running, stop_timeout_seconds)
        still_serving.set()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(management, 5)
        for kind in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(kind)
        _log.info("process.stopped")
    for task in running:
        if not task.cancelled() and task.exception() is not None:
            raise ProcessFailed(f"{name}: {task.get_name()} keeps crashing") from task.exception()


async def _wait_for_end(running: "list[asyncio.Task[None]]", stop: asyncio.Event) -> None:
    """Return when `stop` is set or a supervised task has given up."""
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({stopped, *running}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()


async def _finish(running: "list[asyncio.Task[None]]", timeout_seconds: float) -> None:
    if not running:
        return
    _, late = await asyncio.wait(running, timeout=timeout_seconds)
    for task in late:
        _log.warning("process.task_cancelled", task=task.get_name())
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


class _Supervised:
    """One task with its restarts."""

    def __init__(self, process: str, name: str, task: Task) -> None:
        self.name = name
        self._process = process
        self._task = task
        self._failed: str | None = None

    async def check(self) -> None:
        """Fail while the task waits for its restart."""
        if self._failed is not None:
            raise TaskDown(self._failed)

    async def run(self, stop: asyncio.Event) -> None:
        """Run the task until `stop`. Raises its last error when it keeps crashing."""
        crashes = 0
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            began = loop.time()
            try:
                await self._task(stop)
                invariant(stop.is_set(), f"the task {self.name} ended by itself")
            except Exception as error:
                if stop.is_set():
                    _log.warning("process.task_failed_while_stopping", task=self.name, exc_info=error)
                    return
                crashes = 1 if loop.time() - began > HEALTHY_AFTER_SECONDS else crashes + 1
                _crashes.labels(self._process, self.name).inc()
                _log.exception("process.task_crashed", task=self.name, crashes=crashes)
                if crashes >= CRASHES_BEFORE_THE_END:
                    raise
                self._failed = type(error).__name__
                await _pause(crashes, stop)
                self._failed = None


class TaskDown(Exception):
    """A task of this process has crashed and waits for its restart."""


async def _pause(crashes: int, stop: asyncio.Event) -> None:
    """Wait before a restart, longer each time; the jitter keeps replicas from restarting in step."""
    seconds = min(FIRST_PAUSE_SECONDS * 2 ** (crashes - 1), LONGEST_PAUSE_SECONDS)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds * random.uniform(0.75, 1.25))  # noqa: S311 - jitter


def spare_collector() -> None:
    """Take what lives as long as the process out of garbage collection, and collect less often.

    At the default thresholds the collector walks all modules and routes again and again: a sixth of the
    wagers' time, a third of the boundary's, a fifth of what a worker takes to apply reports. Requests and
    rounds leave few cycles behind.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def every(seconds: float, work: Callable[[], Awaitable[None]]) -> Task:
    """Return a task that does `work`, waits, and does it again; `stop` ends the waiting at once."""

    async def repeat(stop: asyncio.Event) -> None:
        while not stop.is_set():
            await work()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), seconds)

    return repeat
