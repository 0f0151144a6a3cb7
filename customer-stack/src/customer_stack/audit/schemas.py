"""Wire shapes of the audit's door."""

from datetime import datetime
from typing import Self

from customer_stack.edge.schemas import Answer
from shared.audit.store import SignedRoot


class CheckpointShown(Answer):
    """The newest checkpoint; `note` is the signed form (C2SP tlog-checkpoint)."""

    size: int
    root: str
    made_at: datetime
    note: str

    @classmethod
    def of(cls, signed: SignedRoot, note: str) -> Self:
        """Return the wire shape of a checkpoint."""
        return cls(size=signed.size, root=signed.root.hex(), made_at=signed.made_at, note=note)


class ProvenRecord(Answer):
    """A record as it stands, its place in the tree, and the hashes from its leaf to the root."""

    transaction: int
    id: int
    tenant: str
    recorded_at: str
    kind: str
    body: str
    index: int
    hashes: list[str]


class ProofShown(Answer):
    """A whole proof: the same document that `audit prove` prints and `audit check-proof` reads."""

    kind: str
    checkpoint: str
    records: list[ProvenRecord]
