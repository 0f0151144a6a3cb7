"""Judging a batch of events inside the transaction that would post them.

A fixed number of statements, however many events there are: the revisions of the tenants' rules, sums and
counts, distinct counts; where a rule asks for it, stakes of linked customers and whom a customer knows. Each
event is judged in the order of arrival, as if those before it that were not denied had been posted.

Guaranteed: an event sees itself and its predecessors in every counter, exactly as it would one by one;
judging writes nothing. What was posted is counted by `counting.record_events`, in the same transaction.

All events of a batch should have one moment: a predecessor that is later than an event is not seen by it.
Stakes of linked customers are those that stand in the database, not those of the same batch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from customer_stack.aml.domain.catalogue import FACTS
from customer_stack.aml.domain.counting import hour_in_colombo
from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.recipes import Recipe
from customer_stack.aml.domain.tree import FactKey
from customer_stack.aml.domain.values import Value
from customer_stack.aml.domain.verdicts import NO_SNOOZES, NOTHING_FOUND, Answer, RuleSet, Thresholds, Verdict
from customer_stack.aml.service.prefetching import STORED, Prefetched
from customer_stack.aml.service.rules import Rulebook
from shared.database import Transaction
from shared.errors import invariant


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that is to be judged, and what its caller knows of it and of the customer, by fact.

    A fact that is not given is not known. Kind, product, amount and hour follow from the event. `snoozed` are
    the keys of the rules that are snoozed for the customer at the event's moment.
    """

    event: Event
    facts: Mapping[str, Value] = field(default_factory=dict)
    snoozed: frozenset[str] = NO_SNOOZES

    def __post_init__(self) -> None:
        """Refuse names that no rule could ask for."""
        invariant(FACTS.keys() >= self.facts.keys(), "only facts of the catalogue are given")


class Assessed(NamedTuple):
    """The verdict on one event, with everything that it depended on, in the order of `facts_for`."""

    verdict: Verdict
    asked: tuple[FactKey, ...]
    facts: tuple[Value, ...]

    @property
    def situation(self) -> dict[FactKey, Value]:
        """Return what was known, by fact and counter: what an explanation or a replay needs."""
        return dict(zip(self.asked, self.facts, strict=True))


NOTHING_LATE: Final[Mapping[str, Value]] = MappingProxyType({})
NOTHING_ASKED: Final = Assessed(NOTHING_FOUND, (), ())
"""What becomes of an event of which no rule asks anything."""


class Hearing:
    """A batch whose counters were read: its events are judged one after the other, without waiting."""

    def __init__(
        self, candidates: Sequence[Candidate], rules: Mapping[UUID, RuleSet], thresholds: Thresholds
    ) -> None:
        """Begin with nothing read and nothing posted."""
        self._candidates = candidates
        self._rules = rules
        self._thresholds = thresholds
        self._known = Prefetched()
        self._places: dict[int, int] = {}

    async def read(self, tx: Transaction) -> None:
        """Read what the rules ask of the batch; nothing where they ask nothing."""
        batch: list[tuple[Event, Recipe]] = []
        asked: dict[int, frozenset[str]] = {}
        for number, candidate in enumerate(self._candidates):
            event = candidate.event
            rules = self._rules.get(event.tenant_id)
            if rules is not None and rules.asks(event.kind):
                self._places[number] = len(batch)
                recipe = rules.recipe_for(event.kind)
                names = recipe.names & STORED
                if names:
                    asked[len(batch)] = _ask_stored(candidate, rules, recipe, names)
                batch.append((event, recipe))
        if batch:
            await self._known.read(tx, batch, asked)

    def judge(self, number: int, late: Mapping[str, Value] = NOTHING_LATE) -> Assessed:
        """Judge the batch's event `number`, as if those that were posted before it stood.

        `late` are facts that the batch itself has moved since they were read.
        """
        place = self._places.get(number)
        if place is None:
            return NOTHING_ASKED
        candidate = self._candidates[number]
        event = candidate.event
        rules = self._rules[event.tenant_id]
        recipe = rules.recipe_for(event.kind)
        facts = self._known.counters(place, event, recipe)
        for slot, name in recipe.facts:
            if name in STORED and name not in candidate.facts:
                facts[slot] = self._known.stored_fact(place, event, name)
            else:
                facts[slot] = late[name] if name in late else _fact(name, candidate)
        verdict = rules.judge(event.kind, facts, self._thresholds, candidate.snoozed)
        return Assessed(verdict, rules.facts_for(event.kind), tuple(facts))

    def post(self, number: int) -> None:
        """Let the batch's event `number` count for those that come after it."""
        if self._places:
            self._known.post(self._candidates[number].event)


class Assessment:
    """Judges events by the rules of their tenants."""

    def __init__(self, rulebook: Rulebook, thresholds: Thresholds) -> None:
        """Judge by what `rulebook` holds."""
        self._rulebook = rulebook
        self.thresholds = thresholds

    async def load_rules(self, tx: Transaction, tenants: Iterable[UUID]) -> dict[UUID, RuleSet]:
        """Return the rules of those of the tenants that have any."""
        return await self._rulebook.load(tx, frozenset(tenants))

    async def hear(
        self, tx: Transaction, candidates: Sequence[Candidate], rules: Mapping[UUID, RuleSet]
    ) -> Hearing:
        """Read what `rules` ask of a batch, so that its events can be judged."""
        hearing = Hearing(candidates, rules, self.thresholds)
        await hearing.read(tx)
        return hearing

    async def assess(self, tx: Transaction, candidates: Sequence[Candidate]) -> list[Assessed]:
        """Return a verdict for each event, in their order; what is not denied counts for the next."""
        rules = await self.load_rules(tx, {each.event.tenant_id for each in candidates})
        hearing = await self.hear(tx, candidates, rules)
        assessed = []
        for number in range(len(candidates)):
            found = hearing.judge(number)
            if found.verdict.answer is not Answer.DENY:
                hearing.post(number)
            assessed.append(found)
        return assessed


def _ask_stored(
    candidate: Candidate, rules: RuleSet, recipe: Recipe, names: frozenset[str]
) -> frozenset[str]:
    """Return which facts have to be looked up among stored events: those that can still decide a rule."""
    facts: list[Value] = [None] * recipe.size
    for slot, name in recipe.facts:
        if name not in names:
            facts[slot] = _fact(name, candidate)
    kind = candidate.event.kind
    return frozenset(
        [name for name in names if name not in candidate.facts and rules.hangs_on(kind, name, facts)]
    )


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
