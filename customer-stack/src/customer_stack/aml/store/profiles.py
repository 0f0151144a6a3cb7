"""What customers did in a month, by kind and product, and how many others they are linked with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.aml.store.gathering import devices_met
from shared.database import Transaction

_COUNT_LINKED: Final = f"""
    SELECT q.customer_id, l.number FROM unnest($2::uuid[]) AS q (customer_id)
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT o.value_id)::integer AS number FROM (
            SELECT 2 AS dimension, p.value_id FROM aml_pair p
            WHERE p.tenant_id = $1 AND p.subject_id = q.customer_id AND p.subject = 1 AND p.dimension = 2
              AND p.day >= $3 AND p.n > 0
            UNION SELECT 3, d.value_id FROM ({devices_met("$1", "q.customer_id", 1, "$3")}) d) m
        CROSS JOIN LATERAL (
            SELECT p.value_id FROM aml_pair p
            WHERE m.dimension = 2 AND p.tenant_id = $1 AND p.subject_id = m.value_id AND p.subject = 2
              AND p.dimension = 1 AND p.day >= $3 AND p.n > 0
            UNION ALL SELECT c.value_id FROM ({devices_met("$1", "m.value_id", 3, "$3")}) c
            WHERE m.dimension = 3) o
        WHERE o.value_id <> q.customer_id) l
    WHERE l.number > 0
"""


async def load_activity(
    tx: Transaction, tenant_id: UUID, customer_ids: Sequence[UUID], since: datetime
) -> list[tuple[UUID, EventKind, Product, int]]:
    """Return customer, kind, product and LKR cents of whole days of Colombo from one on."""
    rows = await tx.fetch(
        "SELECT q.customer_id, c.kind, c.product, c.amount FROM unnest($2::uuid[]) AS q (customer_id) "
        "CROSS JOIN LATERAL (SELECT r.kind, r.product, sum(r.amount)::bigint AS amount FROM aml_counter r "
        "WHERE r.tenant_id = $1 AND r.subject_id = q.customer_id AND r.subject = 1 AND r.minutes = 1440 "
        "AND r.starts_at >= $3 AND r.n > 0 GROUP BY 1, 2 "
        "UNION ALL SELECT e.kind, e.product, sum(e.amount)::bigint FROM aml_event e "
        "WHERE e.tenant_id = $1 AND e.customer_id = q.customer_id AND e.counted_at >= $3 "
        "AND NOT EXISTS (SELECT FROM aml_gathered g WHERE g.tenant_id = $1 "
        "AND g.subject_id = q.customer_id AND g.subject = 1) "
        "GROUP BY 1, 2 HAVING sum(e.n) > 0) c",
        tenant_id,
        list(customer_ids),
        since,
    )
    return [(row[0], EventKind(row[1]), Product(row[2]), row[3]) for row in rows]


async def count_linked(
    tx: Transaction, tenant_id: UUID, customer_ids: Sequence[UUID], since: datetime
) -> dict[UUID, int]:
    """Return how many others used the same devices or instruments on days from one on; none is left out."""
    rows = await tx.fetch(_COUNT_LINKED, tenant_id, list(customer_ids), since)
    return {row[0]: row[1] for row in rows}
