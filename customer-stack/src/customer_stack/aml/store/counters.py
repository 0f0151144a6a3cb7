"""Counters: moved and read in sets. Rows are always written in the order of their keys.

A LATERAL part that aggregates, or ends with `OFFSET 0`, stays a probe by key for each row before it: the
planner could else join whole tables, and keep that plan for the life of a connection.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from customer_stack.aml.domain.catalogue import Dimension, Subject, Window
from customer_stack.aml.domain.counting import TICK, Source, day_of, plan_distinct
from customer_stack.aml.domain.events import EventClass
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.aml.store.gathering import SUBJECT_CODES
from shared.database import Transaction
from shared.errors import invariant

BucketKey = tuple[UUID, UUID, int, int, datetime, EventClass]
"""Tenant, subject and its code, minutes of the bucket, its start, class."""
PairKey = tuple[UUID, UUID, int, int, datetime, UUID]
"""Tenant, subject and its code, code of the dimension, day, value."""

DIMENSION_CODES: Final = {
    Dimension.CUSTOMER: 1,
    Dimension.INSTRUMENT: 2,
    Dimension.DEVICE: 3,
    Dimension.COUNTERPARTY: 4,
}
"""How the tables call dimensions; the first three as their subjects."""
_KINDS: Final = tuple(EventKind)
_PRODUCTS: Final = tuple(Product)
MINUTES: Final = {Source.SLOTS: 10, Source.DAYS: 1440}
"""How the table calls buckets."""

_BUCKET_ROWS: Final = (
    "unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::smallint[], $5::timestamptz[], "
    "$6::aml_event_kind[], $7::aml_product[], $8::smallint[], $9::integer[], $10::bigint[])"
)
_PAIR_ROWS: Final = (
    "unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::smallint[], "
    "$5::timestamptz[], $6::uuid[], $7::integer[])"
)

# A value that met the subject on a whole day of the window counts at once; only one that was seen at an edge
# alone is looked for among the events there.
_DISTINCT: Final = """
    SELECT s.number, c.* FROM unnest((SELECT $1::integer[]), $2::uuid[], $3::smallint[], $4::uuid[])
        AS s (number, subject_id, plan, candidate)
    JOIN unnest((SELECT $5::smallint[]), $6::uuid[], $7::smallint[], $8::smallint[], $9::timestamptz[],
                $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[],
                $14::timestamptz[], $15::timestamptz[], $16::timestamptz[])
        AS w (plan, tenant_id, subject, dimension, first_day, last_day, whole_begin, whole_end, early_begin,
              early_end, late_begin, late_end)
        ON w.plan = s.plan
    CROSS JOIN LATERAL (
        SELECT count(*) AS n, coalesce(bool_or(v.value_id = s.candidate), false) AS has_candidate FROM (
            SELECT p.value_id, bool_or(p.day >= w.whole_begin AND p.day < w.whole_end) AS is_whole,
                   bool_or(p.day < w.whole_begin) AS is_early, bool_or(p.day >= w.whole_end) AS is_late
            FROM aml_pair p
            WHERE p.tenant_id = w.tenant_id AND p.subject_id = s.subject_id AND p.subject = w.subject
              AND p.dimension = w.dimension AND p.day >= w.first_day AND p.day <= w.last_day AND p.n > 0
            GROUP BY 1) v
        WHERE v.is_whole OR EXISTS (
            SELECT FROM (VALUES (v.is_early, w.early_begin, w.early_end),
                                (v.is_late, w.late_begin, w.late_end)) AS x (is_there, begin, until)
            JOIN aml_event e ON e.tenant_id = w.tenant_id
              AND e.customer_id = CASE w.subject WHEN 1 THEN s.subject_id ELSE v.value_id END
              AND e.counted_at >= x.begin AND e.counted_at < x.until AND e.n = 1
            WHERE x.is_there
              AND CASE WHEN w.subject = 2 THEN e.instrument_id = s.subject_id
                       WHEN w.subject = 3 THEN e.device_id = s.subject_id
                       WHEN w.dimension = 4 THEN e.counterparty_id = v.value_id
                       WHEN w.dimension = 2 THEN e.instrument_id = v.value_id
                       ELSE e.device_id = v.value_id END
              AND NOT EXISTS (SELECT FROM aml_event r WHERE r.reverses = e.id AND r.n = -1))) c
"""


class WantedDistinct(NamedTuple):
    """Different values of one subject in a window; `candidate`: is this value among them?"""

    tenant_id: UUID
    subject: Subject
    subject_id: UUID
    dimension: Dimension
    window: Window
    at: datetime
    candidate: UUID | None = None


async def read_pairs(tx: Transaction, wanted: Sequence[WantedDistinct]) -> list[tuple[int, bool]]:
    """Return how many different values each subject met, and whether the candidate is one of them.

    Of devices, and of those met on one, pairs stand for subjects that are gathered.
    """
    plans, plan_of = _share_plans(wanted)
    cuts = [plan_distinct(window, at) for _, _, _, window, at in plans]
    rows = await tx.fetch(
        _DISTINCT,
        list(range(len(wanted))),
        [want.subject_id for want in wanted],
        plan_of,
        [want.candidate for want in wanted],
        list(range(len(plans))),
        [tenant_id for tenant_id, _, _, _, _ in plans],
        [SUBJECT_CODES[subject] for _, subject, _, _, _ in plans],
        [DIMENSION_CODES[dimension] for _, _, dimension, _, _ in plans],
        [day_of(cut.span.begin) for cut in cuts],
        [day_of(cut.span.end - TICK) for cut in cuts],
        *zip(*((*cut.whole, *cut.edges[0], *cut.edges[1]) for cut in cuts), strict=True),
    )
    found = [(0, False)] * len(wanted)
    for number, n, has_candidate in rows:
        found[number] = (n, has_candidate)
    return found


_DistinctPlan = tuple[UUID, Subject, Dimension, Window, datetime]


def _share_plans(wanted: Sequence[WantedDistinct]) -> tuple[list[_DistinctPlan], list[int]]:
    """Return the different plans, and which of them is each one's."""
    plans: dict[_DistinctPlan, int] = {}
    numbers = [
        plans.setdefault((want.tenant_id, want.subject, want.dimension, want.window, want.at), len(plans))
        for want in wanted
    ]
    return list(plans), numbers


async def take_from_buckets(tx: Transaction, changes: Mapping[BucketKey, tuple[int, int]]) -> None:
    """Take numbers and amounts out of the buckets in which they were counted."""
    keys = sorted(changes, key=_place_of)
    rows = await tx.fetch(
        f"UPDATE aml_counter b SET n = b.n - w.n, amount = b.amount - w.amount FROM {_BUCKET_ROWS} "
        "AS w (tenant_id, subject_id, subject, minutes, starts_at, kind, product, tags, n, amount) "
        "WHERE (b.tenant_id, b.subject_id, b.subject, b.minutes, b.starts_at, b.kind, b.product, b.tags) "
        "= (w.tenant_id, w.subject_id, w.subject, w.minutes, w.starts_at, w.kind, w.product, w.tags) "
        "RETURNING 1",
        *_bucket_columns(keys, changes),
    )
    invariant(len(rows) == len(keys), "a reversal is taken out of the buckets that its event entered")


def _place_of(key: BucketKey) -> tuple[object, ...]:
    """Return the place of a bucket among others, as the database orders them."""
    return *key[:5], _KINDS.index(key[5].kind), _PRODUCTS.index(key[5].product), key[5].tags


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
