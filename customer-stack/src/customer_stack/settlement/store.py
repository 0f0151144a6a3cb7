"""Every query of settlement, on the transaction it is given."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from customer_stack.ledger.domain import Account
from customer_stack.settlement.domain.instruction import (
    BankAccount,
    Direction,
    Instruction,
    Line,
    Previous,
    Route,
    Totals,
)
from customer_stack.settlement.domain.states import BankWord, Settlement, State, Word
from shared.database import Transaction
from shared.ledger.domain import USD

_NAMES: Final = (
    "cost_of_buys",
    "proceeds",
    "fees",
    "payouts",
    "reversed_costs",
    "reversed_proceeds",
    "reversed_fees",
    "reversed_payouts",
)
"""The columns of totals, in the order of `Totals`."""
_SUMS: Final = ", ".join(_NAMES)
_SETTLEMENT: Final = (
    "SELECT p.*, coalesce(v.outcome, d.outcome) AS outcome, coalesce(v.decided_by, d.decided_by) AS "
    "decided_by, coalesce(v.reason, d.reason) AS reason, coalesce(v.decided_at, d.decided_at) AS decided_at, "
    "s.method AS proof, r.released_by, r.released_at, r.transfer_id AS release_transfer_id, "
    "(SELECT jsonb_agg(to_jsonb(w) ORDER BY w.number) FROM settlement_bank_word w "
    "  WHERE w.settlement_id = p.id) AS words, "
    # A hold that nobody has resumed ends at no time that is known.
    "(SELECT coalesce(o.resumed_at + interval '1 day', timestamptz '9999-12-31 UTC') FROM audit_epoch e "
    "  LEFT JOIN outflow_resumption o ON o.epoch = e.epoch "
    "  WHERE e.epoch = (SELECT max(epoch) FROM audit_epoch) "
    "  AND p.proposed_at BETWEEN e.began_at - interval '7 days' AND e.began_at) AS kept_until "
    "FROM settlement_proposal p "
    "LEFT JOIN settlement_decision d ON d.settlement_id = p.id "
    "LEFT JOIN settlement_void v ON v.settlement_id = p.id "
    "LEFT JOIN signing_signature s ON s.id = d.signature_id "
    "LEFT JOIN settlement_release r ON r.settlement_id = p.id"
)


async def sum_owed(tx: Transaction) -> int:
    """Return what the visible tenant owes execution, from the ledger alone."""
    return int(
        await tx.fetch_value(
            "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_leg "
            "WHERE asset_id = $1 AND account = ANY($2::ledger_account[])",
            USD,
            [Account.EXECUTION, Account.EXCHANGE_FEES, Account.SETTLED],
        )
    )


async def load_previous(tx: Transaction) -> Previous:
    """Return where the visible tenant's last settlement that stands ended, and what is owed from before.

    What was opened again after that settlement was cut counts: of itself, and of those released before it.
    """
    row = await tx.fetch_row(
        "WITH standing AS (SELECT p.* FROM settlement_proposal p "
        "  JOIN settlement_release r ON r.settlement_id = p.id "
        "  WHERE NOT EXISTS (SELECT FROM settlement_bank_word w WHERE w.settlement_id = p.id "
        "    AND w.word IN ('refused', 'returned')) ORDER BY p.to_sequence DESC LIMIT 1) "
        "SELECT s.to_sequence, s.owed - CASE s.direction WHEN 'pay' THEN s.amount ELSE -s.amount END "
        "  + coalesce((SELECT sum(w.reopened) FROM settlement_bank_word w "
        "      JOIN settlement_release r ON r.settlement_id = w.settlement_id "
        "      WHERE w.place > s.place "
        "      AND (w.settlement_id = s.id OR r.place < s.place)), 0)::bigint AS rest "
        "FROM standing s"
    )
    return Previous() if row is None else Previous(row["to_sequence"], row["rest"])


async def load_pending(tx: Transaction) -> tuple[Settlement, ...]:
    """Return settlements of the visible tenant that are proposed, or approved and not released."""
    rows = await tx.fetch(
        f"{_SETTLEMENT} WHERE v.settlement_id IS NULL AND (d.outcome IS NULL "
        "OR (d.outcome = 'approved' AND r.settlement_id IS NULL))"
    )
    return tuple(_read(row) for row in rows)


async def load_in_transit(tx: Transaction, released_before: datetime, limit: int) -> tuple[Settlement, ...]:
    """Return what was released before a moment and is not wholly paid, oldest first."""
    rows = await tx.fetch(
        f"{_SETTLEMENT} WHERE r.released_at < $1 AND NOT EXISTS (SELECT FROM settlement_bank_word w "
        "  WHERE w.settlement_id = p.id AND w.word <> 'paid') "
        "AND p.amount > (SELECT coalesce(sum(w.amount), 0) FROM settlement_bank_word w "
        "  WHERE w.settlement_id = p.id) ORDER BY r.released_at LIMIT $2",
        released_before,
        limit,
    )
    return tuple(_read(row) for row in rows)


async def load_settlement(tx: Transaction, settlement_id: UUID) -> Settlement | None:
    """Return a settlement and what became of it."""
    row = await tx.fetch_row(f"{_SETTLEMENT} WHERE p.id = $1", settlement_id)
    return None if row is None else _read(row)


async def load_settlements(tx: Transaction, before: UUID | None, limit: int) -> tuple[Settlement, ...]:
    """Return settlements of the visible tenant, newest first, below an id."""
    rows = await tx.fetch(
        f"{_SETTLEMENT} WHERE $1::uuid IS NULL OR p.id < $1 ORDER BY p.id DESC LIMIT $2", before, limit
    )
    return tuple(_read(row) for row in rows)


async def load_lines(
    tx: Transaction, settlement_id: UUID, after: UUID | None = None, limit: int | None = None
) -> tuple[Line, ...]:
    """Return a period's lines in customer order, after a customer; `limit` None: all."""
    rows = await tx.fetch(
        f"SELECT customer_id, {_SUMS} FROM settlement_line WHERE settlement_id = $1 "
        "AND ($2::uuid IS NULL OR customer_id > $2) ORDER BY customer_id LIMIT $3",
        settlement_id,
        after,
        limit,
    )
    return tuple(Line(row["customer_id"], _totals(row)) for row in rows)


async def has_line(tx: Transaction, settlement_id: UUID, customer_id: UUID) -> bool:
    """Tell whether a period has a line of a customer."""
    found: bool = await tx.fetch_value(
        "SELECT EXISTS (SELECT FROM settlement_line WHERE settlement_id = $1 AND customer_id = $2)",
        settlement_id,
        customer_id,
    )
    return found


async def load_legs(
    tx: Transaction, book_id: UUID, movement_ids: Sequence[UUID]
) -> list[tuple[UUID, UUID, str, str, int]]:
    """Return what movements posted to what is owed: movement, transfer, kind, account, micro-dollars."""
    rows = await tx.fetch(
        "SELECT t.movement_id, t.id, t.kind, l.account, l.amount FROM ledger_transfer t "
        "JOIN ledger_leg l ON l.book_id = t.book_id AND l.transfer_id = t.id "
        "WHERE t.book_id = $1 AND t.movement_id = ANY ($2::uuid[]) AND l.asset_id = $3 "
        "AND l.account = ANY ($4::ledger_account[]) ORDER BY t.movement_id, t.id",
        book_id,
        list(movement_ids),
        USD,
        [Account.EXECUTION, Account.EXCHANGE_FEES],
    )
    return [tuple(row) for row in rows]


async def insert_proposal(tx: Transaction, instruction: Instruction, lines: tuple[Line, ...]) -> None:
    """Keep a proposal with its lines."""
    await tx.execute(
        "INSERT INTO settlement_proposal (id, tenant_id, department_id, after_sequence, to_sequence, "
        "direction, purpose_code, amount, owed, lines_digest, digest, proposed_by, proposed_at, valid_until, "
        f"route, {_SUMS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::jsonb, "
        "$16, $17, $18, $19, $20, $21, $22, $23)",
        instruction.id,
        instruction.tenant_id,
        instruction.department_id,
        instruction.after_sequence,
        instruction.to_sequence,
        instruction.direction,
        instruction.purpose_code,
        instruction.amount,
        instruction.owed,
        bytes.fromhex(instruction.lines_digest),
        instruction.digest,
        instruction.proposed_by,
        instruction.proposed_at,
        instruction.valid_until,
        None if instruction.route is None else json.dumps(instruction.route.document()),
        *(getattr(instruction.totals, name) for name in _NAMES),
    )
    await tx.execute(
        f"INSERT INTO settlement_line (tenant_id, settlement_id, customer_id, {_SUMS}) "
        "SELECT $1, $2, * FROM unnest($3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], "
        "$8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[])",
        instruction.tenant_id,
        instruction.id,
        [line.customer_id for line in lines],
        *([getattr(line.totals, name) for line in lines] for name in _NAMES),
    )


async def insert_approval(
    tx: Transaction, instruction: Instruction, staff_id: UUID, signature_id: UUID, now: datetime
) -> None:
    """Keep the approval of a proposal, with the signature of its digest."""
    await tx.execute(
        "INSERT INTO settlement_decision (tenant_id, settlement_id, proposed_by, outcome, decided_by, "
        "digest, signature_id, decided_at) VALUES ($1, $2, $3, 'approved', $4, $5, $6, $7)",
        instruction.tenant_id,
        instruction.id,
        instruction.proposed_by,
        staff_id,
        instruction.digest,
        signature_id,
        now,
    )


async def insert_end(
    tx: Transaction,
    settlement: Settlement,
    outcome: State,
    by: UUID | None,
    reason: str | None,
    now: datetime,
) -> None:
    """Keep the end of what is not released: its rejection (`by`, `reason`) or its expiry."""
    instruction = settlement.instruction
    if settlement.decision is State.APPROVED:
        await tx.execute(
            "INSERT INTO settlement_void (tenant_id, settlement_id, outcome, decided_by, reason, decided_at) "
            "VALUES ($1, $2, $3, $4, $5, $6)",
            instruction.tenant_id,
            instruction.id,
            outcome,
            by,
            reason,
            now,
        )
        return
    await tx.execute(
        "INSERT INTO settlement_decision (tenant_id, settlement_id, proposed_by, outcome, decided_by, "
        "reason, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        instruction.tenant_id,
        instruction.id,
        instruction.proposed_by,
        outcome,
        by,
        reason,
        now,
    )


async def insert_release(
    tx: Transaction, instruction: Instruction, released_by: UUID, transfer_id: UUID, now: datetime
) -> None:
    """Keep the one release of an approved settlement."""
    await tx.execute(
        "INSERT INTO settlement_release (tenant_id, settlement_id, released_by, transfer_id, released_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        instruction.tenant_id,
        instruction.id,
        released_by,
        transfer_id,
        now,
    )


async def insert_word(
    tx: Transaction,
    settlement: Settlement,
    word: BankWord,
    hand_word_id: UUID | None,
    message_id: UUID | None,
) -> bool:
    """Keep what the bank said; False when its reference was about something else before.

    `hand_word_id`: two people said so; `message_id`: the file that said it.
    """
    found = await tx.fetch_value(
        "INSERT INTO settlement_bank_word (tenant_id, settlement_id, number, word, amount, reopened, "
        "bank_reference, reason, said_by, said_at, hand_word_id, hand_outcome, message_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
        "ON CONFLICT ON CONSTRAINT settlement_bank_word_reference_once DO NOTHING RETURNING true",
        settlement.instruction.tenant_id,
        settlement.instruction.id,
        len(settlement.words) + 1,
        word.word,
        word.amount,
        word.reopened,
        word.bank_reference,
        word.reason,
        word.said_by,
        word.said_at,
        hand_word_id,
        None if hand_word_id is None else "approved",
        message_id,
    )
    return bool(found)


async def find_reference(tx: Transaction, bank_reference: str) -> UUID | None:
    """Return the settlement that a bank's reference was about."""
    found: UUID | None = await tx.fetch_value(
        "SELECT settlement_id FROM settlement_bank_word WHERE bank_reference = $1", bank_reference
    )
    return found


async def insert_late(tx: Transaction, tenant_id: UUID, settlement_id: UUID, now: datetime) -> bool:
    """Note that a payment is late; False when that was noted."""
    found = await tx.fetch_value(
        "INSERT INTO settlement_late (tenant_id, settlement_id, noticed_at) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING RETURNING true",
        tenant_id,
        settlement_id,
        now,
    )
    return bool(found)


async def load_last_record(tx: Transaction, settlement_id: UUID) -> tuple[int, bytes] | None:
    """Return number and digest of a settlement's newest signed record."""
    row = await tx.fetch_row(
        "SELECT number, digest FROM settlement_record WHERE settlement_id = $1 ORDER BY number DESC LIMIT 1",
        settlement_id,
    )
    return None if row is None else (row["number"], row["digest"])


async def insert_record(tx: Transaction, tenant_id: UUID, settlement_id: UUID, *fields: Any) -> None:
    """Keep a signed record: number, payload, digest, key id, signature."""
    await tx.execute(
        "INSERT INTO settlement_record (tenant_id, settlement_id, number, payload, digest, key_id, "
        "signature) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        tenant_id,
        settlement_id,
        *fields,
    )


async def load_records(
    tx: Transaction, settlement_id: UUID, after: int, limit: int
) -> list[tuple[int, bytes, bytes, bytes, bytes]]:
    """Return signed records after a number: number, payload, digest, key id, signature."""
    rows = await tx.fetch(
        "SELECT number, payload, digest, key_id, signature FROM settlement_record "
        "WHERE settlement_id = $1 AND number > $2 ORDER BY number LIMIT $3",
        settlement_id,
        after,
        limit,
    )
    return [tuple(row) for row in rows]


async def insert_files(
    tx: Transaction,
    tenant_id: UUID,
    settlement_id: UUID,
    files: Sequence[tuple[str, bytes, bytes | None]],
    now: datetime,
) -> None:
    """Keep the files of a release: kind, digest, bytes where they are kept."""
    await tx.execute(
        "INSERT INTO settlement_file (tenant_id, settlement_id, kind, digest, content, made_at) "
        "SELECT $1, $2, kind::settlement_file_kind, digest, content, $6 "
        "FROM unnest($3::text[], $4::bytea[], $5::bytea[]) AS f (kind, digest, content)",
        tenant_id,
        settlement_id,
        [kind for kind, _, _ in files],
        [digest for _, digest, _ in files],
        [content for _, _, content in files],
        now,
    )


async def load_files(tx: Transaction, settlement_id: UUID) -> dict[str, tuple[bytes, bytes | None]]:
    """Return the files of a release by kind: digest, bytes where they are kept."""
    rows = await tx.fetch(
        "SELECT kind, digest, content FROM settlement_file WHERE settlement_id = $1 ORDER BY kind",
        settlement_id,
    )
    return {row["kind"]: (row["digest"], row["content"]) for row in rows}


def _totals(row: asyncpg.Record) -> Totals:
    return Totals(*(row[name] for name in _NAMES))


def _route(text: str | None) -> Route | None:
    if text is None:
        return None
    sides = json.loads(text)
    return Route(BankAccount(**sides["ours"]), BankAccount(**sides["theirs"]))


def _words(text: str | None) -> tuple[BankWord, ...]:
    return tuple(
        BankWord(
            word=Word(each["word"]),
            amount=each["amount"],
            reopened=each["reopened"],
            bank_reference=each["bank_reference"],
            reason=each["reason"],
            said_by=each["said_by"],
            said_at=datetime.fromisoformat(each["said_at"]),
        )
        for each in json.loads(text or "[]")
    )


def _read(row: asyncpg.Record) -> Settlement:
    instruction = Instruction(
        id=row["id"],
        tenant_id=row["tenant_id"],
        department_id=row["department_id"],
        after_sequence=row["after_sequence"],
        to_sequence=row["to_sequence"],
        direction=Direction(row["direction"]),
        purpose_code=row["purpose_code"],
        amount=row["amount"],
        owed=row["owed"],
        totals=_totals(row),
        lines_digest=row["lines_digest"].hex(),
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        valid_until=row["valid_until"],
        route=_route(row["route"]),
    )
    return Settlement(
        instruction=instruction,
        digest=row["digest"],
        decision=None if row["outcome"] is None else State(row["outcome"]),
        decided_by=row["decided_by"],
        reason=row["reason"],
        decided_at=row["decided_at"],
        proof=row["proof"],
        released_by=row["released_by"],
        released_at=row["released_at"],
        release_transfer_id=row["release_transfer_id"],
        words=_words(row["words"]),
        kept_until=row["kept_until"],
    )
