"""Queries of payouts, of what the provider is to be asked, and of what it answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from uuid import UUID

import asyncpg

from customer_stack.payouts.domain.answers import PayoutAnswer
from customer_stack.payouts.domain.payouts import (
    HeldOutcome,
    Outcome,
    Payout,
    PayoutStanding,
    Purpose,
    Standing,
    TaskState,
)
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class Task:
    """A payout to ask the provider about now; `attempts` counts this one."""

    payout: Payout
    destination_sealed: bytes = field(repr=False)
    is_accepted: bool
    attempts: int


_STATE = (
    "CASE WHEN b.payout_id IS NOT NULL THEN 'returned' WHEN r.outcome IS NOT NULL THEN r.outcome::text "
    "WHEN h.payout_id IS NOT NULL AND e.payout_id IS NULL THEN 'held' "
    "WHEN t.state = 'to_send' THEN 'requested' ELSE 'sent' END"
)
_STANDING = (
    "SELECT p.*, t.state AS task, r.outcome, r.bank_reference, coalesce(b.reason, r.reason) AS reason, "
    "r.resolved_at, r.movement_id, r.fee_movement_id, b.return_reference, b.returned_at, "
    "h.payout_id IS NOT NULL AND e.payout_id IS NULL AS is_held, e.outcome AS held_end "
    "FROM payout_order p LEFT JOIN payout_task t ON t.payout_id = p.id "
    "LEFT JOIN payout_held h ON h.payout_id = p.id LEFT JOIN payout_held_end e ON e.payout_id = p.id "
    "LEFT JOIN payout_resolution r ON r.payout_id = p.id LEFT JOIN payout_return b ON b.payout_id = p.id"
)


async def insert_payout(tx: Transaction, payout: Payout, destination_sealed: bytes, *, is_held: bool) -> None:
    """Keep a payout, that it is to be sent or waits, and its claim on the pay-in that it sends back."""
    await tx.execute(
        "INSERT INTO payout_order (id, tenant_id, department_id, customer_id, purpose, provider, amount, "
        "fee, is_fee_returned, reference, destination_sealed, account_id, pay_in_id, quote_id, "
        "conversion_id, hold_id, requested_by, requested_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        payout.id,
        payout.tenant_id,
        payout.department_id,
        payout.customer_id,
        payout.purpose,
        payout.provider,
        payout.amount,
        payout.fee,
        payout.is_fee_returned,
        payout.reference,
        destination_sealed,
        payout.account_id,
        payout.pay_in_id,
        payout.quote_id,
        payout.conversion_id,
        payout.hold_id,
        payout.requested_by,
        payout.requested_at,
    )
    if is_held:
        await tx.execute(
            "INSERT INTO payout_held (tenant_id, payout_id, held_at) VALUES ($1, $2, $3)",
            payout.tenant_id,
            payout.id,
            payout.requested_at,
        )
    else:
        await insert_tasks(tx, [payout], payout.requested_at)
    if payout.pay_in_id is not None:
        await tx.execute(
            "INSERT INTO payout_claim (tenant_id, pay_in_id, payout_id) VALUES ($1, $2, $3)",
            payout.tenant_id,
            payout.pay_in_id,
            payout.id,
        )


async def insert_tasks(tx: Transaction, payouts: Sequence[Payout], due_at: datetime) -> None:
    """Have payouts sent."""
    await tx.execute(
        "INSERT INTO payout_task (tenant_id, payout_id, state, is_accepted, attempts, due_at) "
        "SELECT tenant_id, payout_id, 'to_send', false, 0, $3 "
        "FROM unnest($1::uuid[], $2::uuid[]) AS w (tenant_id, payout_id)",
        [payout.tenant_id for payout in payouts],
        [payout.id for payout in payouts],
        due_at,
    )


async def insert_held_ends(
    tx: Transaction, ends: Sequence[tuple[Payout, HeldOutcome]], ended_by: str, at: datetime
) -> None:
    """Keep how the waiting of payouts ended. A second end is a unique violation."""
    await tx.execute(
        "INSERT INTO payout_held_end (tenant_id, payout_id, outcome, ended_by, ended_at) "
        "SELECT tenant_id, payout_id, outcome, $4, $5 "
        "FROM unnest($1::uuid[], $2::uuid[], $3::payout_held_outcome[]) AS w (tenant_id, payout_id, outcome)",
        [payout.tenant_id for payout, _ in ends],
        [payout.id for payout, _ in ends],
        [outcome for _, outcome in ends],
        ended_by,
        at,
    )


async def insert_unsent(
    tx: Transaction, unsent: Sequence[tuple[Payout, Outcome]], resolved_by: str, now: datetime
) -> None:
    """Keep the one end of payouts that waited and were never sent; their pay-ins can go back another way."""
    ids = [payout.id for payout, _ in unsent]
    await tx.execute("DELETE FROM payout_claim WHERE payout_id = ANY($1::uuid[])", ids)
    await tx.execute(
        "INSERT INTO payout_resolution (tenant_id, payout_id, outcome, provider, resolved_by, resolved_at) "
        "SELECT tenant_id, payout_id, outcome, provider, $5, $6 "
        "FROM unnest($1::uuid[], $2::uuid[], $3::payout_outcome[], $4::text[]) "
        "AS w (tenant_id, payout_id, outcome, provider)",
        [payout.tenant_id for payout, _ in unsent],
        ids,
        [outcome for _, outcome in unsent],
        [payout.provider for payout, _ in unsent],
        resolved_by,
        now,
    )


async def has_claim(tx: Transaction, pay_in_id: UUID) -> bool:
    """Tell whether a payout sends a pay-in back, or did."""
    return bool(await tx.fetch_value("SELECT true FROM payout_claim WHERE pay_in_id = $1", pay_in_id))


async def delete_claim(tx: Transaction, payout_id: UUID) -> None:
    """Let another payout send back the pay-in of one that failed or came back."""
    await tx.execute("DELETE FROM payout_claim WHERE payout_id = $1", payout_id)


async def lock_due(
    tx: Transaction, provider: str, now: datetime, limit: int, *, only_accepted: bool
) -> tuple[tuple[UUID, UUID | None, bool], ...]:
    """Lock a provider's payouts that are due; return payout, customer and whether the provider has it.

    `only_accepted`: those that it has.
    """
    rows = await tx.fetch(
        "SELECT t.payout_id, o.customer_id, t.is_accepted FROM payout_task t "
        "JOIN payout_order o ON o.id = t.payout_id "
        "WHERE t.state <> 'held' AND t.due_at <= $1 AND o.provider = $2 AND (t.is_accepted OR NOT $4) "
        "ORDER BY t.due_at LIMIT $3 FOR UPDATE OF t SKIP LOCKED",
        now,
        provider,
        limit,
        only_accepted,
    )
    return tuple((row["payout_id"], row["customer_id"], row["is_accepted"]) for row in rows)


async def rest(tx: Transaction, payout_ids: Sequence[UUID], due_at: datetime) -> None:
    """Look at payouts again at a moment, without saying that anything was sent."""
    await tx.execute(
        "UPDATE payout_task SET due_at = $2 WHERE payout_id = ANY ($1::uuid[])", list(payout_ids), due_at
    )


async def take_tasks(tx: Transaction, payout_ids: Sequence[UUID], leased_until: datetime) -> tuple[Task, ...]:
    """Return payouts to ask about, leased to one worker. From here on they count as sent. They are locked."""
    rows = await tx.fetch(
        "WITH taken AS (UPDATE payout_task SET state = 'sent', attempts = attempts + 1, due_at = $2 "
        " WHERE payout_id = ANY ($1::uuid[]) RETURNING payout_id, is_accepted, attempts) "
        "SELECT p.*, taken.is_accepted, taken.attempts FROM taken "
        "JOIN payout_order p ON p.id = taken.payout_id ORDER BY p.id",
        list(payout_ids),
        leased_until,
    )
    return tuple(
        Task(_read_payout(row), row["destination_sealed"], row["is_accepted"], row["attempts"])
        for row in rows
    )


async def hold_of_others(tx: Transaction, provider: str, now: datetime) -> tuple[UUID, ...]:
    """Hold for a person what was sent through another provider than `provider`; return which, once.

    What was not sent waits until its provider is back, or is cancelled.
    """
    rows = await tx.fetch(
        "UPDATE payout_task t SET state = 'held' FROM payout_order o "
        "WHERE o.id = t.payout_id AND t.state = 'sent' AND t.due_at <= $2 AND o.provider <> $1 "
        "RETURNING t.payout_id",
        provider,
        now,
    )
    return tuple(row["payout_id"] for row in rows)


async def postpone(tx: Transaction, payout_id: UUID, due_at: datetime | None, *, is_accepted: bool) -> None:
    """Ask again at a moment, or hold the payout for a person; nothing where it was resolved meanwhile."""
    await tx.execute(
        "UPDATE payout_task SET is_accepted = is_accepted OR $2, due_at = coalesce($3, due_at), "
        "state = CASE WHEN $3::timestamptz IS NULL THEN 'held' ELSE 'sent' END::payout_task_state "
        "WHERE payout_id = $1",
        payout_id,
        is_accepted,
        due_at,
    )


async def measure_tasks(tx: Transaction, most: int) -> dict[str, tuple[int, datetime]]:
    """Return state -> how many payouts stand in it, and when the oldest was asked for; of `most` tasks."""
    rows = await tx.fetch(
        "SELECT t.state::text, count(*) AS payouts, min(o.requested_at) AS since "
        "FROM (SELECT state, payout_id FROM payout_task ORDER BY payout_id LIMIT $1) AS t "
        "JOIN payout_order o ON o.id = t.payout_id GROUP BY 1",
        most,
    )
    return {row["state"]: (row["payouts"], row["since"]) for row in rows}


async def resume(tx: Transaction, payout_id: UUID, now: datetime) -> bool:
    """Ask again about a payout that was held for a person; False when it was not."""
    found = await tx.fetch_value(
        "UPDATE payout_task SET state = 'sent', attempts = 0, due_at = $2 "
        "WHERE payout_id = $1 AND state = 'held' RETURNING true",
        payout_id,
        now,
    )
    return bool(found)


async def take_back(tx: Transaction, payout_id: UUID) -> bool:
    """Take back the wish to send; False when the provider may have heard of it."""
    found = await tx.fetch_value(
        "DELETE FROM payout_task WHERE payout_id = $1 AND state = 'to_send' RETURNING true", payout_id
    )
    return bool(found)


async def insert_resolution(
    tx: Transaction,
    payout: Payout,
    outcome: Outcome,
    answer: PayoutAnswer | None,
    resolved_by: str,
    now: datetime,
    *,
    movement_id: UUID | None = None,
    fee_movement_id: UUID | None = None,
) -> None:
    """Keep the one end of a payout. A second is a unique violation."""
    await tx.execute("DELETE FROM payout_task WHERE payout_id = $1", payout.id)
    await tx.execute(
        "INSERT INTO payout_resolution (tenant_id, payout_id, outcome, provider, bank_reference, reason, "
        "movement_id, fee_movement_id, resolved_by, resolved_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        payout.tenant_id,
        payout.id,
        outcome,
        payout.provider,
        answer.reference if answer and outcome is Outcome.PAID else None,
        answer.reason if answer and outcome is not Outcome.PAID else None,
        movement_id,
        fee_movement_id,
        resolved_by,
        now,
    )


async def insert_return(
    tx: Transaction, payout: Payout, answer: PayoutAnswer, movement_id: UUID, now: datetime
) -> None:
    """Keep that the money came back, once."""
    await tx.execute(
        "INSERT INTO payout_return (tenant_id, payout_id, provider, return_reference, reason, movement_id, "
        "returned_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        payout.tenant_id,
        payout.id,
        payout.provider,
        answer.return_reference,
        answer.reason,
        movement_id,
        now,
    )


async def load_standing(tx: Transaction, payout_id: UUID) -> PayoutStanding | None:
    """Return a payout of the bound tenants and how far it is."""
    row = await tx.fetch_row(f"{_STANDING} WHERE p.id = $1", payout_id)
    return None if row is None else _read_standing(row)


async def load_standings(tx: Transaction, payout_ids: Iterable[UUID]) -> tuple[PayoutStanding, ...]:
    """Return payouts of the bound tenants by id, and how far they are."""
    rows = await tx.fetch(f"{_STANDING} WHERE p.id = ANY($1::uuid[]) ORDER BY p.id", sorted(set(payout_ids)))
    return tuple(_read_standing(row) for row in rows)


async def load_of_customer(
    tx: Transaction, customer_id: UUID, before: UUID | None, limit: int
) -> tuple[PayoutStanding, ...]:
    """Return a customer's payouts, newest first, below an id."""
    rows = await tx.fetch(
        f"{_STANDING} WHERE p.customer_id = $1 AND ($2::uuid IS NULL OR p.id < $2) "
        "ORDER BY p.id DESC LIMIT $3",
        customer_id,
        before,
        limit,
    )
    return tuple(_read_standing(row) for row in rows)


async def load_payouts(
    tx: Transaction,
    state: Standing | None,
    before: UUID | None,
    limit: int,
    *,
    is_held: bool | None,
    department_id: UUID | None,
) -> tuple[PayoutStanding, ...]:
    """Return payouts of the bound tenants, newest first, below an id; `is_held`: those for a person."""
    rows = await tx.fetch(
        f"{_STANDING} WHERE ($1::uuid IS NULL OR p.id < $1) AND ($2::text IS NULL OR {_STATE} = $2) "
        "AND ($3::boolean IS NULL OR coalesce(t.state = 'held', false) = $3) "
        "AND ($5::uuid IS NULL OR p.department_id = $5) ORDER BY p.id DESC LIMIT $4",
        before,
        state,
        is_held,
        limit,
        department_id,
    )
    return tuple(_read_standing(row) for row in rows)


async def load_bookings(tx: Transaction, provider: str) -> dict[str, int]:
    """Return bank reference -> LKR cents, signed: payouts of the bound tenants, and what came back."""
    rows = await tx.fetch(
        "SELECT r.bank_reference, -p.amount AS amount FROM payout_resolution r "
        "JOIN payout_order p ON p.id = r.payout_id WHERE r.outcome = 'paid' AND r.provider = $1 UNION ALL "
        "SELECT b.return_reference, p.amount FROM payout_return b JOIN payout_order p ON p.id = b.payout_id "
        "WHERE b.provider = $1",
        provider,
    )
    return {row["bank_reference"]: row["amount"] for row in rows}


_PAYOUT_FIELDS = tuple(each.name for each in fields(Payout))


def _read_payout(row: asyncpg.Record) -> Payout:
    values = {name: row[name] for name in _PAYOUT_FIELDS}
    return Payout(**{**values, "purpose": Purpose(row["purpose"])})


def _read_standing(row: asyncpg.Record) -> PayoutStanding:
    return PayoutStanding(
        payout=_read_payout(row),
        task=None if row["task"] is None else TaskState(row["task"]),
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        bank_reference=row["bank_reference"],
        reason=row["reason"],
        resolved_at=row["resolved_at"],
        movement_id=row["movement_id"],
        fee_movement_id=row["fee_movement_id"],
        return_reference=row["return_reference"],
        returned_at=row["returned_at"],
        is_held=row["is_held"],
        held_end=None if row["held_end"] is None else HeldOutcome(row["held_end"]),
    )
