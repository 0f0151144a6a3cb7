"""Counters: moved and read in sets. Rows are always written in the order of their keys.

`OFFSET 0` keeps each lookup a probe by key: without it the planner may join whole tables, and keeps that
plan for the life of a connection.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.catalogue import Dimension, Subject
from customer_stack.aml.domain.counting import DistinctPlan, Piece, Source, day_of
from customer_stack.aml.domain.events import EventClass
from customer_stack.aml.domain.values import EventKind, Product
from shared.database import Transaction
from shared.errors import invariant

BucketKey = tuple[UUID, UUID, Subject, str, datetime, EventClass]
"""Tenant, subject, grain, start of the bucket, class."""
PairKey = tuple[UUID, UUID, Subject, Dimension, datetime, UUID]
"""Tenant, subject, dimension, day, value."""

_EVENTS: Final = """
    SELECT q.number, c.kind, c.product, c.tags, sum(c.n)::bigint AS n, sum(c.amount)::bigint AS amount
    FROM unnest({first}::integer[], {second}::uuid[], {third}::uuid[], {fourth}::timestamptz[],
                {fifth}::timestamptz[]) AS q (number, tenant_id, subject_id, begin, until)
    CROSS JOIN LATERAL (
        SELECT e.kind, e.product, e.tags, e.n, e.amount FROM aml_event e
        WHERE e.tenant_id = q.tenant_id AND e.{column} = q.subject_id
          AND e.counted_at >= q.begin AND e.counted_at < q.until OFFSET 0) c
    GROUP BY 1, 2, 3, 4
"""
_BUCKETS: Final = """
    SELECT q.number, c.kind, c.product, c.tags, sum(c.n)::bigint AS n, sum(c.amount)::bigint AS amount
    FROM unnest($1::integer[], $2::uuid[], $3::uuid[], $4::aml_subject[], $5::aml_grain[],
                $6::timestamptz[], $7::timestamptz[])
        AS q (number, tenant_id, subject_id, subject, grain, begin, until)
    CROSS JOIN LATERAL (
        SELECT b.kind, b.product, b.tags, b.n, b.amount FROM aml_counter b
        WHERE b.tenant_id = q.tenant_id AND b.subject_id = q.subject_id AND b.subject = q.subject
          AND b.grain = q.grain AND b.starts_at >= q.begin AND b.starts_at < q.until OFFSET 0) c
    GROUP BY 1, 2, 3, 4
"""
_BUCKET_ROWS: Final = (
    "unnest($1::uuid[], $2::uuid[], $3::aml_subject[], $4::aml_grain[], $5::timestamptz[], "
    "$6::aml_event_kind[], $7::aml_product[], $8::smallint[], $9::integer[], $10::bigint[])"
)
_PAIR_ROWS: Final = (
    "unnest($1::uuid[], $2::uuid[], $3::aml_subject[], $4::aml_dimension[], "
    "$5::timestamptz[], $6::uuid[], $7::integer[])"
)
_COLUMNS: Final = {
    Subject.CUSTOMER: "customer_id",
    Subject.INSTRUMENT: "instrument_id",
    Subject.DEVICE: "device_id",
}


def _events_of(subject: Subject, first: int) -> str:
    places = {
        name: f"${first + index}"
        for index, name in enumerate(("first", "second", "third", "fourth", "fifth"))
    }
    return _EVENTS.format(column=_COLUMNS[subject], **places)


_READ: Final = " UNION ALL ".join(
    [_BUCKETS, *(_events_of(subject, 8 + 5 * number) for number, subject in enumerate(Subject))]
)

_DISTINCT: Final = """
    SELECT q.number, count(DISTINCT v.value_id)::bigint AS n,
           bool_or(v.value_id = q.candidate) AS has_candidate
    FROM unnest($1::integer[], $2::uuid[], $3::uuid[], $4::aml_subject[], $5::aml_dimension[],
                $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[],
                $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::uuid[])
        AS q (number, tenant_id, subject_id, subject, dimension, whole_begin, whole_end,
              one_day, one_begin, one_end, other_day, other_begin, other_end, candidate)
    CROSS JOIN LATERAL (
        SELECT p.value_id FROM aml_pair p
        WHERE p.tenant_id = q.tenant_id AND p.subject_id = q.subject_id AND p.subject = q.subject
          AND p.dimension = q.dimension AND p.day >= q.whole_begin AND p.day < q.whole_end AND p.n > 0
        UNION ALL
        SELECT p.value_id FROM (VALUES (q.one_day, q.one_begin, q.one_end),
                                       (q.other_day, q.other_begin, q.other_end)) AS x (day, begin, until)
        JOIN aml_pair p ON p.tenant_id = q.tenant_id AND p.subject_id = q.subject_id AND p.subject = q.subject
          AND p.dimension = q.dimension AND p.day = x.day AND p.n > 0
        WHERE x.begin < x.until AND EXISTS (
            SELECT FROM aml_event e
            WHERE e.tenant_id = q.tenant_id
              AND e.customer_id = CASE q.subject WHEN 'customer' THEN q.subject_id ELSE p.value_id END
              AND e.counted_at >= x.begin AND e.counted_at < x.until AND e.n = 1
              AND CASE WHEN q.subject = 'instrument' THEN e.instrument_id = q.subject_id
                       WHEN q.subject = 'device' THEN e.device_id = q.subject_id
                       WHEN q.dimension = 'counterparty' THEN e.counterparty_id = p.value_id
                       WHEN q.dimension = 'instrument' THEN e.instrument_id = p.value_id
                       ELSE e.device_id = p.value_id END
              AND NOT EXISTS (SELECT FROM aml_event r WHERE r.reverses = e.id AND r.n = -1))
        OFFSET 0) v
    GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces to read of one subject's counters."""

    tenant_id: UUID
    subject: Subject
    subject_id: UUID
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class WantedDistinct:
    """Different values of one subject to count; `candidate`: is this value among them?"""

    tenant_id: UUID
    subject: Subject
    subject_id: UUID
    dimension: Dimension
    plan: DistinctPlan
    candidate: UUID | None = None


Sums = dict[EventClass, tuple[int, int]]
"""Number and LKR cents by class."""


async def read_pieces(tx: Transaction, wanted: Sequence[Wanted]) -> list[list[tuple[Piece, Sums]]]:
    """Return per subject what each of its pieces holds, in one statement; an empty piece is left out."""
    pieces = [(number, want, piece) for number, want in enumerate(wanted) for piece in want.pieces]
    buckets = [
        (at, want, piece) for at, (_, want, piece) in enumerate(pieces) if piece.source is not Source.EVENTS
    ]
    arguments: list[object] = [
        [at for at, _, _ in buckets],
        [want.tenant_id for _, want, _ in buckets],
        [want.subject_id for _, want, _ in buckets],
        [want.subject for _, want, _ in buckets],
        [piece.source for _, _, piece in buckets],
        [piece.span.begin for _, _, piece in buckets],
        [piece.span.end for _, _, piece in buckets],
    ]
    for subject in Subject:
        events = [
            (at, want, piece)
            for at, (_, want, piece) in enumerate(pieces)
            if piece.source is Source.EVENTS and want.subject is subject
        ]
        arguments += [
            [at for at, _, _ in events],
            [want.tenant_id for _, want, _ in events],
            [want.subject_id for _, want, _ in events],
            [piece.span.begin for _, _, piece in events],
            [piece.span.end for _, _, piece in events],
        ]
    sums: dict[int, Sums] = {}
    for at, kind, product, tags, n, amount in await tx.fetch(_READ, *arguments):
        sums.setdefault(at, {})[EventClass(EventKind(kind), Product(product), tags)] = (n, amount)
    found: list[list[tuple[Piece, Sums]]] = [[] for _ in wanted]
    for at, held in sums.items():
        number, _, piece = pieces[at]
        found[number].append((piece, held))
    return found


async def read_distinct(tx: Transaction, wanted: Sequence[WantedDistinct]) -> list[tuple[int, bool]]:
    """Return per subject how many different values it met, and whether the candidate is one of them."""
    plans = [want.plan for want in wanted]
    rows = await tx.fetch(
        _DISTINCT,
        list(range(len(wanted))),
        [want.tenant_id for want in wanted],
        [want.subject_id for want in wanted],
        [want.subject for want in wanted],
        [want.dimension for want in wanted],
        [plan.whole.begin for plan in plans],
        [plan.whole.end for plan in plans],
        *(
            [of(plan.edges[edge]) for plan in plans]
            for edge in (0, 1)
            for of in (lambda span: day_of(span.begin), lambda span: span.begin, lambda span: span.end)
        ),
        [want.candidate for want in wanted],
    )
    found = [(0, False)] * len(wanted)
    for number, n, has_candidate in rows:
        found[number] = (n, bool(has_candidate))
    return found


async def add_to_buckets(tx: Transaction, changes: Mapping[BucketKey, tuple[int, int]]) -> None:
    """Add numbers and amounts to buckets, making those that are missing."""
    keys = sorted(changes)
    await tx.execute(
        "INSERT INTO aml_counter "
        "(tenant_id, subject_id, subject, grain, starts_at, kind, product, tags, n, amount) "
        f"SELECT * FROM {_BUCKET_ROWS} ON CONFLICT ON CONSTRAINT aml_counter_pk DO UPDATE "
        "SET n = aml_counter.n + excluded.n, amount = aml_counter.amount + excluded.amount",
        *_bucket_columns(keys, changes),
    )


async def take_from_buckets(tx: Transaction, changes: Mapping[BucketKey, tuple[int, int]]) -> None:
    """Take numbers and amounts out of the buckets in which they were counted."""
    keys = sorted(changes)
    rows = await tx.fetch(
        f"UPDATE aml_counter b SET n = b.n - w.n, amount = b.amount - w.amount FROM {_BUCKET_ROWS} "
        "AS w (tenant_id, subject_id, subject, grain, starts_at, kind, product, tags, n, amount) "
        "WHERE (b.tenant_id, b.subject_id, b.subject, b.grain, b.starts_at, b.kind, b.product, b.tags) "
        "= (w.tenant_id, w.subject_id, w.subject, w.grain, w.starts_at, w.kind, w.product, w.tags) "
        "RETURNING 1",
        *_bucket_columns(keys, changes),
    )
    invariant(len(rows) == len(keys), "a reversal is taken out of the buckets that its event entered")


def _bucket_columns(
    keys: Sequence[BucketKey], changes: Mapping[BucketKey, tuple[int, int]]
) -> list[Sequence[object]]:
    return [
        *([key[column] for key in keys] for column in range(5)),
        [key[5].kind for key in keys],
        [key[5].product for key in keys],
        [key[5].tags for key in keys],
        [changes[key][0] for key in keys],
        [changes[key][1] for key in keys],
    ]


async def add_to_pairs(tx: Transaction, changes: Mapping[PairKey, int]) -> None:
    """Add to how often values met subjects on a day."""
    keys = sorted(changes)
    await tx.execute(
        "INSERT INTO aml_pair (tenant_id, subject_id, subject, dimension, day, value_id, n) "
        f"SELECT * FROM {_PAIR_ROWS} "
        "ON CONFLICT ON CONSTRAINT aml_pair_pk DO UPDATE SET n = aml_pair.n + excluded.n",
        *_pair_columns(keys, changes),
    )


async def take_from_pairs(tx: Transaction, changes: Mapping[PairKey, int]) -> None:
    """Take out of how often values met subjects on a day."""
    keys = sorted(changes)
    rows = await tx.fetch(
        f"UPDATE aml_pair b SET n = b.n - w.n FROM {_PAIR_ROWS} "
        "AS w (tenant_id, subject_id, subject, dimension, day, value_id, n) "
        "WHERE (b.tenant_id, b.subject_id, b.subject, b.dimension, b.day, b.value_id) "
        "= (w.tenant_id, w.subject_id, w.subject, w.dimension, w.day, w.value_id) RETURNING 1",
        *_pair_columns(keys, changes),
    )
    invariant(len(rows) == len(keys), "a reversal is taken out of the pairs that its event entered")


def _pair_columns(keys: Sequence[PairKey], changes: Mapping[PairKey, int]) -> list[Sequence[object]]:
    return [*([key[column] for key in keys] for column in range(6)), [changes[key] for key in keys]]
