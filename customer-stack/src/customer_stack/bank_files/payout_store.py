"""Every query of payouts that go by file, on the transaction it is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from customer_stack.bank_files.domain.records import StoredBatch
from customer_stack.bank_files.domain.values import BatchRefusal
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class QueuedPayout:
    """A payout that waits for a file, or went with one."""

    payout_id: UUID
    tenant_id: UUID
    amount: int
    account_sealed: bytes = field(repr=False)
    reference_sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Words:
    """What the bank has said of a payout: its verdicts with reference and reason."""

    said: Mapping[str, tuple[str | None, str | None]]


async def insert_payout(tx: Transaction, payout: QueuedPayout, now: datetime) -> None:
    """Queue a payout for the next file; nothing when it was queued before."""
    await tx.execute(
        "INSERT INTO bank_file_payout (tenant_id, payout_id, amount, account_sealed, reference_sealed, "
        "queued_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        payout.tenant_id,
        payout.payout_id,
        payout.amount,
        payout.account_sealed,
        payout.reference_sealed,
        now,
    )


async def load_waiting(tx: Transaction, limit: int) -> tuple[QueuedPayout, ...]:
    """Return payouts that are in no file, oldest first. Under the lock of the department's book.

    One that a debit of our account names went with a file that a restore has lost: it goes with no other,
    whatever the amount. A credit says nothing: whoever pays in chooses what it names.
    """
    rows = await tx.fetch(
        "SELECT payout_id, tenant_id, amount, account_sealed, reference_sealed FROM bank_file_payout p "
        "WHERE NOT EXISTS (SELECT FROM bank_file_batch_payout b WHERE b.payout_id = p.payout_id) "
        "AND NOT EXISTS (SELECT FROM bank_file_entry e WHERE e.payout_id = p.payout_id "
        "  AND e.meaning = 'payout_paid') ORDER BY payout_id LIMIT $1",
        limit,
    )
    return tuple(QueuedPayout(**dict(row)) for row in rows)


async def load_left_out(tx: Transaction, limit: int) -> tuple[UUID, ...]:
    """Return payouts that went with a file that a restore has lost and that nobody ended, oldest first."""
    rows = await tx.fetch(
        "SELECT payout_id FROM bank_file_payout p "
        "WHERE NOT EXISTS (SELECT FROM bank_file_batch_payout b WHERE b.payout_id = p.payout_id) "
        "AND NOT EXISTS (SELECT FROM bank_file_answer a WHERE a.payout_id = p.payout_id) "
        "AND EXISTS (SELECT FROM bank_file_entry e WHERE e.payout_id = p.payout_id "
        "  AND e.meaning = 'payout_paid') ORDER BY payout_id LIMIT $1",
        limit,
    )
    return tuple(row["payout_id"] for row in rows)


async def load_batch_payouts(tx: Transaction, batch_id: UUID) -> tuple[QueuedPayout, ...]:
    """Return the payouts of a file in their order."""
    rows = await tx.fetch(
        "SELECT p.payout_id, p.tenant_id, p.amount, p.account_sealed, p.reference_sealed "
        "FROM bank_file_batch_payout b JOIN bank_file_payout p USING (payout_id) "
        "WHERE b.batch_id = $1 ORDER BY b.number",
        batch_id,
    )
    return tuple(QueuedPayout(**dict(row)) for row in rows)


async def insert_batch(tx: Transaction, batch: StoredBatch, payout_ids: Sequence[UUID]) -> None:
    """Keep a file. A payout that stands in one already is a unique violation."""
    await tx.execute(
        "INSERT INTO bank_file_batch (id, tenant_id, pay_on, transfers, control_sum, digest, made_by, "
        "made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        batch.id,
        batch.tenant_id,
        batch.pay_on,
        batch.transfers,
        batch.control_sum,
        batch.digest,
        batch.made_by,
        batch.made_at,
    )
    await tx.execute(
        "INSERT INTO bank_file_batch_payout (tenant_id, batch_id, payout_id, number) "
        "SELECT $1, $2, payout_id, number FROM unnest($3::uuid[]) WITH ORDINALITY AS u (payout_id, number)",
        batch.tenant_id,
        batch.id,
        list(payout_ids),
    )


async def load_batch(tx: Transaction, batch_id: UUID) -> StoredBatch | None:
    """Return a file that was made."""
    row = await tx.fetch_row("SELECT * FROM bank_file_batch WHERE id = $1", batch_id)
    return None if row is None else StoredBatch(**dict(row))


async def load_batches(tx: Transaction, before: UUID | None, limit: int) -> tuple[StoredBatch, ...]:
    """Return files that were made, newest first, below an id."""
    rows = await tx.fetch(
        "SELECT * FROM bank_file_batch WHERE ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2",
        before,
        limit,
    )
    return tuple(StoredBatch(**dict(row)) for row in rows)


async def load_amount(tx: Transaction, payout_id: UUID) -> int | None:
    """Return the LKR cents of a payout that goes by file; None when there is no such payout."""
    amount: int | None = await tx.fetch_value(
        "SELECT amount FROM bank_file_payout WHERE payout_id = $1", payout_id
    )
    return amount


async def load_refused_payouts(tx: Transaction, refusal: BatchRefusal) -> tuple[UUID, ...]:
    """Return the payouts of a refused file that have no word of their own in the report."""
    if len(refusal.message_id) != len(UUID(int=0).hex):
        return ()
    rows = await tx.fetch(
        "SELECT payout_id FROM bank_file_batch_payout "
        "WHERE replace(batch_id::text, '-', '') = $1 AND payout_id <> ALL ($2::uuid[]) ORDER BY payout_id",
        refusal.message_id.lower(),
        list(refusal.besides),
    )
    return tuple(row["payout_id"] for row in rows)


async def insert_answer(
    tx: Transaction,
    payout_id: UUID,
    verdict: str,
    bank_reference: str | None,
    reason: str | None,
    *,
    file_id: UUID,
    now: datetime,
    is_booked: bool,
) -> bool:
    """Keep an explicit word about a payout; False where it changes nothing.

    `is_booked`: the account shows it. Any other word counts only of a payout that went with a file of ours.
    """
    kept = await tx.fetch_value(
        "INSERT INTO bank_file_answer (tenant_id, payout_id, verdict, bank_reference, reason, file_id, "
        "answered_at) SELECT tenant_id, payout_id, $2, $3, $4, $5, $6 FROM bank_file_payout p "
        "WHERE payout_id = $1 AND ($7 OR EXISTS (SELECT FROM bank_file_batch_payout b "
        " WHERE b.payout_id = p.payout_id)) ON CONFLICT DO NOTHING RETURNING true",
        payout_id,
        verdict,
        bank_reference,
        reason,
        file_id,
        now,
        is_booked,
    )
    return bool(kept)


async def load_words(tx: Transaction, payout_id: UUID) -> Words:
    """Return what the bank has said of a payout."""
    rows = await tx.fetch(
        "SELECT verdict, bank_reference, reason FROM bank_file_answer WHERE payout_id = $1", payout_id
    )
    return Words({row["verdict"]: (row["bank_reference"], row["reason"]) for row in rows})


async def load_answered(tx: Transaction, file_id: UUID) -> tuple[UUID, ...]:
    """Return the payouts about which a file said something that counts."""
    rows = await tx.fetch(
        "SELECT DISTINCT payout_id FROM bank_file_answer WHERE file_id = $1 ORDER BY payout_id", file_id
    )
    return tuple(row["payout_id"] for row in rows)
