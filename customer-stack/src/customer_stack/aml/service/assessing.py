"""Judging a batch of events inside the transaction that would post them.

A fixed number of statements, however many events there are: the revisions of the tenants' rules, sums and
counts, distinct counts, and the stakes of linked customers where a rule asks for them. Each event is judged
in the order of arrival, as if those before it that were not denied had been posted.

Guaranteed: an event sees itself and its predecessors in every counter, exactly as it would one by one;
judging writes nothing. What was posted is counted by `counting.record_events`, in the same transaction.

All events of a batch should have one moment: a predecessor that is later than an event is not seen by it.
Stakes of linked customers are those that stand in the database, not those of the same batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from customer_stack.aml.domain.catalogue import FACTS
from customer_stack.aml.domain.counting import hour_in_colombo
from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.tree import FactKey
from customer_stack.aml.domain.values import Value
from customer_stack.aml.domain.verdicts import NO_SNOOZES, NOTHING_FOUND, Answer, Thresholds, Verdict
from customer_stack.aml.service.prefetching import OPPOSITE, Prefetched
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
        tenants = frozenset([each.event.tenant_id for each in candidates])
        rules = await self._rulebook.load(tx, tenants)
        batch = [(each, rules[each.event.tenant_id]) for each in candidates if each.event.tenant_id in rules]
        known = Prefetched()
        await known.read(tx, [(each.event, found.recipe_for(each.event.kind)) for each, found in batch])
        numbers = iter(range(len(batch)))
        assessed = []
        for candidate in candidates:
            event = candidate.event
            found = rules.get(event.tenant_id)
            if found is None:
                assessed.append(Assessed(NOTHING_FOUND, (), ()))
                continue
            recipe = found.recipe_for(event.kind)
            facts = known.counters(next(numbers), event, recipe)
            for slot, name in recipe.facts:
                if name != OPPOSITE:
                    facts[slot] = _fact(name, candidate)
            verdict = found.judge(event.kind, facts, self._thresholds, candidate.snoozed)
            if verdict.answer is not Answer.DENY:
                known.post(event)
            assessed.append(Assessed(verdict, found.facts_for(event.kind), tuple(facts)))
        return assessed


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
