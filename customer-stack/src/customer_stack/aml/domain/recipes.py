"""What has to be read before rules for one kind of event can be judged, sorted once. Pure.

A lane judges many events a second: sorting counters by subject and window, and finding their places in the
list that rules take, is done when rules are loaded, not for each event.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from customer_stack.aml.domain.catalogue import Dimension, Measure, Subject, Window, counts_devices
from customer_stack.aml.domain.tree import Counter, Fact, FactKey


@dataclass(frozen=True, slots=True)
class SumPlace:
    """Where a sum or a count belongs."""

    slot: int
    metric: str
    measure: Measure
    window: Window

    @property
    def place(self) -> tuple[str, Window, Measure]:
        """Return what is read for it."""
        return self.metric, self.window, self.measure


@dataclass(frozen=True, slots=True)
class SubjectSums:
    """All sums and counts of one subject."""

    subject: Subject
    windows: frozenset[Window]
    places: tuple[SumPlace, ...]


@dataclass(frozen=True, slots=True)
class DistinctPlace:
    """Where a distinct count belongs."""

    slot: int
    subject: Subject
    dimension: Dimension
    window: Window


@dataclass(frozen=True, slots=True)
class Recipe:
    """What rules ask for, by how it is read. Slots are places in the list of facts.

    `windows`: of each subject those of its sums; `met`: those of devices, and of customers of a device.
    `paired`: the distinct counts of all else.
    """

    size: int
    facts: tuple[tuple[int, str], ...]
    sums: tuple[SubjectSums, ...]
    distinct: tuple[DistinctPlace, ...]
    paired: tuple[DistinctPlace, ...]
    asked: frozenset[tuple[str, Window, Measure]]
    windows: Mapping[Subject, frozenset[Window]]
    met: Mapping[Subject, frozenset[Window]]
    names: frozenset[str]


def sort_facts(keys: Sequence[FactKey]) -> Recipe:
    """Return the recipe for facts and counters, which have the slots of this order."""
    facts = tuple((slot, key.name) for slot, key in enumerate(keys) if isinstance(key, Fact))
    sums: dict[Subject, list[SumPlace]] = {}
    distinct = []
    for slot, key in enumerate(keys):
        if not isinstance(key, Counter):
            continue
        if key.measure is Measure.DISTINCT:
            distinct.append(DistinctPlace(slot, key.subject, Dimension(key.name), key.window))
        else:
            sums.setdefault(key.subject, []).append(SumPlace(slot, key.name, key.measure, key.window))
    grouped = tuple(
        SubjectSums(subject, frozenset(place.window for place in places), tuple(places))
        for subject, places in sums.items()
    )
    asked = frozenset(place.place for group in grouped for place in group.places)
    met: dict[Subject, frozenset[Window]] = {}
    paired = []
    for each in distinct:
        if counts_devices(each.subject, each.dimension):
            met[each.subject] = met.get(each.subject, frozenset()) | {each.window}
        else:
            paired.append(each)
    names = frozenset(name for _, name in facts)
    windows = {group.subject: group.windows for group in grouped}
    return Recipe(len(keys), facts, grouped, tuple(distinct), tuple(paired), asked, windows, met, names)
