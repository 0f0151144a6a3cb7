"""The Merkle tree over the audit: RFC 6962, section 2.1 (RFC 9162 says the same with other words). Pure.

A leaf is the hash of one record; a node hashes its two children. The root of `size` leaves is a promise
about all of them in their order: with about twenty hashes anybody can check that a record is among them
(inclusion), or that a longer tree begins with a shorter one (consistency), and needs nothing else.

Whoever stores a tree keeps its *complete* subtrees: those over 2**level leaves that begin at a multiple of
that. They never change again. Every proof is made of them, so a proof costs a few reads however long the
history is. `subtrees_for_*` names them, so that a store can load them in one statement.

Guaranteed:
- a proof that `prove_*` makes is accepted, and no other proof for another leaf, place, size or root is;
- the checks answer False for whatever is not a proof; they never raise, however long or odd it is.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Final, NamedTuple

from shared.audit.hashing import sha256
from shared.errors import invariant

HASH_SIZE: Final = 32
NODE_PREFIX: Final = b"\x01"
EMPTY_ROOT: Final = hashlib.sha256().digest()
"""The root of no leaves."""


class Subtree(NamedTuple):
    """A complete subtree: over the leaves from `number << level` to before `(number + 1) << level`."""

    level: int
    number: int


class Row(NamedTuple):
    """Complete subtrees of one level that stand side by side, the first of which is `number`."""

    level: int
    number: int
    hashes: list[bytes]


Read = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree at (level, number)."""

Span = tuple[Subtree, ...]
"""Complete subtrees side by side, largest first: together one hash of a proof."""


def hash_children(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node over two others."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over all of `leaves`."""
    return Frontier().append(leaves).root


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: all that is needed to go on with it.

    Its hashes are those of the complete subtrees over all its leaves, largest first: one for each one in
    the binary form of its size.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> "Frontier":
        """Return the frontier that `packed` was made of."""
        count = size.bit_count()
        invariant(len(packed) == HASH_SIZE * count, "a frontier has a hash for each one in its size")
        return cls(size, tuple(packed[i : i + HASH_SIZE] for i in range(0, len(packed), HASH_SIZE)))

    def pack(self) -> bytes:
        """Return the hashes as one string of bytes."""
        return b"".join(self.hashes)

    @property
    def root(self) -> bytes:
        """Return the root over all leaves."""
        return _fold(self.hashes) if self.hashes else EMPTY_ROOT

    def append(self, leaves: Sequence[bytes]) -> "Frontier":
        """Return the frontier after `leaves` more."""
        return self.grow(leaves)[0]

    def grow(self, leaves: Sequence[bytes]) -> tuple["Frontier", list[Row]]:
        """Return the frontier after `leaves` more, and every complete subtree that they completed."""
        left_over = dict(zip(_levels(self.size), self.hashes, strict=True))
        kept: list[bytes] = []
        rows: list[Row] = []
        row, level = list(leaves), 0
        while row or left_over:
            if row:
                rows.append(Row(level, self.size >> level, row))
            before = left_over.pop(level, None)
            if before is not None:
                row = [before, *row]
            if len(row) % 2:
                kept.append(row[-1])
            pairs = iter(row)
            row = list(map(sha256, map(b"".join, zip(repeat(NODE_PREFIX), pairs, pairs, strict=False))))
            level += 1
        return Frontier(self.size + len(leaves), tuple(reversed(kept))), rows


def frontier_at(before: Frontier, rows: Sequence[Row], size: int) -> Frontier:
    """Return the frontier at `size`, between `before` and where the tree had grown to that gave `rows`."""
    old = dict(zip(_levels(before.size), before.hashes, strict=True))
    hashes = []
    for level in _levels(size):
        at = (size >> level) - 1 - rows[level].number if level < len(rows) else -1
        hashes.append(old[level] if at < 0 else rows[level].hashes[at])
    return Frontier(size, tuple(hashes))


def subtrees_for_inclusion(index: int, size: int) -> list[Span]:
    """Return what the proof consists of that leaf `index` is among the first `size`, leaf upwards."""
    invariant(0 <= index < size, "a leaf is proven in a tree that has it")
    spans: list[Span] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            spans.append(cover(middle, end))
            end = middle
        else:
            spans.append(cover(begin, middle))
            begin = middle
    return spans[::-1]


def subtrees_for_consistency(old: int, new: int) -> list[Span]:
    """Return what the proof consists of that the tree of `new` leaves begins with that of `old`."""
    invariant(0 <= old <= new, "a tree is consistent with one that is as long or longer")
    if old in (0, new):
        return []
    spans: list[Span] = []
    begin, end = 0, new
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            spans.append(cover(middle, end))
            end = middle
        else:
            spans.append(cover(begin, middle))
            begin = middle
    if begin:
        spans.append(cover(begin, end))
    return spans[::-1]


def prove_inclusion(read: Read, index: int, size: int) -> list[bytes]:
    """Return the proof that leaf `index` is among the first `size`."""
    return [_fold([read(*subtree) for subtree in span]) for span in subtrees_for_inclusion(index, size)]


def prove_consistency(read: Read, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of `new` leaves begins with that of `old`."""
    return [_fold([read(*subtree) for subtree in span]) for span in subtrees_for_consistency(old, new)]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether `proof` shows that `leaf` stands at `index` of the `size` under `root`.

    RFC 9162, 2.1.3.2.
    """
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = hash_children(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = hash_children(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether `proof` shows that the tree under `new_root` begins with that under `old_root`.

    RFC 9162, 2.1.4.2. No leaves are the beginning of everything, and need no proof.
    """
    if not 0 <= old_size <= new_size or not _are_hashes(old_root, new_root, *proof):
        return False
    if old_size == 0:
        return old_root == EMPTY_ROOT and not proof and (new_size > 0 or new_root == EMPTY_ROOT)
    if old_size == new_size:
        return old_root == new_root and not proof
    steps = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not steps:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_found = new_found = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_found, new_found = hash_children(step, old_found), hash_children(step, new_found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new_found = hash_children(new_found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old_found == old_root and new_found == new_root


def cover(begin: int, end: int) -> Span:
    """Return the complete subtrees over the leaves from `begin` to before `end`, which are one node's."""
    return tuple(Subtree(level, at >> level) for at, level in _walk(begin, end))


def _walk(begin: int, end: int) -> Iterator[tuple[int, int]]:
    for level in _levels(end - begin):
        yield begin, level
        begin += 1 << level


def _levels(size: int) -> list[int]:
    """Return the levels of the complete subtrees over `size` leaves, largest first."""
    return [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _fold(hashes: Sequence[bytes]) -> bytes:
    """Return the hash over subtrees side by side, largest first."""
    folded = hashes[-1]
    for left in hashes[-2::-1]:
        folded = hash_children(left, folded)
    return folded


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
