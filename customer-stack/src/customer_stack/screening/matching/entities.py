"""How alike two names of companies and other bodies are, and two names of vessels or aircraft.

Bodies are compared by rigour.names, OpenSanctions' compiled comparison: it knows legal forms (GmbH is JSC's
cousin, not part of a name), fields of business, places and numbers as symbols. What symbols pair is scored
by their kind; the rest by edits. The composition and its weights follow nomenklatura's logic-v2 (MIT).
Vessels and aircraft have short names and numbers that matter, so they are compared letter by letter.

Only rigour's symbols of organisations are used: those of persons cost eleven seconds and 400 MB to load.

Guaranteed:
- two names that share only a legal form, little words, or one field of business or place score 0.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA
from rigour.names import (
    Alignment,
    Name,
    NamePart,
    NamePartTag,
    NameTypeTag,
    SymbolCategory,
    analyze_names,
    compare_parts,
    pair_symbols,
    remove_obj_prefixes,
)

from customer_stack.screening.matching.folding import romanise
from customer_stack.screening.matching.people import LIMIT, PERFECT

_PRIVATE: Final = re.compile(r"\(?\b(?:pvt|private)\b\.?\)? *(?:ltd|limited)\b\.?")
_FITTED_LIMIT: Final = 7_200  # the sum at which labelled pairs are told apart best
_EXTRA_OF_QUERY, _EXTRA_OF_LIST = 800, 200
_LITTLE: Final = 500
_STOP_PER_MILLE: Final = 700
_SHARED_AT_LEAST: Final = 500
_SHARED_LETTERS: Final = 3
_WEIGHTS: Final = {
    SymbolCategory.ORG_CLASS: 700,
    SymbolCategory.INITIAL: 500,
    SymbolCategory.NICK: 800,
    SymbolCategory.SYMBOL: 300,
    SymbolCategory.DOMAIN: 700,
    SymbolCategory.NUMERIC: 1300,
    SymbolCategory.LOCATION: 800,
}
_EXTRAS: Final = {
    SymbolCategory.ORG_CLASS: 700,
    SymbolCategory.SYMBOL: 700,
    SymbolCategory.NUMERIC: 1300,
    SymbolCategory.LOCATION: 800,
}
_SCORES: Final = {SymbolCategory.ORG_CLASS: 800, SymbolCategory.NICK: 600}
_GENERAL: Final = frozenset({SymbolCategory.SYMBOL, SymbolCategory.DOMAIN, SymbolCategory.LOCATION})
_LITTLE_WORDS: Final = frozenset({NamePartTag.STOP, NamePartTag.LEGAL})


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """Parts of two names that were laid side by side; thousandths."""

    one: str
    other: str
    how: str
    likeness: int
    weight: int


@dataclass(frozen=True, slots=True)
class Body:
    """A name of a body, analysed."""

    name: Name
    extras: dict[tuple[NamePart, ...], int]
    own: frozenset[str]
    general: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Body | None":
        """Analyse a name; None when nothing of it is left."""
        names = analyze_names(
            NameTypeTag.ORG,
            [_PRIVATE.sub("ltd", romanise(text))],
            infer_initials=False,
            phonetics=False,
            consolidate=False,
        )
        name = min(names, key=lambda each: each.form, default=None)
        if name is None:
            return None
        extras: dict[tuple[NamePart, ...], int] = {}
        general: set[NamePart] = set()
        legal = {part for part in name.parts if part.tag in _LITTLE_WORDS}
        for span in name.spans:
            category = span.symbol.category
            if category in _EXTRAS:
                extras[span.parts] = extras.get(span.parts, 1000) * _EXTRAS[category] // 1000
            if category in _GENERAL:
                general.update(span.parts)
            elif category == SymbolCategory.ORG_CLASS:
                legal.update(span.parts)
        words = [part for part in name.parts if part not in general | legal]
        if not words and not general and all(part.tag == NamePartTag.STOP for part in name.parts):
            words = list(name.parts)  # MIT is a name, though it is a little word of German
        own = frozenset(part.comparable for part in words)
        return cls(name, extras, own, frozenset(part.comparable for part in general - legal))

    def words(self) -> list[str]:
        """Return the words of the name without legal forms and little words, in order."""
        return [part.comparable for part in self.name.parts if part.comparable in self.own | self.general]


def compare_bodies(query: Body, listed: Body) -> tuple[int, tuple[Piece, ...]]:
    """Return the score of a query's name against a listed one, and what it is made of."""
    if query.name.comparable == listed.name.comparable and query.own | query.general:
        return PERFECT, (Piece(query.name.comparable, listed.name.comparable, "equal", 1000, 1000),)
    best: int = 0
    pieces: tuple[Piece, ...] = ()
    for edges in pair_symbols(query.name, listed.name):
        found = tuple(sorted(_weigh(query, listed, edges)))
        weight = sum(piece.weight for piece in found)
        total = sum(piece.likeness * piece.weight for piece in found) * 10 // max(1, weight)
        better = total > best or (total == best and found < pieces)
        if better and _share_something(query, listed, found):
            best, pieces = total, found
    return _scale(best), pieces


def _weigh(query: Body, listed: Body, edges: Sequence[Alignment]) -> list[Piece]:
    """Lay the parts of two names side by side, given those that symbols pair."""
    mine = {part for edge in edges for part in edge.qps}
    theirs = {part for edge in edges for part in edge.rps}
    rest_mine = [part for part in query.name.parts if part not in mine]
    rest_theirs = [part for part in listed.name.parts if part not in theirs]
    rest = (
        compare_parts(NamePart.tag_sort(rest_mine), NamePart.tag_sort(rest_theirs))
        if rest_mine or rest_theirs
        else []
    )
    return [_piece(each, query, listed) for each in (*edges, *rest)]


def _piece(each: Alignment, query: Body, listed: Body) -> Piece:
    if each.symbol is not None:
        likeness = _SCORES.get(each.symbol.category, 900)
        weight, how = _WEIGHTS.get(each.symbol.category, 1000), each.symbol.category.value.lower()
    else:
        likeness, weight, how = round(each.score * 1000), 1000, "letters"
    if not each.qps:
        how, weight = "only listed", _EXTRA_OF_LIST * _extra(each.rps, listed) // 1000
    elif not each.rps:
        how, weight = "only asked", _EXTRA_OF_QUERY * _extra(each.qps, query) // 1000
    elif each.qstr == each.rstr:
        likeness = 1000
    if any(len(parts) == 1 and parts[0].tag == NamePartTag.STOP for parts in (each.qps, each.rps)):
        weight = weight * _STOP_PER_MILLE // 1000
    return Piece(each.qstr, each.rstr, how, likeness, weight)


def _extra(parts: tuple[NamePart, ...], body: Body) -> int:
    if len(parts) == 1 and parts[0].tag == NamePartTag.STOP:
        return _LITTLE
    return body.extras.get(parts, 1000)


def _share_something(query: Body, listed: Body, pieces: Sequence[Piece]) -> bool:
    """Tell whether two names share a word of their own, or two general words; legal forms are neither."""
    own, general, shared = query.own | listed.own, query.general | listed.general, 0
    for piece in pieces:
        if not piece.one or not piece.other or piece.likeness < _SHARED_AT_LEAST:
            continue
        for word in {*piece.one.split(), *piece.other.split()}:
            if word in own and len(word) >= _SHARED_LETTERS:
                return True
        shared += any(word in general for word in piece.one.split())
    return shared > 1


def _scale(total: int) -> int:
    if total <= _FITTED_LIMIT:
        return total * LIMIT // _FITTED_LIMIT
    return LIMIT + (total - _FITTED_LIMIT) * (PERFECT - LIMIT) // (PERFECT - _FITTED_LIMIT)


def compare_objects(one: str, other: str) -> int:
    """Return the score of two names of vessels or aircraft, given as they are written. Symmetric."""
    a, b = (_plain_object(text) for text in (one, other))
    if not a or not b or _numbers(a) != _numbers(b):
        return 0
    longer = max(len(a), len(b))
    edits = OSA.distance(a, b)
    return 0 if edits > longer // 5 else PERFECT - 10_000 * edits // longer


def _plain_object(text: str) -> str:
    bare = remove_obj_prefixes(romanise(text))
    return "".join(each for each in bare if each.isalnum())


def _numbers(text: str) -> list[str]:
    return "".join(each if each.isdigit() else " " for each in text).split()
