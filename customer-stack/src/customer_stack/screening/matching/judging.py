"""Names made ready for one sort of party, and the score of two of them. One judge per schema.

A list's names are made ready once, a query's name once per query; the scorers of `people` and `entities`
then see nothing but what is ready.
"""

from dataclasses import dataclass
from typing import Final

from customer_stack.screening.lists.entry import NameKind, Schema
from customer_stack.screening.matching.alignment import Pair, Written
from customer_stack.screening.matching.entities import Body, compare_bodies, compare_objects
from customer_stack.screening.matching.folding import split_words
from customer_stack.screening.matching.party import Likeness
from customer_stack.screening.matching.people import compare_people
from customer_stack.screening.matching.words import tells, weigh

LEAST_LETTERS: Final = 3
WEAK_PERCENT: Final = 85
WEAK_WORD_PERCENT: Final = 65
_WORDS_OF_BODIES_LESS: Final = 500
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
    """The score of two names, how much their common part tells, and the pieces."""

    score: int
    rarity: int
    pieces: tuple[Likeness, ...]


NOTHING: Final = Judgement(0, 0, ())


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
    return Judgement(score, _RARITY_OF_BODIES, (Likeness(asked.text, listed.text, "letters", score // 10),))


def judge_people(asked: Ready, listed: Ready) -> Judgement:
    """Score two names of people."""
    shared = compare_people(asked.written, listed.written)
    return Judgement(shared.score, shared.rarity, _explain(asked.written, listed.written, shared.pairs))


def _judge_bodies(asked: Ready, listed: Ready) -> Judgement:
    """Score two names of bodies by rigour, or by how their own words sound, whichever sees more."""
    score, pieces = compare_bodies(asked.body, listed.body) if asked.body and listed.body else (0, ())
    by_words = judge_people(asked, listed)
    if by_words.score - _WORDS_OF_BODIES_LESS > score:
        return Judgement(by_words.score - _WORDS_OF_BODIES_LESS, by_words.rarity, by_words.pieces)
    rarity = sum(weigh(word) for word in asked.words if word in listed.words)
    return Judgement(
        score, rarity, tuple(Likeness(each.one, each.other, each.how, each.likeness) for each in pieces)
    )


def weaken(score: int, kind: NameKind, words: int) -> int:
    """Return the score of a name of this kind: a weak one counts less, and little when it is one word."""
    if kind is not NameKind.WEAK:
        return score
    return score * (WEAK_PERCENT if words > 1 else WEAK_WORD_PERCENT) // 100


def _explain(asked: Written, listed: Written, pairs: tuple[Pair, ...]) -> tuple[Likeness, ...]:
    pieces = [
        Likeness(
            " ".join(asked.words[place] for place in sorted(pair.ones)),
            " ".join(listed.words[place] for place in sorted(pair.others)),
            "equal" if pair.likeness == 1000 else "alike",
            pair.likeness,
        )
        for pair in sorted(pairs, key=lambda pair: pair.ones)
    ]
    used = {place for pair in pairs for place in pair.ones}
    pieces += [Likeness(w, "", "only asked", 0) for n, w in enumerate(asked.words) if n not in used]
    used = {place for pair in pairs for place in pair.others}
    pieces += [Likeness("", w, "only listed", 0) for n, w in enumerate(listed.words) if n not in used]
    return tuple(pieces)
