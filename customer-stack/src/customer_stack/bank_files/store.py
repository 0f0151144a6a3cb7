"""Every query of messages from banks, on the transaction it is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from customer_stack.bank_files.domain.records import ImportedFile, Outcome, StoredEntry
from customer_stack.bank_files.domain.values import (
    BankEntry,
    BankMessage,
    Direction,
    Meaning,
    MessageKind,
    meaning_of,
)
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """An entry with an id, and what may name people encrypted."""

    id: UUID
    entry: BankEntry
    remittance_sealed: bytes
    counterparty_sealed: bytes


_FILE = (
    "SELECT f.id, f.kind, f.message_id, f.imported_by, f.imported_at, "
    "(SELECT count(*)::integer FROM bank_file_entry e WHERE e.file_id = f.id) AS entries, "
    "(SELECT count(*)::integer FROM bank_file_entry e JOIN bank_file_task t ON t.entry_id = e.id "
    " WHERE e.file_id = f.id) AS open FROM bank_file f"
)
_ENTRY = (
    "SELECT e.id, e.tenant_id, e.file_id, e.number, e.bank_reference, e.amount, e.direction, e.meaning, "
    "e.original_reference, e.payout_id, e.remittance_sealed, e.counterparty_sealed, e.booked_at, e.reason, "
    "o.outcome, o.problem FROM bank_file_entry e LEFT JOIN LATERAL (SELECT outcome, problem "
    " FROM bank_file_outcome WHERE entry_id = e.id ORDER BY number DESC LIMIT 1) o ON true"
)


async def insert_file(
    tx: Transaction,
    file: ImportedFile,
    message: BankMessage,
    digest: bytes,
    entries: Sequence[SealedEntry],
    tenant_id: UUID,
) -> bool:
    """Keep a message with its entries and the wish to apply them; False when it was taken before."""
    kept = await tx.fetch_value(
        "INSERT INTO bank_file (tenant_id, id, kind, message_id, digest, opening, closing, imported_by, "
        "imported_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
        "ON CONFLICT ON CONSTRAINT bank_file_once DO NOTHING RETURNING true",
        tenant_id,
        file.id,
        file.kind,
        file.message_id,
        digest,
        message.opening,
        message.closing,
        file.imported_by,
        file.imported_at,
    )
    if not kept:
        return False
    await tx.execute(
        "INSERT INTO bank_file_entry (tenant_id, file_id, id, number, bank_reference, amount, direction, "
        "meaning, original_reference, payout_id, remittance_sealed, counterparty_sealed, booked_at, reason) "
        "SELECT $1, $2, * FROM unnest($3::uuid[], $4::integer[], $5::text[], $6::bigint[], "
        "$7::bank_file_direction[], $8::bank_file_meaning[], $9::text[], $10::uuid[], $11::bytea[], "
        "$12::bytea[], $13::timestamptz[], $14::text[])",
        tenant_id,
        file.id,
        [one.id for one in entries],
        [one.entry.number for one in entries],
        [one.entry.bank_reference for one in entries],
        [one.entry.amount for one in entries],
        [one.entry.direction.value for one in entries],
        [meaning_of(one.entry).value for one in entries],
        [one.entry.original_reference for one in entries],
        [one.entry.payout_id for one in entries],
        [one.remittance_sealed for one in entries],
        [one.counterparty_sealed for one in entries],
        [one.entry.booked_at for one in entries],
        [one.entry.reason for one in entries],
    )
    await tx.execute(
        "INSERT INTO bank_file_task (tenant_id, entry_id, attempts, due_at) "
        "SELECT $1, unnest($2::uuid[]), 0, $3",
        tenant_id,
        [one.id for one in entries],
        file.imported_at,
    )
    return True


async def find_file(tx: Transaction, message_id: str) -> tuple[UUID, bytes] | None:
    """Return the id and the digest of a message that was taken."""
    row = await tx.fetch_row("SELECT id, digest FROM bank_file WHERE message_id = $1", message_id)
    return None if row is None else (row["id"], row["digest"])


async def load_known_references(
    tx: Transaction, references: Sequence[str]
) -> Mapping[str, tuple[int, Direction, Meaning]]:
    """Return amount, direction and meaning of bank references that earlier files brought."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (bank_reference) bank_reference, amount, direction, meaning "
        "FROM bank_file_entry WHERE bank_reference = ANY ($1::text[]) ORDER BY bank_reference, id",
        list(references),
    )
    return {
        row["bank_reference"]: (row["amount"], Direction(row["direction"]), Meaning(row["meaning"]))
        for row in rows
    }


async def renew_held(tx: Transaction, file_id: UUID, now: datetime) -> None:
    """Give the entries of a file new attempts that are held, or name a payout that was not there."""
    await tx.execute(
        "INSERT INTO bank_file_task (tenant_id, entry_id, attempts, due_at) "
        "SELECT e.tenant_id, e.id, 0, $2 FROM bank_file_entry e WHERE e.file_id = $1 AND "
        " (SELECT outcome = 'held' OR outcome = 'unmatched' AND e.payout_id IS NOT NULL "
        "  FROM bank_file_outcome WHERE entry_id = e.id ORDER BY number DESC LIMIT 1) "
        "ON CONFLICT DO NOTHING",
        file_id,
        now,
    )


async def load_file(tx: Transaction, file_id: UUID) -> ImportedFile | None:
    """Return a file of the bound tenants."""
    row = await tx.fetch_row(f"{_FILE} WHERE f.id = $1", file_id)
    return None if row is None else ImportedFile(**{**dict(row), "kind": MessageKind(row["kind"])})


async def load_files(tx: Transaction, before: UUID | None, limit: int) -> tuple[ImportedFile, ...]:
    """Return files, newest first, below an id."""
    rows = await tx.fetch(
        f"{_FILE} WHERE ($1::uuid IS NULL OR f.id < $1) ORDER BY f.id DESC LIMIT $2", before, limit
    )
    return tuple(ImportedFile(**{**dict(row), "kind": MessageKind(row["kind"])}) for row in rows)


async def load_entries(
    tx: Transaction, file_id: UUID, outcome: Outcome | None, after: int, limit: int
) -> tuple[StoredEntry, ...]:
    """Return a file's entries as they stand in it, after a number; `outcome` None: all."""
    rows = await tx.fetch(
        f"{_ENTRY} WHERE e.file_id = $1 AND e.number > $2 "
        "AND ($3::text IS NULL OR o.outcome::text = $3) ORDER BY e.number LIMIT $4",
        file_id,
        after,
        outcome,
        limit,
    )
    return tuple(_read(row) for row in rows)


async def take_due(
    tx: Transaction, now: datetime, leased_until: datetime, limit: int
) -> tuple[tuple[StoredEntry, int], ...]:
    """Return entries to apply with the number of attempts, leased so that no other worker takes them."""
    rows = await tx.fetch(
        "WITH due AS (SELECT entry_id FROM bank_file_task WHERE due_at <= $1 ORDER BY due_at, entry_id "
        " LIMIT $3 FOR UPDATE SKIP LOCKED), "
        "taken AS (UPDATE bank_file_task t SET attempts = t.attempts + 1, due_at = $2 FROM due "
        " WHERE t.entry_id = due.entry_id RETURNING t.entry_id, t.attempts) "
        f"SELECT s.*, taken.attempts FROM taken JOIN ({_ENTRY}) s ON s.id = taken.entry_id ORDER BY s.id",
        now,
        leased_until,
        limit,
    )
    return tuple((_read(row), row["attempts"]) for row in rows)


async def postpone(tx: Transaction, entry_id: UUID, due_at: datetime) -> None:
    """Try an entry again later."""
    await tx.execute("UPDATE bank_file_task SET due_at = $2 WHERE entry_id = $1", entry_id, due_at)


async def finish(
    tx: Transaction, entry: StoredEntry, outcome: Outcome, problem: str | None, now: datetime
) -> None:
    """Say what became of an entry."""
    await tx.execute("DELETE FROM bank_file_task WHERE entry_id = $1", entry.id)
    await tx.execute(
        "INSERT INTO bank_file_outcome (tenant_id, entry_id, outcome, problem, ended_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        entry.tenant_id,
        entry.id,
        outcome,
        problem,
        now,
    )


def _read(row: asyncpg.Record) -> StoredEntry:
    fields: dict[str, Any] = {each.name: row[each.name] for each in dataclass_fields(StoredEntry)}
    return StoredEntry(
        **{
            **fields,
            "direction": Direction(fields["direction"]),
            "meaning": Meaning(fields["meaning"]),
            "outcome": None if fields["outcome"] is None else Outcome(fields["outcome"]),
        }
    )
