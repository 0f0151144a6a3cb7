"""The breaks that a match leaves, with the lines of both sides that they are about."""

from collections.abc import Iterator, Sequence
from typing import Final

from customer_stack.reconciliation.domain.breaks import Link, LinkKind, NewBreak
from customer_stack.reconciliation.domain.leftovers import Leftover
from customer_stack.reconciliation.domain.lines import Lines
from customer_stack.reconciliation.store.matching import Match

MOST_LINKS: Final = 100
"""How many lines a break names: a batch has at most 500, and the match has them all."""


def build_break(kept: Match, sides: tuple[Lines, Lines], found: Leftover) -> NewBreak:
    """Return the break that a leftover is: the same lines are the same break, whichever match finds it."""
    ours, theirs = sides
    own = [ours.id_at(place) for place in found.our_places]
    other = [theirs.id_at(place) for place in found.their_places]
    names = [f"{side} {ids[0]}" for side, ids in (("ours", own), ("theirs", other)) if ids]
    links = [Link(LinkKind.MATCH, str(kept.id))]
    mine, counterparts = (found.our_places, found.their_places)
    if found.candidates:
        mine, counterparts = (mine, found.candidates) if own else (found.candidates, counterparts)
    links += _links(ours, mine, LinkKind.MOVEMENT)
    links += _links(theirs, counterparts, LinkKind.STATEMENT_LINE)
    return NewBreak(
        tenant_id=kept.tenant_id,
        department_id=kept.department_id,
        check=kept.source,
        type=found.type,
        subject=" ".join(names),
        unit=found.unit,
        ours=found.ours,
        theirs=found.theirs,
        evidence=tuple(dict.fromkeys(links)),
        at=kept.read_at,
    )


def _links(lines: Lines, places: Sequence[int], kind: LinkKind) -> Iterator[Link]:
    for place in places[:MOST_LINKS]:
        yield Link(kind, str(lines.id_at(place)))
        if lines.references[place]:
            yield Link(LinkKind.BANK_REFERENCE, lines.references[place])
