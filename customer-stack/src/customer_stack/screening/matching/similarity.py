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
MOST_DIFFERENT_LENGTH: Final = 5
_PARTICLE: Final = 900
_NO_INITIALS: Final = PARTICLES | {SERVANT, "abu"}


@lru_cache(maxsize=262_144)
def compare_words(one: str, other: str) -> int:
    """Return how alike two words are."""
    if one == other:
        return EQUAL
    if abs(len(one) - len(other)) > MOST_DIFFERENT_LENGTH:
        return 0 if len(one) > 1 < len(other) else _compare(*sorted((one, other)))
    return _compare(one, other) if one < other else _compare(other, one)


def _compare(one: str, other: str) -> int:
    if len(one) == 1 or len(other) == 1:
        return INITIAL if one[0] == other[0] and not {one, other} & _NO_INITIALS else 0
    if (one in PARTICLES) != (other in PARTICLES):
        return 0
    if one in PARTICLES:
        return _PARTICLE
    if one.isdigit() or other.isdigit():
        return 0
    longer, shorter = (len(one), len(other)) if len(one) > len(other) else (len(other), len(one))
    allowed = _allowed(longer)
    edits = OSA.distance(one, other, score_cutoff=allowed)
    best = EQUAL - 1600 * edits // longer if edits <= allowed else 0
    if shorter >= 3:
        best = max(best, _compare_sounds(_sounds_of(one), _sounds_of(other), consonants=shorter >= 4))
    return best if best >= LEAST else 0


def _allowed(length: int) -> int:
    if length <= 3:
        return 0
    return 1 if length <= 5 else 2 if length <= 8 else 3


@lru_cache(maxsize=131_072)
def _sounds_of(word: str) -> tuple[str, str, str]:
    """Return the shared spelling, the fold and the deep fold of a word."""
    return sound(word), fold(word), deep_fold(word)


def _compare_sounds(one: tuple[str, str, str], other: tuple[str, str, str], *, consonants: bool) -> int:
    (spelling, folded, deep), (other_spelling, other_folded, other_deep) = one, other
    if folded == other_folded:
        return 970 - 600 * _vowels(spelling, other_spelling) // 1000
    best = 0
    if deep == other_deep:
        best = max(700, 920 - 500 * _vowels(spelling, other_spelling) // 1000)
    if consonants:
        length = max(len(folded), len(other_folded))
        if length >= 4 and OSA.distance(folded, other_folded, score_cutoff=1) == 1:
            best = max(best, EQUAL - 1200 // length - 300 * _vowels(spelling, other_spelling) // 1000)
        length = max(len(deep), len(other_deep))
        if length >= 5 and OSA.distance(deep, other_deep, score_cutoff=1) == 1:
            best = max(best, EQUAL - 1800 // length)
    return best


def _vowels(one: str, other: str) -> int:
    """Return how much of two spellings differs once variants are out, in thousandths."""
    return 1000 * OSA.distance(one, other) // max(len(one), len(other))
