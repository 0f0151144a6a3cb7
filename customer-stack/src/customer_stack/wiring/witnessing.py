"""Witnessing, wired: the exchange of checkpoints with the execution stack, and the file of notes."""

from dataclasses import dataclass

from customer_stack.boundary_client.service import ExecutionClient
from customer_stack.settings import WorkerSettings
from customer_stack.timers import Runner
from customer_stack.witnessing import tasks
from shared.audit.checkpoints import Signer
from shared.audit.keys import load_verifiers
from shared.audit.witness import Witness
from shared.audit.witness.exchange import Exchange
from shared.audit.witness.keeping import NoteKeeper
from shared.audit.witness.notes import NoteFile
from shared.audit.witness.signing import SigningGuard
from shared.clock import Clock
from shared.database import Database


@dataclass(frozen=True, slots=True)
class Witnessing:
    """What the worker needs of it. `guard` says when the sealer may sign."""

    witness: Witness
    file: NoteFile | None
    guard: SigningGuard

    def build_runners(
        self, database: Database, execution: ExecutionClient, clock: Clock
    ) -> dict[str, Runner]:
        """Return the worker's tasks."""
        exchange = Exchange(database, self.witness, execution.exchange_checkpoints, clock)
        return tasks.build_runners(exchange, NoteKeeper(database, self.file))


def open_witnessing(settings: WorkerSettings, signer: Signer) -> Witnessing:
    """Build witnessing. Raises AuditKeyUnusable."""
    own = load_verifiers(settings.audit_public_keys_file)
    witness = Witness(signer, own, load_verifiers(settings.other_audit_public_keys_file))
    file = None if settings.audit_notes_file is None else NoteFile(settings.audit_notes_file)
    return Witnessing(witness, file, SigningGuard(witness.own, witness.other, file))
