"""Use case of taking lists: fetch, read whole, compare with the last good one, keep version and delta.

Fetching and reading happen outside any transaction; a version is kept in one, under a lock, if the list is
still the one that it was compared with. Whatever goes wrong is kept with its reason, and the last good
version counts.

Guaranteed:
- a version is there with its whole delta, or not at all;
- the same bytes again change nothing but the time at which the list was last seen whole;
- a list that lost a fifth of its entries is refused unless a person says that it is right.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import structlog
from prometheus_client import Counter, Gauge

from customer_stack.screening.domain.versions import Check, CheckOutcome, Version
from customer_stack.screening.errors import ListNotTaken
from customer_stack.screening.lists.delta import compare_fingerprints, require_plausible
from customer_stack.screening.lists.entry import WatchList, combine_versions
from customer_stack.screening.lists.errors import ListRefused
from customer_stack.screening.lists.publications import PUBLICATIONS
from customer_stack.screening.lists.stored import digest_contents
from customer_stack.screening.providers.contract import Download, ListSource, ListUnreachable
from customer_stack.screening.providers.folder import PackagedSource
from customer_stack.screening.service.loading import StoredLists
from customer_stack.screening.store import versions as store
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import HOUSE_TENANT, Ids

ATTEMPTS: Final = 3
LONGEST_ID: Final = 160
_LONGEST_REASON: Final = 500

_log = structlog.get_logger(__name__)
_checks = Counter("screening_list_checks", "Looks at lists, by what came of them.", ("source", "outcome"))
_age = Gauge("screening_list_age_seconds", "Since a list was last seen whole.", ("source",))
_entries = Gauge("screening_list_entries", "Entries of the version that counts.", ("source",))


class _Overtaken(Exception):
    """Another version was taken while this one was compared."""


class ListImports:
    """Takes lists from where they are published."""

    def __init__(self, database: Database, sources: Mapping[str, ListSource], clock: Clock, ids: Ids) -> None:
        """Keep lists in `database`; `sources` by name of the list are what `take_all` looks at."""
        self._database = database
        self._stored = StoredLists(database)
        self._sources = sources
        self._clock = clock
        self._ids = ids

    @property
    def required(self) -> frozenset[str]:
        """Return the lists without which nobody is screened."""
        return frozenset(self._sources)

    async def take_all(self) -> tuple[Check, ...]:
        """Look at every configured list once, one after the other."""
        done = [await self.take(name, source) for name, source in self._sources.items()]
        await self.show_ages()
        return tuple(done)

    async def take_packaged(self) -> None:
        """Take what comes with the package where it was never taken, so that a sandbox needs no import."""
        async with self._database.transaction() as tx:
            there = {version.source for version in await store.load_current(tx)}
        for name, source in self._sources.items():
            if name not in there and isinstance(source, PackagedSource):
                await self.take(name, source)

    async def take(self, name: str, source: ListSource, *, may_shrink: bool = False) -> Check:
        """Look at one list and keep what came of it."""
        at = self._clock.now()
        try:
            download = await source.fetch(PUBLICATIONS[name].files)
            read = await asyncio.to_thread(_read, name, download.files)
            check = await self._keep(read, source.origin, download, at, may_shrink=may_shrink)
        except (ListRefused, ListUnreachable) as problem:
            refused = isinstance(problem, ListRefused)
            outcome = CheckOutcome.REFUSED if refused else CheckOutcome.UNREACHABLE
            check = await self._note(name, source.origin, outcome, str(problem), at)
            _log.error("screening.list_not_taken", list=name, outcome=outcome.value, reason=check.reason)
        _checks.labels(name, check.outcome.value).inc()
        return check

    async def require(self, name: str, source: ListSource, *, may_shrink: bool) -> Check:
        """Do the same for a person who waits. Raises ListNotTaken."""
        check = await self.take(name, source, may_shrink=may_shrink)
        if check.reason is not None:
            raise ListNotTaken(f"{name} was not taken: {check.reason}. The last good one stays.")
        return check

    async def _keep(
        self, read: WatchList, origin: str, download: Download, at: datetime, *, may_shrink: bool
    ) -> Check:
        for _ in range(ATTEMPTS):
            try:
                return await self._try_to_keep(read, origin, download, at, may_shrink=may_shrink)
            except _Overtaken:
                continue
        raise ListUnreachable("other versions of the list were taken meanwhile, again and again")

    async def _try_to_keep(
        self, read: WatchList, origin: str, download: Download, at: datetime, *, may_shrink: bool
    ) -> Check:
        async with self._database.transaction() as tx:
            before = _of(await store.load_current(tx), read.source)
        if before is not None and before.version == read.version:
            return await self._note(read.source, origin, CheckOutcome.UNCHANGED, None, at, before.number)
        known = {} if before is None else await self._stored.load_fingerprints(read.source, before.number)
        if not may_shrink:
            require_plausible(len(known), read)
        delta, contents = await asyncio.to_thread(
            lambda: (
                compare_fingerprints(known, read),
                digest_contents({entry.id: entry.fingerprint() for entry in read.entries}),
            )
        )
        async with self._database.transaction(HOUSE_TENANT) as tx:
            await store.lock_versions(tx)
            current = await store.load_current(tx)
            if _number(_of(current, read.source)) != _number(before):
                raise _Overtaken
            version = Version(
                number=await store.load_number(tx) + 1,
                source=read.source,
                version=read.version,
                lists_version=_combine(current, read),
                contents=contents,
                entries=len(read.entries),
                names=sum(len(entry.names) for entry in read.entries),
                added=len(delta.added),
                changed=len(delta.changed),
                removed=len(delta.removed),
                origin=origin,
                published_at=download.published_at,
                fetched_at=at,
                stored_at=self._clock.now(),
            )
            await store.insert_version(tx, version, delta)
            check = Check(self._ids.new(), read.source, CheckOutcome.TAKEN, None, origin, at, version.number)
            await store.insert_check(tx, check)
            await self._audit(tx, check, version)
        _log.info("screening.list_taken", list=read.source, number=version.number, added=version.added)
        return check

    async def _note(
        self,
        name: str,
        origin: str,
        outcome: CheckOutcome,
        reason: str | None,
        at: datetime,
        number: int | None = None,
    ) -> Check:
        short = None if reason is None else reason[:_LONGEST_REASON]
        check = Check(self._ids.new(), name, outcome, short, origin, at, number)
        async with self._database.transaction(HOUSE_TENANT) as tx:
            await store.insert_check(tx, check)
            if reason is not None:
                await self._audit(tx, check, None)
        return check

    async def _audit(self, tx: Transaction, check: Check, version: Version | None) -> None:
        body: dict[str, Any] = {"list": check.source, "origin": check.origin}
        if version is None:
            body["reason"] = check.reason
        else:
            body |= {
                "number": version.number,
                "version": version.version.hex(),
                "added": version.added,
                "changed": version.changed,
                "removed": version.removed,
            }
        kind = f"screening.list_{check.outcome.value}"
        await append(tx, [AuditRecord(HOUSE_TENANT, kind, body, check.at, "system")])

    async def show_ages(self) -> None:
        """Let the metrics say how old the last good versions are; infinitely, of a list that never came."""
        async with self._database.transaction() as tx:
            good, current = await store.load_last_good(tx), await store.load_current(tx)
        now = self._clock.now()
        for name in {*self._sources, *good}:
            _age.labels(name).set((now - good[name]).total_seconds() if name in good else float("inf"))
        for version in current:
            _entries.labels(version.source).set(version.entries)


def _read(name: str, files: Mapping[str, bytes]) -> WatchList:
    read = PUBLICATIONS[name].read(files)
    if any(len(entry.id) > LONGEST_ID for entry in read.entries):
        raise ListRefused(f"{name} has an entry with an id of more than {LONGEST_ID} signs")
    return read


def _of(versions: list[Version], source: str) -> Version | None:
    return next((version for version in versions if version.source == source), None)


def _number(version: Version | None) -> int:
    return 0 if version is None else version.number


def _combine(current: list[Version], read: WatchList) -> bytes:
    """Return the version of all lists together once `read` counts."""
    others = [
        WatchList(version.source, version.version, ()) for version in current if version.source != read.source
    ]
    return combine_versions([*others, read])
