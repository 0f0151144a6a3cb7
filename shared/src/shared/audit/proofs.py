"""Proofs out of the stored tree: that records are in it, and that it grew out of a shorter one.

Complete subtrees over 256 leaves and more are rows of `audit_node`; smaller ones are made of the leaves in
the seals. A proof reads about twenty nodes and at most two blocks of 256 leaves, however long the history
is; the proofs of many records read what they share once.

Guaranteed: every proof is checked before it is given; a history that was changed gives none.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from shared.audit import tree
from shared.audit.domain import STORED_LEVEL, StoredRecord, hash_leaf
from shared.audit.tree import EMPTY_ROOT, HASH_SIZE, Frontier, Span
from shared.database import Transaction
from shared.errors import Kind, Refusal, invariant

BLOCK: Final = 1 << STORED_LEVEL
MOST_RECORDS: Final = 10_000

_RECORDS: Final = """
SELECT r.id, r.txid, r.tenant_id, r.kind, r.recorded_at, r.body
FROM unnest($1::xid8[], $2::bigint[]) AS wanted (txid, id)
JOIN audit_record r ON r.txid = wanted.txid AND r.id = wanted.id
"""
# The server looks the leaf up where it lies: a seal may have thousands. 0 is not found, NULL not sealed.
_PLACES: Final = """
SELECT wanted.txid, wanted.id, s.start, position(wanted.leaf IN s.leaves) AS place
FROM unnest($1::xid8[], $2::bigint[], $3::bytea[]) AS wanted (txid, id, leaf)
LEFT JOIN LATERAL (
    SELECT start, leaves FROM audit_seal
    WHERE (last_txid, last_id) >= (wanted.txid, wanted.id) ORDER BY last_txid, last_id LIMIT 1
) s ON true
"""
_NODES: Final = """
SELECT n.level, n.number, n.hash FROM unnest($1::smallint[], $2::bigint[]) AS wanted (level, number)
JOIN audit_node n ON n.level = wanted.level AND n.number = wanted.number
"""
# Of a seal that reaches over the edge of a block, only the leaves inside.
_LEAVES: Final = """
SELECT block.first, string_agg(
    substring(s.leaves FROM (greatest(block.first - s.start, 0) * 32 + 1)::int
                       FOR ((least(block.first + 256, s.size) - greatest(block.first, s.start)) * 32)::int),
    ''::bytea ORDER BY s.start) AS leaves
FROM unnest($1::bigint[]) AS block (first)
CROSS JOIN LATERAL (
    (SELECT start, size, leaves FROM audit_seal WHERE start <= block.first ORDER BY start DESC LIMIT 1)
    UNION ALL
    SELECT start, size, leaves FROM audit_seal WHERE start > block.first AND start < block.first + 256
) s
WHERE s.size > block.first
GROUP BY block.first
"""


class NotProvable(Refusal):
    """A record is not there, not sealed yet, or not what was sealed."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "audit.not_provable"


@dataclass(frozen=True, slots=True)
class RecordProof:
    """That a record is leaf `index` of the tree of `size` leaves, whose root somebody signed."""

    record: StoredRecord
    index: int
    size: int
    leaf: bytes
    hashes: tuple[bytes, ...]
    root: bytes


async def prove_records(
    tx: Transaction, positions: Sequence[tuple[int, int]], size: int
) -> list[RecordProof]:
    """Prove that the records at (txid, id) are in the tree of `size` leaves, in the order of `positions`.

    Only records that the transaction's tenants may see. Raises NotProvable.
    """
    invariant(len(positions) <= MOST_RECORDS, f"at most {MOST_RECORDS} records are proven at once")
    records = await load_records(tx, positions)
    places = await _find_places(tx, records, size)
    read = await _load(tx, [tree.subtrees_for_inclusion(index, size) for index, _ in places])
    root = await load_root(tx, size)
    proofs = [
        RecordProof(record, index, size, leaf, tuple(tree.prove_inclusion(read, index, size)), root)
        for record, (index, leaf) in zip(records, places, strict=True)
    ]
    for proof in proofs:
        if not tree.verify_inclusion(proof.leaf, proof.index, size, proof.hashes, root):
            raise NotProvable("The stored tree does not hold together. Verify the audit.")
    return proofs


async def prove_growth(tx: Transaction, old: int, new: int) -> list[bytes]:
    """Prove that the tree of `new` leaves begins with that of `old`. Raises NotProvable."""
    read = await _load(tx, [tree.subtrees_for_consistency(old, new)])
    proof = tree.prove_consistency(read, old, new)
    roots = await load_root(tx, old), await load_root(tx, new)
    if not tree.verify_consistency(old, roots[0], new, roots[1], proof):
        raise NotProvable("The stored tree does not hold together. Verify the audit.")
    return proof


async def load_root(tx: Transaction, size: int) -> bytes:
    """Return the root over the first `size` records. Raises NotProvable when fewer are sealed."""
    if size == 0:
        return EMPTY_ROOT
    span = tree.cover(0, size)
    read = await _load(tx, [[span]])
    return Frontier(size, tuple(read(*each) for each in span)).root


async def load_records(tx: Transaction, positions: Sequence[tuple[int, int]]) -> list[StoredRecord]:
    """Return records by transaction and id. Raises NotProvable when one is not there."""
    rows = await tx.fetch(_RECORDS, [txid for txid, _ in positions], [each for _, each in positions])
    found = {record.position: record for record in (StoredRecord(*row) for row in rows)}
    missing = [position for position in positions if position not in found]
    if missing:
        raise record_missing(missing[0])
    return [found[position] for position in positions]


def record_missing(position: tuple[int, int]) -> NotProvable:
    """Return the refusal to prove a record that is not there, or not for whoever asks."""
    return NotProvable(f"Record {_name(position)} is not there. Check transaction and id.")


async def _find_places(
    tx: Transaction, records: Sequence[StoredRecord], size: int
) -> list[tuple[int, bytes]]:
    """Return place and leaf of each record in the tree of `size` leaves. Raises NotProvable."""
    leaves = {record.position: hash_leaf(record) for record in records}
    txids, ids = [txid for txid, _ in leaves], [each for _, each in leaves]
    rows = await tx.fetch(_PLACES, txids, ids, list(leaves.values()))
    places = {}
    for txid, record_id, start, place in rows:
        if start is None:
            raise NotProvable(f"Record {_name((txid, record_id))} is not sealed yet. Ask again in a moment.")
        if place % HASH_SIZE != 1:
            raise NotProvable(f"Record {_name((txid, record_id))} is not what was sealed. Verify the audit.")
        index = start + place // HASH_SIZE
        if index >= size:
            raise NotProvable(f"No checkpoint covers record {_name((txid, record_id))} yet. Ask again soon.")
        places[txid, record_id] = index, leaves[txid, record_id]
    return [places[record.position] for record in records]


def _name(position: tuple[int, int]) -> str:
    return f"{position[0]}/{position[1]}"


async def _load(tx: Transaction, proofs: Iterable[Sequence[Span]]) -> Callable[[int, int], bytes]:
    """Load every complete subtree that `proofs` consist of. Raises NotProvable when one is missing."""
    wanted = {subtree for spans in proofs for span in spans for subtree in span}
    stored = [each for each in wanted if each.level >= STORED_LEVEL]
    blocks = {each.number << each.level >> STORED_LEVEL for each in wanted if each.level < STORED_LEVEL}
    known: dict[tuple[int, int], bytes] = {}
    if stored:
        rows = await tx.fetch(_NODES, [each.level for each in stored], [each.number for each in stored])
        known = {(row["level"], row["number"]): row["hash"] for row in rows}
    if blocks:
        for first, leaves in await tx.fetch(_LEAVES, [block * BLOCK for block in blocks]):
            known |= _subtrees_of(first, leaves)
    if not known.keys() >= wanted:
        raise NotProvable("The tree is not that long yet, or parts of it are gone. Verify the audit.")
    return lambda level, number: known[level, number]


def _subtrees_of(first: int, leaves: bytes) -> dict[tuple[int, int], bytes]:
    """Return all complete subtrees of a block of leaves."""
    row = [leaves[at : at + HASH_SIZE] for at in range(0, len(leaves), HASH_SIZE)]
    known: dict[tuple[int, int], bytes] = {}
    for level in range(STORED_LEVEL + 1):
        known |= {(level, (first >> level) + i): value for i, value in enumerate(row)}
        pairs = iter(row)
        row = [tree.hash_children(left, right) for left, right in zip(pairs, pairs, strict=False)]
    return known
