"""Counting events: in the transaction that posts them, exact at every edge, and checked against the events.

Callers hold the lock of every customer's book that they name, so what is read stands until they commit.
Instruments and devices are not covered by it: their rows are written in one order by everybody, and a
reading of them may miss what another transaction has not committed yet.

One transaction calls `record_events` once and `reverse_events` once at most, in this order.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from customer_stack.aml.domain.catalogue import DIMENSIONS, Dimension, Measure, Subject, counts_devices
from customer_stack.aml.domain.counting import Source, day_of, slot_of
from customer_stack.aml.domain.events import (
    Counted,
    Event,
    Reversal,
    subjects_of,
    value_of,
)
from customer_stack.aml.domain.tree import Counter
from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.errors import EventUnknown
from customer_stack.aml.store import counters, events
from customer_stack.aml.store.counters import (
    DIMENSION_CODES,
    MINUTES,
    BucketKey,
    PairKey,
    WantedDistinct,
    read_pairs,
)
from customer_stack.aml.store.gathering import SUBJECT_CODES, SubjectKey, find_gathered
from customer_stack.aml.store.sums import Place, Wanted, read_subjects
from shared.database import Transaction
from shared.errors import invariant


@dataclass(frozen=True, slots=True)
class Ask:
    """One counter of one subject at one moment. `candidate`: for a distinct count, is this value new?"""

    tenant_id: UUID
    subject_id: UUID
    counter: Counter
    at: datetime
    candidate: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A counter's value; `has_candidate` tells whether a distinct count counted the candidate."""

    value: int
    has_candidate: bool = False


async def record_events(tx: Transaction, happened: Sequence[Event]) -> None:
    """Keep events and count them."""
    if happened:
        await events.count_events(tx, happened)


async def sum_by_moment(
    tx: Transaction, tenant_id: UUID, kinds: Sequence[EventKind]
) -> Mapping[tuple[EventKind, UUID, datetime], int]:
    """Return what a tenant's events amount to by kind, customer and moment, less what was reversed."""
    return await events.sum_by_moment(tx, tenant_id, kinds)


async def reverse_events(
    tx: Transaction,
    reversals: Sequence[Reversal],
    *,
    counted_only: bool = False,
    what_is_left: bool = False,
) -> list[Counted]:
    """Take events, or a part of them, out of where they were counted; return what was. Raises EventUnknown.

    At most what is left of an event can be taken back, and the event itself once. `counted_only`: what was
    never counted, because it happened before there were counters, is passed over. `what_is_left`: for callers
    who cannot know how much that is; what is taken back already is passed over too.
    """
    if not reversals:
        return []
    standing = await events.load_standing(tx, [reversal.reverses for reversal in reversals])
    left = {event_id: found.left for event_id, found in standing.items()}
    ended = {event_id for event_id, found in standing.items() if found.is_reversed}
    rows = []
    for reversal in reversals:
        found = standing.get(reversal.reverses)
        if found is None and counted_only:
            continue
        if found is None:
            raise EventUnknown("There is no such event to reverse.")
        if what_is_left and reversal.reverses in ended:
            continue
        invariant(reversal.reverses not in ended, "an event is reversed once")
        amount = reversal.take(found.counted.amount, left[reversal.reverses])
        if what_is_left:
            amount = min(amount, left[reversal.reverses])
        invariant(0 <= amount <= left[reversal.reverses], "no more is taken back than is left")
        left[reversal.reverses] -= amount
        if reversal.is_whole:
            ended.add(reversal.reverses)
        rows.append(_reverse(found.counted, reversal, amount))
    if not rows:
        return []
    await _take_out(tx, rows)
    return rows


async def _take_out(tx: Transaction, rows: Sequence[Counted]) -> None:
    """Keep reversals, and take them out of the pairs and buckets that stand."""
    gathered = await find_gathered(tx, (key for row in rows for key in _keys(row)), lock=True)
    await events.insert_reversals(tx, rows)
    pairs = _pairs(rows, gathered)
    if pairs:
        await counters.take_from_pairs(tx, pairs)
    buckets = _buckets(rows, gathered)
    if buckets:
        await counters.take_from_buckets(tx, buckets)


def _reverse(original: Counted, reversal: Reversal, amount: int) -> Counted:
    event = replace(original.event, id=reversal.id, at=reversal.at)
    n = -1 if reversal.is_whole else 0
    return Counted(event, original.event_class, original.counted_at, n, -amount, reversal.reverses)


def _keys(row: Counted) -> list[SubjectKey]:
    """Return the subjects of an event as the tables call them."""
    tenant_id = row.event.tenant_id
    return [(tenant_id, SUBJECT_CODES[subject], subject_id) for subject, subject_id in subjects_of(row.event)]


def _buckets(rows: Iterable[Counted], gathered: AbstractSet[SubjectKey]) -> dict[BucketKey, tuple[int, int]]:
    """Return what reversals take out of each bucket of those that have any."""
    changes: dict[BucketKey, tuple[int, int]] = {}
    for row in rows:
        starts = (
            (MINUTES[Source.SLOTS], slot_of(row.counted_at)),
            (MINUTES[Source.DAYS], day_of(row.counted_at)),
        )
        for tenant_id, code, subject_id in _keys(row):
            if (tenant_id, code, subject_id) not in gathered:
                continue
            for minutes, start in starts:
                key = (tenant_id, subject_id, code, minutes, start, row.event_class)
                n, amount = changes.get(key, (0, 0))
                changes[key] = (n - row.n, amount - row.amount)
    return changes


def _pairs(rows: Iterable[Counted], gathered: AbstractSet[SubjectKey]) -> dict[PairKey, int]:
    """Return what reversals take out of each pair that stands."""
    changes: dict[PairKey, int] = {}
    for row in rows:
        if row.n == 0:
            continue
        tenant_id, day = row.event.tenant_id, day_of(row.counted_at)
        for subject, subject_id in subjects_of(row.event):
            code = SUBJECT_CODES[subject]
            for dimension in DIMENSIONS[subject]:
                value_id = value_of(row.event, dimension)
                if value_id is None:
                    continue
                if counts_devices(subject, dimension) and (tenant_id, code, subject_id) not in gathered:
                    continue
                key = (tenant_id, subject_id, code, DIMENSION_CODES[dimension], day, value_id)
                changes[key] = changes.get(key, 0) - row.n
    return changes


async def read_counters(tx: Transaction, asks: Sequence[Ask]) -> list[Reading]:
    """Return many counters of many subjects in a statement, or one more for people and instruments met."""
    readings = [Reading(0)] * len(asks)
    await _read_subjects(tx, asks, readings)
    await _read_pairs(tx, asks, readings)
    return readings


async def _read_subjects(tx: Transaction, asks: Sequence[Ask], readings: list[Reading]) -> None:
    """Read sums, numbers, and distinct counts of devices."""
    asked: dict[tuple[UUID, Subject, UUID, datetime], list[int]] = defaultdict(list)
    for number, ask in enumerate(asks):
        if not _is_paired(ask.counter):
            asked[ask.tenant_id, ask.counter.subject, ask.subject_id, ask.at].append(number)
    if not asked:
        return
    wanted = [_want(key, [asks[number] for number in numbers]) for key, numbers in asked.items()]
    places = tuple(
        sorted(
            {
                _place_of(asks[number].counter)
                for numbers in asked.values()
                for number in numbers
                if asks[number].counter.measure is not Measure.DISTINCT
            }
        )
    )
    columns = {place: number for number, place in enumerate(places)}
    for numbers, found in zip(asked.values(), await read_subjects(tx, wanted, places), strict=True):
        for number in numbers:
            ask = asks[number]
            if ask.counter.measure is Measure.DISTINCT:
                n, known = found.met[ask.counter.window]
                readings[number] = Reading(n, ask.candidate in known)
            else:
                readings[number] = Reading(found.sums[columns[_place_of(ask.counter)]])


def _want(key: tuple[UUID, Subject, UUID, datetime], asks: Sequence[Ask]) -> Wanted:
    is_distinct = [ask.counter.measure is Measure.DISTINCT for ask in asks]
    return Wanted(
        *key,
        frozenset(ask.counter.window for ask, each in zip(asks, is_distinct, strict=True) if not each),
        frozenset(ask.counter.window for ask, each in zip(asks, is_distinct, strict=True) if each),
        frozenset(ask.candidate for ask in asks if ask.candidate is not None),
    )


def _place_of(counter: Counter) -> Place:
    return counter.name, counter.window, counter.measure


def _is_paired(counter: Counter) -> bool:
    """Tell whether a counter is read in pairs alone."""
    return counter.measure is Measure.DISTINCT and not counts_devices(
        counter.subject, Dimension(counter.name)
    )


async def _read_pairs(tx: Transaction, asks: Sequence[Ask], readings: list[Reading]) -> None:
    numbers = [number for number, ask in enumerate(asks) if _is_paired(ask.counter)]
    if not numbers:
        return
    wanted = [
        WantedDistinct(
            ask.tenant_id,
            ask.counter.subject,
            ask.subject_id,
            Dimension(ask.counter.name),
            ask.counter.window,
            ask.at,
            ask.candidate,
        )
        for ask in (asks[number] for number in numbers)
    ]
    for number, (value, has_candidate) in zip(numbers, await read_pairs(tx, wanted), strict=True):
        readings[number] = Reading(value, has_candidate)
