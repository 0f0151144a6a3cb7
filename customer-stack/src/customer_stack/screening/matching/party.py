"""Who is asked about, and what the answer looks like. Values only.

Words. A *possible match* is an entry whose score reaches the threshold: only a person can call it a true
match. *Priority* orders possible matches, highest first: of two with one score, the one with a rarer name, a
birth date and a country that agree comes first.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from customer_stack.screening.lists.entry import DateRange, ListName, Schema, Sex

MATCHER_VERSION: Final = 2
THRESHOLD: Final = 7_000


class NameUnusable(Exception):
    """The name has nothing that could be compared: screening did not happen, which is not "no match"."""


class Decision(StrEnum):
    """What a score says beside a threshold."""

    CLEAR = "clear"
    POSSIBLE_MATCH = "possible_match"


class Agreement(StrEnum):
    """How a qualifier of the party compares with the entry's; UNKNOWN when one of them does not say."""

    SAME = "same"
    NEAR = "near"
    UNKNOWN = "unknown"
    APART = "apart"
    CONTRARY = "contrary"


@dataclass(frozen=True, slots=True)
class Party:
    """Who is asked about. Its text form shows nothing, so that no log and no traceback can."""

    name: str = field(repr=False)
    schema: Schema = Schema.UNKNOWN
    birth: DateRange | None = field(default=None, repr=False)
    countries: tuple[str, ...] = field(default=(), repr=False)
    sex: Sex | None = field(default=None, repr=False)
    documents: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Likeness:
    """One piece of a name laid beside its counterpart; `thousandths` of likeness."""

    asked: str
    listed: str
    how: str
    thousandths: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a score is what it is: the name's own score, its pieces, and each qualifier."""

    name_score: int
    pieces: tuple[Likeness, ...]
    qualifiers: tuple[tuple[str, Agreement], ...]
    rarity: int


@dataclass(frozen=True, slots=True)
class PossibleMatch:
    """One entry beside the party, with the name that fitted best. `entry_print`: what of it was compared."""

    source: str
    entry_id: str
    published_id: str
    schema: Schema
    name: ListName
    score: int
    priority: int
    is_sanctioned: bool
    entry_print: bytes
    explanation: Explanation

    def decide(self, threshold: int) -> Decision:
        """Return what the score says beside a threshold."""
        return Decision.POSSIBLE_MATCH if self.score >= threshold else Decision.CLEAR
