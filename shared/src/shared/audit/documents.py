"""A proof as a document: what leaves the house, and how whoever gets it checks it.

Only what the document says is used to check it, and the log's public keys: the record's fields are hashed,
the hashes lead to a root, and the checkpoint over that root is signed.

Guaranteed: `check` answers for any text and never raises; `holds` is said only when everything held.
"""

import json
import re
import struct
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from shared.audit import tree
from shared.audit.checkpoints import Checkpoint, NoteUnusable, Verifier, read_note, write_note
from shared.audit.domain import StoredRecord, hash_leaf
from shared.audit.proofs import RecordProof
from shared.audit.store import SignedRoot

KIND: Final = "bulkhead-audit-proof/1"
_EPOCH: Final = re.compile(r"/[1-9][0-9]{0,8}")
_NOT_A_PROOF: Final = (
    NoteUnusable,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
    struct.error,
)


def write(proofs: Sequence[RecordProof], signed: SignedRoot, origin: str) -> dict[str, Any]:
    """Return proofs under one checkpoint as a document."""
    return write_under(proofs, write_note(signed.checkpoint(origin), [signed.line(origin)]))


def write_under(proofs: Sequence[RecordProof], note: str) -> dict[str, Any]:
    """Return proofs under the checkpoint of a note as a document."""
    return {"kind": KIND, "checkpoint": note, "records": [_write_one(proof) for proof in proofs]}


def check(text: str, verifiers: Sequence[Verifier], witnesses: Sequence[Verifier] = ()) -> dict[str, Any]:
    """Check a document: what of it holds, and why the rest does not.

    `verifiers` are all keys of the log, the newest last. What a key before it signed holds with the
    cosignature of one of `witnesses` alone: a replaced key may be anybody's.
    """
    try:
        document = json.loads(text)
        checkpoint, lines = read_note(document["checkpoint"])
        named = _named(verifiers, checkpoint)
        is_signed = any(each.has_signed(checkpoint, line) for each in named for line in lines)
        is_vouched = any(each.has_signed(checkpoint, line) for each in named[-1:] for line in lines) or any(
            each.has_cosigned(checkpoint, line) for each in witnesses for line in lines
        )
        records = [_check_one(each, checkpoint) for each in document["records"]]
        is_ours = document["kind"] == KIND
    except _NOT_A_PROOF:
        return {"holds": False, "problem": "This is not a proof in our form.", "records": []}
    problem = None
    if not is_ours or not records:
        problem = "This is not a proof in our form."
    elif not is_signed:
        problem = "No key of the log signed the checkpoint."
    elif not is_vouched:
        problem = "A replaced key signed the checkpoint, and no known witness did: not proven."
    elif not all(each["holds"] for each in records):
        problem = "A record is not under the checkpoint."
    return {
        "holds": problem is None,
        "problem": problem,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "records": records,
    }


def _named(verifiers: Sequence[Verifier], checkpoint: Checkpoint) -> list[Verifier]:
    """Return the keys under the log's name in the checkpoint's epoch: after a restore it has a number."""
    return [
        Verifier(checkpoint.origin, each.public_key)
        for each in verifiers
        if checkpoint.origin == each.name or _EPOCH.fullmatch(checkpoint.origin.removeprefix(each.name))
    ]


def _write_one(proof: RecordProof) -> dict[str, Any]:
    record = proof.record
    return {
        "transaction": record.txid,
        "id": record.id,
        "tenant": str(record.tenant_id),
        "recorded_at": record.recorded_at.isoformat(timespec="microseconds"),
        "kind": record.kind,
        "body": record.body.decode("utf-8", "surrogateescape"),
        "index": proof.index,
        "hashes": [each.hex() for each in proof.hashes],
    }


def _check_one(written: dict[str, Any], checkpoint: Checkpoint) -> dict[str, Any]:
    at = datetime.fromisoformat(written["recorded_at"])
    if at.utcoffset() != timedelta(0):
        raise ValueError("times are in UTC")
    record = StoredRecord(
        id=written["id"],
        txid=written["transaction"],
        tenant_id=UUID(written["tenant"]),
        kind=written["kind"],
        recorded_at=at,
        body=written["body"].encode("utf-8", "surrogateescape"),
    )
    hashes = [bytes.fromhex(each) for each in written["hashes"]]
    leaf, place = hash_leaf(record), written["index"]
    holds = tree.verify_inclusion(leaf, place, checkpoint.size, hashes, checkpoint.root)
    return {"transaction": record.txid, "id": record.id, "index": written["index"], "holds": holds}
