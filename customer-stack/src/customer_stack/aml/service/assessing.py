"""Judging a batch of events inside the transaction that would post them.

A fixed number of statements, however many events there are: the revisions of the tenants' rules, sums and
counts, distinct counts, and the stakes of linked customers where a rule asks for them. Each event is judged
in the order of arrival, as if those before it that were not denied had been posted.

Guaranteed: an event sees itself and its predecessors in every counter, exactly as it would one by one;
judging writes nothing. What was posted is counted by `counting.record_events`, in the same transaction.

All events of a batch should have one moment: a predecessor that is later than an event is not seen by it.
Stakes of linked customers are those that stand in the database, not those of the same batch.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.catalogue import FACTS, Dimension, Measure
from customer_stack.aml.domain.counting import hour_in_colombo, span_of
from customer_stack.aml.domain.events import Event, is_counted, subject_id_of, subjects_of, value_of
from customer_stack.aml.domain.tree import Counter, Fact, FactKey
from customer_stack.aml.domain.values import EventKind, Value
from customer_stack.aml.domain.verdicts import NOTHING_FOUND, Answer, RuleSet, Thresholds, Verdict
from customer_stack.aml.service.counting import Ask, Reading, read_counters
from customer_stack.aml.service.rules import Rulebook
from customer_stack.aml.store.links import read_opposite_stakes
from shared.database import Transaction
from shared.errors import invariant

OPPOSITE: Final = "links.opposite_stake"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that is to be judged, and what its caller knows of it and of the customer, by fact.

    A fact that is not given is not known. Kind, product, amount and hour follow from the event.
    """

    event: Event
    facts: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse names that no rule could ask for."""
        invariant(FACTS.keys() >= self.facts.keys(), "only facts of the catalogue are given")


@dataclass(frozen=True, slots=True)
class Assessed:
    """The verdict on one event, with everything that it depended on, in the order of `facts_for`."""

    verdict: Verdict
    asked: tuple[FactKey, ...]
    facts: tuple[Value, ...]

    @property
    def situation(self) -> dict[FactKey, Value]:
        """Return what was known, by fact and counter: what an explanation or a replay needs."""
        return dict(zip(self.asked, self.facts, strict=True))


class Assessment:
    """Judges events by the rules of their tenants."""

    def __init__(self, rulebook: Rulebook, thresholds: Thresholds) -> None:
        """Judge by what `rulebook` holds."""
        self._rulebook = rulebook
        self._thresholds = thresholds

    async def assess(self, tx: Transaction, candidates: Sequence[Candidate]) -> list[Assessed]:
        """Return a verdict for each event, in their order."""
        rules = await self._rulebook.load(tx, frozenset(each.event.tenant_id for each in candidates))
        known = await _Known.read(tx, candidates, rules)
        assessed = []
        for number, candidate in enumerate(candidates):
            event = candidate.event
            found = rules.get(event.tenant_id)
            if found is None:
                assessed.append(Assessed(NOTHING_FOUND, (), ()))
                continue
            asked = found.facts_for(event.kind)
            facts = tuple(known.value(number, candidate, key) for key in asked)
            verdict = found.judge(event.kind, facts, self._thresholds)
            if verdict.answer is not Answer.DENY:
                known.post(event)
            assessed.append(Assessed(verdict, asked, facts))
        return assessed


@dataclass(slots=True)
class _Known:
    """What was read for a batch, and what of the batch itself counts already."""

    readings: dict[tuple[int, Counter, UUID | None], Reading]
    stakes: dict[int, int]
    posted: dict[UUID, list[Event]] = field(default_factory=dict)

    @classmethod
    async def read(
        cls, tx: Transaction, candidates: Sequence[Candidate], rules: Mapping[UUID, RuleSet]
    ) -> "_Known":
        asks: dict[tuple[int, Counter, UUID | None], Ask] = {}
        wagers: dict[int, Event] = {}
        met: dict[UUID, list[Event]] = {}
        for number, candidate in enumerate(candidates):
            event = candidate.event
            for subject_id in _ids_of(event):
                met.setdefault(subject_id, []).append(event)
            found = rules.get(event.tenant_id)
            for key in found.facts_for(event.kind) if found is not None else ():
                if isinstance(key, Counter):
                    asks |= {(number, key, ask.candidate): ask for ask in _asks(event, key, met)}
                elif key.name == OPPOSITE and _takes_a_side(event):
                    wagers[number] = event
        # Many events of one customer and moment ask the same: each question is read once.
        unique = list(dict.fromkeys(asks.values()))
        answers = dict(zip(unique, await read_counters(tx, unique), strict=True))
        stakes = await read_opposite_stakes(tx, list(wagers.values())) if wagers else []
        return cls(
            {place: answers[ask] for place, ask in asks.items()}, dict(zip(wagers, stakes, strict=True))
        )

    def post(self, event: Event) -> None:
        """Let an event count for those that come after it."""
        for subject_id in _ids_of(event):
            self.posted.setdefault(subject_id, []).append(event)

    def value(self, number: int, candidate: Candidate, key: FactKey) -> Value:
        event = candidate.event
        if isinstance(key, Fact):
            return self.stakes.get(number) if key.name == OPPOSITE else _fact(key.name, candidate)
        subject_id = subject_id_of(event, key.subject)
        if subject_id is None:
            return None
        span = span_of(key.window, event.at)
        counted = [
            other
            for other in self.posted.get(subject_id, ())
            if subject_id_of(other, key.subject) == subject_id and span.begin <= other.at < span.end
        ]
        counted.append(event)
        if key.measure is Measure.DISTINCT:
            dimension = Dimension(key.name)
            readings = {
                value: self.readings[number, key, value]
                for value in {value_of(other, dimension) for other in (*counted, event)}
            }
            stored = readings[value_of(event, dimension)].value
            return stored + sum(
                value is not None and not reading.has_candidate for value, reading in readings.items()
            )
        matching = [other for other in counted if is_counted(key.name, other.event_class)]
        stored = self.readings[number, key, None].value
        return stored + (
            sum(each.amount for each in matching) if key.measure is Measure.SUM else len(matching)
        )


def _asks(event: Event, counter: Counter, met: Mapping[UUID, Sequence[Event]]) -> Iterator[Ask]:
    """Yield what an event's counter needs; a distinct one also, which values of the batch were counted."""
    subject_id = subject_id_of(event, counter.subject)
    if subject_id is None:
        return
    values: set[UUID | None] = {None}
    if counter.measure is Measure.DISTINCT:
        values |= {value_of(other, Dimension(counter.name)) for other in met[subject_id]}
    for value in values:
        yield Ask(event.tenant_id, subject_id, counter, event.at, value)


def _ids_of(event: Event) -> set[UUID]:
    return {subject_id for _, subject_id in subjects_of(event)}


def _takes_a_side(event: Event) -> bool:
    return event.kind is EventKind.WAGER and event.market_id is not None and event.side is not None


def _fact(name: str, candidate: Candidate) -> Value:
    event = candidate.event
    match name:
        case "event.kind":
            return event.kind.value
        case "event.product":
            return event.product.value
        case "event.amount":
            return event.amount
        case "event.hour":
            return hour_in_colombo(event.at)
    return candidate.facts.get(name)
