"""A proof for whoever asks: under a checkpoint that the other stack has signed, where one covers the records.

The cosignature is what still proves the checkpoint when the log's key has been replaced.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from shared.audit import documents
from shared.audit.checkpoints import read_note
from shared.audit.proofs import NotProvable, prove_records
from shared.audit.store import load_last_checkpoint
from shared.audit.witness.store import load_newest_note, load_origin
from shared.database import Transaction


async def write_proof(
    tx: Transaction, origin: str, positions: Sequence[tuple[int, int]]
) -> dict[str, Any] | None:
    """Return the document that proves records (transaction, id); None while nothing is sealed.

    `origin` is the log's first name. Raises NotProvable.
    """
    note = await load_newest_note(tx)
    if note is not None:
        with suppress(NotProvable):
            proofs = await prove_records(tx, positions, read_note(note)[0].size)
            return documents.write_under(proofs, note)
    signed = await load_last_checkpoint(tx)
    if signed is None:
        return None
    proofs = await prove_records(tx, positions, signed.size)
    return documents.write(proofs, signed, await load_origin(tx, origin, signed.size))
