"""A match's result as bytes. Pure."""

import zlib
from array import array
from collections.abc import Iterable
from typing import Final

from customer_stack.reconciliation.domain.lines import read_numbers
from customer_stack.reconciliation.domain.matching import Outcome, SetAside
from shared.errors import invariant

CHUNK_BYTES: Final = 4_000_000
_SQUEEZE: Final = 1


def pack_outcome(outcome: Outcome) -> list[bytes]:
    """Return a result as squeezed chunks of 32-bit numbers: lengths, columns, and what is aside."""
    aside = array("i")
    for each in outcome.aside:
        aside.extend(
            [each.rule, int(each.differs), len(each.ours), len(each.theirs), *each.ours, *each.theirs]
        )
    head = array("i", [len(outcome.ours), len(outcome.theirs), len(outcome.rule_of), len(aside)])
    raw = b"".join(_little(each) for each in (head, outcome.ours, outcome.theirs, outcome.rule_of, aside))
    return [
        zlib.compress(raw[start : start + CHUNK_BYTES], _SQUEEZE) for start in range(0, len(raw), CHUNK_BYTES)
    ]


def unpack_outcome(chunks: Iterable[bytes]) -> Outcome:
    """Return the result that `pack_outcome` was given."""
    numbers = read_numbers("i", b"".join(zlib.decompress(each) for each in chunks), "little")
    ours, theirs, matches, tail = numbers[:4]
    ends = [4, 4 + ours, 4 + ours + theirs, 4 + ours + theirs + matches]
    invariant(len(numbers) == ends[3] + tail, "a result is whole")
    aside = []
    at = ends[3]
    while at < len(numbers):
        rule, differs, mine, other = numbers[at : at + 4]
        at += 4
        places = tuple(numbers[at : at + mine]), tuple(numbers[at + mine : at + mine + other])
        aside.append(SetAside(rule, *places, differs=bool(differs)))
        at += mine + other
    return Outcome(
        numbers[ends[0] : ends[1]], numbers[ends[1] : ends[2]], numbers[ends[2] : ends[3]], tuple(aside)
    )


def _little(numbers: "array[int]") -> bytes:
    return read_numbers("i", numbers.tobytes(), "little").tobytes()
