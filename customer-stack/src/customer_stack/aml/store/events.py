"""Events as rows: appended, loaded for a reversal, streamed for a backtest, compared with their counters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.aml.domain.events import Counted, Event, EventClass
from customer_stack.aml.domain.values import EventKind, Product
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class Standing:
    """An event with what is left of it."""

    counted: Counted
    left: int
    is_reversed: bool


async def insert_events(tx: Transaction, rows: Sequence[Counted]) -> None:
    """Append events and reversals."""
    await tx.execute(
        "INSERT INTO aml_event (tenant_id, id, customer_id, kind, product, tags, at, counted_at, n, amount, "
        "counterparty_id, instrument_id, device_id, market_id, side, reverses) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::aml_event_kind[], $5::aml_product[], "
        "$6::smallint[], $7::timestamptz[], $8::timestamptz[], $9::smallint[], $10::bigint[], $11::uuid[], "
        "$12::uuid[], $13::uuid[], $14::uuid[], $15::aml_side[], $16::uuid[])",
        [row.event.tenant_id for row in rows],
        [row.event.id for row in rows],
        [row.event.customer_id for row in rows],
        [row.event_class.kind for row in rows],
        [row.event_class.product for row in rows],
        [row.event_class.tags for row in rows],
        [row.event.at for row in rows],
        [row.counted_at for row in rows],
        [row.n for row in rows],
        [row.amount for row in rows],
        [row.event.counterparty_id for row in rows],
        [row.event.instrument_id for row in rows],
        [row.event.device_id for row in rows],
        [row.event.market_id for row in rows],
        [row.event.side for row in rows],
        [row.reverses for row in rows],
    )


async def load_standing(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Return events by id with what is left of them; a reversal is none."""
    rows = await tx.fetch(
        "SELECT e.*, t.taken, t.is_reversed FROM aml_event e CROSS JOIN LATERAL ("
        "  SELECT coalesce(sum(r.amount), 0)::bigint AS taken, "
        "    coalesce(bool_or(r.n = -1), false) AS is_reversed "
        "  FROM aml_event r WHERE r.reverses = e.id) t "
        "WHERE e.id = ANY($1::uuid[]) AND e.reverses IS NULL",
        list(ids),
    )
    return {
        row["id"]: Standing(read_counted(row), row["amount"] + row["taken"], row["is_reversed"])
        for row in rows
    }


def read_counted(row: asyncpg.Record) -> Counted:
    """Return a row of aml_event as a value."""
    kind, product = EventKind(row["kind"]), Product(row["product"])
    event = Event(
        id=row["id"],
        tenant_id=row["tenant_id"],
        customer_id=row["customer_id"],
        kind=kind,
        product=product,
        amount=max(row["amount"], 0),
        at=row["at"],
        counterparty_id=row["counterparty_id"],
        instrument_id=row["instrument_id"],
        device_id=row["device_id"],
        market_id=row["market_id"],
        side=row["side"],
    )
    return Counted(
        event,
        EventClass(kind, product, row["tags"]),
        row["counted_at"],
        row["n"],
        row["amount"],
        row["reverses"],
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """A bucket that is not what its events make it."""

    what: str
    tenant_id: UUID
    subject: str
    subject_id: UUID
    starts_at: datetime
    stands: tuple[int, int]
    should_be: tuple[int, int]


_SUBJECTS: Final = """LATERAL (VALUES
        ('customer'::aml_subject, e.customer_id), ('instrument', e.instrument_id), ('device', e.device_id)
    ) AS s (subject, subject_id)"""
_DAY: Final = "date_bin('1 day', e.counted_at, $1::timestamptz)"
_COUNTERS: Final = f"""
    SELECT e.tenant_id, s.subject_id, s.subject, g.grain, g.starts_at, e.kind, e.product, e.tags,
           sum(e.n)::bigint AS n, sum(e.amount)::bigint AS amount
    FROM aml_event e CROSS JOIN {_SUBJECTS} CROSS JOIN LATERAL (
        VALUES ('slot'::aml_grain, date_bin('10 minutes', e.counted_at, $1::timestamptz)),
               ('day', {_DAY})) AS g (grain, starts_at)
    WHERE s.subject_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_PAIRS: Final = f"""
    SELECT e.tenant_id, d.subject_id, d.subject, d.dimension, {_DAY} AS day, d.value_id, sum(e.n)::bigint AS n
    FROM aml_event e CROSS JOIN LATERAL (VALUES
        ('customer'::aml_subject, e.customer_id, 'counterparty'::aml_dimension, e.counterparty_id),
        ('customer', e.customer_id, 'instrument', e.instrument_id),
        ('customer', e.customer_id, 'device', e.device_id),
        ('instrument', e.instrument_id, 'customer', e.customer_id),
        ('device', e.device_id, 'customer', e.customer_id)) AS d (subject, subject_id, dimension, value_id)
    WHERE d.subject_id IS NOT NULL AND d.value_id IS NOT NULL AND e.n <> 0 GROUP BY 1, 2, 3, 4, 5, 6
"""


async def find_counter_differences(tx: Transaction, origin: datetime, limit: int) -> list[Difference]:
    """Return up to `limit` buckets that are not what their events make them.

    `origin` is a midnight in Colombo, to which buckets are aligned.
    """
    rows = await tx.fetch(
        "SELECT tenant_id, subject_id, subject, starts_at, "
        "coalesce(b.n, 0) AS n, coalesce(b.amount, 0) AS amount, "
        "coalesce(f.n, 0) AS should_n, coalesce(f.amount, 0) AS should_amount "
        f"FROM aml_counter b FULL JOIN ({_COUNTERS}) f "
        "USING (tenant_id, subject_id, subject, grain, starts_at, kind, product, tags) "
        "WHERE coalesce(b.n, 0) <> coalesce(f.n, 0) OR coalesce(b.amount, 0) <> coalesce(f.amount, 0) "
        "ORDER BY 1, 2, 3, 4 LIMIT $2",
        origin,
        limit,
    )
    return [
        Difference(
            "counter",
            row["tenant_id"],
            row["subject"],
            row["subject_id"],
            row["starts_at"],
            (row["n"], row["amount"]),
            (row["should_n"], row["should_amount"]),
        )
        for row in rows
    ]


async def find_pair_differences(tx: Transaction, origin: datetime, limit: int) -> list[Difference]:
    """Return up to `limit` pairs that differ from the number of their events. `origin`: as above."""
    rows = await tx.fetch(
        "SELECT tenant_id, subject_id, subject, day, coalesce(b.n, 0) AS n, coalesce(f.n, 0) AS should_n "
        f"FROM aml_pair b FULL JOIN ({_PAIRS}) f "
        "USING (tenant_id, subject_id, subject, dimension, day, value_id) "
        "WHERE coalesce(b.n, 0) <> coalesce(f.n, 0) ORDER BY 1, 2, 3, 4 LIMIT $2",
        origin,
        limit,
    )
    return [
        Difference(
            "pair",
            row["tenant_id"],
            row["subject"],
            row["subject_id"],
            row["day"],
            (row["n"], 0),
            (row["should_n"], 0),
        )
        for row in rows
    ]


async def count_events(tx: Transaction) -> int:
    """Return how many events and reversals there are of the bound tenants."""
    found: int = await tx.fetch_value("SELECT count(*) FROM aml_event")
    return found
