"""Who is linked with whom: customers who share a device or an instrument."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.catalogue import ROLLING, Window
from customer_stack.aml.domain.counting import day_of
from customer_stack.aml.domain.events import Event
from customer_stack.aml.store.gathering import devices_met
from shared.database import Transaction

STAKE_WINDOW: Final = timedelta(hours=24)

# Codes of subjects and dimensions: 1 customer, 2 instrument, 3 device.
_OPPOSITE: Final = f"""
    SELECT q.number, coalesce(sum(e.amount), 0)::bigint AS staked
    FROM unnest((SELECT $1::integer[]), $2::uuid[], $3::uuid[], $4::aml_side[], $5::uuid[], $6::uuid[],
                $7::smallint[])
        AS q (number, customer_id, market_id, side, instrument_id, device_id, plan)
    JOIN unnest((SELECT $8::smallint[]), $9::uuid[], $10::timestamptz[], $11::timestamptz[],
                $12::timestamptz[])
        AS w (plan, tenant_id, linked_since, staked_since, at) ON w.plan = q.plan
    CROSS JOIN LATERAL (
        SELECT DISTINCT o.value_id AS customer_id FROM (
            SELECT 2::smallint AS dimension, p.value_id FROM aml_pair p
            WHERE p.tenant_id = w.tenant_id AND p.subject_id = q.customer_id AND p.subject = 1
              AND p.dimension = 2 AND p.day >= w.linked_since AND p.n > 0
            UNION SELECT 3, d.value_id FROM (
                {devices_met("w.tenant_id", "q.customer_id", 1, "w.linked_since")}) d
            UNION VALUES (2::smallint, q.instrument_id), (3, q.device_id)) m
        CROSS JOIN LATERAL (
            SELECT p.value_id FROM aml_pair p
            WHERE m.dimension = 2 AND p.tenant_id = w.tenant_id AND p.subject_id = m.value_id
              AND p.subject = 2 AND p.dimension = 1 AND p.day >= w.linked_since AND p.n > 0
            UNION ALL SELECT c.value_id FROM (
                {devices_met("w.tenant_id", "m.value_id", 3, "w.linked_since")}) c
            WHERE m.dimension = 3
            OFFSET 0) o
        WHERE o.value_id <> q.customer_id
        OFFSET 0) l
    CROSS JOIN LATERAL (
        SELECT s.amount FROM aml_event s
        WHERE s.tenant_id = w.tenant_id AND s.customer_id = l.customer_id AND s.counted_at > w.staked_since
          AND s.counted_at <= w.at AND s.kind = 'wager' AND s.market_id = q.market_id AND s.side <> q.side
        OFFSET 0) e
    GROUP BY 1
"""


async def read_opposite_stakes(tx: Transaction, wagers: Sequence[Event]) -> list[int]:
    """Return per wager what linked customers staked on the other side of its market in 24 hours.

    Linked: who used the same device or instrument within the 30 days before, in whole days of Colombo.
    """
    plans: dict[tuple[UUID, datetime], int] = {}
    numbers = [plans.setdefault((wager.tenant_id, wager.at), len(plans)) for wager in wagers]
    rows = await tx.fetch(
        _OPPOSITE,
        list(range(len(wagers))),
        [wager.customer_id for wager in wagers],
        [wager.market_id for wager in wagers],
        [wager.side for wager in wagers],
        [wager.instrument_id for wager in wagers],
        [wager.device_id for wager in wagers],
        numbers,
        list(range(len(plans))),
        [tenant_id for tenant_id, _ in plans],
        [day_of(at - ROLLING[Window.MONTH]) for _, at in plans],
        [at - STAKE_WINDOW for _, at in plans],
        [at for _, at in plans],
    )
    stakes = [0] * len(wagers)
    for number, staked in rows:
        stakes[number] = staked
    return stakes


_LINKED: Final = f"""
    SELECT DISTINCT o.value_id FROM (
        SELECT 2 AS dimension, p.value_id FROM aml_pair p
        WHERE p.tenant_id = $1 AND p.subject_id = $2 AND p.subject = 1 AND p.dimension = 2 AND p.day >= $3
          AND p.n > 0
        UNION SELECT 3, d.value_id FROM ({devices_met("$1", "$2", 1, "$3")}) d) m
    CROSS JOIN LATERAL (
        SELECT p.value_id FROM aml_pair p
        WHERE m.dimension = 2 AND p.tenant_id = $1 AND p.subject_id = m.value_id AND p.subject = 2
          AND p.dimension = 1 AND p.day >= $3 AND p.n > 0
        UNION ALL SELECT c.value_id FROM ({devices_met("$1", "m.value_id", 3, "$3")}) c
        WHERE m.dimension = 3) o
    WHERE o.value_id <> $2
    ORDER BY 1 LIMIT $4
"""


async def read_linked(
    tx: Transaction, tenant_id: UUID, customer_id: UUID, since: datetime, limit: int
) -> list[UUID]:
    """Return customers who used the same device or instrument since a moment, in whole days of Colombo."""
    rows = await tx.fetch(_LINKED, tenant_id, customer_id, day_of(since), limit)
    return [row["value_id"] for row in rows]
