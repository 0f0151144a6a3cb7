"""How alike two names are, in integers from 0 to 10000. Pure.

Names are compared as words in alphabetical order, since lists write "BOUT, Viktor" and people "Viktor
Bout"; and word by word, since one of them may leave out a middle name. The better score counts.
"""

import csv
import hashlib
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rapidfuzz.distance import Indel

from shared.errors import invariant

MATCHER_VERSION: Final = 1
THRESHOLD: Final = 8800
PERFECT: Final = 10_000


class Verdict(StrEnum):
    """What screening says. The members of the database type screening_verdict."""

    CLEAR = "clear"
    POSSIBLE_MATCH = "possible_match"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """Who stands on the list, with all names as words in order."""

    id: str
    names: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class WatchList:
    """A list and the digest of its bytes."""

    version: bytes
    entries: tuple[ListEntry, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The best score over the whole list, and whose it is."""

    verdict: Verdict
    best_score: int
    best_entry: str | None


def split_name(name: str) -> tuple[str, ...]:
    """Return the words of a name in alphabetical order, without case, marks and signs."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", name.casefold())
        if unicodedata.category(character) != "Mn"
    )
    return tuple(sorted("".join(c if c.isalnum() else " " for c in plain).split()))


def read_list(raw: bytes) -> WatchList:
    """Return the list of a CSV file with the columns id, names (separated by ;) and programme."""
    rows = list(csv.DictReader(io.StringIO(raw.decode())))
    invariant(rows, "a screening list has entries")
    entries = tuple(
        ListEntry(row["id"], tuple(split_name(name) for name in row["names"].split(";"))) for row in rows
    )
    invariant(len({entry.id for entry in entries}) == len(entries), "an id of a list entry stands twice")
    invariant(all(words for entry in entries for words in entry.names), "every list entry has names")
    return WatchList(hashlib.sha256(raw).digest(), entries)


def score_words(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how alike two names are: 10000 is equal."""
    return max(_ratio(" ".join(one), " ".join(other)), _align(one, other))


def _ratio(one: str, other: str) -> int:
    length = len(one) + len(other)
    return PERFECT * (length - Indel.distance(one, other)) // length


def _align(one: Sequence[str], other: Sequence[str]) -> int:
    """Pair each word of the shorter name with its best unused one; two words at least, or it says nothing."""
    shorter, left = (one, list(other)) if len(one) <= len(other) else (other, list(one))
    if len(shorter) < 2:
        return 0
    total = 0
    for word in shorter:
        best = max(left, key=lambda candidate: _ratio(word, candidate))
        left.remove(best)
        total += _ratio(word, best) * len(word)
    return total // sum(len(word) for word in shorter)


def screen(name: str, watch_list: WatchList, threshold: int = THRESHOLD) -> Result:
    """Compare a name with the whole list. A name without any word is a possible match of nothing: refused."""
    words = split_name(name)
    if not words:
        return Result(Verdict.POSSIBLE_MATCH, PERFECT, None)
    scored = [(score_words(words, names), entry.id) for entry in watch_list.entries for names in entry.names]
    best_score, best_entry = max(scored)
    verdict = Verdict.POSSIBLE_MATCH if best_score >= threshold else Verdict.CLEAR
    return Result(verdict, best_score, best_entry)
