"""Numbers and sums of many subjects in many windows, exact at every edge, in a statement or two.

A subject with few events is read from them: one probe, whatever the windows. One that is gathered is read
from whole buckets and the events at both edges.

An array behind a SELECT has no length that the planner sees, and one such array is enough. If it saw all
lengths it would plan each execution anew, believing a plan for so few pieces to be cheaper: that costs more
than the reading. What most subjects of a batch share (tenant, windows, moment) is sent once, as a *plan*.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from customer_stack.aml.domain.catalogue import METRICS, Subject, Window
from customer_stack.aml.domain.counting import plan, span_of
from customer_stack.aml.domain.events import TAG_BITS
from customer_stack.aml.store.counters import MINUTES
from customer_stack.aml.store.gathering import COLUMNS, SUBJECT_CODES, SubjectKey, read_by_size
from shared.database import Transaction

Place = tuple[str, Window]
"""A metric in a window."""


class Wanted(NamedTuple):
    """Windows of one subject's counters at a moment."""

    tenant_id: UUID
    subject: Subject
    subject_id: UUID
    windows: frozenset[Window]
    at: datetime


_Plan = tuple[UUID, Subject, frozenset[Window], datetime]
_WINDOW_BITS: Final = {window: 1 << place for place, window in enumerate(Window)}

_SUBJECTS: Final = (
    "unnest((SELECT $1::integer[]), $2::uuid[], $3::smallint[]) AS s (number, subject_id, plan)"
)
_FEW: Final = f"""
    SELECT s.number, c.* FROM {_SUBJECTS}
    JOIN unnest((SELECT $4::smallint[]), $5::uuid[], $6::smallint[], $7::timestamptz[], $8::timestamptz[],
                {{arrays}})
        AS p (plan, tenant_id, subject, begin, until, {{windows}}) ON p.plan = s.plan AND p.subject = {{code}}
    CROSS JOIN LATERAL (
        SELECT count(*) AS seen, {{sums}} FROM (
            SELECT e.kind, e.product, e.tags, e.n, e.amount, e.counted_at FROM aml_event e
            WHERE e.tenant_id = p.tenant_id AND e.{{column}} = s.subject_id
              AND e.counted_at >= p.begin AND e.counted_at < p.until
            ORDER BY e.counted_at DESC LIMIT $9::bigint) r) c
"""
_PIECES: Final = (
    "unnest((SELECT $4::smallint[]), $5::uuid[], $6::smallint[], $7::smallint[], $8::smallint[], "
    "$9::timestamptz[], $10::timestamptz[]) "
    "AS p (plan, tenant_id, subject, minutes, windows, begin, until)"
)
_BUCKETS: Final = f"""
    SELECT s.number, p.windows, 1 AS sign, c.*
    FROM {_SUBJECTS} JOIN {_PIECES} ON p.plan = s.plan AND p.minutes > 0
    CROSS JOIN LATERAL (
        SELECT {{sums}} FROM aml_counter r
        WHERE r.tenant_id = p.tenant_id AND r.subject_id = s.subject_id AND r.subject = p.subject
          AND r.minutes = p.minutes AND r.starts_at >= p.begin AND r.starts_at < p.until) c
"""
_EDGES: Final = f"""
    SELECT s.number, p.windows, CASE p.minutes WHEN 0 THEN 1 ELSE -1 END AS sign, c.* FROM {_SUBJECTS}
    JOIN {_PIECES} ON p.plan = s.plan AND p.minutes <= 0 AND p.subject = {{code}}
    CROSS JOIN LATERAL (
        SELECT {{sums}} FROM aml_event r
        WHERE r.tenant_id = p.tenant_id AND r.{{column}} = s.subject_id
          AND r.counted_at >= p.begin AND r.counted_at < p.until) c
"""


async def read_sums(
    tx: Transaction, wanted: Sequence[Wanted], places: tuple[Place, ...]
) -> list[Sequence[int]]:
    """Return per subject number and LKR cents of each metric in each window asked.

    A window that a subject did not ask for shows zeros.
    """

    async def read_few(numbers: Sequence[int], limit: int | None) -> list[asyncpg.Record]:
        return await _read_few(tx, wanted, numbers, places, limit)

    async def read_many(numbers: Sequence[int]) -> list[asyncpg.Record]:
        return await _read_many(tx, wanted, numbers, places)

    keys: list[SubjectKey] = [
        (each.tenant_id, SUBJECT_CODES[each.subject], each.subject_id) for each in wanted
    ]
    found = await read_by_size(tx, keys, read_few, read_many)
    nothing = (0,) * (2 * len(places))
    return [found.get(number, nothing) for number in range(len(wanted))]


async def _read_few(
    tx: Transaction,
    wanted: Sequence[Wanted],
    few: Sequence[int],
    places: tuple[Place, ...],
    limit: int | None,
) -> list[asyncpg.Record]:
    """Read subjects from their events: number in `wanted`, events seen, then what was asked."""
    plans, numbers = _share_plans(wanted, few)
    spans = [{window: span_of(window, at) for window in windows} for _, _, windows, at in plans]
    return await tx.fetch(
        _few_of(tuple(sorted({each[1] for each in plans})), places),
        list(few),
        [wanted[number].subject_id for number in few],
        numbers,
        list(range(len(plans))),
        [tenant_id for tenant_id, _, _, _ in plans],
        [SUBJECT_CODES[subject] for _, subject, _, _ in plans],
        [min(span.begin for span in each.values()) for each in spans],
        [max(span.end for span in each.values()) for each in spans],
        limit,
        *([each[window].begin if window in each else None for each in spans] for window in Window),
    )


async def _read_many(
    tx: Transaction, wanted: Sequence[Wanted], many: Sequence[int], places: tuple[Place, ...]
) -> list[asyncpg.Record]:
    """Read subjects from buckets and edges: number in `wanted`, then what was asked."""
    plans, numbers = _share_plans(wanted, many)
    pieces = [(number, each, piece) for number, each in enumerate(plans) for piece in plan(each[2], each[3])]
    return await tx.fetch(
        _many_of(tuple(sorted({each[1] for each in plans})), places),
        list(many),
        [wanted[number].subject_id for number in many],
        numbers,
        [number for number, _, _ in pieces],
        [each[0] for _, each, _ in pieces],
        [SUBJECT_CODES[each[1]] for _, each, _ in pieces],
        [MINUTES[piece.source] for _, _, piece in pieces],
        [sum(_WINDOW_BITS[window] for window in piece.windows) for _, _, piece in pieces],
        [piece.span.begin for _, _, piece in pieces],
        [piece.span.end for _, _, piece in pieces],
    )


def _share_plans(wanted: Sequence[Wanted], chosen: Sequence[int]) -> tuple[list[_Plan], list[int]]:
    """Return the different plans of some subjects, and which of them is each one's."""
    plans: dict[_Plan, int] = {}
    numbers = []
    for number in chosen:
        tenant_id, subject, _, windows, at = wanted[number]
        numbers.append(plans.setdefault((tenant_id, subject, windows, at), len(plans)))
    return list(plans), numbers


@cache
def _few_of(subjects: tuple[Subject, ...], places: tuple[Place, ...]) -> str:
    """Return the statement that reads these kinds of subjects from their events."""
    names = {window: f"w{number}" for number, window in enumerate(Window)}
    arrays = ", ".join(f"${10 + number}::timestamptz[]" for number in range(len(names)))
    sums = []
    for name, window in places:
        test = f"FILTER (WHERE {_test_of(name)} AND r.counted_at >= p.{names[window]})"
        sums += [f"coalesce(sum(r.{of}) {test}, 0)::bigint" for of in ("n", "amount")]
    return " UNION ALL ".join(
        _FEW.format(
            arrays=arrays,
            windows=", ".join(names.values()),
            code=SUBJECT_CODES[each],
            column=COLUMNS[each],
            sums=", ".join(sums),
        )
        for each in subjects
    )


@cache
def _many_of(subjects: tuple[Subject, ...], places: tuple[Place, ...]) -> str:
    """Return the statement that reads these kinds of subjects from buckets, and from the events at edges."""
    metrics = sorted({name for name, _ in places})
    inner, outer = [], []
    for column, name in enumerate(metrics):
        test = _test_of(name)
        inner.append(f"sum(r.n) FILTER (WHERE {test}) AS n{column}")
        inner.append(f"sum(r.amount) FILTER (WHERE {test}) AS s{column}")
    for name, window in places:
        column, inside = metrics.index(name), f"FILTER (WHERE q.windows & {_WINDOW_BITS[window]} <> 0)"
        outer += [f"coalesce(sum(q.sign * q.{of}{column}) {inside}, 0)::bigint" for of in "ns"]
    sums = ", ".join(inner)
    parts = [_BUCKETS.format(sums=sums)]
    parts += [_EDGES.format(sums=sums, column=COLUMNS[each], code=SUBJECT_CODES[each]) for each in subjects]
    return f"SELECT q.number, {', '.join(outer)} FROM ({' UNION ALL '.join(parts)}) q GROUP BY 1"


def _test_of(name: str) -> str:
    """Return a metric of the catalogue as a condition: which classes it counts."""
    metric = METRICS[name]
    tests = [f"r.kind IN ({', '.join(repr(kind.value) for kind in sorted(metric.kinds))})"]
    if metric.product is not None:
        tests.append(f"r.product = '{metric.product.value}'")
    if metric.tag is not None:
        tests.append(f"r.tags & {TAG_BITS[metric.tag]} <> 0")
    return " AND ".join(tests)
