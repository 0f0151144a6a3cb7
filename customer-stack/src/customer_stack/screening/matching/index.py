"""Which names of a list could be meant: an index from words to names, in memory, built once, never changed.

A word of a query finds the words of the list that are the same, sound the same, or differ by one letter; each
of them leads to names. Rare words count for more than common ones. Two words written as one are words too.
What comes out is a short list, best first; whether it matches is for others to say.

Cost: 30,000 names take a second or two to build and tens of megabytes; a query visits a bounded number of
names.

Guaranteed:
- a name of the list is found by itself, and by itself with one letter of one word missing, added, changed or
  swapped with its neighbour, unless more than `limit` names fit better;
- the same list and the same query give the same candidates in the same order in every process.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from customer_stack.screening.matching.folding import PARTICLES, deep_fold, fold, fold_joined

SAME, SOUND, ONE_LETTER, DEEP = 1000, 900, 750, 600
COMMON_NAMES: Final = 1_500
MOST_SIMILAR_WORDS: Final = 200
_LEAST_DELETED: Final = 3
_LEAST_DEEP: Final = 4
_WORTH_A_SET: Final = 100
_BITS: Final = 32
_MASK: Final = (1 << _BITS) - 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name of the list by its number, and how much of the query it shares: only good for an order."""

    number: int
    weight: int


class NameIndex:
    """Finds candidates. Names are known by their place in what it was built from."""

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        """Index names given as words."""
        postings: defaultdict[str, list[int]] = defaultdict(list)
        vocabulary: set[str] = set()
        joined: dict[str, str] = {}
        for number, written in enumerate(names):
            words = telling(written)
            vocabulary.update(words)
            terms = dict(_joined(words))
            joined |= terms
            for term in dict.fromkeys((*words, *terms)):
                postings[term].append(number)
        total = max(2, len(names))
        self._postings = {term: tuple(numbers) for term, numbers in postings.items()}
        self._sets = {
            term: frozenset(numbers) for term, numbers in postings.items() if len(numbers) >= _WORTH_A_SET
        }
        self._rarity = {
            term: max(1, (1 + total // len(numbers)).bit_length()) for term, numbers in postings.items()
        }
        self._sounds = _group(joined | {word: fold(word) for word in vocabulary})
        self._deep = _group({word: deep_fold(word) for word in vocabulary if len(word) >= _LEAST_DEEP})
        shortened: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(vocabulary):
            for each in _deletions(word):
                shortened[each].append(word)
        self._shortened = {key: tuple(words) for key, words in shortened.items()}

    def find(self, words: Sequence[str], limit: int) -> list[Candidate]:
        """Return at most `limit` candidates, best first; ties in order of the list."""
        words = telling(words)
        plain = tuple(dict.fromkeys(words))
        terms = [self._similar(word) for word in plain]
        joined = {term: key for term, key in _joined(words) if term not in plain}
        terms += [self._sounding(term, key) for term, key in joined.items()]
        counted = [(sum(len(self._postings[word]) for word in found), found) for found in terms if found]
        counted.sort(key=lambda each: each[0])
        weights: dict[int, int] = {}
        for visits, found in counted:
            if visits > COMMON_NAMES and weights:
                self._raise(found, weights)
            else:
                self._add(found, weights)
        # As one integer each, the heavier and then the earlier first: compared without a function of ours.
        best = heapq.nlargest(limit, [(weight << _BITS) - number for number, weight in weights.items()])
        return [Candidate(-each & _MASK, (each + _MASK) >> _BITS) for each in best]

    def _by_weight(self, found: dict[str, int]) -> list[tuple[int, str]]:
        """Return the words that a term finds, the best last, so that it overwrites the others."""
        return sorted((quality * self._rarity[word], word) for word, quality in found.items())

    def _add(self, found: dict[str, int], weights: dict[int, int]) -> None:
        """Add the names that one term of the query finds, each by its best word."""
        counted: dict[int, int] = {}
        for weight, word in self._by_weight(found):
            counted.update(dict.fromkeys(self._postings[word], weight))
        if not weights:
            weights.update(counted)
            return
        for number, weight in counted.items():
            weights[number] = weights.get(number, 0) + weight

    def _raise(self, found: dict[str, int], weights: dict[int, int]) -> None:
        """Let a common term raise the names that rarer ones have found, and find no others."""
        counted: dict[int, int] = {}
        for weight, word in self._by_weight(found):
            names = self._sets.get(word)
            shared = weights.keys() & (self._postings[word] if names is None else names)
            counted.update(dict.fromkeys(shared, weight))
        for number, weight in counted.items():
            weights[number] += weight

    def _similar(self, word: str) -> dict[str, int]:
        """Return the terms of the list that a word may mean, with the best reason for each."""
        found: dict[str, int] = {}
        if len(word) >= _LEAST_DEEP:
            found |= dict.fromkeys(self._deep.get(deep_fold(word), ()), DEEP)
        found |= dict.fromkeys(self._shortened.get(word, ()), ONE_LETTER)
        for each in _deletions(word):
            found |= dict.fromkeys(self._shortened.get(each, ()), ONE_LETTER)
            if each in self._postings:
                found[each] = ONE_LETTER
        found |= self._sounding(word, fold(word))
        if len(found) > MOST_SIMILAR_WORDS:
            found = dict(heapq.nsmallest(MOST_SIMILAR_WORDS, found.items(), key=lambda e: (-e[1], e[0])))
        return found

    def _sounding(self, term: str, key: str) -> dict[str, int]:
        found = dict.fromkeys(self._sounds.get(key, ()), SOUND)
        if term in self._postings:
            found[term] = SAME
        return found


def telling(words: Sequence[str]) -> Sequence[str]:
    """Return the words without particles, or all of them where there are no others."""
    return [word for word in words if word not in PARTICLES] or words


def _joined(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield neighbours written as one, and the whole name written as one, each with how it sounds."""
    for one, other in pairwise(words):
        yield one + other, fold_joined(one, other)
    if len(words) > 2:
        whole = "".join(words)
        yield whole, whole


def _deletions(word: str) -> Iterator[str]:
    if len(word) >= _LEAST_DELETED and not word.isdigit():
        for place in range(len(word)):
            yield word[:place] + word[place + 1 :]


def _group(keys: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the terms that share a key, in order of the alphabet."""
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for term in sorted(keys):
        grouped[keys[term]].append(term)
    return {key: tuple(found) for key, found in grouped.items()}
