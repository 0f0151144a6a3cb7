"""Date of birth, country, sex and document numbers: they move a score, and never make one.

Below half the threshold a name is another name, whatever else agrees: many people share a birthday. What a
list does not say moves nothing. A document number of seven signs or more that agrees is as good as a name,
since nobody has it by chance.

Guaranteed:
- of two parties that differ in one qualifier, the one that agrees better never scores less.
"""

from collections.abc import Sequence
from typing import Final

from customer_stack.screening.lists.entry import DateRange, ListEntry
from customer_stack.screening.matching.party import Agreement, Party
from customer_stack.screening.matching.people import PERFECT

LEAST_NAME: Final = 3_500
DOCUMENT_SCORE: Final = 9_500
_LONG_DOCUMENT: Final = 7
_NEAR_DAYS: Final = 366
_SHORT_RANGE_DAYS: Final = 31
_MOVES: Final[dict[str, dict[Agreement, int]]] = {
    "birth": {Agreement.SAME: 900, Agreement.NEAR: 100, Agreement.APART: -900, Agreement.CONTRARY: -2500},
    "country": {Agreement.SAME: 150, Agreement.CONTRARY: -300},
    "sex": {Agreement.CONTRARY: -1000},
    "document": {Agreement.SAME: 1500},
}
_PRIORITY: Final[dict[str, dict[Agreement, int]]] = {
    "birth": {Agreement.SAME: 1500, Agreement.NEAR: 300, Agreement.CONTRARY: -1500},
    "country": {Agreement.SAME: 400, Agreement.CONTRARY: -200},
    "sex": {Agreement.SAME: 50},
    "document": {Agreement.SAME: 3000},
}
MOST_RAISED: Final = _MOVES["birth"][Agreement.SAME] + _MOVES["country"][Agreement.SAME]
"""What qualifiers other than a document can add to the score of a name."""
Qualifiers = tuple[tuple[str, Agreement], ...]


def compare_qualifiers(party: Party, entry: ListEntry) -> Qualifiers:
    """Return how each qualifier compares, in a fixed order."""
    return (
        ("birth", compare_births(party.birth, entry.births)),
        ("country", _compare_countries(party.countries, entry)),
        ("sex", _same_or_contrary(party.sex, entry.sex)),
        ("document", _compare_documents(party.documents, entry.documents)),
    )


def qualify(name_score: int, qualifiers: Qualifiers, documents: Sequence[str] = ()) -> int:
    """Return the score of a name after its qualifiers."""
    agreed = dict(qualifiers)
    score = name_score
    if name_score >= LEAST_NAME:
        score += sum(_MOVES[kind].get(agreement, 0) for kind, agreement in qualifiers)
    if agreed["document"] is Agreement.SAME and any(len(each) >= _LONG_DOCUMENT for each in documents):
        score = max(score, DOCUMENT_SCORE)
    return max(0, min(PERFECT, score))


def prioritise(score: int, rarity: int, qualifiers: Qualifiers) -> int:
    """Return the order of alerts: the score, then how rare the name is and what agrees."""
    if score < LEAST_NAME:
        return score + 5 * rarity
    return score + 5 * rarity + sum(_PRIORITY[kind].get(agreement, 0) for kind, agreement in qualifiers)


def compare_births(asked: DateRange | None, listed: Sequence[DateRange]) -> Agreement:
    """Compare a birth date with those of a list, each a day, a month, a year or a range; the best counts."""
    if asked is None or not listed:
        return Agreement.UNKNOWN
    order = (Agreement.SAME, Agreement.NEAR, Agreement.APART, Agreement.CONTRARY)
    return min((_compare_birth(asked, each) for each in listed), key=order.index)


def _compare_birth(asked: DateRange, listed: DateRange) -> Agreement:
    if asked.first <= listed.last and listed.first <= asked.last:
        long = max((each.last - each.first).days for each in (asked, listed)) > _SHORT_RANGE_DAYS
        return Agreement.NEAR if long else Agreement.SAME
    gap = max((listed.first - asked.last).days, (asked.first - listed.last).days)
    if _day_and_month_swapped(asked, listed) or gap <= _NEAR_DAYS:
        return Agreement.NEAR
    return Agreement.APART if gap <= 3 * _NEAR_DAYS else Agreement.CONTRARY


def _day_and_month_swapped(asked: DateRange, listed: DateRange) -> bool:
    if asked.first != asked.last or listed.first != listed.last:
        return False
    a, b = asked.first, listed.first
    return a.year == b.year and (a.month, a.day) == (b.day, b.month)


def _compare_countries(asked: Sequence[str], entry: ListEntry) -> Agreement:
    if not asked or not entry.countries:
        return Agreement.UNKNOWN
    if {*asked} & {*entry.countries}:
        return Agreement.SAME
    return Agreement.CONTRARY if entry.nationalities else Agreement.UNKNOWN


def _same_or_contrary(asked: object, listed: object) -> Agreement:
    if asked is None or listed is None:
        return Agreement.UNKNOWN
    return Agreement.SAME if asked == listed else Agreement.CONTRARY


def _compare_documents(asked: Sequence[str], listed: Sequence[str]) -> Agreement:
    return Agreement.SAME if {*asked} & {*listed} else Agreement.UNKNOWN
