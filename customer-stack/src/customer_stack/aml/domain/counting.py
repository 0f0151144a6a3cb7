"""How a window is counted exactly: whole days and slots, less what of them lies outside, and events. Pure.

A slot is ten minutes; a day is a calendar day in Colombo, whose midnight lies on a slot's edge. A rolling
window of length W at a moment is what was counted after `moment - W`, up to and including the moment; the
calendar day begins at midnight. Both are half-open here, from `begin` up to and without `end`.

At the begin of a window the nearer edge decides: a slot of which most lies inside is taken whole, and what
lies before the window is taken off again; a slot of which little lies inside is left, and its events inside
are added. A day is cut into slots in the same way, so that at most half of it is read, and half a slot of
events. The running day and slot are taken whole, less what lies behind the end: nothing, but for clocks that
differ.

Guaranteed: whatever its edges, the pieces of a window count what lies in it once, and nothing else.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from customer_stack.aml.domain.catalogue import ROLLING, Window

SLOT: Final = timedelta(minutes=10)
DAY: Final = timedelta(days=1)
COLOMBO_OFFSET: Final = timedelta(hours=5, minutes=30)
"""Sri Lanka Standard Time since 2006, without summer time."""
TICK: Final = timedelta(microseconds=1)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SLOT_TICKS: Final = SLOT // TICK
_HALF_TICKS: Final = _SLOT_TICKS // 2
_DAY_TICKS: Final = DAY // TICK
_OFFSET_TICKS: Final = COLOMBO_OFFSET // TICK


ORIGIN: Final = datetime(2025, 12, 31, 18, 30, tzinfo=UTC)
"""A midnight in Colombo, to which buckets are aligned."""


class Source(StrEnum):
    """Where a piece is read: in the events, or in buckets. What is *off* is taken off again."""

    EVENTS = "events"
    EVENTS_OFF = "events_off"
    SLOTS = "slots"
    SLOTS_OFF = "slots_off"
    DAYS = "days"


class Span(NamedTuple):
    """From `begin` up to and without `end`."""

    begin: datetime
    end: datetime


class Piece(NamedTuple):
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


@lru_cache(maxsize=64)
def plan(windows: frozenset[Window], moment: datetime) -> tuple[Piece, ...]:
    """Return what to read for several windows at a moment; what they share is read once.

    Remembered, since all events of a batch have one moment. The moments of half a slot have the same pieces
    but for the edges that lie inside slots, and these move with the moment: windows are whole slots long.
    """
    end = (moment - _EPOCH) // TICK + 1
    into = end % _SLOT_TICKS
    if into == 0:
        return _plan(windows, moment)
    later = timedelta(microseconds=into - 1 if into <= _HALF_TICKS else into - _HALF_TICKS - 1)
    return tuple(
        _move(piece, moves, later) if any(moves) else piece
        for piece, moves in _plan_of_half(windows, moment - later)
    )


@lru_cache(maxsize=64)
def _plan_of_half(
    windows: frozenset[Window], moment: datetime
) -> tuple[tuple[Piece, tuple[bool, bool]], ...]:
    """Return the pieces at the first moment of half a slot, and whether begin and end of each move."""
    return tuple(
        (piece, (_is_inside(piece.span.begin), _is_inside(piece.span.end)))
        for piece in _plan(windows, moment)
    )


def _is_inside(edge: datetime) -> bool:
    return slot_of(edge) != edge


def _move(piece: Piece, moves: tuple[bool, bool], later: timedelta) -> Piece:
    begin, end = (edge + later if moved else edge for edge, moved in zip(piece.span, moves, strict=True))
    return piece._replace(span=Span(begin, end))


def _plan(windows: frozenset[Window], moment: datetime) -> tuple[Piece, ...]:
    spans: dict[Source, list[tuple[int, int, Window]]] = {source: [] for source in Source}
    for window in windows:
        span = span_of(window, moment)
        for source, begin, end in _cut((span.begin - _EPOCH) // TICK, (span.end - _EPOCH) // TICK):
            spans[source].append((begin, end, window))
    return tuple(piece for source, cuts in spans.items() for piece in _share(source, cuts))


def _cut(begin: int, end: int) -> Iterator[tuple[Source, int, int]]:
    """Yield the pieces of a span: events at both edges, then slots and days between edges of slots."""
    into = begin % _SLOT_TICKS
    first = begin - into if into <= _HALF_TICKS else begin - into + _SLOT_TICKS
    if first < begin:
        yield Source.EVENTS_OFF, first, begin
    elif begin < first:
        yield Source.EVENTS, begin, first
    last = -(-end // _SLOT_TICKS) * _SLOT_TICKS
    if end < last:
        yield Source.EVENTS_OFF, end, last
    yield from _cut_days(first, last)


def _cut_days(begin: int, end: int) -> Iterator[tuple[Source, int, int]]:
    """Yield the pieces of a span whose edges are edges of slots."""
    day = begin - (begin + _OFFSET_TICKS) % _DAY_TICKS
    midnight = day + _DAY_TICKS
    if begin - day < min(end, midnight) - begin:
        first = day
        if day < begin:
            yield Source.SLOTS_OFF, day, begin
    else:
        first = midnight
        if begin < min(end, midnight):
            yield Source.SLOTS, begin, min(end, midnight)
    last = -(-(end + _OFFSET_TICKS) // _DAY_TICKS) * _DAY_TICKS - _OFFSET_TICKS
    if first < last:
        yield Source.DAYS, first, last
        if end < last:
            yield Source.SLOTS_OFF, end, last


def _share(source: Source, cuts: Sequence[tuple[int, int, Window]]) -> Iterator[Piece]:
    edges = sorted({edge for begin, end, _ in cuts for edge in (begin, end)})
    for begin, end in pairwise(edges):
        inside = frozenset([window for first, last, window in cuts if first <= begin and end <= last])
        if inside:
            yield Piece(source, Span(_moment(begin), _moment(end)), inside)


def _moment(ticks: int) -> datetime:
    return _EPOCH + timedelta(microseconds=ticks)


class DistinctPlan(NamedTuple):
    """How to count different values exactly: `whole` days inside a span, and the edges of it around them."""

    span: Span
    whole: Span

    @property
    def edges(self) -> tuple[Span, Span]:
        """Return what of the span lies before and after its whole days."""
        (begin, end), whole = self.span, self.whole
        return Span(begin, min(whole.begin, end)), Span(max(whole.end, begin), end)


def plan_distinct(window: Window, moment: datetime) -> DistinctPlan:
    """Return a window's span and its whole days; what lies before and after them is within one day each.

    Without a whole day inside, the days meet at the last midnight in the span, or at its end.
    """
    span = span_of(window, moment)
    first, last = day_of(span.begin - TICK) + DAY, day_of(span.end)
    if first > last:  # within one day
        return DistinctPlan(span, Span(span.end, span.end))
    return DistinctPlan(span, Span(first, last))
