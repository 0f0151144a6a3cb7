"""The counters of a batch: read together, then counted on as its events are judged one after the other."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from customer_stack.aml.domain.catalogue import Measure, Subject, Window, counts_devices
from customer_stack.aml.domain.counting import span_of
from customer_stack.aml.domain.events import (
    Event,
    EventClass,
    is_counted,
    subject_id_of,
    subjects_of,
    value_of,
)
from customer_stack.aml.domain.recipes import DistinctPlace, Recipe, SubjectSums, SumPlace
from customer_stack.aml.domain.values import EventKind, Value
from customer_stack.aml.store.acquaintance import Acquaintance, read_acquaintance
from customer_stack.aml.store.counters import WantedDistinct, read_pairs
from customer_stack.aml.store.links import read_opposite_stakes
from customer_stack.aml.store.sums import DEVICES, Found, Wanted, read_subjects
from shared.database import Transaction

OPPOSITE: Final = "links.opposite_stake"
IDLE: Final = "customer.idle"
NEW_COUNTERPARTY: Final = "event.new_counterparty"
NEW_INSTRUMENT: Final = "event.new_instrument"
STORED: Final = frozenset({OPPOSITE, IDLE, NEW_COUNTERPARTY, NEW_INSTRUMENT})
"""Facts that stored events tell, where the caller does not."""
_ACQUAINTED: Final = STORED - {OPPOSITE}

_SubjectKey = tuple[UUID, Subject, UUID, datetime]
_NONE: Final[frozenset[Window]] = frozenset()
_NOBODY: Final[frozenset[UUID]] = frozenset()
_SECOND: Final = timedelta(seconds=1)
_is_counted = lru_cache(maxsize=4096)(is_counted)


class Prefetched:
    """What was read for a batch, and which of its events count by now."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._columns: dict[int, list[tuple[SumPlace, int]]] = {}
        """Where the sums of a group are, by its identity: a batch asks for the same of each event."""
        self._subjects: list[dict[Subject, int]] = []
        """Of each event which of what was found is its customer, its instrument, its device."""
        self._found: list[Found] = []
        self._distinct: dict[tuple[int, int, UUID | None], tuple[int, bool]] = {}
        self._stakes: dict[int, int] = {}
        self._acquaintance: dict[int, Acquaintance] = {}
        self._posted: dict[UUID, list[Event]] = {}

    async def read(
        self,
        tx: Transaction,
        batch: Sequence[tuple[Event, Recipe]],
        asked: Mapping[int, frozenset[str]],
    ) -> None:
        """Read everything that the events of a batch ask for, in four statements or five.

        `asked`: which of the facts that stored events tell are needed, by number of the event.
        """
        await self._read_subjects(tx, batch)
        if any(recipe.paired for _, recipe in batch):
            await self._read_pairs(tx, batch)
        wagers = {
            number: batch[number][0]
            for number, names in asked.items()
            if OPPOSITE in names and _takes_a_side(batch[number][0])
        }
        if wagers:
            stakes = await read_opposite_stakes(tx, list(wagers.values()))
            self._stakes = dict(zip(wagers, stakes, strict=True))
        asking = {
            number: batch[number][0] for number, names in asked.items() if not _ACQUAINTED.isdisjoint(names)
        }
        if asking:
            found = await read_acquaintance(tx, list(asking.values()))
            self._acquaintance = dict(zip(asking, found, strict=True))

    async def _read_subjects(self, tx: Transaction, batch: Sequence[tuple[Event, Recipe]]) -> None:
        """Ask for all sums, and for what was met of devices, of each customer, instrument and device once."""
        asked: dict[_SubjectKey, int] = {}
        wanted: list[Wanted] = []
        for event, recipe in batch:
            numbers: dict[Subject, int] = {}
            self._subjects.append(numbers)
            for subject, subject_id in subjects_of(event):
                windows, met = recipe.windows.get(subject, _NONE), recipe.met.get(subject, _NONE)
                if not windows and not met:
                    continue
                key = (event.tenant_id, subject, subject_id, event.at)
                value = value_of(event, DEVICES[subject]) if met else None
                candidates = _NOBODY if value is None else frozenset((value,))
                number = numbers[subject] = asked.setdefault(key, len(wanted))
                if number == len(wanted):
                    wanted.append(Wanted(*key, windows, met, candidates))
                else:
                    wanted[number] = _join(wanted[number], windows, met, candidates)
        if not wanted:
            return
        recipes = {id(recipe): recipe for _, recipe in batch}.values()
        places = tuple(sorted(frozenset().union(*(recipe.asked for recipe in recipes))))
        columns = {place: number for number, place in enumerate(places)}
        for recipe in recipes:
            for group in recipe.sums:
                self._columns[id(group)] = [(each, columns[each.place]) for each in group.places]
        self._found = await read_subjects(tx, wanted, places)

    async def _read_pairs(self, tx: Transaction, batch: Sequence[tuple[Event, Recipe]]) -> None:
        """Ask for the other distinct counts, and which values of the batch each has counted already."""
        met: dict[UUID, list[Event]] = {}
        asked: list[tuple[int, int, UUID | None]] = []
        wanted: dict[WantedDistinct, None] = {}
        asks = []
        for number, (event, recipe) in enumerate(batch):
            for _, each in subjects_of(event):
                met.setdefault(each, []).append(event)
            for place in recipe.paired:
                subject_id = subject_id_of(event, place.subject)
                if subject_id is None:
                    continue
                for value in {value_of(other, place.dimension) for other in met[subject_id]}:
                    ask = WantedDistinct(
                        event.tenant_id,
                        place.subject,
                        subject_id,
                        place.dimension,
                        place.window,
                        event.at,
                        value,
                    )
                    asked.append((number, place.slot, value))
                    asks.append(ask)
                    wanted[ask] = None
        if wanted:
            found = dict(zip(wanted, await read_pairs(tx, list(wanted)), strict=True))
            self._distinct = {place: found[ask] for place, ask in zip(asked, asks, strict=True)}

    def post(self, event: Event) -> None:
        """Let an event count for those that come after it."""
        for _, subject_id in subjects_of(event):
            self._posted.setdefault(subject_id, []).append(event)

    def counters(self, number: int, event: Event, recipe: Recipe) -> list[Any]:
        """Return the facts of the batch's event `number` by slot: counters filled in, the others None."""
        facts: list[Any] = [None] * recipe.size
        event_class = event.event_class
        for group in recipe.sums:
            place = self._subjects[number].get(group.subject)
            if place is not None:
                self._fill_sums(facts, (event, event_class), group, self._found[place].sums)
        for distinct in recipe.distinct:
            facts[distinct.slot] = self._count_distinct(number, event, distinct)
        return facts

    def stored_fact(self, number: int, event: Event, name: str) -> Value:
        """Return what stored events, and those of the batch that count by now, say of event `number`."""
        if name == OPPOSITE:
            return self._stakes.get(number)
        found = self._acquaintance.get(number)
        if found is None:
            return None
        before = [other for other in self._posted.get(event.customer_id, ()) if other.at <= event.at]
        if name == IDLE:
            last = max((other.at for other in before), default=found.last_at)
            return None if last is None else (event.at - last) // _SECOND
        if name == NEW_COUNTERPARTY:
            met = found.knows_counterparty
            return _is_new(event.counterparty_id, (other.counterparty_id for other in before), met=met)
        met = found.knows_instrument
        return _is_new(event.instrument_id, (other.instrument_id for other in before), met=met)

    def _fill_sums(
        self, facts: list[Any], own: tuple[Event, EventClass], group: SubjectSums, totals: Sequence[int]
    ) -> None:
        event, event_class = own
        for place, column in self._columns[id(group)]:
            value = totals[column]
            if _is_counted(place.metric, event_class):
                value += event.amount if place.measure is Measure.SUM else 1
            facts[place.slot] = value
        subject_id = subject_id_of(event, group.subject)
        before = None if subject_id is None else self._posted.get(subject_id)
        if before:
            _count_before(facts, event, group, before)

    def _count_distinct(self, number: int, event: Event, place: DistinctPlace) -> int | None:
        subject_id = subject_id_of(event, place.subject)
        if subject_id is None:
            return None
        own = value_of(event, place.dimension)
        before: Iterable[Event] = self._posted.get(subject_id, ())
        values = set() if own is None else {own}
        if before:
            span = span_of(place.window, event.at)
            for other in before:
                value = value_of(other, place.dimension)
                is_mine = subject_id_of(other, place.subject) == subject_id
                if value is not None and is_mine and span.begin <= other.at < span.end:
                    values.add(value)
        if counts_devices(place.subject, place.dimension):
            stored, known = self._found[self._subjects[number][place.subject]].met[place.window]
            return stored + len(values - known)
        stored, _ = self._distinct[number, place.slot, own]
        return stored + sum(not self._distinct[number, place.slot, value][1] for value in values)


def _join(
    wanted: Wanted, windows: frozenset[Window], met: frozenset[Window], candidates: frozenset[UUID]
) -> Wanted:
    """Ask for more of a subject that another event of the batch asks for too."""
    return wanted._replace(
        windows=wanted.windows | windows, met=wanted.met | met, candidates=wanted.candidates | candidates
    )


def _count_before(facts: list[Any], event: Event, group: SubjectSums, before: Sequence[Event]) -> None:
    """Add what the batch has posted for a subject to its sums."""
    subject_id = subject_id_of(event, group.subject)
    others = [
        (other, other.event_class) for other in before if subject_id_of(other, group.subject) == subject_id
    ]
    for place in group.places:
        span = span_of(place.window, event.at)
        facts[place.slot] += sum(
            other.amount if place.measure is Measure.SUM else 1
            for other, other_class in others
            if span.begin <= other.at < span.end and _is_counted(place.metric, other_class)
        )


def _is_new(value: UUID | None, before: Iterable[UUID | None], *, met: bool) -> bool | None:
    return None if value is None else not met and value not in before


def _takes_a_side(event: Event) -> bool:
    return event.kind is EventKind.WAGER and event.market_id is not None and event.side is not None
