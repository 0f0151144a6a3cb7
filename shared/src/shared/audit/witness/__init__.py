"""The witness: each stack signs only one history of the other's audit, and keeps what it signed.

A chain and a tree prove nothing against somebody who may rewrite the database and holds the log's key: he
computes them again. So the other stack, with its own database and its own people, holds the newest
checkpoint that it saw. It cosigns the next one only when a proof shows that it continues that, as witnesses
of C2SP tlog-witness do. To change the past unnoticed, both stacks would have to be rewritten, and the file
to which cosigned checkpoints are appended.

Words: an *offer* is a checkpoint with the proof that it continues the one that is *held*; a *verdict* is the
witness's answer; an *epoch* is a log's life from one restore to the next, with an origin of its own; an
*alarm* stands until a person ends it.

Invariants: no two checkpoints of which neither continues the other are ever cosigned in one epoch; a held
size never goes back; what is cosigned is stored first; an inconsistent offer is an alarm with its evidence.

Not protected: what is newer than the last cosigned checkpoint. How long that is, is a metric.

Tables owned: audit_epoch, audit_cosignature, witness_epoch, witness_checkpoint, witness_alarm,
witness_alarm_end. Events: none.
"""

from shared.audit.witness.service import Witness
from shared.audit.witness.store import load_cosigned

__all__ = ["Witness", "load_cosigned"]
