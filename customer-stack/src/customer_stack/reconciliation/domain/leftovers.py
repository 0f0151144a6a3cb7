"""What is left after matching, and which break each of it is. Pure.

A line that is young still *waits* for its other side, and so does one of ours after the last day that
statements told: nobody has said yet that it is not there. A line that is older than what a match judges
stands in it only so that others may find it: it was judged on its own days.

*Guaranteed:* every line that is not matched and neither waits nor is too old is in one leftover.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from customer_stack.reconciliation.domain.breaks import BreakType, Unit
from customer_stack.reconciliation.domain.lines import Lines
from customer_stack.reconciliation.domain.matching import OPEN, Outcome
from customer_stack.reconciliation.domain.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a match judges, first and last; on each side, the day from which lines wait."""

    first: int
    last: int
    ours_wait_from: int
    theirs_wait_from: int


@dataclass(frozen=True, slots=True)
class Leftover:
    """A difference between the sides: places of the lines that it is about, and of those it may belong to."""

    type: BreakType
    unit: Unit
    ours: int | None
    theirs: int | None
    our_places: tuple[int, ...]
    their_places: tuple[int, ...]
    candidates: tuple[int, ...] = ()
    """Places on the other side, where more than one fits."""


def span_of(rules: RuleSet, day: int, judged_days: int, told: int | None) -> Span:
    """Return which lines a match for `day` judges; `told`: the last day that statements told."""
    first, wait = day - judged_days + 1, 1 - rules.waits_days
    return Span(first, day, first if told is None else min(day, told) + wait, day + wait)


def find_leftovers(
    sides: tuple[Lines, Lines], outcome: Outcome, rules: RuleSet, span: Span
) -> tuple[Leftover, ...]:
    """Return what is left, in the order of the lines."""
    ours, theirs = sides
    found: list[Leftover] = []
    for each in outcome.aside:
        if each.differs:
            found += _differing_batch(sides, (each.ours, each.theirs), rules, span)
        else:
            found += _undecided(ours, each.ours, each.theirs, rules.unit, span)
            found += [_turn(one) for one in _undecided(theirs, each.theirs, each.ours, rules.unit, span)]
    mine, other = outcome.left_over()
    pairs = _pairs_by_reference(sides, mine, other)
    for place, counterpart in pairs:
        found += _differing_pair(sides, (place, counterpart), rules, span)
    paired = ({place for place, _ in pairs}, {place for _, place in pairs})
    for columns, numbers, places, wait_from in (
        (ours, outcome.ours, [place for place in mine if place not in paired[0]], span.ours_wait_from),
        (theirs, outcome.theirs, [place for place in other if place not in paired[1]], span.theirs_wait_from),
    ):
        judged = [place for place in places if span.first <= columns.days[place] < wait_from]
        singles = _single(columns, numbers, judged, rules.unit)
        found += singles if columns is ours else [_turn(one) for one in singles]
    return tuple(found)


def count_waiting(lines: Lines, numbers: Sequence[int], wait_from: int) -> int:
    """Return how many lines that are not matched are young enough to wait."""
    return sum(number < 0 and day >= wait_from for number, day in zip(numbers, lines.days, strict=True))


def _pairs_by_reference(
    sides: tuple[Lines, Lines], mine: Iterable[int], other: Iterable[int]
) -> list[tuple[int, int]]:
    """Return leftovers of both sides that are alone in their reference."""
    found: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for side, places, columns in ((0, mine, sides[0]), (1, other, sides[1])):
        for place in places:
            reference = columns.references[place]
            if reference:
                found[side][reference] = -1 if reference in found[side] else place
    return [
        (place, found[1][reference])
        for reference, place in found[0].items()
        if place >= 0 and found[1].get(reference, -1) >= 0
    ]


def _differing_pair(
    sides: tuple[Lines, Lines], pair: tuple[int, int], rules: RuleSet, span: Span
) -> Iterator[Leftover]:
    """Yield how two lines of one reference differ."""
    (ours, theirs), (place, counterpart) = sides, pair
    amount, wanted = ours.amounts[place], theirs.amounts[counterpart]
    day, their_day = ours.days[place], theirs.days[counterpart]
    if max(day, their_day) < span.first:
        return
    lines = ((place,), (counterpart,))
    if amount == wanted:
        yield Leftover(BreakType.TIMING, Unit.DAY, day, their_day, *lines)
    elif amount == -wanted:
        yield Leftover(BreakType.DIRECTION, rules.unit, amount, wanted, *lines)
    else:
        yield Leftover(_by_size(amount - wanted, rules), rules.unit, amount, wanted, *lines)


def _differing_batch(
    sides: tuple[Lines, Lines], places: tuple[tuple[int, ...], tuple[int, ...]], rules: RuleSet, span: Span
) -> Iterator[Leftover]:
    days = [columns.days[place] for columns, each in zip(sides, places, strict=True) for place in each]
    if max(days) < span.first:
        return
    amount, wanted = (
        sum(columns.amounts[place] for place in each) for columns, each in zip(sides, places, strict=True)
    )
    yield Leftover(_by_size(amount - wanted, rules), rules.unit, amount, wanted, *places)


def _by_size(difference: int, rules: RuleSet) -> BreakType:
    return BreakType.ROUNDING if abs(difference) <= rules.rounding else BreakType.AMOUNT


def _undecided(
    columns: Lines, places: Sequence[int], candidates: tuple[int, ...], unit: Unit, span: Span
) -> Iterator[Leftover]:
    """Yield each line, as one of ours, that fits more than one other, with all that it fits."""
    for place in places:
        if span.first <= columns.days[place]:
            amount = columns.amounts[place]
            yield Leftover(BreakType.MISSING_THEIRS, unit, amount, None, (place,), (), candidates)


def _single(columns: Lines, numbers: Sequence[int], places: Sequence[int], unit: Unit) -> Iterator[Leftover]:
    """Yield lines, as ours, that the other side has not: once more what is matched already, or missing."""
    wanted = {columns.references[place] for place in places} - {""}
    taken = {
        (columns.references[place], columns.amounts[place])
        for place, number in enumerate(numbers)
        if number != OPEN and columns.references[place] in wanted
    }
    for place in places:
        is_again = (columns.references[place], columns.amounts[place]) in taken
        kind = BreakType.DUPLICATE if is_again else BreakType.MISSING_THEIRS
        yield Leftover(kind, unit, columns.amounts[place], None, (place,), ())


def _turn(found: Leftover) -> Leftover:
    """Return a one-sided leftover as one of theirs."""
    kind = BreakType.MISSING_OURS if found.type is BreakType.MISSING_THEIRS else found.type
    return Leftover(kind, found.unit, None, found.ours, (), found.our_places, found.candidates)
