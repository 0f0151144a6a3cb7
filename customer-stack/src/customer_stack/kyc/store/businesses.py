"""Queries on businesses, their owners, and verdicts on them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from customer_stack.kyc.domain.businesses import Business, BusinessState, BusinessVerdict, Owner
from customer_stack.kyc.domain.checks import Outcome
from shared.database import Transaction

_COLUMNS: Final = (
    "id, tenant_id, department_id, representative_id, country, state, opened_at, submitted_at, decided_at"
)
_OWNER: Final = "id, business_id, share_basis, is_director, invited_at, customer_id"


@dataclass(frozen=True, slots=True)
class SealedBusiness:
    """A business without its names, and these as they are stored."""

    business: Business
    name: bytes = field(repr=False)
    number: bytes = field(repr=False)


def _business(row: Any) -> Business:
    return Business(row[0], row[1], row[2], row[3], row[4], BusinessState(row[5]), row[6], row[7], row[8])


async def insert_business(
    tx: Transaction, business: Business, number_index: bytes, name_sealed: bytes, number_sealed: bytes
) -> bool:
    """Keep a new draft. False when the business is declared already."""
    row = await tx.fetch_row(
        "INSERT INTO kyc_business (tenant_id, id, department_id, representative_id, country, state, "
        "opened_at, number_index, name_sealed, number_sealed) "
        "VALUES ($1, $2, $3, $4, $5, $6::kyc_business_state, $7, $8, $9, $10) "
        "ON CONFLICT (tenant_id, number_index) WHERE state <> 'rejected' DO NOTHING RETURNING 1",
        business.tenant_id,
        business.id,
        business.department_id,
        business.representative_id,
        business.country,
        business.state.value,
        business.opened_at,
        number_index,
        name_sealed,
        number_sealed,
    )
    return row is not None


async def update_state(tx: Transaction, business_id: UUID, state: BusinessState, now: datetime) -> None:
    """Let a business be submitted or decided."""
    column = "submitted_at" if state is BusinessState.PENDING else "decided_at"
    await tx.execute(
        f"UPDATE kyc_business SET state = $2::kyc_business_state, {column} = $3 WHERE id = $1",
        business_id,
        state.value,
        now,
    )


async def load_business(tx: Transaction, business_id: UUID) -> SealedBusiness | None:
    """Return a business."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS}, name_sealed, number_sealed FROM kyc_business WHERE id = $1", business_id
    )
    return None if row is None else SealedBusiness(_business(row), row[9], row[10])


async def count_open(tx: Transaction, representative_id: UUID) -> int:
    """Return how many businesses of a representative are not decided."""
    count: int = await tx.fetch_value(
        "SELECT count(*) FROM kyc_business WHERE representative_id = $1 AND state IN ('draft', 'pending')",
        representative_id,
    )
    return count


async def list_businesses(
    tx: Transaction,
    tenant_id: UUID,
    *,
    representative_id: UUID | None,
    department_id: UUID | None,
    state: BusinessState | None,
    after: UUID | None,
    limit: int,
) -> list[Business]:
    """Return businesses, oldest first, after an id."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM kyc_business WHERE tenant_id = $1 "
        "AND ($2::uuid IS NULL OR representative_id = $2) AND ($3::uuid IS NULL OR department_id = $3) "
        "AND ($4::kyc_business_state IS NULL OR state = $4::kyc_business_state) "
        "AND ($5::uuid IS NULL OR id > $5) ORDER BY id LIMIT $6",
        tenant_id,
        representative_id,
        department_id,
        state,
        after,
        limit,
    )
    return [_business(row) for row in rows]


async def insert_owner(tx: Transaction, business: Business, owner: Owner, token_hash: bytes) -> None:
    """Keep an invitation."""
    await tx.execute(
        "INSERT INTO kyc_owner (tenant_id, id, business_id, share_basis, is_director, invited_at, "
        "token_hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        business.tenant_id,
        owner.id,
        owner.business_id,
        owner.share_basis,
        owner.is_director,
        owner.invited_at,
        token_hash,
    )


async def delete_owner(tx: Transaction, business_id: UUID, owner_id: UUID) -> bool:
    """Take somebody out of a draft. False: there is no such person."""
    row = await tx.fetch_row(
        "DELETE FROM kyc_owner WHERE business_id = $1 AND id = $2 RETURNING 1", business_id, owner_id
    )
    return row is not None


async def find_invitation(tx: Transaction, token_hash: bytes) -> Owner | None:
    """Return the invitation of a token."""
    row = await tx.fetch_row(f"SELECT {_OWNER} FROM kyc_owner WHERE token_hash = $1", token_hash)
    return None if row is None else Owner(*row)


async def accept(tx: Transaction, owner_id: UUID, customer_id: UUID, now: datetime) -> None:
    """Let a customer be the person who was invited."""
    await tx.execute(
        "UPDATE kyc_owner SET customer_id = $2, accepted_at = $3 WHERE id = $1 AND customer_id IS NULL",
        owner_id,
        customer_id,
        now,
    )


async def load_owners(tx: Transaction, business_id: UUID) -> list[Owner]:
    """Return everybody who is declared, in the order of their invitations."""
    rows = await tx.fetch(f"SELECT {_OWNER} FROM kyc_owner WHERE business_id = $1 ORDER BY id", business_id)
    return [Owner(*row) for row in rows]


async def load_verdicts(tx: Transaction, business_id: UUID) -> Sequence[BusinessVerdict]:
    """Return the verdicts on a business in order."""
    rows = await tx.fetch(
        "SELECT number, outcome, staff_id, decided_at FROM kyc_business_verdict WHERE business_id = $1 "
        "ORDER BY number",
        business_id,
    )
    return [BusinessVerdict(row[0], Outcome(row[1]), row[2], row[3]) for row in rows]


async def insert_verdict(tx: Transaction, business: Business, verdict: BusinessVerdict) -> None:
    """Keep a verdict."""
    await tx.execute(
        "INSERT INTO kyc_business_verdict (tenant_id, business_id, number, outcome, staff_id, decided_at) "
        "VALUES ($1, $2, $3, $4::kyc_step_outcome, $5, $6)",
        business.tenant_id,
        business.id,
        verdict.number,
        verdict.outcome.value,
        verdict.staff_id,
        verdict.decided_at,
    )
