"""Charges: what was wished, how far each is, and what is still to be asked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import asyncpg

from customer_stack.cards.domain.charges import (
    CaptureReason,
    Charge,
    Chargeback,
    ChargeState,
    Refund,
    Standing,
)
from customer_stack.cards.domain.reports import RefundState
from customer_stack.cards.domain.views import CaptureRow, ChargeRow
from shared.database import Transaction


class TaskKind(StrEnum):
    """What a task asks about. The members of the database type cards_task_kind."""

    CHARGE = "charge"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Task:
    """A question that is due; `attempts` counts this one."""

    kind: TaskKind
    id: UUID
    tenant_id: UUID
    attempts: int
    leased_until: datetime


_CHARGE = "id, tenant_id, department_id, customer_id, provider, quote_id, amount, asked_at"


async def insert_charge(tx: Transaction, charge: Charge, token_sealed: bytes) -> None:
    """Keep a wish, with the first state and the first question."""
    await tx.execute(
        f"INSERT INTO cards_charge ({_CHARGE}, token_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        charge.id,
        charge.tenant_id,
        charge.department_id,
        charge.customer_id,
        charge.provider,
        charge.quote_id,
        charge.amount,
        charge.asked_at,
        token_sealed,
    )
    await insert_step(tx, charge, 1, ChargeState.CREATED, None, charge.asked_at)
    await insert_task(tx, TaskKind.CHARGE, charge.tenant_id, charge.id, charge.asked_at)


async def insert_step(
    tx: Transaction, charge: Charge, number: int, state: ChargeState, reason: str | None, at: datetime
) -> None:
    """Append a state of a charge."""
    await tx.execute(
        "INSERT INTO cards_charge_step (tenant_id, charge_id, number, state, reason, at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        charge.tenant_id,
        charge.id,
        number,
        state,
        reason,
        at,
    )


async def insert_capture(tx: Transaction, row: CaptureRow) -> None:
    """Keep a capture. A second one of a charge is a unique violation."""
    await tx.execute(
        "INSERT INTO cards_capture (tenant_id, charge_id, provider, reference, amount, debt_cleared, "
        "outcome, reason, conversion_id, movement_id, at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        row.tenant_id,
        row.charge_id,
        row.provider,
        row.reference,
        row.amount,
        row.debt_cleared,
        row.outcome,
        row.reason,
        row.conversion_id,
        row.movement_id,
        row.at,
    )


async def find_charge(tx: Transaction, charge_id: UUID) -> Charge | None:
    """Return a wish of the bound tenants."""
    row = await tx.fetch_row(f"SELECT {_CHARGE} FROM cards_charge WHERE id = $1", charge_id)
    return None if row is None else Charge(**dict(row))


async def load_token(tx: Transaction, charge_id: UUID) -> bytes:
    """Return a charge's sealed token."""
    sealed: bytes = await tx.fetch_value("SELECT token_sealed FROM cards_charge WHERE id = $1", charge_id)
    return sealed


async def has_charge_for(tx: Transaction, quote_id: UUID, customer_id: UUID) -> bool:
    """Tell whether a charge that was not declined stands for a quote."""
    found = await tx.fetch_value(
        "SELECT true FROM cards_charge c WHERE c.customer_id = $2 AND c.quote_id = $1 AND NOT EXISTS "
        "(SELECT FROM cards_charge_step s WHERE s.charge_id = c.id AND s.state = 'declined') LIMIT 1",
        quote_id,
        customer_id,
    )
    return bool(found)


async def load_standings(tx: Transaction, charges: Sequence[Charge]) -> dict[UUID, Standing]:
    """Return how charges stand, by id."""
    ids = [charge.id for charge in charges]
    steps = await tx.fetch(
        "SELECT DISTINCT ON (charge_id) charge_id, number, state FROM cards_charge_step "
        "WHERE charge_id = ANY($1::uuid[]) ORDER BY charge_id, number DESC",
        ids,
    )
    captured = await tx.fetch(
        "SELECT charge_id, amount FROM cards_capture WHERE charge_id = ANY($1::uuid[])", ids
    )
    refunds = await _load_refunds(tx, ids)
    chargebacks = await _load_chargebacks(tx, ids)
    states = {row["charge_id"]: (ChargeState(row["state"]), row["number"]) for row in steps}
    amounts = {row["charge_id"]: row["amount"] for row in captured}
    return {
        charge.id: Standing(
            charge,
            *states[charge.id],
            amounts.get(charge.id, 0),
            tuple(refunds[charge.id]),
            tuple(chargebacks[charge.id]),
        )
        for charge in charges
    }


async def _load_refunds(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, list[Refund]]:
    rows = await tx.fetch(
        "SELECT r.id, r.charge_id, r.amount, r.hold_id, e.outcome FROM cards_refund r "
        "LEFT JOIN cards_refund_end e ON e.refund_id = r.id "
        "WHERE r.charge_id = ANY($1::uuid[]) ORDER BY r.id",
        ids,
    )
    found: dict[UUID, list[Refund]] = defaultdict(list)
    for row in rows:
        ended = None if row["outcome"] is None else RefundState(row["outcome"])
        found[row["charge_id"]].append(
            Refund(row["id"], row["charge_id"], row["amount"], row["hold_id"], ended)
        )
    return found


async def _load_chargebacks(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, list[Chargeback]]:
    rows = await tx.fetch(
        "SELECT c.id, c.charge_id, c.chargeback_id, c.amount, w.chargeback IS NOT NULL AS is_won "
        "FROM cards_chargeback c LEFT JOIN cards_chargeback_won w ON w.chargeback = c.id "
        "WHERE c.charge_id = ANY($1::uuid[]) ORDER BY c.id",
        ids,
    )
    found: dict[UUID, list[Chargeback]] = defaultdict(list)
    for row in rows:
        found[row["charge_id"]].append(
            Chargeback(row["id"], row["chargeback_id"], row["amount"], row["is_won"])
        )
    return found


async def load_charges(
    tx: Transaction, customer_id: UUID | None, department_id: UUID | None, before: UUID | None, limit: int
) -> tuple[Charge, ...]:
    """Return charges of a customer, of a department, or of all, newest first, below an id."""
    rows = await tx.fetch(
        f"SELECT {_CHARGE} FROM cards_charge WHERE ($1::uuid IS NULL OR customer_id = $1) "
        "AND ($2::uuid IS NULL OR id < $2) AND ($4::uuid IS NULL OR department_id = $4) "
        "ORDER BY id DESC LIMIT $3",
        customer_id,
        before,
        limit,
        department_id,
    )
    return tuple(Charge(**dict(row)) for row in rows)


async def load_rows(tx: Transaction, charges: Sequence[Charge]) -> tuple[ChargeRow, ...]:
    """Return charges with all that is shown of them, in the order given."""
    ids = [charge.id for charge in charges]
    standings = await load_standings(tx, charges)
    captures = await tx.fetch("SELECT * FROM cards_capture WHERE charge_id = ANY($1::uuid[])", ids)
    by_charge = {row["charge_id"]: _read_capture(row) for row in captures}
    more = await tx.fetch(
        "SELECT c.id, s.reason, t.redirect_url, t.due_at IS NULL AS is_idle FROM cards_charge c "
        "JOIN cards_task t ON t.id = c.id "
        "LEFT JOIN cards_charge_step s ON s.charge_id = c.id AND s.state = 'declined' "
        "WHERE c.id = ANY($1::uuid[])",
        ids,
    )
    by_id = {row["id"]: row for row in more}
    found = []
    for charge in charges:
        standing, row = standings[charge.id], by_id[charge.id]
        url = row["redirect_url"] if standing.state is ChargeState.CREATED else None
        found.append(
            ChargeRow(
                standing, row["reason"], by_charge.get(charge.id), url, standing.is_open and row["is_idle"]
            )
        )
    return tuple(found)


def _read_capture(row: asyncpg.Record) -> CaptureRow:
    return CaptureRow(**{**dict(row), "reason": CaptureReason(row["reason"])})


async def insert_task(
    tx: Transaction, kind: TaskKind, tenant_id: UUID, task_id: UUID, due_at: datetime
) -> None:
    """Keep a question that is to be asked."""
    await tx.execute(
        "INSERT INTO cards_task (tenant_id, kind, id, due_at) VALUES ($1, $2, $3, $4)",
        tenant_id,
        kind,
        task_id,
        due_at,
    )


async def take_tasks(
    tx: Transaction, now: datetime, leased_until: datetime, limit: int, *, with_refunds: bool
) -> tuple[Task, ...]:
    """Return questions that are due, and keep other workers from them until `leased_until`."""
    rows = await tx.fetch(
        "UPDATE cards_task SET due_at = $2, attempts = attempts + 1 WHERE id IN ("
        "  SELECT id FROM cards_task WHERE due_at <= $1 AND ($4 OR kind <> 'refund') "
        "  ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) "
        "RETURNING kind, id, tenant_id, attempts",
        now,
        leased_until,
        limit,
        with_refunds,
    )
    return tuple(
        Task(TaskKind(row["kind"]), row["id"], row["tenant_id"], row["attempts"], leased_until)
        for row in rows
    )


async def postpone_task(tx: Transaction, task: Task, due_at: datetime | None) -> None:
    """Say when a question is asked next, unless something else has said so since it was taken."""
    await tx.execute(
        "UPDATE cards_task SET due_at = $2 WHERE id = $1 AND due_at = $3", task.id, due_at, task.leased_until
    )


async def plan_task(tx: Transaction, task_id: UUID, due_at: datetime | None, *, anew: bool = False) -> None:
    """Say when a question is asked next; None: never. `anew` gives it new attempts."""
    await tx.execute(
        "UPDATE cards_task SET due_at = $2, attempts = CASE WHEN $3 THEN 0 ELSE attempts END WHERE id = $1",
        task_id,
        due_at,
        anew,
    )


async def set_redirect(tx: Transaction, task_id: UUID, url: str) -> None:
    """Keep where the cardholder has to go."""
    await tx.execute("UPDATE cards_task SET redirect_url = $2 WHERE id = $1", task_id, url)
