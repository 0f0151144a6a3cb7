"""Cards of ours, decisions about them, and what was presented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.cards.domain.issuing import (
    Authorisation,
    AuthorisationStanding,
    Card,
    Clearing,
    Decision,
    DecisionReason,
    Ending,
)
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class Tally:
    """How many shadow decisions there were, and over how many micro-dollars."""

    decision: Decision
    reason: DecisionReason
    count: int
    amount: int


_STANDING: Final = (
    "SELECT a.*, coalesce((SELECT sum(c.captured) FROM cards_clearing c WHERE c.authorisation_id = a.id), 0)"
    "::bigint AS captured, e.ending FROM cards_authorisation a "
    "LEFT JOIN cards_authorisation_end e ON e.authorisation_id = a.id"
)


async def insert_card(tx: Transaction, card: Card, made_by: str, at: datetime) -> bool:
    """Keep a card; False when its token is known."""
    kept = await tx.fetch_value(
        "INSERT INTO cards_card (tenant_id, customer_id, id, provider, token, made_by, made_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT ON CONSTRAINT cards_card_token_once DO NOTHING "
        "RETURNING true",
        card.tenant_id,
        card.customer_id,
        card.id,
        card.provider,
        card.token,
        made_by,
        at,
    )
    return bool(kept)


async def find_card(tx: Transaction, provider: str, token: str) -> Card | None:
    """Return the card behind a token, of any bound tenant."""
    row = await tx.fetch_row(
        "SELECT id, tenant_id, customer_id, provider, token FROM cards_card "
        "WHERE provider = $1 AND token = $2",
        provider,
        token,
    )
    return None if row is None else Card(**dict(row))


async def insert_authorisation(tx: Transaction, made: Authorisation) -> None:
    """Keep a decision. A second one of a reference is a unique violation."""
    await tx.execute(
        "INSERT INTO cards_authorisation (tenant_id, customer_id, card_id, id, provider, reference, amount, "
        "merchant_category, is_live, decision, reason, hold_id, would_post, body_digest, decided_at, "
        "expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14, $15, $16)",
        made.tenant_id,
        made.customer_id,
        made.card_id,
        made.id,
        made.provider,
        made.reference,
        made.amount,
        made.merchant_category,
        made.is_live,
        made.decision,
        made.reason,
        made.hold_id,
        made.would_post,
        made.body_digest,
        made.decided_at,
        made.expires_at,
    )


async def find_standing(tx: Transaction, provider: str, reference: str) -> AuthorisationStanding | None:
    """Return a decision and what became of it."""
    rows = await tx.fetch(f"{_STANDING} WHERE a.provider = $1 AND a.reference = $2", provider, reference)
    return _read(rows)[0] if rows else None


async def sum_shadow(tx: Transaction, customer_id: UUID) -> int:
    """Return the micro-dollars that shadow decisions would have taken from a customer's wallet."""
    total: int = await tx.fetch_value(
        "SELECT coalesce(sum(CASE WHEN s.ending IS NULL THEN s.amount ELSE s.captured END), 0)::bigint "
        f"FROM ({_STANDING} WHERE a.customer_id = $1 AND a.decision = 'approve' AND NOT a.is_live) s",
        customer_id,
    )
    return total


async def insert_clearing(tx: Transaction, tenant_id: UUID, made: Clearing) -> None:
    """Keep what was presented. A second one of a reference is a unique violation."""
    await tx.execute(
        "INSERT INTO cards_clearing (tenant_id, authorisation_id, id, provider, reference, amount, captured, "
        "excess, movement_id, would_post, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11)",
        tenant_id,
        made.authorisation_id,
        made.id,
        made.provider,
        made.reference,
        made.amount,
        made.captured,
        made.excess,
        made.movement_id,
        made.would_post,
        made.at,
    )


async def load_clearing_amount(tx: Transaction, provider: str, reference: str) -> int | None:
    """Return the amount of a clearing that was presented before, or None."""
    found: int | None = await tx.fetch_value(
        "SELECT amount FROM cards_clearing WHERE provider = $1 AND reference = $2", provider, reference
    )
    return found


async def insert_end(tx: Transaction, authorisation: Authorisation, ending: Ending, at: datetime) -> None:
    """End an authorisation. A second end is a unique violation."""
    await tx.execute(
        "INSERT INTO cards_authorisation_end (tenant_id, authorisation_id, ending, at) "
        "VALUES ($1, $2, $3, $4)",
        authorisation.tenant_id,
        authorisation.id,
        ending,
        at,
    )


async def list_overdue(tx: Transaction, now: datetime, limit: int) -> tuple[AuthorisationStanding, ...]:
    """Return approvals that nobody ended in time."""
    rows = await tx.fetch(
        f"{_STANDING} WHERE a.decision = 'approve' AND a.expires_at <= $1 AND e.ending IS NULL "
        "ORDER BY a.expires_at LIMIT $2",
        now,
        limit,
    )
    return _read(rows)


async def load_authorisations(
    tx: Transaction, *, is_live: bool, before: UUID | None, limit: int
) -> tuple[AuthorisationStanding, ...]:
    """Return decisions of the bound tenants, newest first, below an id."""
    rows = await tx.fetch(
        f"{_STANDING} WHERE a.is_live = $1 AND ($2::uuid IS NULL OR a.id < $2) ORDER BY a.id DESC LIMIT $3",
        is_live,
        before,
        limit,
    )
    return _read(rows)


async def tally_shadow(tx: Transaction) -> tuple[Tally, ...]:
    """Return the shadow decisions of the bound tenants, counted by decision and reason."""
    rows = await tx.fetch(
        "SELECT decision, reason, count(*) AS count, sum(amount)::bigint AS amount FROM cards_authorisation "
        "WHERE NOT is_live GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return tuple(
        Tally(Decision(row["decision"]), DecisionReason(row["reason"]), row["count"], row["amount"])
        for row in rows
    )


async def load_breaks(tx: Transaction, before: UUID | None, limit: int) -> tuple[Clearing, ...]:
    """Return clearings above what was authorised, newest first, below an id."""
    rows = await tx.fetch(
        "SELECT id, authorisation_id, provider, reference, amount, captured, movement_id, "
        "would_post::text AS would_post, at FROM cards_clearing "
        "WHERE excess > 0 AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2",
        before,
        limit,
    )
    return tuple(Clearing(**dict(row)) for row in rows)


def _read(rows: Sequence[asyncpg.Record]) -> tuple[AuthorisationStanding, ...]:
    found = []
    for row in rows:
        fields = dict(row)
        captured, ending = fields.pop("captured"), fields.pop("ending")
        fields["decision"] = Decision(fields["decision"])
        fields["reason"] = DecisionReason(fields["reason"])
        standing = AuthorisationStanding(
            Authorisation(**fields), captured, None if ending is None else Ending(ending)
        )
        found.append(standing)
    return tuple(found)
