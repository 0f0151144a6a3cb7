"""Every query on disclosures."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from customer_stack.disclosures.domain import KeptLook, Look
from shared.database import Transaction

_LOOK = "SELECT id, tenant_id, customer_id, subject_id, staff_id, kind, at FROM disclosure"


def _look(row: Any) -> KeptLook:
    return KeptLook(row[0], Look(*list(row)[1:]))


async def insert(tx: Transaction, look: Look) -> None:
    """Keep a look."""
    await tx.execute(
        "INSERT INTO disclosure (tenant_id, customer_id, subject_id, staff_id, kind, at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        look.tenant_id,
        look.customer_id,
        look.subject_id,
        look.staff_id,
        look.kind,
        look.at,
    )


async def list_of_customer(
    tx: Transaction,
    tenant_id: UUID,
    customer_id: UUID,
    kinds: Sequence[str],
    before: int | None,
    limit: int,
) -> list[KeptLook]:
    """Return looks at a customer's data, of some kinds, newest first, below a number."""
    rows = await tx.fetch(
        f"{_LOOK} WHERE tenant_id = $1 AND customer_id = $2 AND kind = ANY ($3::text[]) "
        "AND ($4::bigint IS NULL OR id < $4) ORDER BY id DESC LIMIT $5",
        tenant_id,
        customer_id,
        list(kinds),
        before,
        limit,
    )
    return [_look(row) for row in rows]


async def list_of_staff(
    tx: Transaction,
    tenant_id: UUID,
    staff_id: UUID,
    kinds: Sequence[str],
    before: int | None,
    limit: int,
) -> list[KeptLook]:
    """Return what a member of staff looked at, newest first, below a number."""
    rows = await tx.fetch(
        f"{_LOOK} WHERE tenant_id = $1 AND staff_id = $2 AND kind = ANY ($3::text[]) "
        "AND ($4::bigint IS NULL OR id < $4) ORDER BY id DESC LIMIT $5",
        tenant_id,
        staff_id,
        list(kinds),
        before,
        limit,
    )
    return [_look(row) for row in rows]
