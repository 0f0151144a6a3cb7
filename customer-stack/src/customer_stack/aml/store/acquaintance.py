"""What stored events say of a customer beside counters: the last movement, and who and what is known."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from customer_stack.aml.domain.events import Event
from shared.database import Transaction

# Codes of subjects and dimensions: 1 customer; 2 instrument, 4 counterparty.
_KNOWN: Final = """
    EXISTS (SELECT FROM aml_pair p WHERE p.tenant_id = q.tenant_id AND p.subject_id = q.customer_id
            AND p.subject = 1 AND p.dimension = {dimension} AND p.value_id = q.{column} AND p.n > 0)
"""
_ACQUAINTANCE: Final = f"""
    SELECT q.number, l.counted_at, {_KNOWN.format(dimension=4, column="counterparty_id")},
           {_KNOWN.format(dimension=2, column="instrument_id")}
    FROM unnest((SELECT $1::integer[]), $2::uuid[], $3::uuid[], $4::timestamptz[], $5::uuid[], $6::uuid[])
        AS q (number, tenant_id, customer_id, at, counterparty_id, instrument_id)
    LEFT JOIN LATERAL (
        SELECT e.counted_at FROM aml_event e
        WHERE e.tenant_id = q.tenant_id AND e.customer_id = q.customer_id AND e.counted_at <= q.at AND e.n = 1
        ORDER BY e.counted_at DESC LIMIT 1) l ON true
"""


class Acquaintance(NamedTuple):
    """When a customer last moved money; whether they met an event's counterparty and instrument before."""

    last_at: datetime | None
    knows_counterparty: bool
    knows_instrument: bool


async def read_acquaintance(tx: Transaction, events: Sequence[Event]) -> list[Acquaintance]:
    """Return what is stored of each event's customer, in one statement."""
    rows = await tx.fetch(
        _ACQUAINTANCE,
        list(range(len(events))),
        [event.tenant_id for event in events],
        [event.customer_id for event in events],
        [event.at for event in events],
        [event.counterparty_id for event in events],
        [event.instrument_id for event in events],
    )
    found = {number: Acquaintance(*rest) for number, *rest in rows}
    return [found[number] for number in range(len(events))]
