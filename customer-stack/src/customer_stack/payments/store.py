"""Every query of payments, on the transaction it is given."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from uuid import UUID

import asyncpg

from customer_stack.payments.domain import (
    Notice,
    PayIn,
    PayInOutcome,
    PayInReason,
    PayInStanding,
    Sources,
    TakeBack,
)
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


async def lock_reference(tx: Transaction, provider: str, bank_reference: str) -> None:
    """Make who settles a pay-in and who takes it back wait for each other, before either has a row."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{provider} {bank_reference}")


async def insert_take_back(tx: Transaction, take_back: TakeBack, now: datetime) -> TakeBack:
    """Keep that the bank took a pay-in back, and return what is kept: the first word counts."""
    await tx.execute(
        "INSERT INTO payment_take_back (provider, bank_reference, reversal_reference, amount, booked_at, "
        "received_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        take_back.provider,
        take_back.bank_reference,
        take_back.reversal_reference,
        take_back.amount,
        take_back.booked_at,
        now,
    )
    kept = await load_take_back(tx, take_back.provider, take_back.bank_reference)
    return kept or take_back


async def load_take_back(tx: Transaction, provider: str, bank_reference: str) -> TakeBack | None:
    """Return the bank's word that it took a pay-in back."""
    row = await tx.fetch_row(
        "SELECT provider, bank_reference, reversal_reference, amount, booked_at FROM payment_take_back "
        "WHERE provider = $1 AND bank_reference = $2",
        provider,
        bank_reference,
    )
    return None if row is None else TakeBack(**dict(row))


async def find_pay_in(tx: Transaction, provider: str, bank_reference: str) -> PayIn | None:
    """Return the pay-in of the bound tenants with a bank reference."""
    row = await tx.fetch_row(
        "SELECT * FROM payment_pay_in WHERE provider = $1 AND bank_reference = $2", provider, bank_reference
    )
    return None if row is None else read_pay_in(row)


async def insert_reversal(
    tx: Transaction, pay_in: PayIn, take_back: TakeBack, sources: Sources, movement_id: UUID, now: datetime
) -> None:
    """Keep who bore a take-back. A second row for one pay-in is a unique violation."""
    await tx.execute(
        "INSERT INTO payment_pay_in_reversal (tenant_id, pay_in_id, provider, reversal_reference, "
        "from_suspense, from_wallet, from_debt, movement_id, reversed_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        pay_in.tenant_id,
        pay_in.id,
        take_back.provider,
        take_back.reversal_reference,
        sources.suspense,
        sources.wallet,
        sources.debt,
        movement_id,
        now,
    )


_STANDING = (
    "SELECT p.*, r.pay_in_id IS NOT NULL AS is_taken_back, "
    "s.proposal_id IS NOT NULL AND o.way = 'return' AS is_returned, "
    "CASE WHEN p.outcome <> 'suspense' THEN p.customer_id "
    "     WHEN s.proposal_id IS NOT NULL THEN o.customer_id END AS owner_id, "
    "v.reviewed_at AS refund_proposed_at "
    "FROM payment_pay_in p "
    "LEFT JOIN payment_pay_in_reversal r ON r.pay_in_id = p.id "
    "LEFT JOIN payment_suspense_claim c ON c.pay_in_id = p.id "
    "LEFT JOIN payment_suspense_proposal o ON o.id = c.proposal_id "
    "LEFT JOIN payment_suspense_resolution s ON s.proposal_id = o.id "
    "LEFT JOIN payment_refund_review v ON v.pay_in_id = p.id AND v.is_proposed"
)


async def load_standings(
    tx: Transaction, customer_id: UUID, before: UUID | None, limit: int
) -> tuple[PayInStanding, ...]:
    """Return pay-ins of a customer, also those that a person assigned, newest first, below an id."""
    rows = await tx.fetch(
        f"SELECT * FROM ({_STANDING} WHERE p.id IN ("
        " SELECT id FROM payment_pay_in WHERE customer_id = $1 "
        " UNION SELECT pay_in_id FROM payment_suspense_proposal WHERE customer_id = $1)) every "
        "WHERE coalesce(owner_id, customer_id) = $1 AND ($2::uuid IS NULL OR id < $2) "
        "ORDER BY id DESC LIMIT $3",
        customer_id,
        before,
        limit,
    )
    return tuple(_read_standing(row) for row in rows)


async def load_standing(tx: Transaction, pay_in_id: UUID) -> PayInStanding | None:
    """Return a pay-in of the bound tenants and what happened to it since."""
    row = await tx.fetch_row(f"{_STANDING} WHERE p.id = $1", pay_in_id)
    return None if row is None else _read_standing(row)


async def load_refund_proposals(
    tx: Transaction, department_id: UUID | None, before: UUID | None, limit: int
) -> tuple[PayInStanding, ...]:
    """Return pay-ins whose refund was proposed and that stand, newest first, below an id."""
    rows = await tx.fetch(
        f"{_STANDING} WHERE v.pay_in_id IS NOT NULL AND r.pay_in_id IS NULL "
        "AND ($1::uuid IS NULL OR p.id < $1) AND ($3::uuid IS NULL OR p.department_id = $3) "
        "ORDER BY p.id DESC LIMIT $2",
        before,
        limit,
        department_id,
    )
    return tuple(_read_standing(row) for row in rows)


async def load_unreviewed(tx: Transaction, decided_before: datetime, limit: int) -> tuple[PayInStanding, ...]:
    """Return pay-ins that have waited since before a moment and were not looked at, oldest first."""
    rows = await tx.fetch(
        f"SELECT * FROM ({_STANDING} WHERE p.outcome = 'waiting' AND p.decided_at <= $1 "
        "AND NOT EXISTS (SELECT FROM payment_refund_review w WHERE w.pay_in_id = p.id)) every "
        "ORDER BY decided_at LIMIT $2",
        decided_before,
        limit,
    )
    return tuple(_read_standing(row) for row in rows)


async def insert_review(tx: Transaction, pay_in: PayIn, now: datetime, *, is_proposed: bool) -> None:
    """Keep that a pay-in was looked at, once, and whether a refund was proposed."""
    await tx.execute(
        "INSERT INTO payment_refund_review (tenant_id, pay_in_id, is_proposed, reviewed_at) "
        "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        pay_in.tenant_id,
        pay_in.id,
        is_proposed,
        now,
    )


@dataclass(frozen=True, slots=True)
class SealedPayer:
    """What a notice told of the payer, as it is stored."""

    event_id: UUID
    account_sealed: bytes = field(repr=False)
    text_sealed: bytes | None = field(repr=False)


async def load_payer(tx: Transaction, provider: str, event_id: str) -> SealedPayer | None:
    """Return who paid, sealed."""
    row = await tx.fetch_row(
        "SELECT id, payer_account_sealed, payer_text_sealed FROM payment_bank_event "
        "WHERE provider = $1 AND event_id = $2",
        provider,
        event_id,
    )
    return None if row is None else SealedPayer(*row)


async def load_bookings(tx: Transaction, provider: str) -> dict[str, int]:
    """Return bank reference -> LKR cents, signed, of the tenants' pay-ins and of what was taken back."""
    rows = await tx.fetch(
        "SELECT bank_reference, amount FROM payment_pay_in WHERE provider = $1 UNION ALL "
        "SELECT reversal_reference, -(from_suspense + from_wallet + from_debt) FROM payment_pay_in_reversal "
        "WHERE provider = $1",
        provider,
    )
    return {row["bank_reference"]: row["amount"] for row in rows}


_PAY_IN_FIELDS = tuple(each.name for each in fields(PayIn))


def read_pay_in(row: asyncpg.Record) -> PayIn:
    """Return the pay-in of a row that has its columns."""
    values = {name: row[name] for name in _PAY_IN_FIELDS}
    return PayIn(**{**values, "outcome": PayInOutcome(row["outcome"]), "reason": PayInReason(row["reason"])})


def _read_standing(row: asyncpg.Record) -> PayInStanding:
    return PayInStanding(
        pay_in=read_pay_in(row),
        owner_id=row["owner_id"],
        is_taken_back=row["is_taken_back"],
        is_returned=row["is_returned"] or False,
        refund_proposed_at=row["refund_proposed_at"],
    )
