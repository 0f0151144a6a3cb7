"""How alike two names of people are: a score from 0 to 10000, symmetric, with its parts.

What both names share counts by how much it tells; what one of them lacks costs little, since people leave
out names; what both have and the other contradicts costs most, since brothers share all but one. A name that
shares a single word, or a word and an initial, needs more than that.

The weights were fitted by chance search on half of OFAC's aliases, against invented people, and rounded; the
other half, aliases added later and labelled pairs judged them. Change them and raise MATCHER_VERSION.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from operator import mul
from typing import Final

from customer_stack.screening.matching.alignment import (
    JOINED_AT_LEAST,
    JOINED_DIFFER,
    Pair,
    Written,
    align,
)
from customer_stack.screening.matching.similarity import EQUAL, compare_words
from customer_stack.screening.matching.words import tells

PERFECT: Final = 10_000
LIMIT: Final = 7_000  # the score at which the fitted sum reaches the threshold
_INITIAL_POINTS: Final = 25
_INITIAL_LIKENESS: Final = 900
_SUM_AT_LIMIT: Final = 1_020
_SUM_AT_PERFECT: Final = 1_500
_MOST_SHARED: Final = 400
_MOST_CONTRADICTED: Final = 150


@dataclass(frozen=True, slots=True)
class Shared:
    """What two names have in common, in points and thousandths; enough to explain a score."""

    score: int
    rarity: int
    contradicted: int
    pairs: tuple[Pair, ...]


def compare_people(one: Written, other: Written) -> Shared:
    """Return the score of two names."""
    pairs = align(one, other)
    ones, others = list(one.points), list(other.points)
    likeness_ones, likeness_others = [0] * len(ones), [0] * len(others)
    initials = solid = 0
    for pair in pairs:
        likeness = pair.likeness
        if _is_initial(pair, one.words, other.words):
            initials += 1
            likeness = _INITIAL_LIKENESS
            ones[pair.ones[0]] = min(ones[pair.ones[0]], _INITIAL_POINTS)
            others[pair.others[0]] = min(others[pair.others[0]], _INITIAL_POINTS)
        else:
            solid += _solid(pair, one.words, other.words)
        for place in pair.ones:
            likeness_ones[place] = likeness
        for place in pair.others:
            likeness_others[place] = likeness
    shared_ones, shared_others = _product(ones, likeness_ones), _product(others, likeness_others)
    coverage = (shared_ones // max(1, sum(ones)), shared_others // max(1, sum(others)))
    rarity = min(shared_ones, shared_others) // 1000
    contradicted = min(_missing(one, likeness_ones), _missing(other, likeness_others))
    total = 600 * max(coverage) // 1000 + 420 * min(coverage) // 1000
    total += 18 * min(rarity, _MOST_SHARED) // 10
    total -= 66 * min(contradicted, _MOST_CONTRADICTED) // 10
    total -= 80 * min(initials, 2)
    if all(likeness_ones) and all(likeness_others):
        total += 150 if sorted(one.words) == sorted(other.words) else 0
    elif solid < 2:
        total -= 120 if initials else 70
    total += 60 if solid > 2 else 0
    return Shared(_scale(total), rarity, contradicted, tuple(pairs))


def bound_people(one: Written, other: Written) -> int:
    """Return a score that these names never exceed, for a fraction of what `compare_people` costs.

    Every word is given the best answer that it could have, as if each word could answer several; what has
    none is surely missing. So names that share one common word need not be aligned.
    """
    likely_ones, likely_others = [0] * len(one.words), [0] * len(other.words)
    for i, word in enumerate(one.words):
        for j, counterpart in enumerate(other.words):
            if likeness := compare_words(word, counterpart):
                if len(word) == 1 or len(counterpart) == 1:
                    likeness = EQUAL  # an initial makes its counterpart count less, which only helps
                likely_ones[i] = max(likely_ones[i], likeness)
                likely_others[j] = max(likely_others[j], likeness)
    if one.joined:
        _allow_joined(one, other, likely_ones, likely_others)
    if other.joined:
        _allow_joined(other, one, likely_others, likely_ones)
    shared_ones, shared_others = _product(one.points, likely_ones), _product(other.points, likely_others)
    coverage = (shared_ones // max(1, sum(one.points)), shared_others // max(1, sum(other.points)))
    total = 600 * max(coverage) // 1000 + 420 * min(coverage) // 1000
    total += 18 * min(min(shared_ones, shared_others) // 1000, _MOST_SHARED) // 10
    contradicted = min(_missing(one, likely_ones), _missing(other, likely_others))
    total -= 66 * min(contradicted, _MOST_CONTRADICTED) // 10
    answered = max(len(likely_ones) - likely_ones.count(0), len(likely_others) - likely_others.count(0))
    if all(likely_ones) and all(likely_others):
        total += 150 if sorted(one.words) == sorted(other.words) else 0
    elif answered < 2:
        total -= 70
    total += 60 if answered > 2 else 0
    return _scale(total)


def _allow_joined(one: Written, other: Written, ones: list[int], others: list[int]) -> None:
    """Give neighbours of `one` that may be a word of `other` the best answer there is."""
    for i, k, joined in one.joined:
        for j, word in enumerate(other.words):
            if (
                word[0] == joined[0]
                and abs(len(joined) - len(word)) <= JOINED_DIFFER
                and compare_words(joined, word) >= JOINED_AT_LEAST
            ):
                ones[i] = ones[k] = others[j] = EQUAL


def _is_initial(pair: Pair, ones: Sequence[str], others: Sequence[str]) -> bool:
    return (
        len(pair.ones) == len(pair.others) == 1
        and (len(ones[pair.ones[0]]) == 1) != (len(others[pair.others[0]]) == 1)
    )  # fmt: skip


def _solid(pair: Pair, ones: Sequence[str], others: Sequence[str]) -> int:
    mine = sum(tells(ones[place]) for place in pair.ones)
    theirs = sum(tells(others[place]) for place in pair.others)
    return max(mine, theirs) if mine and theirs else 0


def _product(points: Sequence[int], likeness: Sequence[int]) -> int:
    return sum(map(mul, points, likeness))


def _missing(name: Written, likeness: Sequence[int]) -> int:
    return sum(name.points) - sum(compress(name.points, likeness))


def _scale(total: int) -> int:
    """Lay the fitted sum on the scale of scores: the limit at LIMIT, two rare words in full at PERFECT."""
    if total <= _SUM_AT_LIMIT:
        return max(0, total * LIMIT // _SUM_AT_LIMIT)
    above = (total - _SUM_AT_LIMIT) * (PERFECT - LIMIT) // (_SUM_AT_PERFECT - _SUM_AT_LIMIT)
    return min(PERFECT, LIMIT + above)
