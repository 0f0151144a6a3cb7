"""Queries on versions of lists, what each changed, and what came of every look at a list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.screening.domain.versions import Check, CheckOutcome, EntryChange, Version
from customer_stack.screening.lists.delta import Delta
from customer_stack.screening.lists.entry import ListEntry
from customer_stack.screening.lists.stored import write_entry
from shared.database import Transaction

_LOCK: Final = 0x6C697374
_CHUNK: Final = 2_000
_VERSION: Final = (
    "number, source, version, lists_version, contents, entries, names, added, changed, removed, origin, "
    "published_at, fetched_at, stored_at"
)


async def lock_versions(tx: Transaction) -> None:
    """Let one version be taken at a time, until the end of `tx`."""
    await tx.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")


async def load_number(tx: Transaction) -> int:
    """Return the number of the newest version of any list; 0 when there is none."""
    number: int = await tx.fetch_value("SELECT coalesce(max(number), 0) FROM screening_version")
    return number


async def load_current(tx: Transaction, number: int | None = None) -> list[Version]:
    """Return of each list the version that counts, now or at a number, by name of the list."""
    rows = await tx.fetch(
        f"SELECT DISTINCT ON (source) {_VERSION} FROM screening_version "
        "WHERE $1::integer IS NULL OR number <= $1 ORDER BY source, number DESC",
        number,
    )
    return [Version(*row) for row in rows]


async def load_version(tx: Transaction, number: int) -> Version | None:
    """Return a version by its number."""
    row = await tx.fetch_row(f"SELECT {_VERSION} FROM screening_version WHERE number = $1", number)
    return None if row is None else Version(*row)


async def load_versions(tx: Transaction, source: str | None, before: int | None, limit: int) -> list[Version]:
    """Return versions below a number, newest first."""
    rows = await tx.fetch(
        f"SELECT {_VERSION} FROM screening_version WHERE ($1::text IS NULL OR source = $1) "
        "AND ($2::integer IS NULL OR number < $2) ORDER BY number DESC LIMIT $3",
        source,
        before,
        limit,
    )
    return [Version(*row) for row in rows]


async def insert_version(tx: Transaction, version: Version, delta: Delta) -> None:
    """Keep a version with all that it changed."""
    await tx.execute(
        f"INSERT INTO screening_version ({_VERSION}) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        version.number,
        version.source,
        version.version,
        version.lists_version,
        version.contents,
        version.entries,
        version.names,
        version.added,
        version.changed,
        version.removed,
        version.origin,
        version.published_at,
        version.fetched_at,
        version.stored_at,
    )
    for kind, entries in (("added", delta.added), ("changed", delta.changed)):
        for start in range(0, len(entries), _CHUNK):
            await _insert_entries(tx, version, kind, entries[start : start + _CHUNK])
    await tx.execute(
        "INSERT INTO screening_entry_change (source, entry_id, number, change) "
        "SELECT $1, e.id, $2, 'removed' FROM unnest($3::text[]) AS e (id)",
        version.source,
        version.number,
        list(delta.removed),
    )


async def _insert_entries(tx: Transaction, version: Version, kind: str, entries: Sequence[ListEntry]) -> None:
    await tx.execute(
        "INSERT INTO screening_entry_change (source, entry_id, number, change, fingerprint, content) "
        "SELECT $1, e.id, $2, $3::screening_change, e.fingerprint, e.content "
        "FROM unnest($4::text[], $5::bytea[], $6::bytea[]) AS e (id, fingerprint, content)",
        version.source,
        version.number,
        kind,
        [entry.id for entry in entries],
        [entry.fingerprint() for entry in entries],
        [write_entry(entry) for entry in entries],
    )


async def load_fingerprints(
    tx: Transaction, source: str, number: int, after: str, limit: int
) -> list[tuple[str, bytes | None]]:
    """Return entry id and fingerprint of a list at a number, in order of ids; None: it is gone by then."""
    return [
        (row["entry_id"], row["fingerprint"])
        for row in await _load_entries(tx, "fingerprint", source, number, after, limit)
    ]


async def load_contents(
    tx: Transaction, source: str, number: int, after: str, limit: int
) -> list[tuple[str, bytes | None]]:
    """Return entry id and content of a list at a number, in order of ids; None: it is gone by then."""
    return [
        (row["entry_id"], row["content"])
        for row in await _load_entries(tx, "content", source, number, after, limit)
    ]


async def _load_entries(
    tx: Transaction, column: str, source: str, number: int, after: str, limit: int
) -> list[asyncpg.Record]:
    return await tx.fetch(
        f"SELECT DISTINCT ON (entry_id) entry_id, {column} FROM screening_entry_change "
        "WHERE source = $1 AND number <= $2 AND entry_id > $3 ORDER BY entry_id, number DESC LIMIT $4",
        source,
        number,
        after,
        limit,
    )


async def load_changes(
    tx: Transaction, since: int, number: int, after: tuple[str, str] | None, limit: int
) -> list[EntryChange]:
    """Return the newest change of each entry between two numbers, the first excluded, by list and entry."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (source, entry_id) number, source, entry_id, change, content "
        "FROM screening_entry_change WHERE number > $1 AND number <= $2 "
        "AND ($3::text IS NULL OR (source, entry_id) > ($3, $4)) "
        "ORDER BY source, entry_id, number DESC LIMIT $5",
        since,
        number,
        None if after is None else after[0],
        None if after is None else after[1],
        limit,
    )
    return [EntryChange(*row) for row in rows]


async def load_entry(tx: Transaction, source: str, entry_id: str, number: int) -> bytes | None:
    """Return an entry as a list had it at a number; None when it had none."""
    content: bytes | None = await tx.fetch_value(
        "SELECT content FROM screening_entry_change WHERE source = $1 AND entry_id = $2 AND number <= $3 "
        "ORDER BY number DESC LIMIT 1",
        source,
        entry_id,
        number,
    )
    return content


async def insert_check(tx: Transaction, check: Check) -> None:
    """Keep what came of a look at a list."""
    await tx.execute(
        "INSERT INTO screening_check (id, source, outcome, reason, origin, at, number) "
        "VALUES ($1, $2, $3::screening_check_outcome, $4, $5, $6, $7)",
        check.id,
        check.source,
        check.outcome.value,
        check.reason,
        check.origin,
        check.at,
        check.number,
    )


async def load_checks(
    tx: Transaction, source: str | None, outcome: CheckOutcome | None, before: UUID | None, limit: int
) -> list[Check]:
    """Return looks at lists, newest first, below an id."""
    rows = await tx.fetch(
        "SELECT id, source, outcome, reason, origin, at, number FROM screening_check "
        "WHERE ($1::text IS NULL OR source = $1) "
        "AND ($2::screening_check_outcome IS NULL OR outcome = $2) "
        "AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4",
        source,
        None if outcome is None else outcome.value,
        before,
        limit,
    )
    return [Check(row[0], row[1], CheckOutcome(row[2]), *row[3:]) for row in rows]


async def load_last_good(tx: Transaction) -> dict[str, datetime]:
    """Return when each list was last seen whole."""
    rows = await tx.fetch(
        "SELECT v.source, g.at FROM (SELECT DISTINCT source FROM screening_version) v "
        "CROSS JOIN LATERAL (SELECT at FROM screening_check c WHERE c.source = v.source "
        "AND c.outcome IN ('taken', 'unchanged') ORDER BY c.id DESC LIMIT 1) g"
    )
    return {row["source"]: row["at"] for row in rows}
