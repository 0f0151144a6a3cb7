"""Give the newest checkpoint, and proofs under it."""

from typing import Any, ClassVar
from uuid import UUID

from shared.audit import documents
from shared.audit.checkpoints import write_note
from shared.audit.proofs import prove_records
from shared.audit.store import SignedRoot, load_last_checkpoint
from shared.audit.witness.domain import origin_of
from shared.audit.witness.store import load_epoch
from shared.database import Database, Transaction
from shared.errors import Kind, Refusal


class NothingSealed(Refusal):
    """The log has no checkpoint yet."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "audit.nothing_sealed"


class AuditProofs:
    """What staff and auditors take away from the audit."""

    def __init__(self, database: Database, origin: str) -> None:
        """Read from `database`, the log named `origin`."""
        self._database = database
        self._origin = origin

    async def load_checkpoint(self, tenant_id: UUID) -> tuple[SignedRoot, str]:
        """Return the newest checkpoint, and its note. Raises NothingSealed."""
        async with self._database.transaction(tenant_id) as tx:
            signed, origin = await self._newest(tx)
        return signed, write_note(signed.checkpoint(origin), [signed.line(origin)])

    async def prove(self, tenant_id: UUID, transaction: int, record_id: int) -> dict[str, Any]:
        """Return the document that proves a record. Raises NothingSealed, NotProvable."""
        async with self._database.transaction(tenant_id) as tx:
            signed, origin = await self._newest(tx)
            proofs = await prove_records(tx, [(transaction, record_id)], signed.size)
        return documents.write(proofs, signed, origin)

    async def _newest(self, tx: Transaction) -> tuple[SignedRoot, str]:
        """Return the newest checkpoint, and the log's name in its epoch."""
        signed = await load_last_checkpoint(tx)
        if signed is None:
            raise NothingSealed("Nothing is sealed yet. Ask again in a moment.")
        return signed, origin_of(self._origin, await load_epoch(tx))
