"""Histories in memory, with the proofs that an honest log, or whoever has its key, would give."""

from datetime import UTC, datetime

from shared.audit import tree
from shared.audit.checkpoints import Signer
from shared.audit.witness.domain import LogKeys, Offer, SignedCheckpoint, origin_of

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEED = bytes(range(32))
SIGNER = Signer("bulkhead/test/customer", SEED)
WITNESS = Signer("bulkhead/test/execution", bytes(range(1, 33)))
LOG = LogKeys.of([SIGNER.verifier])


def leaves(text):
    """Return a leaf for each letter."""
    return [letter.encode().ljust(32, b".") for letter in text]


def prove(text, old, new):
    """Return the proof that the history of `new` letters begins with that of `old`."""
    row = leaves(text[:new])
    return tuple(
        tree.prove_consistency(
            lambda level, number: tree.root_of(row[number << level : (number + 1) << level]), old, new
        )
    )


def signed(text, *, epoch=1, seed=SEED):
    """Return the checkpoint of a history, signed under the origin of its epoch."""
    unsigned = SignedCheckpoint(epoch, len(text), tree.root_of(leaves(text)), bytes(64))
    origin = origin_of(LOG.origin, epoch)
    line = Signer(origin, seed).sign(LOG.checkpoint(unsigned))
    return SignedCheckpoint(epoch, unsigned.size, unsigned.root, line.raw)


def offer(text, old, **options):
    """Return what an honest log with this history offers to who holds `old` of it."""
    proof = prove(text, old, len(text)) if 0 <= old <= len(text) else ()
    return Offer(signed(text, **options), old, proof)
