"""The matcher: lists in, possible matches of a party out.

    matcher = Matcher(lists)
    for match in matcher.match(Party("Viktor Bout", Schema.PERSON), limit=5): ...

Names of people, of bodies, of vessels and of aircraft have an index each: Emma Daniels is no EMMA LLC. What
has no schema is looked for in all. Stage one: the index gives eighty names; those that it likes best and
those that look most alike stay, twenty at most. Stage two: each is judged, its entry's qualifiers move the
score.

Cost: 30,000 names take some seconds to build; then a query takes some milliseconds. A matcher never
changes, so a new list is a new matcher beside the old one.

Guaranteed:
- a party without a name to compare raises NameUnusable;
- names that are left out by id are neither found nor counted;
- possible matches come first, highest priority first, ties by source and id: the same in every process.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz import fuzz

from customer_stack.screening.lists.entry import ListEntry, ListName, Schema, WatchList, combine_versions
from customer_stack.screening.matching.index import NameIndex
from customer_stack.screening.matching.judging import (
    NOTHING,
    Judgement,
    Ready,
    explain,
    judge,
    make_ready,
    weaken,
)
from customer_stack.screening.matching.party import THRESHOLD, Explanation, NameUnusable, Party, PossibleMatch
from customer_stack.screening.matching.people import bound_people
from customer_stack.screening.matching.qualifiers import (
    MOST_RAISED,
    Qualifiers,
    compare_qualifiers,
    prioritise,
    qualify,
)

CANDIDATES: Final = 80
BEST_BY_INDEX: Final = 12
BEST_BY_LETTERS: Final = 8
_SCHEMAS: Final = (Schema.PERSON, Schema.ENTITY, Schema.VESSEL, Schema.AIRCRAFT)
_UNKNOWN_IS: Final = (Schema.PERSON, Schema.ENTITY)


@dataclass(frozen=True, slots=True)
class _Listed:
    """One name of one entry, ready, by the number of its entry."""

    entry: int
    name: ListName
    ready: Ready
    letters: str


class _Shelf:
    """All names that are judged as one schema, and their index."""

    def __init__(self, schema: Schema, names: list[_Listed]) -> None:
        self.schema = schema
        self.names = names
        self.index = NameIndex([name.ready.words for name in names])

    def choose(self, asked: Ready, without: frozenset[str]) -> list[_Listed]:
        """Return the names worth judging."""
        candidates = self.index.find(asked.words, CANDIDATES + len(without))
        found = [self.names[each.number] for each in candidates]
        if without:
            found = [listed for listed in found if listed.name.id not in without]
        letters = _letters(asked)
        alike = sorted(
            range(len(found)), key=lambda n: (-round(fuzz.token_sort_ratio(letters, found[n].letters)), n)
        )
        chosen = dict.fromkeys((*range(min(BEST_BY_INDEX, len(found))), *alike[:BEST_BY_LETTERS]))
        return [found[number] for number in sorted(chosen)]


class Matcher:
    """Finds who of some lists could be meant. Immutable; safe to use from several threads."""

    def __init__(self, lists: Sequence[WatchList], *, without: Iterable[str] = ()) -> None:
        """Index all names of the lists, but for those with an id in `without`."""
        left_out = frozenset(without)
        self._entries: list[tuple[str, ListEntry]] = [
            (each.source, entry) for each in lists for entry in each.entries
        ]
        self._documents: dict[str, tuple[int, ...]] = {}
        for number, (_, entry) in enumerate(self._entries):
            for document in entry.documents:
                self._documents[document] = (*self._documents.get(document, ()), number)
        self._shelves = {schema: _Shelf(schema, self._collect(schema, left_out)) for schema in _SCHEMAS}
        self.name_count = sum(len(entry.names) for _, entry in self._entries)
        self.version = combine_versions(lists)

    def _collect(self, schema: Schema, without: frozenset[str]) -> list[_Listed]:
        names: list[_Listed] = []
        for number, (_, entry) in enumerate(self._entries):
            unknown = entry.schema is Schema.UNKNOWN and schema in _UNKNOWN_IS
            if entry.schema is not schema and not unknown:
                continue
            names += [
                _Listed(number, name, ready, _letters(ready))
                for name in entry.names
                if name.id not in without and (ready := make_ready(name.text, schema)) is not None
            ]
        return names

    def match(
        self,
        party: Party,
        *,
        limit: int,
        threshold: int = THRESHOLD,
        without: frozenset[str] = frozenset(),
    ) -> tuple[PossibleMatch, ...]:
        """Return the best entries: those at the threshold first, by priority. Raises NameUnusable."""
        return tuple(match.explained() for match in self._weigh(party, threshold, without)[:limit])

    def match_possible(self, party: Party, *, limit: int, threshold: int) -> tuple[PossibleMatch, ...]:
        """Return the same as far as it reaches the threshold, which spares the others' explanations."""
        found = self._weigh(party, threshold, frozenset(), least=threshold - MOST_RAISED)[:limit]
        return tuple(match.explained() for match in found if match.score >= threshold)

    def _weigh(
        self, party: Party, threshold: int, without: frozenset[str], least: int = 0
    ) -> "list[_Weighed]":
        documented = {n for document in party.documents for n in self._documents.get(document, ())}
        best = self._judge_names(party, without, documented, least)
        for number in documented:
            best.setdefault(number, (NOTHING, self._entries[number][1].names[0]))
        matches = [
            self._qualify(party, number, *found)
            for number, found in best.items()
            if found[0].score >= least or number in documented
        ]
        matches.sort(key=lambda m: (m.score < threshold, -m.priority, -m.score, m.source, m.entry_id))
        return matches

    def _judge_names(
        self, party: Party, without: frozenset[str], documented: set[int], least: int
    ) -> dict[int, tuple[Judgement, ListName]]:
        """Return the best judgement per entry, or none where no name reaches `least`. Raises NameUnusable."""
        schemas = _SCHEMAS if party.schema is Schema.UNKNOWN else (party.schema,)
        best: dict[int, tuple[Judgement, ListName]] = {}
        usable = False
        for schema in schemas:
            asked = make_ready(party.name, schema)
            if asked is None:
                continue
            usable = True
            for listed in self._shelves[schema].choose(asked, without):
                if (
                    least
                    and schema is Schema.PERSON
                    and listed.entry not in documented
                    and bound_people(asked.written, listed.ready.written) < least
                ):
                    continue
                found = judge(asked, listed.ready, schema)
                score = weaken(found.score, listed.name.kind, len(listed.ready.words))
                if listed.entry not in best or score > best[listed.entry][0].score:
                    best[listed.entry] = (replace(found, score=score), listed.name)
        if not usable:
            raise NameUnusable("The name has no word that could be compared. Correct it, then screen again.")
        return best

    def _qualify(self, party: Party, number: int, found: Judgement, name: ListName) -> "_Weighed":
        source, entry = self._entries[number]
        qualifiers = compare_qualifiers(party, entry)
        score = qualify(found.score, qualifiers, party.documents)
        priority = prioritise(score, found.rarity, qualifiers)
        return _Weighed(source, entry, name, score, priority, found, qualifiers)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A match before its reasons are put in words, which only those that are returned need."""

    source: str
    entry: ListEntry
    name: ListName
    score: int
    priority: int
    found: Judgement
    qualifiers: Qualifiers

    @property
    def entry_id(self) -> str:
        return self.entry.id

    def explained(self) -> PossibleMatch:
        why = Explanation(self.found.score, explain(self.found), self.qualifiers, self.found.rarity)
        return PossibleMatch(
            source=self.source,
            entry_id=self.entry.id,
            published_id=self.entry.published_id,
            schema=self.entry.schema,
            name=self.name,
            score=self.score,
            priority=self.priority,
            is_sanctioned=self.entry.is_sanctioned,
            entry_print=self.entry.identity_print(),
            explanation=why,
        )


def _letters(ready: Ready) -> str:
    return " ".join(ready.words)
