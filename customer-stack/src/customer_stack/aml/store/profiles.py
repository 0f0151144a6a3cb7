"""What customers did in a month, by kind and product, and how many others they are linked with."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from customer_stack.aml.domain.values import EventKind, Product
from shared.database import Transaction


async def load_activity(
    tx: Transaction, tenant_id: UUID, customer_ids: Sequence[UUID], since: datetime
) -> list[tuple[UUID, EventKind, Product, int]]:
    """Return customer, kind, product and LKR cents of whole days of Colombo from one on."""
    rows = await tx.fetch(
        "SELECT q.customer_id, c.kind, c.product, c.amount FROM unnest($2::uuid[]) AS q (customer_id) "
        "CROSS JOIN LATERAL (SELECT r.kind, r.product, sum(r.amount)::bigint AS amount FROM aml_counter r "
        "WHERE r.tenant_id = $1 AND r.subject_id = q.customer_id AND r.subject = 1 AND r.minutes = 1440 "
        "AND r.starts_at >= $3 AND r.n > 0 GROUP BY 1, 2) c",
        tenant_id,
        list(customer_ids),
        since,
    )
    return [(row[0], EventKind(row[1]), Product(row[2]), row[3]) for row in rows]


async def count_linked(
    tx: Transaction, tenant_id: UUID, customer_ids: Sequence[UUID], since: datetime
) -> dict[UUID, int]:
    """Return how many others used the same devices or instruments on days from one on; none is left out."""
    rows = await tx.fetch(
        "SELECT q.customer_id, l.number FROM unnest($2::uuid[]) AS q (customer_id) "
        "CROSS JOIN LATERAL (SELECT count(DISTINCT o.value_id)::integer AS number FROM aml_pair p "
        "JOIN aml_pair o ON o.tenant_id = p.tenant_id AND o.subject_id = p.value_id "
        "AND o.subject = p.dimension AND o.dimension = 1 AND o.day >= $3 AND o.n > 0 "
        "AND o.value_id <> q.customer_id "
        "WHERE p.tenant_id = $1 AND p.subject_id = q.customer_id AND p.subject = 1 "
        "AND p.dimension IN (2, 3) AND p.day >= $3 AND p.n > 0) l WHERE l.number > 0",
        tenant_id,
        list(customer_ids),
        since,
    )
    return {row[0]: row[1] for row in rows}
