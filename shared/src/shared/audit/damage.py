"""What was done to a history, told from what was sealed and what stands there now. Pure.

Sealed leaves say which records stood where. So where the records of today give other leaves, the two rows
side by side tell more than that something is wrong: what is gone, what came in, what was edited in place,
what changed places. Where seals themselves don't fit together, the first that does not is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from shared.audit.domain import StoredRecord, hash_leaf


class Problem(StrEnum):
    """What is wrong with the history at its first bad place."""

    SEAL_MISSING = "a seal is missing: the records have a gap"
    SEAL_INVALID = "a seal holds something else than hashes of records"
    RECORD_MISSING = "a sealed record was deleted"
    RECORD_UNSEALED = "a record was inserted among sealed ones"
    RECORD_ALTERED = "a record was edited after it was sealed"
    RECORDS_SWAPPED = "two records were swapped after they were sealed"
    SEALS_REORDERED = "the sealed order of records was changed"
    CHAIN_BROKEN = "a seal was edited: it does not follow from the one before"
    TREE_BROKEN = "the tree was edited: it is not that of the sealed records"
    NODE_BROKEN = "a stored node of the tree was edited, or deleted"
    CHECKPOINT_DIFFERS = "a checkpoint in the database is not of this history"
    CHECKPOINT_UNSIGNED = "a checkpoint is not signed by a key of this log"
    CHECKPOINT_RETIRED = "a checkpoint is signed by a key that was retired: a later key had signed before it"
    HEAD_DIFFERS = "the history was rewritten: it is not the one whose head was kept elsewhere"
    TRUNCATED = "the history was truncated: it is shorter than the head that was kept elsewhere"


@dataclass(frozen=True, slots=True)
class Finding:
    """The first bad place: the number of the record in the history, and which record if one is concerned."""

    problem: Problem
    sequence: int
    record_id: int | None = None
    record_txid: int | None = None

    def __str__(self) -> str:
        """Return the finding as a clause."""
        record = "" if self.record_id is None else f", record {self.record_txid}/{self.record_id}"
        return f"number {self.sequence}{record}: {self.problem.value}"


def compare(start: int, sealed: Sequence[bytes], records: Sequence[StoredRecord]) -> Finding | None:
    """Find the first difference between sealed leaves and the records between the same ends.

    `start` records stand before the first of them.
    """
    found = [_hash(record) for record in records]
    at = next((i for i, pair in enumerate(zip(sealed, found, strict=False)) if pair[0] != pair[1]), None)
    if at is None:
        at = min(len(sealed), len(found))
        if at == len(sealed) == len(found):
            return None
    sequence = start + at + 1
    if at == len(found):
        return Finding(Problem.RECORD_MISSING, sequence)
    record = records[at]
    problem = _judge(sealed, found, records, at)
    if problem is Problem.RECORD_MISSING:
        return Finding(problem, sequence)
    return Finding(problem, sequence, record.id, record.txid)


def _judge(
    sealed: Sequence[bytes], found: Sequence[bytes], records: Sequence[StoredRecord], at: int
) -> Problem:
    """Tell what happened at the first difference."""
    is_later = found[at] in sealed[at + 1 :]
    was_moved = at < len(sealed) and sealed[at] in found[at + 1 :]
    if is_later and was_moved:
        return Problem.SEALS_REORDERED
    if is_later:
        return Problem.RECORD_MISSING
    if was_moved or at == len(sealed):
        return Problem.RECORD_UNSEALED
    return Problem.RECORDS_SWAPPED if _is_swapped(sealed, found, records, at) else Problem.RECORD_ALTERED


def _is_swapped(
    sealed: Sequence[bytes], found: Sequence[bytes], records: Sequence[StoredRecord], at: int
) -> bool:
    """Tell whether another altered record holds what was sealed here."""
    known = set(sealed)
    here = records[at]
    return any(
        _hash(replace(other, id=here.id, txid=here.txid)) == sealed[at]
        for other, leaf in zip(records, found, strict=True)
        if leaf not in known and other is not here
    )


def _hash(record: StoredRecord) -> bytes:
    """Return a record's leaf; of a row with a column that was emptied, which can't be sealed, no hash."""
    is_whole = None not in (record.tenant_id, record.recorded_at, record.kind, record.body)
    return hash_leaf(record) if is_whole else b""
