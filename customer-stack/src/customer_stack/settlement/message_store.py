"""Every query of messages about our USD account, on the transaction it is given."""

from typing import Any
from uuid import UUID

from customer_stack.bank_files.domain.values import MessageKind
from customer_stack.settlement.domain.messages import AppliedEntry, EntryOutcome, ImportedMessage
from shared.database import Transaction


async def find_message(tx: Transaction, message_id: str) -> tuple[UUID, bytes] | None:
    """Return id and digest of a message that was taken."""
    row = await tx.fetch_row("SELECT id, digest FROM settlement_message WHERE message_id = $1", message_id)
    return None if row is None else (row["id"], row["digest"])


async def insert_message(tx: Transaction, tenant_id: UUID, taken: ImportedMessage, digest: bytes) -> None:
    """Keep a message with what became of everything that it told."""
    await tx.execute(
        "INSERT INTO settlement_message (tenant_id, id, kind, message_id, digest, imported_by, imported_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        tenant_id,
        taken.id,
        taken.kind,
        taken.message_id,
        digest,
        taken.imported_by,
        taken.imported_at,
    )
    await tx.execute(
        "INSERT INTO settlement_message_entry (tenant_id, message_id, number, settlement_id, bank_reference, "
        "amount, is_credit, outcome, problem) SELECT $1, $2, * FROM unnest($3::integer[], $4::uuid[], "
        "$5::text[], $6::bigint[], $7::boolean[], $8::settlement_entry_outcome[], $9::text[])",
        tenant_id,
        taken.id,
        [each.number for each in taken.entries],
        [each.settlement_id for each in taken.entries],
        [each.bank_reference for each in taken.entries],
        [each.amount for each in taken.entries],
        [each.is_credit for each in taken.entries],
        [each.outcome.value for each in taken.entries],
        [each.problem for each in taken.entries],
    )


async def load_message(tx: Transaction, message_id: UUID) -> ImportedMessage:
    """Return a message that was taken."""
    head: Any = await tx.fetch_row(
        "SELECT id, kind, message_id, imported_by, imported_at FROM settlement_message WHERE id = $1",
        message_id,
    )
    rows = await tx.fetch(
        "SELECT number, settlement_id, bank_reference, amount, is_credit, outcome, problem "
        "FROM settlement_message_entry WHERE message_id = $1 ORDER BY number",
        message_id,
    )
    entries = tuple(AppliedEntry(**{**dict(row), "outcome": EntryOutcome(row["outcome"])}) for row in rows)
    return ImportedMessage(**{**dict(head), "kind": MessageKind(head["kind"])}, entries=entries)
