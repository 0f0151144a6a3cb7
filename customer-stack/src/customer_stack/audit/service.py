"""Give the newest checkpoint, and proofs under it."""

from typing import Any, ClassVar
from uuid import UUID

from customer_stack.disclosures.suspicions import may_know, tells_of_suspicion
from customer_stack.edge.principals import StaffPrincipal
from shared.audit import AuditRecord, append
from shared.audit.checkpoints import write_note
from shared.audit.proofs import load_records, record_missing
from shared.audit.store import SignedRoot, load_last_checkpoint
from shared.audit.witness.proving import write_proof
from shared.audit.witness.store import load_origin
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import Kind, Refusal


class NothingSealed(Refusal):
    """The log has no checkpoint yet."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "audit.nothing_sealed"


class AuditProofs:
    """What staff and auditors take away from the audit."""

    def __init__(self, database: Database, origin: str, clock: Clock) -> None:
        """Read from `database`, the log named `origin`."""
        self._database = database
        self._origin = origin
        self._clock = clock

    async def load_checkpoint(self, tenant_id: UUID) -> tuple[SignedRoot, str]:
        """Return the newest checkpoint, and its note. Raises NothingSealed."""
        async with self._database.transaction(tenant_id) as tx:
            signed, origin = await self._newest(tx)
        return signed, write_note(signed.checkpoint(origin), [signed.line(origin)])

    async def prove(self, staff: StaffPrincipal, transaction: int, record_id: int) -> dict[str, Any]:
        """Return the document that proves a record; that somebody took it is recorded.

        A record that tells of a suspicion is not there for whoever may not know. Raises NothingSealed,
        NotProvable.
        """
        place, is_trusted = (transaction, record_id), may_know(staff.permissions)
        async with self._database.transaction(staff.tenant_id) as tx:
            await self._newest(tx)
            (record,) = await load_records(tx, [place])
            if not is_trusted and tells_of_suspicion(record.kind, record.body):
                raise record_missing(place)
            document = await write_proof(tx, self._origin, [place])
            if document is None:
                raise NothingSealed("Nothing is sealed yet. Ask again in a moment.")
            body = {"record": f"{transaction}-{record_id}"}
            await append(
                tx, [AuditRecord(staff.tenant_id, "audit.proof_taken", body, self._clock.now(), staff.actor)]
            )
        return document

    async def _newest(self, tx: Transaction) -> tuple[SignedRoot, str]:
        """Return the newest checkpoint, and the log's name in its epoch."""
        signed = await load_last_checkpoint(tx)
        if signed is None:
            raise NothingSealed("Nothing is sealed yet. Ask again in a moment.")
        return signed, await load_origin(tx, self._origin, signed.size)
