"""How cases of customers ended."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.database import Transaction


async def count_findings(
    tx: Transaction, tenant_id: UUID, customer_ids: Sequence[UUID], since: datetime
) -> list[tuple[UUID, str | None, int]]:
    """Return customer, outcome (None: it is open) and how many cases that were opened or closed since."""
    rows = await tx.fetch(
        "SELECT c.customer_id, c.outcome::text, count(*)::integer FROM cases_case c "
        "WHERE c.tenant_id = $1 AND c.customer_id = ANY($2::uuid[]) "
        "AND (c.closed_at IS NULL OR c.closed_at >= $3) GROUP BY 1, 2",
        tenant_id,
        list(customer_ids),
        since,
    )
    return [(row[0], row[1], row[2]) for row in rows]
