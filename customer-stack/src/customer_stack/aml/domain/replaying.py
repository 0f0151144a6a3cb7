"""Counters over a history that is read once, in the order in which it was written. Pure.

A backtest asks what a counter showed when an event was judged. Rows come in the order of their moments, so
windows only move forward: what left a window never comes back, and a reversal counts from its own moment on,
where its original was counted.

Guaranteed: the same values as the stored counters gave then, the event itself included.
"""

from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from uuid import UUID

from customer_stack.aml.domain.catalogue import Dimension, Measure
from customer_stack.aml.domain.counting import hour_in_colombo, span_of
from customer_stack.aml.domain.evaluation import Situation
from customer_stack.aml.domain.events import Counted, is_counted, subject_id_of, value_of
from customer_stack.aml.domain.tree import Counter, Fact, FactKey
from customer_stack.aml.domain.values import Value

HISTORY_FACTS = frozenset({"event.kind", "event.product", "event.amount", "event.hour"})
"""What stored events know by themselves; other facts were true then and are not kept with them."""


@dataclass(slots=True)
class _Window:
    """What one counter of one subject holds: contributions by when they count, oldest first."""

    held: list[tuple[datetime, int, int, UUID | None]] = field(default_factory=list)
    total: int = 0
    values: Tally[UUID] = field(default_factory=Tally)
    pushed: int = 0

    def add(self, at: datetime, amount: int, value: UUID | None) -> None:
        self.pushed += 1
        heappush(self.held, (at, self.pushed, amount, value))
        self._apply(amount, value)

    def advance(self, begin: datetime) -> None:
        while self.held and self.held[0][0] < begin:
            _, _, amount, value = heappop(self.held)
            self._apply(-amount, value)

    def _apply(self, amount: int, value: UUID | None) -> None:
        self.total += amount
        if value is not None:
            self.values[value] += amount
            if not self.values[value]:
                del self.values[value]


class Replay:
    """The counters that some rules ask for, over one tenant's history."""

    def __init__(self, asked: Iterable[FactKey]) -> None:
        """Keep what is asked."""
        self._asked = tuple(asked)
        self._counters = tuple(key for key in self._asked if isinstance(key, Counter))
        self._windows: dict[tuple[Counter, UUID], _Window] = {}

    @property
    def facts_missing(self) -> tuple[str, ...]:
        """Return the facts that are asked and that a history does not keep."""
        names = (key.name for key in self._asked if isinstance(key, Fact))
        return tuple(sorted(name for name in names if name not in HISTORY_FACTS))

    def take(self, row: Counted) -> None:
        """Count a row."""
        for counter in self._counters:
            subject_id = subject_id_of(row.event, counter.subject)
            if subject_id is None:
                continue
            if counter.measure is Measure.DISTINCT:
                value = value_of(row.event, Dimension(counter.name))
                if value is not None and row.n:
                    self._window(counter, subject_id).add(row.counted_at, row.n, value)
            elif is_counted(counter.name, row.event_class):
                amount = row.amount if counter.measure is Measure.SUM else row.n
                self._window(counter, subject_id).add(row.counted_at, amount, None)

    def situation(self, row: Counted) -> Situation:
        """Return what was known when an event was judged, the event itself counted."""
        return {key: self._value(key, row) for key in self._asked}

    def _value(self, key: FactKey, row: Counted) -> Value:
        if isinstance(key, Fact):
            return _fact(key.name, row)
        subject_id = subject_id_of(row.event, key.subject)
        if subject_id is None:
            return None
        window = self._window(key, subject_id)
        window.advance(span_of(key.window, row.event.at).begin)
        return len(window.values) if key.measure is Measure.DISTINCT else window.total

    def _window(self, counter: Counter, subject_id: UUID) -> _Window:
        return self._windows.setdefault((counter, subject_id), _Window())


def _fact(name: str, row: Counted) -> Value:
    match name:
        case "event.kind":
            return row.event.kind.value
        case "event.product":
            return row.event.product.value
        case "event.amount":
            return row.event.amount
        case "event.hour":
            return hour_in_colombo(row.event.at)
    return None
