"""Lists as they were taken, read back from the database: entries of a version, fingerprints, a delta.

Read in pages, decoded on a thread; what is read must have the digest that was stored with it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from customer_stack.screening.domain.versions import Change, EntryChange, Lists, Version
from customer_stack.screening.errors import ListsMissing
from customer_stack.screening.lists.entry import ListEntry, WatchList
from customer_stack.screening.lists.stored import digest_contents, read_entry
from customer_stack.screening.store import versions as store
from shared.database import Database, Transaction
from shared.errors import invariant

PAGE: Final = 5_000

_LoadPage = Callable[[Transaction, str, int, str, int], Coroutine[Any, Any, list[tuple[str, bytes | None]]]]


class StoredLists:
    """Reads lists from a database."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def load_number(self) -> int:
        """Return the number of the newest version of any list."""
        async with self._database.transaction() as tx:
            return await store.load_number(tx)

    async def load(self, required: frozenset[str]) -> Lists:
        """Return all lists as they count now. Raises ListsMissing when one of `required` was never taken."""
        async with self._database.transaction() as tx:
            versions = await store.load_current(tx)
        if missing := sorted(required - {version.source for version in versions}):
            raise ListsMissing(f"{', '.join(missing)} was never taken. Import it, or look at its refusals.")
        newest = max(versions, key=lambda version: version.number)
        lists = [await self._load_list(version, newest.number) for version in versions]
        return Lists(newest.number, newest.lists_version, tuple(lists))

    async def _load_list(self, version: Version, number: int) -> WatchList:
        pages = await self._load_pages(store.load_contents, version.source, number)
        entries = await asyncio.to_thread(_decode, pages)
        prints = {entry.id: entry.fingerprint() for entry in entries}
        invariant(digest_contents(prints) == version.contents, "a stored list is what was stored")
        return WatchList(version.source, version.version, tuple(entries))

    async def load_fingerprints(self, source: str, number: int) -> dict[str, bytes]:
        """Return entry id -> fingerprint of a list at a number."""
        found: dict[str, bytes] = {}
        for page in await self._load_pages(store.load_fingerprints, source, number):
            found.update((key, value) for key, value in page if value is not None)
        return found

    async def load_delta(self, since: int, number: int) -> tuple[Change, ...]:
        """Return what became of each entry after `since` and up to `number`."""
        changes: list[EntryChange] = []
        while True:
            after = (changes[-1].source, changes[-1].entry_id) if changes else None
            async with self._database.transaction() as tx:
                page = await store.load_changes(tx, since, number, after, PAGE)
            changes += page
            if len(page) < PAGE:
                return await asyncio.to_thread(_decode_changes, changes)

    async def _load_pages(
        self, load: _LoadPage, source: str, number: int
    ) -> list[list[tuple[str, bytes | None]]]:
        pages: list[list[tuple[str, bytes | None]]] = []
        after = ""
        while True:
            async with self._database.transaction() as tx:
                page = await load(tx, source, number, after, PAGE)
            pages.append(page)
            if len(page) < PAGE:
                return pages
            after = page[-1][0]


def _decode(pages: list[list[tuple[str, bytes | None]]]) -> list[ListEntry]:
    return [read_entry(content) for page in pages for _, content in page if content is not None]


def _decode_changes(changes: list[EntryChange]) -> tuple[Change, ...]:
    return tuple(
        Change(
            change.source,
            change.entry_id,
            None if change.content is None else read_entry(change.content),
            change.change == "added",
        )
        for change in changes
    )
