"""How alike two words of names are, in thousandths: 1000 is equal, 0 is unlike. Symmetric.

Three things are looked at, and the best counts: the words sound the same (fold, deep fold), less for each
vowel that differs; they differ by few letters for their length; their sounds differ by one consonant.
"""

from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from customer_stack.screening.matching.folding import PARTICLES, deep_fold, fold, sound
from customer_stack.screening.matching.words import SERVANT

EQUAL: Final = 1000
INITIAL: Final = 800
LEAST: Final = 660
_PARTICLE: Final = 900
_NO_INITIALS: Final = PARTICLES | {SERVANT, "abu"}


def compare_words(one: str, other: str) -> int:
    """Return how alike two words are."""
    if one == other:
        return EQUAL
    return _compare(one, other) if one < other else _compare(other, one)


@lru_cache(maxsize=262_144)
def _compare(one: str, other: str) -> int:
    if len(one) == 1 or len(other) == 1:
        return INITIAL if one[0] == other[0] and not {one, other} & _NO_INITIALS else 0
    if (one in PARTICLES) != (other in PARTICLES):
        return 0
    if one in PARTICLES:
        return _PARTICLE
    if one.isdigit() or other.isdigit():
        return 0
    longer, shorter = max(len(one), len(other)), min(len(one), len(other))
    edits = OSA.distance(one, other)
    best = EQUAL - 1600 * edits // longer if edits <= _allowed(longer) else 0
    if shorter >= 3:
        best = max(best, _compare_sounds(one, other))
    if shorter >= 4:
        best = max(best, _compare_consonants(one, other))
    return best if best >= LEAST else 0


def _allowed(length: int) -> int:
    if length <= 3:
        return 0
    return 1 if length <= 5 else 2 if length <= 8 else 3


def _vowels(one: str, other: str) -> int:
    """Return how much of two spellings differs once variants are out, in thousandths."""
    a, b = sound(one), sound(other)
    return 1000 * OSA.distance(a, b) // max(len(a), len(b))


def _compare_sounds(one: str, other: str) -> int:
    if fold(one) == fold(other):
        return 970 - 600 * _vowels(one, other) // 1000
    if deep_fold(one) == deep_fold(other):
        return max(700, 920 - 500 * _vowels(one, other) // 1000)
    return 0


def _compare_consonants(one: str, other: str) -> int:
    best = 0
    a, b = fold(one), fold(other)
    length = max(len(a), len(b))
    if length >= 4 and OSA.distance(a, b) == 1:
        best = EQUAL - 1200 // length - 300 * _vowels(one, other) // 1000
    a, b = deep_fold(one), deep_fold(other)
    length = max(len(a), len(b))
    if length >= 5 and OSA.distance(a, b) == 1:
        best = max(best, EQUAL - 1800 // length)
    return best
