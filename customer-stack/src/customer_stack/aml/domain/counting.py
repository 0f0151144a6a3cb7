"""How a window is counted exactly: whole days, whole slots, and the events at both edges. Pure.

A slot is ten minutes; a day is a calendar day in Colombo, whose midnight lies on a slot's edge. A rolling
window of length W at a moment is what was counted after `moment - W`, up to and including the moment; the
calendar day begins at midnight. Both are half-open here, from `begin` up to and without `end`.

Guaranteed: the pieces of a window cover it without gap or overlap, whatever its edges; buckets are taken
only where they lie whole inside.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from customer_stack.aml.domain.catalogue import ROLLING, Window

SLOT: Final = timedelta(minutes=10)
DAY: Final = timedelta(days=1)
COLOMBO_OFFSET: Final = timedelta(hours=5, minutes=30)
"""Sri Lanka Standard Time since 2006, without summer time."""
TICK: Final = timedelta(microseconds=1)

_BucketOf = Callable[[datetime], datetime]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Source(StrEnum):
    """Where a piece is read: in the events, or in buckets of a grain (type aml_grain)."""

    EVENTS = "events"
    SLOTS = "slot"
    DAYS = "day"


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` up to and without `end`."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """A span read at one source, and the windows that it is part of."""

    source: Source
    span: Span
    windows: frozenset[Window]


def slot_of(moment: datetime) -> datetime:
    """Return the start of the slot of a moment."""
    return moment - (moment - _EPOCH) % SLOT


def day_of(moment: datetime) -> datetime:
    """Return the midnight in Colombo at or before a moment."""
    return moment - (moment - _EPOCH + COLOMBO_OFFSET) % DAY


def hour_in_colombo(moment: datetime) -> int:
    """Return the hour of day in Colombo."""
    return (moment - day_of(moment)) // timedelta(hours=1)


def span_of(window: Window, moment: datetime) -> Span:
    """Return a window at a moment, which itself counts."""
    end = moment + TICK
    if window is Window.CALENDAR_DAY:
        return Span(day_of(moment), end)
    return Span(end - ROLLING[window], end)


def cut(span: Span) -> Iterator[tuple[Source, Span]]:
    """Yield the pieces of a span: days, then slots at both sides, then events at both edges."""
    first, last = _next(day_of, DAY, span.begin), day_of(span.end)
    if first >= last:
        yield from _cut_slots(span)
        return
    yield from _cut_slots(Span(span.begin, first))
    yield Source.DAYS, Span(first, last)
    yield from _cut_slots(Span(last, span.end))


def _cut_slots(span: Span) -> Iterator[tuple[Source, Span]]:
    first, last = _next(slot_of, SLOT, span.begin), slot_of(span.end)
    if first >= last:
        pieces = [(Source.EVENTS, span)]
    else:
        pieces = [
            (Source.EVENTS, Span(span.begin, first)),
            (Source.SLOTS, Span(first, last)),
            (Source.EVENTS, Span(last, span.end)),
        ]
    yield from (piece for piece in pieces if piece[1].begin < piece[1].end)


def _next(bucket_of: _BucketOf, length: timedelta, moment: datetime) -> datetime:
    """Return the first start of a bucket at or after a moment."""
    start = bucket_of(moment)
    return start if start == moment else start + length


def plan(windows: Iterable[Window], moment: datetime) -> tuple[Piece, ...]:
    """Return what to read for several windows at a moment; what they share is read once."""
    spans: dict[Source, list[tuple[Span, Window]]] = {}
    for window in sorted(set(windows)):
        for source, span in cut(span_of(window, moment)):
            spans.setdefault(source, []).append((span, window))
    return tuple(piece for source, cuts in sorted(spans.items()) for piece in _share(source, cuts))


def _share(source: Source, cuts: list[tuple[Span, Window]]) -> Iterator[Piece]:
    edges = sorted({edge for span, _ in cuts for edge in (span.begin, span.end)})
    for begin, end in pairwise(edges):
        inside = frozenset(window for span, window in cuts if span.begin <= begin and end <= span.end)
        if inside:
            yield Piece(source, Span(begin, end), inside)


@dataclass(frozen=True, slots=True)
class DistinctPlan:
    """How to count different values exactly: those of whole days, and of events at both edges."""

    whole: Span
    edges: tuple[Span, Span]


def plan_distinct(window: Window, moment: datetime) -> DistinctPlan:
    """Return a window's whole days, and what lies before and after them; each edge is within one day."""
    span = span_of(window, moment)
    first, last = _next(day_of, DAY, span.begin), day_of(span.end)
    if first > last:  # within one day
        return DistinctPlan(Span(last, last), (span, Span(span.end, span.end)))
    return DistinctPlan(Span(first, last), (Span(span.begin, first), Span(last, span.end)))
