"""Reality checks: intervals and acknowledgements, and results since a moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.protection.domain.reality import Result, edge_since
from shared.database import Transaction

_RESULTS: Final = """
    SELECT coalesce(sum(x.staked), 0)::bigint AS staked, coalesce(sum(x.returned), 0)::bigint AS returned
    FROM unnest($2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS w (after, whole, number)
    LEFT JOIN LATERAL (
        SELECT h.staked, h.returned FROM protection_hour h WHERE h.customer_id = $1 AND h.hour >= w.whole
        UNION ALL
        SELECT m.staked, m.returned FROM protection_moment m
        WHERE m.customer_id = $1 AND m.at > w.after AND m.at < w.whole) x ON true
    GROUP BY w.number ORDER BY w.number
"""


async def load_results(tx: Transaction, customer_id: UUID, since: Sequence[datetime]) -> list[Result]:
    """Return what was staked and came back since each moment."""
    edges = [edge_since(each) for each in since]
    rows = await tx.fetch(
        _RESULTS, customer_id, [edge.after for edge in edges], [edge.whole for edge in edges]
    )
    return [Result(row["staked"], row["returned"]) for row in rows]


async def set_interval(tx: Transaction, tenant_id: UUID, customer_id: UUID, minutes: int | None) -> None:
    """Keep a customer's own interval; None: the tenant's holds."""
    await tx.execute(
        "INSERT INTO protection_reality (tenant_id, customer_id, interval_minutes) VALUES ($1, $2, $3) "
        "ON CONFLICT ON CONSTRAINT protection_reality_pk "
        "DO UPDATE SET interval_minutes = excluded.interval_minutes",
        tenant_id,
        customer_id,
        minutes,
    )


async def acknowledge(tx: Transaction, tenant_id: UUID, customer_id: UUID, at: datetime) -> None:
    """Keep that a customer has seen a check."""
    await tx.execute(
        "INSERT INTO protection_reality (tenant_id, customer_id, acknowledged_at) VALUES ($1, $2, $3) "
        "ON CONFLICT ON CONSTRAINT protection_reality_pk "
        "DO UPDATE SET acknowledged_at = excluded.acknowledged_at",
        tenant_id,
        customer_id,
        at,
    )
