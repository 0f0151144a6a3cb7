"""That the log's key was changed, as a record of the log itself.

`audit new-key` changes files; the worker's next start signs with the new key. That start writes the record,
when the newest checkpoint is by another key. From the new key's first checkpoint on, the old one is retired:
no sealer signs with it, no witness takes it, and verification names whatever it signs.
"""

from datetime import datetime

from shared.audit.checkpoints import Signer
from shared.audit.domain import AuditRecord
from shared.audit.store import append
from shared.audit.witness.domain import LogKeys
from shared.audit.witness.store import load_epochs, load_last_key
from shared.database import Database
from shared.ids import HOUSE_TENANT


async def record_key(database: Database, signer: Signer, now: datetime) -> bool:
    """Record that `signer` takes the place of the key that signed so far; return False when it was that."""
    async with database.transaction(HOUSE_TENANT) as tx:
        last = await load_last_key(tx)
        keys = LogKeys.of([signer.verifier])
        if last is None or last in keys.ids_up_to(signer.verifier.public_key, await load_epochs(tx)):
            return False
        body = {"key": signer.verifier.text(), "retired_key_id": last.hex()}
        await append(tx, [AuditRecord(HOUSE_TENANT, "audit.key_changed", body, now, "system")])
        return True
