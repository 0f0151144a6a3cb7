"""Counters of many subjects in many windows, exact at every edge, in a statement or two.

A subject with few events is read from them: one probe, whatever is asked. One that is gathered is read from
whole buckets and the events at both edges, and whom or what it met in pairs.

An array behind a SELECT has no length that the planner sees, and one such array is enough. If it saw all
lengths it would plan each execution anew, believing a plan for so few pieces to be cheaper: that costs more
than the reading. What most subjects of a batch share (tenant, windows, moment) is sent once, as a *plan*.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from customer_stack.aml.domain.catalogue import METRICS, Dimension, Measure, Subject, Window
from customer_stack.aml.domain.counting import Source, plan, span_of
from customer_stack.aml.domain.events import TAG_BITS
from customer_stack.aml.store.counters import MINUTES, WantedDistinct, read_pairs
from customer_stack.aml.store.gathering import COLUMNS, SUBJECT_CODES, SubjectKey, read_by_size
from shared.database import Transaction

Place = tuple[str, Window, Measure]
"""A metric in a window, as a sum or a number."""
Met = tuple[int, AbstractSet[UUID]]
"""How many devices a customer met, or customers a device; and those of them that may be asked for."""

DEVICES: Final = {Subject.CUSTOMER: Dimension.DEVICE, Subject.DEVICE: Dimension.CUSTOMER}
"""What is read with the sums of a subject: it stands in the same events."""


class Wanted(NamedTuple):
    """What is asked of one subject at a moment: windows of sums, and windows of what it met of `DEVICES`.

    `candidates`: which of those met it is asked about.
    """

    tenant_id: UUID
    subject: Subject
    subject_id: UUID
    at: datetime
    windows: frozenset[Window] = frozenset()
    met: frozenset[Window] = frozenset()
    candidates: frozenset[UUID] = frozenset()


class Found(NamedTuple):
    """Sums and numbers in the order of the places, and what was met by window."""

    sums: Sequence[int]
    met: Mapping[Window, Met]


_Plan = tuple[UUID, Subject, frozenset[Window], datetime]
_Kind = tuple[Subject, frozenset[Window], frozenset[Window]]
"""A kind of subject, the windows of its sums, and those of what it met."""
_EDGE_NAMES: Final = {window: f"w{place}" for place, window in enumerate(Window)}
"""How statements call where a window begins."""
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
        SELECT coalesce(sum(v.seen), 0)::integer AS seen, {{outer}} FROM (
            SELECT r.value_id, count(*) AS seen{{inner}} FROM (
                SELECT e.kind, e.product, e.tags, e.n, e.amount, e.counted_at, {{value}} AS value_id
                FROM aml_event e
                WHERE e.tenant_id = p.tenant_id AND e.{{column}} = s.subject_id
                  AND e.counted_at >= p.begin AND e.counted_at < p.until
                ORDER BY e.counted_at DESC LIMIT $9::bigint) r
            GROUP BY r.value_id) v) c
"""
_PIECES: Final = (
    "unnest((SELECT $6::smallint[]), $7::smallint[], $8::smallint[], $9::timestamptz[], $10::timestamptz[]) "
    "AS p (plan, source, windows, begin, until)"
)
_TENANT, _SUBJECT = "($4::uuid[])[p.plan]", "($5::smallint[])[p.plan]"
"""Of a plan, which are counted from 1."""
_SOURCES: Final = {
    Source.EVENTS: 1,
    Source.EVENTS_OFF: -1,
    Source.SLOTS: MINUTES[Source.SLOTS],
    Source.SLOTS_OFF: -MINUTES[Source.SLOTS],
    Source.DAYS: MINUTES[Source.DAYS],
}
"""How a statement calls where a piece is read: 1 events, else minutes of a bucket; negative: taken off."""
_BUCKETS: Final = f"""
    SELECT {{sums}} FROM aml_counter r
    WHERE r.tenant_id = {_TENANT} AND r.subject_id = s.subject_id AND r.subject = {_SUBJECT}
      AND r.minutes = abs(p.source) AND r.starts_at >= p.begin AND r.starts_at < p.until
"""
_EVENTS: Final = f"""
    SELECT {{sums}} FROM aml_event r
    WHERE r.tenant_id = {_TENANT} AND r.{{column}} = s.subject_id
      AND r.counted_at >= p.begin AND r.counted_at < p.until
"""
_MANY: Final = f"""
    SELECT s.number, {{outer}} FROM {_SUBJECTS} JOIN {_PIECES} ON p.plan = s.plan
    CROSS JOIN LATERAL ({{pieces}}) c GROUP BY 1
"""


async def read_subjects(tx: Transaction, wanted: Sequence[Wanted], places: tuple[Place, ...]) -> list[Found]:
    """Return what is asked of each subject. A window that a subject did not ask for shows zeros."""
    met = tuple(sorted(frozenset().union(*(each.met for each in wanted))))

    async def read_few(numbers: Sequence[int], limit: int | None) -> list[asyncpg.Record]:
        return await _read_few(tx, wanted, numbers, (places, met), limit)

    async def read_many(numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        return await _read_gathered(tx, wanted, numbers, (places, met))

    keys: list[SubjectKey] = [
        (each.tenant_id, SUBJECT_CODES[each.subject], each.subject_id) for each in wanted
    ]
    rows = await read_by_size(tx, keys, read_few, read_many)
    width = len(places)
    found = []
    for number in range(len(wanted)):
        row = rows[number]
        values = dict(zip(met, map(_as_met, row[width:]), strict=True)) if met else {}
        found.append(Found(row, values))
    return found


def _as_met(value: Sequence[UUID] | Met | None) -> Met:
    """Return values that were met as a number and a set; of a gathered subject that is known already."""
    if value is None:
        return 0, frozenset()
    return value if isinstance(value, tuple) else (len(value), frozenset(value))


async def _read_few(
    tx: Transaction,
    wanted: Sequence[Wanted],
    few: Sequence[int],
    asked: tuple[tuple[Place, ...], tuple[Window, ...]],
    limit: int | None,
) -> list[asyncpg.Record]:
    """Read subjects from their events: number in `wanted`, events seen, then what was asked."""
    plans, numbers = _share_plans(wanted, few)
    spans = [{window: span_of(window, at) for window in windows} for _, _, windows, at in plans]
    return await tx.fetch(
        _few_of(_group_kinds(wanted[number] for number in few), *asked),
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


async def _read_gathered(
    tx: Transaction,
    wanted: Sequence[Wanted],
    many: Sequence[int],
    asked: tuple[tuple[Place, ...], tuple[Window, ...]],
) -> list[tuple[Any, ...]]:
    """Read subjects from buckets and pairs: number in `wanted`, sums, then what was met by window."""
    places, windows = asked
    summed = [number for number in many if wanted[number].windows]
    sums = {row[0]: tuple(row)[1:] for row in await _read_many(tx, wanted, summed, places)} if summed else {}
    met = await _read_met(tx, [(number, wanted[number]) for number in many if wanted[number].met])
    nothing = (0,) * len(places)
    return [
        (number, *sums.get(number, nothing), *(met.get((number, window)) for window in windows))
        for number in many
    ]


async def _read_met(tx: Transaction, asking: Sequence[tuple[int, Wanted]]) -> dict[tuple[int, Window], Met]:
    """Return what gathered subjects met, in pairs; each candidate is asked for by itself."""
    asks = [
        (number, window, candidate)
        for number, want in asking
        for window in sorted(want.met)
        for candidate in want.candidates or (None,)
    ]
    if not asks:
        return {}
    of = dict(asking)
    pairs = [
        WantedDistinct(
            of[number].tenant_id,
            of[number].subject,
            of[number].subject_id,
            DEVICES[of[number].subject],
            window,
            of[number].at,
            candidate,
        )
        for number, window, candidate in asks
    ]
    met: dict[tuple[int, Window], tuple[int, set[UUID]]] = {}
    for (number, window, candidate), (n, has_candidate) in zip(
        asks, await read_pairs(tx, pairs), strict=True
    ):
        _, known = met.setdefault((number, window), (n, set()))
        if has_candidate and candidate is not None:
            known.add(candidate)
    return {key: (n, known) for key, (n, known) in met.items()}


async def _read_many(
    tx: Transaction, wanted: Sequence[Wanted], many: Sequence[int], places: tuple[Place, ...]
) -> list[asyncpg.Record]:
    """Read sums from buckets and edges: number in `wanted`, then what was asked."""
    plans, numbers = _share_plans(wanted, many, with_met=False)
    pieces = [(number, piece) for number, each in enumerate(plans, 1) for piece in plan(each[2], each[3])]
    return await tx.fetch(
        _many_of(tuple(sorted({each[1] for each in plans})), places),
        list(many),
        [wanted[number].subject_id for number in many],
        [number + 1 for number in numbers],
        [each[0] for each in plans],
        [SUBJECT_CODES[each[1]] for each in plans],
        [number for number, _ in pieces],
        [_SOURCES[piece.source] for _, piece in pieces],
        [_bits_of(piece.windows) for _, piece in pieces],
        [piece.span.begin for _, piece in pieces],
        [piece.span.end for _, piece in pieces],
    )


@cache
def _bits_of(windows: frozenset[Window]) -> int:
    return sum(_WINDOW_BITS[window] for window in windows)


def _share_plans(
    wanted: Sequence[Wanted], chosen: Sequence[int], *, with_met: bool = True
) -> tuple[list[_Plan], list[int]]:
    """Return the different plans of some subjects, and which of them is each one's."""
    plans: dict[_Plan, int] = {}
    numbers = []
    for number in chosen:
        tenant_id, subject, _, at, windows, met, _ = wanted[number]
        asked = windows | met if with_met and met else windows
        numbers.append(plans.setdefault((tenant_id, subject, asked, at), len(plans)))
    return list(plans), numbers


def _group_kinds(wanted: Iterable[Wanted]) -> tuple[_Kind, ...]:
    """Return the kinds of subjects that are asked for, each with all windows that any of it asks for."""
    found: dict[Subject, tuple[frozenset[Window], frozenset[Window]]] = {}
    for subject, windows, met in {(each.subject, each.windows, each.met) for each in wanted}:
        before = found.get(subject, (frozenset(), frozenset()))
        found[subject] = before[0] | windows, before[1] | met
    return tuple((subject, *found[subject]) for subject in sorted(found))


@cache
def _few_of(kinds: tuple[_Kind, ...], places: tuple[Place, ...], met: tuple[Window, ...]) -> str:
    """Return the statement that reads these kinds of subjects from their events."""
    arrays = ", ".join(f"${10 + number}::timestamptz[]" for number in range(len(_EDGE_NAMES)))
    parts = []
    for subject, windows, its_met in kinds:
        inner, outer = [], []
        for number, (name, window, measure) in enumerate(places):
            if window not in windows:
                outer.append("0::bigint")
                continue
            test = f"FILTER (WHERE {_test_of(name)} AND r.counted_at >= p.{_EDGE_NAMES[window]})"
            inner.append(f", sum(r.{_MEASURED[measure]}) {test} AS s{number}")
            outer.append(f"coalesce(sum(v.s{number}), 0)::bigint")
        for number, window in enumerate(met):
            if window not in its_met:
                outer.append("NULL::uuid[]")
                continue
            inner.append(f", sum(r.n) FILTER (WHERE r.counted_at >= p.{_EDGE_NAMES[window]}) AS m{number}")
            outer.append(f"array_agg(v.value_id) FILTER (WHERE v.m{number} > 0 AND v.value_id IS NOT NULL)")
        parts.append(
            _FEW.format(
                arrays=arrays,
                windows=", ".join(_EDGE_NAMES.values()),
                code=SUBJECT_CODES[subject],
                column=COLUMNS[subject],
                value=f"e.{DEVICES[subject].value}_id" if its_met and subject in DEVICES else "NULL::uuid",
                inner="".join(inner),
                outer=", ".join(outer),
            )
        )
    return " UNION ALL ".join(parts)


@cache
def _many_of(subjects: tuple[Subject, ...], places: tuple[Place, ...]) -> str:
    """Return the statement that reads these kinds of subjects from buckets, and from the events at edges."""
    columns = sorted({(name, measure) for name, _, measure in places})
    inner = [
        f"sum(r.{_MEASURED[measure]}) FILTER (WHERE {_test_of(name)}) AS s{number}"
        for number, (name, measure) in enumerate(columns)
    ]
    outer = [
        f"coalesce(sum(CASE WHEN p.source < 0 THEN -1 ELSE 1 END * c.s{columns.index((name, measure))}) "
        f"FILTER (WHERE p.windows & {_WINDOW_BITS[window]} <> 0), 0)::bigint"
        for name, window, measure in places
    ]
    sums = ", ".join(inner)
    pieces = [f"SELECT b.* FROM ({_BUCKETS.format(sums=sums)} OFFSET 0) b WHERE abs(p.source) > 1"]
    pieces += [
        f"SELECT e.* FROM ({_EVENTS.format(sums=sums, column=COLUMNS[each])} OFFSET 0) e "
        f"WHERE abs(p.source) = 1 AND {_SUBJECT} = {SUBJECT_CODES[each]}"
        for each in subjects
    ]
    return _MANY.format(outer=", ".join(outer), pieces=" UNION ALL ".join(pieces))


_MEASURED: Final = {Measure.SUM: "amount", Measure.COUNT: "n"}


def _test_of(name: str) -> str:
    """Return a metric of the catalogue as a condition: which classes it counts."""
    metric = METRICS[name]
    tests = [f"r.kind IN ({', '.join(repr(kind.value) for kind in sorted(metric.kinds))})"]
    if metric.product is not None:
        tests.append(f"r.product = '{metric.product.value}'")
    if metric.tag is not None:
        tests.append(f"r.tags & {TAG_BITS[metric.tag]} <> 0")
    return " AND ".join(tests)
