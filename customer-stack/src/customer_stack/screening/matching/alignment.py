"""Which word of one name answers which word of another.

Words go together in any order, since lists write "BOUT, Viktor" and people "Viktor Bout". The pair that
tells most is taken first. Then two neighbours that are one word on the other side are joined: Abu Zeid and
Abuzeid, Xi Jin Ping and Xi Jinping. They must begin with the same letter, which saves most of the looking.

Guaranteed:
- no word is used twice; swapping the names swaps the alignment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from customer_stack.screening.matching.folding import PARTICLES
from customer_stack.screening.matching.similarity import compare_words
from customer_stack.screening.matching.words import weigh

GOOD: Final = 850
JOINED_AT_LEAST: Final = 800
JOINED_LETTERS: Final = 5
JOINED_DIFFER: Final = 3


@dataclass(frozen=True, slots=True)
class Written:
    """A name as words, each with what it tells, and neighbours that could be one word, with their places."""

    words: tuple[str, ...]
    points: tuple[int, ...]
    joined: tuple[tuple[int, int, str], ...]

    @classmethod
    def of(cls, words: Sequence[str]) -> "Written":
        """Weigh the words of a name."""
        joined = ((i, k, words[i] + words[k]) for i, k in _neighbours(words))
        return cls(
            tuple(words),
            tuple(weigh(word) for word in words),
            tuple(each for each in joined if len(each[2]) >= JOINED_LETTERS),
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """Places of words in one name that answer places in another, and how alike they are, in thousandths."""

    ones: tuple[int, ...]
    others: tuple[int, ...]
    likeness: int

    def swapped(self) -> "Pair":
        """Return the pair as the other name sees it."""
        return Pair(self.others, self.ones, self.likeness)


def align(one: Written, other: Written) -> list[Pair]:
    """Return the pairs of words of two names."""
    found = []
    for i, word in enumerate(one.words):
        for j, counterpart in enumerate(other.words):
            if likeness := compare_words(word, counterpart):
                points = min(one.points[i], other.points[j])
                words = (word, counterpart) if word < counterpart else (counterpart, word)
                found.append((-likeness * points, words, i, j, likeness))
    found.sort()
    used_ones: set[int] = set()
    used_others: set[int] = set()
    pairs = []
    for _, _, i, j, likeness in found:
        if i not in used_ones and j not in used_others:
            used_ones.add(i)
            used_others.add(j)
            pairs.append(Pair((i,), (j,), likeness))
    if len(pairs) == len(one.words) == len(other.words):
        return pairs
    pairs = _join(one, other, pairs)
    if not other.joined:
        return pairs
    return [pair.swapped() for pair in _join(other, one, [pair.swapped() for pair in pairs])]


def _join(one: Written, other: Written, pairs: list[Pair]) -> list[Pair]:
    """Pair two neighbours of `one` with a word of `other`, in place of what they were paired with."""
    well, taken = _well_paired(pairs)
    if not one.joined or len(taken) == len(other.words):
        return pairs
    for i, k, joined in one.joined:
        if k in well or (i in well and one.words[i] not in PARTICLES):
            continue
        for j, word in enumerate(other.words):
            if j in taken or abs(len(joined) - len(word)) > JOINED_DIFFER or word[0] != joined[0]:
                continue
            likeness = compare_words(joined, word)
            if likeness >= JOINED_AT_LEAST:
                kept = [pair for pair in pairs if not {i, k} & {*pair.ones} and j not in pair.others]
                pairs = [*kept, Pair((i, k), (j,), likeness * 97 // 100)]
                well, taken = _well_paired(pairs)
                break
    return pairs


def _well_paired(pairs: Sequence[Pair]) -> tuple[set[int], set[int]]:
    good = [pair for pair in pairs if pair.likeness > GOOD]
    return {n for pair in good for n in pair.ones}, {n for pair in good for n in pair.others}


def _neighbours(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield places of neighbours: those without particles between them, then all."""
    telling = [place for place, word in enumerate(words) if word not in PARTICLES]
    seen = set()
    for pair in (*pairwise(telling), *((n, n + 1) for n in range(len(words) - 1))):
        if pair not in seen:
            seen.add(pair)
            yield pair
