"""Walks through a part of a history from a head that is taken as given, and computes every hash again.

The server sends the records of some thousand places as one binary copy, in the order (transaction, id). What
arrives is what was sealed, so a record costs one cut and one hash. Its leaves must be those of the seals,
byte for byte; on them stand the chain, the tree, the stored nodes and the checkpoints, all of which are made
again and compared. Only where leaves differ, records are read one by one to tell what was done.

Guaranteed: nothing of what the database says is believed but the head at the beginning; a few thousand rows
are in memory, however long the history is.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Protocol

import asyncpg

from shared.audit import tree
from shared.audit.checkpoints import Checkpoint, Signature, Verifier
from shared.audit.copying import hash_rows
from shared.audit.damage import Finding, Problem, compare
from shared.audit.domain import (
    LEAF_COLUMNS,
    STORED_LEVEL,
    AuditHead,
    Head,
    StoredRecord,
    hash_chain,
)
from shared.audit.spool import ELSEWHERE
from shared.audit.tree import HASH_SIZE, Row

PAGE_RECORDS: Final = 65_536
PAGE_SEALS: Final = 1_000

_BETWEEN: Final = "(txid, id) > ($1::xid8, $2::bigint) AND (txid, id) <= ($3::xid8, $4::bigint)"
_COPY: Final = f"SELECT {LEAF_COLUMNS} FROM audit_record WHERE {{between}} ORDER BY txid, id"
_COLUMNS: Final = "id, txid, tenant_id, kind, recorded_at, body"
_READ: Final = f"SELECT {_COLUMNS} FROM audit_record WHERE {_BETWEEN} ORDER BY txid, id"
_SEALS: Final = """
SELECT start, size, last_txid, last_id, leaves, frontier, chain FROM audit_seal
WHERE start >= $1 AND start < $2 ORDER BY start LIMIT $3
"""
_NODES: Final = """
SELECT (
    SELECT string_agg(n.hash, ''::bytea ORDER BY n.number) FROM audit_node n
    WHERE n.level = row.level AND n.number >= row.first AND n.number < row.last
)
FROM unnest($1::smallint[], $2::bigint[], $3::bigint[]) AS row (level, first, last)
ORDER BY row.level
"""
_CHECKPOINTS: Final = """
SELECT size, root, key_id, signature FROM audit_checkpoint WHERE size > $1 AND size <= $2 ORDER BY size
"""


class KnownHeads(Protocol):
    """Heads that were kept elsewhere."""

    def between(self, before: int, last: int) -> Sequence[AuditHead]:
        """Return the heads over more than `before` records and `last` at most, by size."""

    def largest(self) -> Mapping[int, int]:
        """Return the largest size of each epoch."""


@dataclass(frozen=True, slots=True)
class HeadList:
    """A few heads, by size."""

    heads: tuple[AuditHead, ...] = ()

    def between(self, before: int, last: int) -> Sequence[AuditHead]:
        """Return the heads over more than `before` records and `last` at most."""
        begin, end = (bisect_right(self.heads, size, key=lambda head: head.size) for size in (before, last))
        return self.heads[begin:end]

    def largest(self) -> Mapping[int, int]:
        """Return the largest size, of no epoch in particular."""
        return {ELSEWHERE: self.heads[-1].size} if self.heads else {}


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a history is compared with beyond itself."""

    known: KnownHeads = HeadList()
    verifiers: tuple[Verifier, ...] = ()
    """Every key that the log ever had, the oldest first; without any, signatures are not checked."""


@dataclass(slots=True)
class Walk:
    """How far a walk has come."""

    head: Head
    checkpoints: int = 0
    finding: Finding | None = None
    first: "Signed | None" = None
    """The first checkpoint whose signature was checked, and the last."""
    last: "Signed | None" = None


@dataclass(frozen=True, slots=True)
class Signed:
    """How many records a checkpoint covers, and the number of its key: 0 is the log's first."""

    size: int
    key: int


@dataclass(frozen=True, slots=True)
class _SealRow:
    start: int
    size: int
    position: tuple[int, int]
    leaves: bytes
    frontier: bytes
    chain: bytes


async def walk(connection: "asyncpg.Connection[Any]", head: Head, end: int, expected: Expectations) -> Walk:
    """Go from `head` to the seal that reaches `end`, or to the first bad place."""
    done = Walk(head)
    while done.finding is None and done.head.size < end:
        await _take_page(connection, done, min(end, done.head.size + PAGE_RECORDS), expected)
    return done


async def _take_page(
    connection: "asyncpg.Connection[Any]", done: Walk, end: int, expected: Expectations
) -> None:
    before = done.head
    rows = await connection.fetch(_SEALS, before.size, end, PAGE_SEALS)
    seals = [_SealRow(row[0], row[1], (row[2], row[3]), *row[4:7]) for row in rows]
    good, problem = _check_links(before, seals)
    if good:
        sealed = b"".join(seal.leaves for seal in good)
        leaves = await _copy_leaves(connection, before.position, good[-1].position)
        if b"".join(leaves) != sealed:
            found = await connection.fetch(_READ, *before.position, *good[-1].position)
            stored = [sealed[at : at + HASH_SIZE] for at in range(0, len(sealed), HASH_SIZE)]
            done.finding = compare(before.size, stored, [StoredRecord(*row) for row in found])
            if done.finding is None:
                done.finding = Finding(Problem.RECORD_ALTERED, before.size + 1)
            return
        await _take_tree(connection, done, (good, leaves), expected)
    if done.finding is None and problem is not None:
        done.finding = Finding(problem, done.head.size + 1)


def _check_links(head: Head, seals: Sequence[_SealRow]) -> tuple[list[_SealRow], Problem | None]:
    """Return the seals that follow from the head, each from the one before, and what the next one lacks."""
    good: list[_SealRow] = []
    size, chain, position = head.size, head.chain, head.position
    for seal in seals:
        if seal.start != size:
            return good, Problem.SEAL_MISSING
        if seal.size <= size or len(seal.leaves) != HASH_SIZE * (seal.size - size):
            return good, Problem.SEAL_INVALID
        chain = hash_chain(chain, size, seal.position, seal.leaves)
        if seal.chain != chain or seal.position <= position:
            return good, Problem.CHAIN_BROKEN
        size, position = seal.size, seal.position
        good.append(seal)
    return good, None if good else Problem.SEAL_MISSING


async def _take_tree(
    connection: "asyncpg.Connection[Any]",
    done: Walk,
    sealed: tuple[Sequence[_SealRow], list[bytes]],
    expected: Expectations,
) -> None:
    """Make the tree over the seals' leaves, which are those of the records, and compare what is stored."""
    seals, leaves = sealed
    before, last = done.head, seals[-1]
    frontier, rows = before.frontier.grow(leaves)
    findings: list[Finding] = []
    for seal in seals:
        if tree.frontier_at(before.frontier, rows, seal.size).pack() != seal.frontier:
            findings.append(Finding(Problem.TREE_BROKEN, seal.start + 1))
            break
    findings += await _compare_nodes(connection, rows)
    for known in expected.known.between(before.size, last.size):
        if _root_at(done, rows, known.size) != known.root:
            findings.append(Finding(Problem.HEAD_DIFFERS, known.size))
    for size, root, key_id, signature in await connection.fetch(_CHECKPOINTS, before.size, last.size):
        done.checkpoints += 1
        if _root_at(done, rows, size) != root:
            findings.append(Finding(Problem.CHECKPOINT_DIFFERS, size))
        elif expected.verifiers:
            key = _find_key(size, root, key_id, signature, expected.verifiers)
            findings += _take_key(done, size, key)
    if findings:
        done.finding = min(findings, key=lambda finding: finding.sequence)
    else:
        done.head = Head(frontier, last.chain, last.position)


def _root_at(done: Walk, rows: Sequence[Row], size: int) -> bytes:
    return tree.frontier_at(done.head.frontier, rows, size).root


async def _compare_nodes(connection: "asyncpg.Connection[Any]", rows: Sequence[Row]) -> list[Finding]:
    """Compare the stored nodes that were completed with what they should be."""
    above = rows[STORED_LEVEL:]
    ends = [row.number + len(row.hashes) for row in above]
    levels, firsts = [row.level for row in above], [row.number for row in above]
    answers = await connection.fetch(_NODES, levels, firsts, ends) if above else []
    for row, (hashes,) in zip(above, answers, strict=True):
        stored = hashes or b""
        if stored != b"".join(row.hashes):
            found = [stored[at : at + HASH_SIZE] for at in range(0, len(stored), HASH_SIZE)]
            good = next(
                (i for i, pair in enumerate(zip(row.hashes, found, strict=False)) if pair[0] != pair[1]),
                min(len(found), len(row.hashes)),
            )
            return [Finding(Problem.NODE_BROKEN, ((row.number + good) << row.level) + 1)]
    return []


def _take_key(done: Walk, size: int, key: int | None) -> list[Finding]:
    """Go on to a checkpoint's key. One that has signed retires all before it, for good."""
    if key is None:
        return [Finding(Problem.CHECKPOINT_UNSIGNED, size)]
    if done.last is not None and key < done.last.key:
        return [Finding(Problem.CHECKPOINT_RETIRED, size)]
    done.last = Signed(size, key)
    done.first = done.first or done.last
    return []


def _find_key(
    size: int, root: bytes, key_id: bytes, signature: bytes, verifiers: Sequence[Verifier]
) -> int | None:
    """Return the number of the key that signed: the same key under the names of several epochs is one."""
    keys = list(dict.fromkeys(each.public_key for each in verifiers))
    for each in verifiers:
        if each.has_signed(Checkpoint(each.name, size, root), Signature(each.name, key_id, signature)):
            return keys.index(each.public_key)
    return None


async def _copy_leaves(
    connection: "asyncpg.Connection[Any]", first: tuple[int, int], last: tuple[int, int]
) -> list[bytes]:
    """Return the hashes of all records after one position, up to another."""
    between = f"(txid, id) > ('{first[0]:d}', {first[1]:d}) AND (txid, id) <= ('{last[0]:d}', {last[1]:d})"
    return await hash_rows(connection, _COPY.format(between=between))


def split(heads: Sequence[Head], start: Head, end: int) -> list[tuple[Head, int]]:
    """Return the parts of a history that can be walked at once: each from a head to where the next begins."""
    begins = [start, *(head for head in heads if start.size < head.size < end)]
    ends = [head.size for _, head in pairwise(begins)] + [end]
    return list(zip(begins, ends, strict=True))
