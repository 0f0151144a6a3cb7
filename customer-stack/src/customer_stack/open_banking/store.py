"""Every query of open banking, on the transaction it is given."""

from datetime import datetime
from uuid import UUID

import asyncpg

from customer_stack.open_banking.domain import Consent, Standing, State, Step, newest
from customer_stack.payments.providers.open_banking import ConsentPurpose
from shared.database import Transaction

_STANDING = (
    "SELECT c.*, s.states, s.bank_reference, s.reason, s.account_sealed FROM open_banking_consent c "
    "CROSS JOIN LATERAL (SELECT array_agg(state::text) AS states, max(bank_reference) AS bank_reference, "
    " max(reason) AS reason, (array_agg(account_sealed) FILTER (WHERE account_sealed IS NOT NULL))[1] "
    " AS account_sealed FROM open_banking_step WHERE consent_id = c.id) s"
)


async def insert_consent(tx: Transaction, consent: Consent) -> None:
    """Keep a wish, its first step and the task to look after it."""
    await tx.execute(
        "INSERT INTO open_banking_consent (tenant_id, department_id, customer_id, id, provider, purpose, "
        "amount, quote_id, pay_reference, payment_id, asked_at, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        consent.tenant_id,
        consent.department_id,
        consent.customer_id,
        consent.id,
        consent.provider,
        consent.purpose,
        consent.amount,
        consent.quote_id,
        consent.pay_reference,
        consent.payment_id,
        consent.asked_at,
        consent.expires_at,
    )
    await insert_step(tx, consent, Step(State.ASKED), None, consent.asked_at)
    await tx.execute(
        "INSERT INTO open_banking_task (tenant_id, consent_id, attempts, due_at) VALUES ($1, $2, 0, $3)",
        consent.tenant_id,
        consent.id,
        consent.asked_at,
    )


async def insert_step(
    tx: Transaction, consent: Consent, step: Step, account_sealed: bytes | None, now: datetime
) -> None:
    """Append a state. The same state twice, or a second end, is a unique violation."""
    await tx.execute(
        "INSERT INTO open_banking_step (tenant_id, consent_id, state, bank_reference, reason, "
        "account_sealed, happened_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        consent.tenant_id,
        consent.id,
        step.state,
        step.bank_reference,
        step.reason,
        account_sealed,
        now,
    )


async def has_consent_for(tx: Transaction, quote_id: UUID) -> bool:
    """Tell whether a customer chose to pay a quote at their own bank."""
    found = await tx.fetch_value(
        "SELECT true FROM open_banking_consent WHERE quote_id = $1 LIMIT 1", quote_id
    )
    return bool(found)


async def load_standing(tx: Transaction, consent_id: UUID) -> Standing | None:
    """Return a consent of the bound tenants and how far it is."""
    row = await tx.fetch_row(f"{_STANDING} WHERE c.id = $1", consent_id)
    return None if row is None else _read(row)


async def load_standings(
    tx: Transaction, customer_id: UUID, before: UUID | None, limit: int
) -> tuple[Standing, ...]:
    """Return a customer's consents, newest first, below an id."""
    rows = await tx.fetch(
        f"{_STANDING} WHERE c.customer_id = $1 AND ($2::uuid IS NULL OR c.id < $2) "
        "ORDER BY c.id DESC LIMIT $3",
        customer_id,
        before,
        limit,
    )
    return tuple(_read(row) for row in rows)


async def has_open_consent(tx: Transaction, quote_id: UUID) -> bool:
    """Tell whether a consent for a quote is under way, or has paid."""
    found = await tx.fetch_value(
        "SELECT true FROM open_banking_consent c WHERE c.quote_id = $1 AND NOT EXISTS "
        "(SELECT FROM open_banking_step WHERE consent_id = c.id "
        " AND state IN ('rejected', 'expired', 'failed')) LIMIT 1",
        quote_id,
    )
    return bool(found)


async def take_due(
    tx: Transaction, now: datetime, leased_until: datetime, limit: int
) -> tuple[tuple[UUID, UUID, int], ...]:
    """Return tenant, consent and attempts of tasks that are due, leased against other workers."""
    rows = await tx.fetch(
        "WITH due AS (SELECT consent_id FROM open_banking_task WHERE due_at <= $1 "
        " ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) "
        "UPDATE open_banking_task t SET attempts = t.attempts + 1, due_at = $2 FROM due "
        "WHERE t.consent_id = due.consent_id RETURNING t.tenant_id, t.consent_id, t.attempts",
        now,
        leased_until,
        limit,
    )
    return tuple((row["tenant_id"], row["consent_id"], row["attempts"]) for row in rows)


async def postpone(tx: Transaction, consent_id: UUID, due_at: datetime, *, renew: bool) -> None:
    """Look after a consent again at a moment; `renew` counts attempts anew, since something moved."""
    await tx.execute(
        "UPDATE open_banking_task SET due_at = $2, attempts = CASE WHEN $3 THEN 0 ELSE attempts END "
        "WHERE consent_id = $1",
        consent_id,
        due_at,
        renew,
    )


async def remove_task(tx: Transaction, consent_id: UUID) -> None:
    """Stop looking after a consent."""
    await tx.execute("DELETE FROM open_banking_task WHERE consent_id = $1", consent_id)


def _read(row: asyncpg.Record) -> Standing:
    fields = dict(row)
    states = frozenset(State(state) for state in fields.pop("states"))
    reference, reason, sealed = (fields.pop(name) for name in ("bank_reference", "reason", "account_sealed"))
    consent = Consent(**{**fields, "purpose": ConsentPurpose(fields["purpose"])})
    return Standing(consent, newest(states), reference, reason, sealed)
