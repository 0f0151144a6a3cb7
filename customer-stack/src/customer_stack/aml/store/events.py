"""Events as rows: appended, loaded for a reversal, streamed for a backtest, compared with their counters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.aml.domain.catalogue import Subject
from customer_stack.aml.domain.counting import ORIGIN, Span
from customer_stack.aml.domain.events import Counted, Event, EventClass
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.aml.store.gathering import COLUMNS, SUBJECT_CODES, SubjectKey, find_gathered
from shared.columns import folded, unless_missing
from shared.database import Transaction
from shared.errors import invariant


@dataclass(frozen=True, slots=True)
class Standing:
    """An event with what is left of it."""

    counted: Counted
    left: int
    is_reversed: bool


_APPEND: Final = """
INSERT INTO aml_event (tenant_id, id, customer_id, kind, product, tags, at, counted_at, n, amount,
                       counterparty_id, instrument_id, device_id, market_id, side)
SELECT coalesce(u.tenant_id, ($1::uuid[])[1]), u.id, u.customer_id,
       coalesce(u.kind, ($4::aml_event_kind[])[1]), coalesce(u.product, ($5::aml_product[])[1]),
       coalesce(u.tags, ($6::smallint[])[1]), t.at, t.at, 1, coalesce(u.amount, ($8::bigint[])[1]),
       u.counterparty_id, u.instrument_id, u.device_id, u.market_id, u.side
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::aml_event_kind[], $5::aml_product[], $6::smallint[],
            $7::timestamptz[], $8::bigint[], $9::uuid[], $10::uuid[], $11::uuid[], $12::uuid[],
            $13::aml_side[])
    AS u (tenant_id, id, customer_id, kind, product, tags, at, amount,
          counterparty_id, instrument_id, device_id, market_id, side)
CROSS JOIN LATERAL (SELECT coalesce(u.at, ($7::timestamptz[])[1])) AS t (at)
"""

# For events that meet nobody, of subjects that are not gathered: most of them. What the longer statement does
# to find that it has nothing more to write costs as much as writing them.
# All that an event moves follows from it, so it is sent once and not with each of its buckets. Rows are
# written in the order of their keys, pairs before buckets, as reversals do. Buckets, and pairs with a device,
# are kept of subjects that are gathered; locking those says that they were counted so.
_COUNT: Final = f"""
WITH e AS ({_APPEND}
    RETURNING tenant_id, customer_id, kind, product, tags, counted_at, amount,
              counterparty_id, instrument_id, device_id
), s AS MATERIALIZED (
    SELECT e.*, x.subject, x.subject_id
    FROM e CROSS JOIN LATERAL (VALUES (1::smallint, e.customer_id), (2, e.instrument_id), (3, e.device_id))
        AS x (subject, subject_id)
    WHERE x.subject_id IS NOT NULL
), g AS MATERIALIZED (
    SELECT b.* FROM (SELECT DISTINCT tenant_id, subject_id, subject FROM s) d CROSS JOIN LATERAL (
        SELECT k.tenant_id, k.subject_id, k.subject FROM aml_gathered k
        WHERE k.tenant_id = d.tenant_id AND k.subject_id = d.subject_id AND k.subject = d.subject
        FOR KEY SHARE) b
), buckets AS (
    INSERT INTO aml_counter
        (tenant_id, subject_id, subject, minutes, starts_at, kind, product, tags, n, amount)
    SELECT s.tenant_id, s.subject_id, s.subject, t.minutes, t.starts_at, s.kind, s.product, s.tags,
           count(*), sum(s.amount)
    FROM s JOIN g USING (tenant_id, subject_id, subject) CROSS JOIN LATERAL (VALUES
        (10::smallint, date_bin('10 minutes', s.counted_at, $14)),
        (1440, date_bin('1 day', s.counted_at, $14))) AS t (minutes, starts_at)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
    ON CONFLICT ON CONSTRAINT aml_counter_pk DO UPDATE
    SET n = aml_counter.n + excluded.n, amount = aml_counter.amount + excluded.amount
)
INSERT INTO aml_pair (tenant_id, subject_id, subject, dimension, day, value_id, n)
SELECT s.tenant_id, s.subject_id, s.subject, d.dimension, date_bin('1 day', s.counted_at, $14), d.value_id,
       count(*)
FROM s LEFT JOIN g USING (tenant_id, subject_id, subject) CROSS JOIN LATERAL (VALUES
    (1::smallint, CASE WHEN s.subject = 2 OR (s.subject = 3 AND g.subject_id IS NOT NULL)
                       THEN s.customer_id END),
    (2, CASE WHEN s.subject = 1 THEN s.instrument_id END),
    (3, CASE WHEN s.subject = 1 AND g.subject_id IS NOT NULL THEN s.device_id END),
    (4, CASE WHEN s.subject = 1 THEN s.counterparty_id END)) AS d (dimension, value_id)
WHERE (g.subject_id IS NOT NULL OR s.instrument_id IS NOT NULL OR s.counterparty_id IS NOT NULL)
  AND d.value_id IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
ON CONFLICT ON CONSTRAINT aml_pair_pk DO UPDATE SET n = aml_pair.n + excluded.n
"""


async def count_events(tx: Transaction, happened: Sequence[Event]) -> None:
    """Append events, and count them in their buckets and pairs where there are any, in two statements."""
    classes = [event.event_class for event in happened]
    rows = (
        folded([event.tenant_id for event in happened]),
        [event.id for event in happened],
        [event.customer_id for event in happened],
        folded([each.kind for each in classes]),
        folded([each.product for each in classes]),
        folded([each.tags for each in classes]),
        folded([event.at for event in happened]),
        folded([event.amount for event in happened]),
        unless_missing([event.counterparty_id for event in happened]),
        unless_missing([event.instrument_id for event in happened]),
        unless_missing([event.device_id for event in happened]),
        unless_missing([event.market_id for event in happened]),
        unless_missing([event.side for event in happened]),
    )
    counterparties, instruments = rows[8], rows[9]
    if counterparties or instruments or await find_gathered(tx, _keys(happened), lock=True):
        await tx.execute(_COUNT, *rows, ORIGIN)
    else:
        await tx.execute(_APPEND, *rows)


def _keys(happened: Sequence[Event]) -> Iterator[SubjectKey]:
    """Yield the customers and devices of events that have no instrument, as the tables call them."""
    for event in happened:
        yield event.tenant_id, SUBJECT_CODES[Subject.CUSTOMER], event.customer_id
        if event.device_id is not None:
            yield event.tenant_id, SUBJECT_CODES[Subject.DEVICE], event.device_id


async def insert_reversals(tx: Transaction, rows: Sequence[Counted]) -> None:
    """Append reversals."""
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


async def sum_by_moment(
    tx: Transaction, tenant_id: UUID, kinds: Sequence[EventKind]
) -> dict[tuple[EventKind, UUID, datetime], int]:
    """Return what events of these kinds amount to, less what was reversed, by customer and moment."""
    rows = await tx.fetch(
        "SELECT kind, customer_id, counted_at, sum(amount)::bigint AS amount FROM aml_event "
        "WHERE tenant_id = $1 AND kind = ANY($2::aml_event_kind[]) GROUP BY 1, 2, 3",
        tenant_id,
        [kind.value for kind in kinds],
    )
    return {
        (EventKind(row["kind"]), row["customer_id"], row["counted_at"]): row["amount"]
        for row in rows
        if row["amount"]
    }


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
    subject: Subject
    subject_id: UUID
    starts_at: datetime
    stands: tuple[int, int]
    should_be: tuple[int, int]


_IN_RANGE: Final = (
    "e.tenant_id = $1 AND e.{column} > $2 AND e.{column} <= $3 AND e.counted_at >= $7 AND e.counted_at < $8"
)
_IS_GATHERED: Final = (
    "EXISTS (SELECT FROM aml_gathered g "
    "WHERE g.tenant_id = $1 AND g.subject_id = e.{column} AND g.subject = $4)"
)
_DAY: Final = "date_bin('1 day', e.counted_at, $5::timestamptz)"
_COUNTERS: Final = f"""
    SELECT e.{{column}} AS subject_id, g.minutes, g.starts_at, e.kind, e.product, e.tags,
           sum(e.n)::bigint AS n, sum(e.amount)::bigint AS amount
    FROM aml_event e CROSS JOIN LATERAL (VALUES
        (10::smallint, date_bin('10 minutes', e.counted_at, $5::timestamptz)), (1440, {_DAY})
    ) AS g (minutes, starts_at) WHERE {_IN_RANGE} AND {_IS_GATHERED} GROUP BY 1, 2, 3, 4, 5, 6
"""
_PAIRS: Final = f"""
    SELECT e.{{column}} AS subject_id, d.dimension, {_DAY} AS day, d.value_id, sum(e.n)::bigint AS n
    FROM aml_event e CROSS JOIN LATERAL (VALUES
        (1::smallint, CASE WHEN $4 <> 1 THEN e.customer_id END),
        (2, CASE WHEN $4 = 1 THEN e.instrument_id END),
        (3, CASE WHEN $4 = 1 THEN e.device_id END),
        (4, CASE WHEN $4 = 1 THEN e.counterparty_id END)) AS d (dimension, value_id)
    WHERE {_IN_RANGE} AND d.value_id IS NOT NULL AND e.n <> 0
      AND (($4 <> 3 AND d.dimension <> 3) OR {_IS_GATHERED}) GROUP BY 1, 2, 3, 4
"""
_STANDING: Final = (
    "WHERE tenant_id = $1 AND subject_id > $2 AND subject_id <= $3 AND subject = $4 "
    "AND {start} >= $7 AND {start} < $8"
)


@dataclass(frozen=True, slots=True)
class Section:
    """Some subjects of one tenant and kind: those behind `after`, up to and with `upto`; how many rows."""

    tenant_id: UUID
    subject: Subject
    after: UUID
    upto: UUID
    rows: int
    first: datetime | None
    last: datetime | None


async def find_section(
    tx: Transaction, tenant_id: UUID, subject: Subject, after: UUID, size: int
) -> Section | None:
    """Return the next `size` subjects behind an id; None when there are no more."""
    column = COLUMNS[subject]
    upto = await tx.fetch_value(
        "SELECT subject_id FROM (SELECT subject_id FROM ("
        "(SELECT DISTINCT subject_id FROM aml_counter WHERE tenant_id = $1 AND subject_id > $2 "
        "AND subject = $3 ORDER BY 1 LIMIT $4) UNION "
        "(SELECT DISTINCT subject_id FROM aml_pair WHERE tenant_id = $1 AND subject_id > $2 "
        "AND subject = $3 ORDER BY 1 LIMIT $4) UNION "
        f"(SELECT DISTINCT {column} FROM aml_event WHERE tenant_id = $1 AND {column} > $2 "
        "ORDER BY 1 LIMIT $4)"
        ") every ORDER BY subject_id LIMIT $4) page ORDER BY subject_id DESC LIMIT 1",
        tenant_id,
        after,
        SUBJECT_CODES[subject],
        size,
    )
    if upto is None:
        return None
    counted = await tx.fetch_row(
        "SELECT count(*) AS rows, min(counted_at) AS first, max(counted_at) AS last FROM aml_event "
        f"WHERE tenant_id = $1 AND {column} > $2 AND {column} <= $3",
        tenant_id,
        after,
        upto,
    )
    invariant(counted is not None, "a count is one row")
    return Section(tenant_id, subject, after, upto, **dict(counted or {}))


async def find_differences(
    tx: Transaction, section: Section, span: Span, origin: datetime, limit: int
) -> list[Difference]:
    """Return buckets and pairs of a span that are not what their events make them, up to `limit` of each.

    The span is of whole days; `origin` is a midnight in Colombo, to which buckets are aligned.
    """
    column = COLUMNS[section.subject]
    place = (
        section.tenant_id,
        section.after,
        section.upto,
        SUBJECT_CODES[section.subject],
        origin,
        limit,
        span.begin,
        span.end,
    )
    counters = await tx.fetch(
        "SELECT subject_id, starts_at, coalesce(b.n, 0) AS n, coalesce(b.amount, 0) AS amount, "
        "coalesce(f.n, 0) AS should_n, coalesce(f.amount, 0) AS should_amount "
        f"FROM (SELECT * FROM aml_counter {_STANDING.format(start='starts_at')}) b "
        f"FULL JOIN ({_COUNTERS.format(column=column)}) f "
        "USING (subject_id, minutes, starts_at, kind, product, tags) "
        "WHERE coalesce(b.n, 0) <> coalesce(f.n, 0) OR coalesce(b.amount, 0) <> coalesce(f.amount, 0) "
        "ORDER BY 1, 2 LIMIT $6",
        *place,
    )
    pairs = await tx.fetch(
        "SELECT subject_id, day AS starts_at, coalesce(b.n, 0) AS n, 0 AS amount, "
        "coalesce(f.n, 0) AS should_n, 0 AS should_amount "
        f"FROM (SELECT * FROM aml_pair {_STANDING.format(start='day')}) b "
        f"FULL JOIN ({_PAIRS.format(column=column)}) f "
        "USING (subject_id, dimension, day, value_id) "
        "WHERE coalesce(b.n, 0) <> coalesce(f.n, 0) ORDER BY 1, 2 LIMIT $6",
        *place,
    )
    return [
        Difference(
            what,
            section.tenant_id,
            section.subject,
            row["subject_id"],
            row["starts_at"],
            (row["n"], row["amount"]),
            (row["should_n"], row["should_amount"]),
        )
        for what, rows in (("counter", counters), ("pair", pairs))
        for row in rows
    ]


async def load_page(
    tx: Transaction, tenant_id: UUID, after: tuple[datetime, UUID], end: datetime, limit: int
) -> list[Counted]:
    """Return events and reversals behind a moment and an id, up to and without `end`, as they happened."""
    rows = await tx.fetch(
        "SELECT * FROM aml_event WHERE tenant_id = $1 AND (at, id) > ($2, $3) AND at < $4 "
        "ORDER BY at, id LIMIT $5",
        tenant_id,
        *after,
        end,
        limit,
    )
    return [read_counted(row) for row in rows]
