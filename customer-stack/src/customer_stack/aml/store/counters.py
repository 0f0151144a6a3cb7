"""Counters: moved and read in sets. Rows are always written in the order of their keys.

A LATERAL part that aggregates, or ends with `OFFSET 0`, stays a probe by key for each row before it: the
planner could else join whole tables, and keep that plan for the life of a connection.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple
from uuid import UUID

from customer_stack.aml.domain.catalogue import METRICS, Dimension, Subject
from customer_stack.aml.domain.counting import DistinctPlan, Piece, Source, day_of
from customer_stack.aml.domain.events import TAG_BITS, EventClass
from shared.database import Transaction
from shared.errors import invariant

BucketKey = tuple[UUID, UUID, int, int, datetime, EventClass]
"""Tenant, subject and its code, minutes of the bucket, its start, class."""
PairKey = tuple[UUID, UUID, int, int, datetime, UUID]
"""Tenant, subject and its code, code of the dimension, day, value."""

SUBJECT_CODES: Final = {Subject.CUSTOMER: 1, Subject.INSTRUMENT: 2, Subject.DEVICE: 3}
"""How the tables call subjects."""
DIMENSION_CODES: Final = {
    Dimension.CUSTOMER: 1,
    Dimension.INSTRUMENT: 2,
    Dimension.DEVICE: 3,
    Dimension.COUNTERPARTY: 4,
}
"""How the tables call dimensions; the first three as their subjects."""
MINUTES: Final = {Source.SLOTS: 10, Source.DAYS: 1440}

COLUMNS: Final = {
    Subject.CUSTOMER: "customer_id",
    Subject.INSTRUMENT: "instrument_id",
    Subject.DEVICE: "device_id",
}

# An array behind a SELECT has no length that the planner sees, and one such array is enough. If it saw all
# lengths it would plan each execution anew, believing a plan for so few pieces to be cheaper: that costs
# more than the reading.
_BUCKETS: Final = """
    SELECT q.number, c.* FROM unnest((SELECT $1::integer[]), $2::uuid[], $3::uuid[], $4::smallint[],
            $5::smallint[], $6::timestamptz[], $7::timestamptz[])
        AS q (number, tenant_id, subject_id, subject, minutes, begin, until)
    CROSS JOIN LATERAL (
        SELECT {sums} FROM aml_counter r
        WHERE r.tenant_id = q.tenant_id AND r.subject_id = q.subject_id AND r.subject = q.subject
          AND r.minutes = q.minutes AND r.starts_at >= q.begin AND r.starts_at < q.until) c
"""
_EVENTS: Final = """
    SELECT q.number, c.* FROM unnest({places}) AS q (number, tenant_id, subject_id, begin, until)
    CROSS JOIN LATERAL (
        SELECT {sums} FROM aml_event r
        WHERE r.tenant_id = q.tenant_id AND r.{column} = q.subject_id
          AND r.counted_at >= q.begin AND r.counted_at < q.until) c
"""
_EVENT_TYPES: Final = ("integer", "uuid", "uuid", "timestamptz", "timestamptz")


@cache
def _reading_of(subjects: tuple[Subject, ...], metrics: tuple[str, ...]) -> str:
    """Return the statement that reads buckets, and the events of these subjects: a pair per metric."""
    sums = ", ".join(
        f"sum(r.n) FILTER (WHERE {test})::bigint, sum(r.amount) FILTER (WHERE {test})::bigint"
        for test in map(_test_of, metrics)
    )
    parts = [_BUCKETS.format(sums=sums)]
    for number, subject in enumerate(subjects):
        first = 8 + len(_EVENT_TYPES) * number
        hidden, *shown = (f"${first + at}::{kind}[]" for at, kind in enumerate(_EVENT_TYPES))
        places = ", ".join([f"(SELECT {hidden})", *shown])
        parts.append(_EVENTS.format(column=COLUMNS[subject], places=places, sums=sums))
    return " UNION ALL ".join(parts)


def _test_of(name: str) -> str:
    """Return a metric of the catalogue as a condition: which classes it counts."""
    metric = METRICS[name]
    tests = [f"r.kind IN ({', '.join(repr(kind.value) for kind in sorted(metric.kinds))})"]
    if metric.product is not None:
        tests.append(f"r.product = '{metric.product.value}'")
    if metric.tag is not None:
        tests.append(f"r.tags & {TAG_BITS[metric.tag]} <> 0")
    return " AND ".join(tests)


_BUCKET_ROWS: Final = (
    "unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::smallint[], $5::timestamptz[], "
    "$6::aml_event_kind[], $7::aml_product[], $8::smallint[], $9::integer[], $10::bigint[])"
)
_PAIR_ROWS: Final = (
    "unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::smallint[], "
    "$5::timestamptz[], $6::uuid[], $7::integer[])"
)

_DISTINCT: Final = """
    SELECT q.number, count(DISTINCT v.value_id)::bigint AS n,
           bool_or(v.value_id = q.candidate) AS has_candidate
    FROM unnest((SELECT $1::integer[]), $2::uuid[], $3::uuid[], $4::smallint[], $5::smallint[],
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
              AND e.customer_id = CASE q.subject WHEN 1 THEN q.subject_id ELSE p.value_id END
              AND e.counted_at >= x.begin AND e.counted_at < x.until AND e.n = 1
              AND CASE WHEN q.subject = 2 THEN e.instrument_id = q.subject_id
                       WHEN q.subject = 3 THEN e.device_id = q.subject_id
                       WHEN q.dimension = 4 THEN e.counterparty_id = p.value_id
                       WHEN q.dimension = 2 THEN e.instrument_id = p.value_id
                       ELSE e.device_id = p.value_id END
              AND NOT EXISTS (SELECT FROM aml_event r WHERE r.reverses = e.id AND r.n = -1))
        OFFSET 0) v
    GROUP BY 1
"""


class Wanted(NamedTuple):
    """Pieces to read of one subject's counters."""

    tenant_id: UUID
    subject: Subject
    subject_id: UUID
    pieces: tuple[Piece, ...]


class WantedDistinct(NamedTuple):
    """Different values of one subject to count; `candidate`: is this value among them?"""

    tenant_id: UUID
    subject: Subject
    subject_id: UUID
    dimension: Dimension
    plan: DistinctPlan
    candidate: UUID | None = None


Sums = Sequence[int | None]
"""Number and LKR cents of each metric asked, one after the other; None where there is nothing."""


async def read_pieces(
    tx: Transaction, wanted: Sequence[Wanted], metrics: tuple[str, ...]
) -> list[list[tuple[Piece, Sums]]]:
    """Return per subject what each of its pieces holds of each metric, in one statement."""
    pieces = [(number, want, piece) for number, want in enumerate(wanted) for piece in want.pieces]
    buckets = [
        (at, want, piece) for at, (_, want, piece) in enumerate(pieces) if piece.source is not Source.EVENTS
    ]
    arguments: list[object] = [
        [at for at, _, _ in buckets],
        [want.tenant_id for _, want, _ in buckets],
        [want.subject_id for _, want, _ in buckets],
        [SUBJECT_CODES[want.subject] for _, want, _ in buckets],
        [MINUTES[piece.source] for _, _, piece in buckets],
        [piece.span.begin for _, _, piece in buckets],
        [piece.span.end for _, _, piece in buckets],
    ]
    edges: dict[Subject, list[tuple[int, Wanted, Piece]]] = {}
    for at, (_, want, piece) in enumerate(pieces):
        if piece.source is Source.EVENTS:
            edges.setdefault(want.subject, []).append((at, want, piece))
    for _, events in sorted(edges.items()):
        arguments += [
            [at for at, _, _ in events],
            [want.tenant_id for _, want, _ in events],
            [want.subject_id for _, want, _ in events],
            [piece.span.begin for _, _, piece in events],
            [piece.span.end for _, _, piece in events],
        ]
    found: list[list[tuple[Piece, Sums]]] = [[] for _ in wanted]
    for at, *sums in await tx.fetch(_reading_of(tuple(sorted(edges)), metrics), *arguments):
        number, _, piece = pieces[at]
        found[number].append((piece, sums))
    return found


async def read_distinct(tx: Transaction, wanted: Sequence[WantedDistinct]) -> list[tuple[int, bool]]:
    """Return per subject how many different values it met, and whether the candidate is one of them."""
    plans = [want.plan for want in wanted]
    rows = await tx.fetch(
        _DISTINCT,
        list(range(len(wanted))),
        [want.tenant_id for want in wanted],
        [want.subject_id for want in wanted],
        [SUBJECT_CODES[want.subject] for want in wanted],
        [DIMENSION_CODES[want.dimension] for want in wanted],
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
        "(tenant_id, subject_id, subject, minutes, starts_at, kind, product, tags, n, amount) "
        f"SELECT * FROM {_BUCKET_ROWS} ON CONFLICT ON CONSTRAINT aml_counter_pk DO UPDATE "
        "SET n = aml_counter.n + excluded.n, amount = aml_counter.amount + excluded.amount",
        *_bucket_columns(keys, changes),
    )


async def take_from_buckets(tx: Transaction, changes: Mapping[BucketKey, tuple[int, int]]) -> None:
    """Take numbers and amounts out of the buckets in which they were counted."""
    keys = sorted(changes)
    rows = await tx.fetch(
        f"UPDATE aml_counter b SET n = b.n - w.n, amount = b.amount - w.amount FROM {_BUCKET_ROWS} "
        "AS w (tenant_id, subject_id, subject, minutes, starts_at, kind, product, tags, n, amount) "
        "WHERE (b.tenant_id, b.subject_id, b.subject, b.minutes, b.starts_at, b.kind, b.product, b.tags) "
        "= (w.tenant_id, w.subject_id, w.subject, w.minutes, w.starts_at, w.kind, w.product, w.tags) "
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
