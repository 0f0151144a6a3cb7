"""Every query of words that people say, on the transaction it is given."""

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.settlement.domain.hand_words import HandOutcome, HandWord
from customer_stack.settlement.domain.states import Word
from shared.database import Transaction

_SAID: Final = (
    "SELECT h.*, d.outcome, d.decided_by, d.decided_at, m.digest FROM settlement_hand_word h "
    "LEFT JOIN settlement_message m ON m.id = h.message_id "
    "LEFT JOIN settlement_hand_decision d ON d.word_id = h.id"
)
MOST: Final = 200


async def insert(tx: Transaction, said: HandWord) -> None:
    """Keep what one person said, or the file that they brought."""
    await tx.execute(
        "INSERT INTO settlement_hand_word (tenant_id, id, settlement_id, word, amount, bank_reference, "
        "reason, break_id, proposed_by, proposed_at, message_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        said.tenant_id,
        said.id,
        said.settlement_id,
        said.word,
        said.amount,
        said.bank_reference,
        said.reason,
        said.break_id,
        said.proposed_by,
        said.proposed_at,
        said.message_id,
    )


async def insert_decision(
    tx: Transaction, said: HandWord, outcome: HandOutcome, staff_id: UUID, now: datetime
) -> None:
    """Keep what another person made of it."""
    await tx.execute(
        "INSERT INTO settlement_hand_decision (tenant_id, word_id, settlement_id, proposed_by, outcome, "
        "decided_by, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        said.tenant_id,
        said.id,
        said.settlement_id,
        said.proposed_by,
        outcome,
        staff_id,
        now,
    )


async def load(tx: Transaction, settlement_id: UUID, word_id: UUID) -> HandWord | None:
    """Return what was said of a settlement under an id."""
    row = await tx.fetch_row(f"{_SAID} WHERE h.id = $1 AND h.settlement_id = $2", word_id, settlement_id)
    return None if row is None else _read(row)


async def load_all(tx: Transaction, settlement_id: UUID) -> tuple[HandWord, ...]:
    """Return what people said of a settlement, newest first, the newest two hundred."""
    rows = await tx.fetch(
        f"{_SAID} WHERE h.settlement_id = $1 ORDER BY h.id DESC LIMIT $2", settlement_id, MOST
    )
    return tuple(_read(row) for row in rows)


async def load_waiting(tx: Transaction, by_hand_since: datetime, limit: int) -> list[tuple[bool, datetime]]:
    """Return the oldest words that nobody decided on: whether a file says them, and since when.

    Of those by hand the ones said after `by_hand_since`.
    """
    rows = await tx.fetch(
        "SELECT h.message_id IS NOT NULL AS is_file, h.proposed_at FROM settlement_hand_word h "
        "WHERE (h.message_id IS NOT NULL OR h.proposed_at > $1) "
        "AND NOT EXISTS (SELECT FROM settlement_hand_decision d WHERE d.word_id = h.id) "
        "ORDER BY h.proposed_at LIMIT $2",
        by_hand_since,
        limit,
    )
    return [(row["is_file"], row["proposed_at"]) for row in rows]


def _read(row: asyncpg.Record) -> HandWord:
    return HandWord(
        id=row["id"],
        tenant_id=row["tenant_id"],
        settlement_id=row["settlement_id"],
        word=Word(row["word"]),
        amount=row["amount"],
        bank_reference=row["bank_reference"],
        reason=row["reason"],
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        break_id=row["break_id"],
        outcome=None if row["outcome"] is None else HandOutcome(row["outcome"]),
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        message_id=row["message_id"],
        message_digest=row["digest"],
    )
