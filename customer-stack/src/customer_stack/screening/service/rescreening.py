"""Use case of rescreening: when lists changed, every customer is looked at with what changed.

A walk goes over a tenant's customers page by page. Pages are read here, opened and matched in processes of
their own, and kept here: whoever resembles a changed entry gets an alert, or is frozen at once, under the
lock of their book. Who had an alert beside an entry that changed or left waits to be screened whole, and so
do businesses.

Guaranteed:
- how far a walk got is stored, and another worker goes on from there; a page that is done twice changes
  nothing the second time;
- who is new, or changes while a walk goes on, is screened by their own task with the lists that count then;
- a customer who cannot be compared waits for a task, which tells people; they are never passed over.
"""

import asyncio
import multiprocessing
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge

from customer_stack.customers.errors import CustomerNotFound
from customer_stack.customers.sealing import FieldKeys
from customer_stack.customers.service import load_sealed_profiles, lock_customer
from customer_stack.screening.domain.alerts import Subject
from customer_stack.screening.domain.tasks import Reason
from customer_stack.screening.domain.versions import Change
from customer_stack.screening.lists.entry import ListEntry, WatchList
from customer_stack.screening.service.loading import StoredLists
from customer_stack.screening.service.recording import Found, record
from customer_stack.screening.service.subjects import SubjectScreening
from customer_stack.screening.store import alerts as alert_store
from customer_stack.screening.store import rescreens as store
from customer_stack.screening.store import tasks as task_store
from customer_stack.screening.store import versions as version_store
from customer_stack.screening.store.rescreens import Walk
from customer_stack.screening.sweeping import (
    Hit,
    SealedCustomer,
    Sweeper,
    Swept,
    begin_process,
    sweep_page,
)
from shared.clock import Clock
from shared.database import Database
from shared.ids import Ids

PAGE: Final = 1_000
LEASE: Final = timedelta(minutes=2)
AT_ONCE: Final = 4
"""Customers who are kept at the same time, each in a transaction of their own."""
_AHEAD: Final = 2
_VERSION_OF_PART: Final = bytes(32)

_Sweep = Callable[[list[SealedCustomer]], "asyncio.Future[Swept]"]

_log = structlog.get_logger(__name__)
_seconds = Gauge("screening_rescreen_seconds", "How long the last walk over customers took here.")
_seen = Counter("screening_rescreened", "Customers that were looked at because lists changed.")
_found = Counter("screening_rescreen_hits", "Of them, those who resemble what changed.")


@dataclass(frozen=True, slots=True)
class Walker:
    """Who walks: how many processes, and customers to a page."""

    processes: int
    page: int = PAGE


class Rescreening:
    """Looks at all customers with what changed of the lists."""

    def __init__(
        self,
        database: Database,
        subjects: SubjectScreening,
        keys: FieldKeys,
        walker: Walker,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Open customers with `keys`."""
        self._database = database
        self._stored = StoredLists(database)
        self._subjects = subjects
        self._keys = keys
        self._walker = walker
        self._clock = clock
        self._ids = ids
        self._worker = ids.new()

    async def work(self, tenants: Sequence[UUID], stop: asyncio.Event) -> int:
        """Walk over tenants whose lists changed, until done or told to stop; return how many walks ended."""
        number = await self._stored.load_number()
        ended = 0
        for tenant_id in tenants:
            if number and not stop.is_set():
                ended += await self._walk(tenant_id, number, stop)
        return ended

    async def _walk(self, tenant_id: UUID, number: int, stop: asyncio.Event) -> bool:
        now = self._clock.now()
        async with self._database.transaction(tenant_id) as tx:
            walk = await store.claim(tx, tenant_id, number, self._worker, now, now + LEASE)
        if walk is None:
            return False
        began = time.monotonic()
        delta = await self._stored.load_delta(walk.since, walk.number)
        if walk.after is None:
            await self._ask_again(walk, delta)
        lists = _lists_of(delta)
        if lists:
            async with self._database.transaction() as tx:
                version = await version_store.load_version(tx, walk.number)
            lists_version = _VERSION_OF_PART if version is None else version.lists_version
            ended = await self._look_at_all(walk, lists, lists_version, stop)
            if ended is None:
                return False
            walk = ended
        async with self._database.transaction(tenant_id) as tx:
            if not await store.finish(tx, walk, self._worker, self._clock.now()):
                return False
        _seconds.set(time.monotonic() - began)
        _log.info("screening.rescreened", number=walk.number, customers=walk.seen, hits=walk.found)
        return True

    async def _ask_again(self, walk: Walk, delta: Sequence[Change]) -> None:
        """Let all wait whose alerts stand beside what changed or left, and all businesses."""
        entries = [(change.source, change.entry_id) for change in delta]
        async with self._database.transaction(walk.tenant_id) as tx:
            subjects = await alert_store.load_subjects_beside(tx, walk.tenant_id, entries)
            businesses = await alert_store.load_businesses(tx, walk.tenant_id)
            known = {subject.id: subject for subject in (*subjects, *businesses)}
            await task_store.ask(tx, list(known.values()), Reason.LIST, self._clock.now())

    async def _look_at_all(
        self, walk: Walk, lists: Sequence[WatchList], lists_version: bytes, stop: asyncio.Event
    ) -> Walk | None:
        """Go over all customers; None: told to stop, or another worker went on."""
        async with aclosing(self._sweep(walk, lists)) as pages:
            async for page, swept in pages:
                for start in range(0, len(swept.hits), AT_ONCE):
                    some = swept.hits[start : start + AT_ONCE]
                    await asyncio.gather(*(self._keep(walk, hit, lists_version) for hit in some))
                if swept.unusable:
                    await self._ask_one_by_one(walk.tenant_id, swept.unusable)
                _seen.inc(len(page))
                _found.inc(len(swept.hits))
                walk = replace(
                    walk,
                    after=page[-1][0],
                    seen=walk.seen + len(page),
                    found=walk.found + len(swept.hits),
                )
                async with self._database.transaction(walk.tenant_id) as tx:
                    until = self._clock.now() + LEASE
                    if not await store.advance(tx, walk, self._worker, until):
                        return None
                if stop.is_set():
                    return None
        return walk

    async def _sweep(
        self, walk: Walk, lists: Sequence[WatchList]
    ) -> AsyncGenerator[tuple[list[SealedCustomer], Swept], None]:
        """Yield pages and what came of them, in order; some are under way while one is kept."""
        page = await self._read_page(walk.tenant_id, walk.after)
        if not page:
            return
        # Few customers are done before a process has begun.
        processes = self._walker.processes if len(page) == self._walker.page else 0
        waiting: deque[tuple[list[SealedCustomer], asyncio.Future[Swept]]] = deque()
        async with _open_sweeping(processes, (walk.tenant_id, lists, self._keys)) as sweep:
            while page or waiting:
                if page:
                    waiting.append((page, sweep(page)))
                    last = page[-1][0]
                    page = await self._read_page(walk.tenant_id, last)
                if len(waiting) > processes * _AHEAD or not page:
                    done, swept = waiting.popleft()
                    yield done, await swept

    async def _read_page(self, tenant_id: UUID, after: UUID | None) -> list[SealedCustomer]:
        async with self._database.transaction(tenant_id) as tx:
            return await load_sealed_profiles(tx, tenant_id, after, self._walker.page)

    async def _keep(self, walk: Walk, hit: Hit, lists_version: bytes) -> None:
        """Keep what was found of a customer, unless they have changed or were never screened whole."""
        subject = Subject(walk.tenant_id, hit.customer_id)
        async with self._database.transaction(walk.tenant_id) as tx:
            account = await lock_customer(tx, hit.customer_id)
            if not await alert_store.was_screened(tx, hit.customer_id):
                await task_store.ask(tx, [subject], Reason.LIST, self._clock.now())
                return
            try:
                read = await self._subjects.read(tx, subject)
            except CustomerNotFound:  # erased meanwhile
                return
            if read.party_print != hit.party_print:  # the change of the profile has its own task
                return
            found = Found(
                walk.number, lists_version, hit.party_print, hit.sightings, hit.reasons, whole=False
            )
            await record(tx, account, subject, read.cipher, found, self._clock.now(), self._ids)

    async def _ask_one_by_one(self, tenant_id: UUID, customer_ids: Sequence[UUID]) -> None:
        subjects = [Subject(tenant_id, customer_id) for customer_id in customer_ids]
        async with self._database.transaction(tenant_id) as tx:
            await task_store.ask(tx, subjects, Reason.LIST, self._clock.now())


def _lists_of(delta: Sequence[Change]) -> list[WatchList]:
    """Return the entries that are new or changed, as lists."""
    entries: dict[str, list[ListEntry]] = {}
    for change in delta:
        if change.entry is not None:
            entries.setdefault(change.source, []).append(change.entry)
    return [WatchList(source, _VERSION_OF_PART, tuple(found)) for source, found in entries.items()]


@asynccontextmanager
async def _open_sweeping(
    processes: int, given: tuple[UUID, Sequence[WatchList], FieldKeys]
) -> AsyncIterator[_Sweep]:
    """Lend what compares pages: processes that were given the entries, or one thread of this process."""
    loop = asyncio.get_running_loop()
    executor: Executor
    if processes:
        context = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
        executor = ProcessPoolExecutor(
            processes, mp_context=context, initializer=begin_process, initargs=given
        )
        sweep: Callable[[Sequence[SealedCustomer]], Swept] = sweep_page
    else:
        sweep = (await asyncio.to_thread(Sweeper, *given)).sweep
        executor = ThreadPoolExecutor(1)
    try:
        yield lambda page: loop.run_in_executor(executor, sweep, page)
    finally:
        await asyncio.to_thread(executor.shutdown, cancel_futures=True)
