"""Every query of payments, on the transaction it is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from customer_stack.payments.domain import Notice, PayIn, PayInOutcome, PayInReason
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class BankEvent:
    """A stored pay-in notice. `amount` in LKR cents."""

    provider: str
    event_id: str
    bank_reference: str
    pay_reference: str | None
    amount: int
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What is kept of a notice. `payer_text_sealed`: what stood in place of a reference of ours."""

    id: UUID
    notice: Notice
    pay_reference: str | None
    payer_account_sealed: bytes
    payer_text_sealed: bytes | None
    digest: bytes


@dataclass(frozen=True, slots=True)
class Collection:
    """The department whose book stands for a bank's collection account."""

    tenant_id: UUID
    department_id: UUID


async def insert_event(tx: Transaction, event: NewEvent, now: datetime) -> bool:
    """Keep a notice; False when the bank sent it before."""
    notice = event.notice
    kept = await tx.fetch_value(
        "INSERT INTO payment_bank_event (provider, event_id, id, type, bank_reference, pay_reference, "
        "amount, payer_account_sealed, payer_text_sealed, booked_at, received_at, body_digest) "
        "VALUES ($1, $2, $3, 'pay_in.received', $4, $5, $6, $7, $8, $9, $10, $11) "
        "ON CONFLICT (provider, event_id) DO NOTHING RETURNING true",
        notice.provider,
        notice.event_id,
        event.id,
        notice.bank_reference,
        event.pay_reference,
        notice.amount,
        event.payer_account_sealed,
        event.payer_text_sealed,
        notice.booked_at,
        now,
        event.digest,
    )
    return bool(kept)


async def load_digest(tx: Transaction, provider: str, event_id: str) -> bytes | None:
    """Return the digest of the message that brought a notice."""
    digest: bytes | None = await tx.fetch_value(
        "SELECT body_digest FROM payment_bank_event WHERE provider = $1 AND event_id = $2", provider, event_id
    )
    return digest


async def load_event(tx: Transaction, provider: str, event_id: str) -> BankEvent | None:
    """Return a stored notice."""
    row = await tx.fetch_row(
        "SELECT provider, event_id, bank_reference, pay_reference, amount, booked_at "
        "FROM payment_bank_event WHERE provider = $1 AND event_id = $2",
        provider,
        event_id,
    )
    return None if row is None else BankEvent(**dict(row))


async def load_collection(tx: Transaction, provider: str) -> Collection | None:
    """Return who stands for a bank's collection account, if it is one of the bound tenants."""
    row = await tx.fetch_row(
        "SELECT tenant_id, department_id FROM payment_collection WHERE provider = $1", provider
    )
    return None if row is None else Collection(row["tenant_id"], row["department_id"])


async def insert_collection(tx: Transaction, provider: str, collection: Collection) -> None:
    """Say once who stands for a bank's collection account."""
    await tx.execute(
        "INSERT INTO payment_collection (provider, tenant_id, department_id) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING",
        provider,
        collection.tenant_id,
        collection.department_id,
    )


async def has_pay_in(tx: Transaction, provider: str, bank_reference: str) -> bool:
    """Tell whether money with this bank reference was settled before."""
    found = await tx.fetch_value(
        "SELECT true FROM payment_pay_in WHERE provider = $1 AND bank_reference = $2",
        provider,
        bank_reference,
    )
    return bool(found)


async def insert_pay_in(tx: Transaction, pay_in: PayIn) -> None:
    """Keep what became of money that arrived. A second row for one bank reference is a unique violation."""
    await tx.execute(
        "INSERT INTO payment_pay_in (id, tenant_id, department_id, customer_id, provider, event_id, "
        "bank_reference, amount, outcome, reason, quote_id, conversion_id, movement_id, booked_at, "
        "decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        pay_in.id,
        pay_in.tenant_id,
        pay_in.department_id,
        pay_in.customer_id,
        pay_in.provider,
        pay_in.event_id,
        pay_in.bank_reference,
        pay_in.amount,
        pay_in.outcome,
        pay_in.reason,
        pay_in.quote_id,
        pay_in.conversion_id,
        pay_in.movement_id,
        pay_in.booked_at,
        pay_in.decided_at,
    )


async def load_pay_ins(
    tx: Transaction, customer_id: UUID, before: UUID | None, limit: int
) -> tuple[PayIn, ...]:
    """Return a customer's pay-ins, newest first, below an id."""
    rows = await tx.fetch(
        "SELECT * FROM payment_pay_in WHERE customer_id = $1 AND ($2::uuid IS NULL OR id < $2) "
        "ORDER BY id DESC LIMIT $3",
        customer_id,
        before,
        limit,
    )
    return _read(rows)


async def load_suspense(tx: Transaction, before: UUID | None, limit: int) -> tuple[PayIn, ...]:
    """Return pay-ins of the bound tenants that lie in suspense, newest first, below an id."""
    rows = await tx.fetch(
        "SELECT * FROM payment_pay_in WHERE outcome = 'suspense' AND ($1::uuid IS NULL OR id < $1) "
        "ORDER BY id DESC LIMIT $2",
        before,
        limit,
    )
    return _read(rows)


async def load_bookings(tx: Transaction, provider: str) -> dict[str, int]:
    """Return bank reference -> LKR cents of every pay-in of the bound tenants."""
    rows = await tx.fetch("SELECT bank_reference, amount FROM payment_pay_in WHERE provider = $1", provider)
    return {row["bank_reference"]: row["amount"] for row in rows}


def _read(rows: Sequence[asyncpg.Record]) -> tuple[PayIn, ...]:
    return tuple(
        PayIn(**{**dict(row), "outcome": PayInOutcome(row["outcome"]), "reason": PayInReason(row["reason"])})
        for row in rows
    )
