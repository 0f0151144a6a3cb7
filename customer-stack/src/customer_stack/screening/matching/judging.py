"""Names made ready for one sort of party, and the score of two of them. One judge per schema.

A list's names are made ready once, a query's name once per query; the scorers of `people` and `entities`
then see nothing but what is ready.
"""

from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz import fuzz

from customer_stack.screening.lists.entry import NameKind, Schema
from customer_stack.screening.matching.alignment import Pair, Written
from customer_stack.screening.matching.entities import Body, Piece, compare_bodies, compare_objects
from customer_stack.screening.matching.folding import split_words
from customer_stack.screening.matching.party import Likeness
from customer_stack.screening.matching.people import compare_people
from customer_stack.screening.matching.similarity import EQUAL
from customer_stack.screening.matching.words import tells, weigh

LEAST_LETTERS: Final = 3
WEAK_PERCENT: Final = 85
WEAK_WORD_PERCENT: Final = 65
_WORDS_OF_BODIES_LESS: Final = 250
_WORTH_RIGOUR: Final = 2_500
_WORTH_RIGOUR_PERCENT: Final = 60
_RARITY_OF_BODIES: Final = 100


@dataclass(frozen=True, slots=True)
class Ready:
    """A name in the forms that its schema's judge needs; `words` are what the index sees."""

    text: str
    words: tuple[str, ...]
    written: Written
    body: Body | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The score of two names, how much their common part tells, and what was laid side by side."""

    score: int
    rarity: int
    asked: Ready | None = None
    listed: Ready | None = None
    laid: tuple[Pair, ...] | tuple[Piece, ...] = ()


NOTHING: Final = Judgement(0, 0)


def make_ready(text: str, schema: Schema) -> Ready | None:
    """Prepare a name, or return None when nothing is left to compare.

    Nothing is left of a legal form alone, of titles and initials alone, and of fewer than three letters.
    """
    words = split_words(text)
    body = None
    if schema is Schema.ENTITY:
        body = Body.of(text)
        kept = [] if body is None else body.words()
        words = tuple(word for part in kept for word in split_words(part))
    elif schema is Schema.PERSON and not any(map(tells, words)):
        return None
    if sum(len(word) for word in words) < LEAST_LETTERS:
        return None
    return Ready(text, words, Written.of(words), body)


def judge(asked: Ready, listed: Ready, schema: Schema) -> Judgement:
    """Score two names of one schema."""
    if schema is Schema.PERSON:
        return judge_people(asked, listed)
    if schema is Schema.ENTITY:
        return _judge_bodies(asked, listed)
    score = compare_objects(asked.text, listed.text)
    laid = (Piece(asked.text, listed.text, "letters", score // 10, 1000),)
    return Judgement(score, _RARITY_OF_BODIES, asked, listed, laid)


def judge_people(asked: Ready, listed: Ready) -> Judgement:
    """Score two names of people."""
    shared = compare_people(asked.written, listed.written)
    return Judgement(shared.score, shared.rarity, asked, listed, shared.pairs)


def _judge_bodies(asked: Ready, listed: Ready) -> Judgement:
    """Score two names of bodies by rigour, or by how their own words sound, whichever sees more.

    Rigour takes most of the time, so names that are unlike by words and by letters do not get there.
    """
    by_words = judge_people(asked, listed)
    score: int = 0
    laid: tuple[Piece, ...] = ()
    if asked.body and listed.body and (by_words.score >= _WORTH_RIGOUR or _alike(asked, listed)):
        score, laid = compare_bodies(asked.body, listed.body)
    if by_words.score - _WORDS_OF_BODIES_LESS > score:
        return replace(by_words, score=by_words.score - _WORDS_OF_BODIES_LESS)
    rarity = sum(weigh(word) for word in asked.words if word in listed.words)
    return Judgement(score, rarity, asked, listed, laid)


def _alike(asked: Ready, listed: Ready) -> bool:
    one, other = (ready.body.name.comparable if ready.body else "" for ready in (asked, listed))
    return fuzz.token_sort_ratio(one, other) >= _WORTH_RIGOUR_PERCENT


def weaken(score: int, kind: NameKind, words: int) -> int:
    """Return the score of a name of this kind: a weak one counts less, and little when it is one word."""
    if kind is not NameKind.WEAK:
        return score
    return score * (WEAK_PERCENT if words > 1 else WEAK_WORD_PERCENT) // 100


def explain(judgement: Judgement) -> tuple[Likeness, ...]:
    """Return the pieces of a judgement in words."""
    if judgement.asked is None or judgement.listed is None:
        return ()
    asked, listed = judgement.asked.words, judgement.listed.words
    pieces, used_asked, used_listed = [], set[int](), set[int]()
    for each in judgement.laid:
        if isinstance(each, Piece):
            pieces.append(Likeness(each.one, each.other, each.how, each.likeness))
            continue
        used_asked |= {*each.ones}
        used_listed |= {*each.others}
        words = (
            " ".join(asked[place] for place in sorted(each.ones)),
            " ".join(listed[place] for place in sorted(each.others)),
        )
        pieces.append(Likeness(*words, "equal" if each.likeness == EQUAL else "alike", each.likeness))
    if used_asked:
        pieces += [Likeness(w, "", "only asked", 0) for n, w in enumerate(asked) if n not in used_asked]
        pieces += [Likeness("", w, "only listed", 0) for n, w in enumerate(listed) if n not in used_listed]
    return tuple(pieces)
