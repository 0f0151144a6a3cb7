"""That the log's key was changed, as a record of the log itself.

`audit new-key` changes files; the worker's next start signs with the new key. That start writes the record,
when the newest checkpoint is by a key that is listed before its own. A worker that starts with an older key
than that has nothing to record, and signs nothing (`signing`). From the new key's first checkpoint on, the
old one is retired: no sealer signs with it, no witness cosigns it, and verification names whatever it signs.

Guaranteed: one record for all starts between two checkpoints, and none that calls a newer key retired.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from shared.audit.checkpoints import Signer, Verifier
from shared.audit.domain import AuditRecord
from shared.audit.store import append
from shared.audit.witness.domain import LogKeys
from shared.audit.witness.store import has_recorded, load_epochs, load_last_key
from shared.database import Database
from shared.ids import HOUSE_TENANT

KEY_CHANGED: Final = "audit.key_changed"


async def record_key(database: Database, signer: Signer, listed: Sequence[Verifier], now: datetime) -> bool:
    """Record that `signer` takes the place of the key that signed so far; return whether it was recorded.

    `listed` is every key of the log, the oldest first.
    """
    keys, own = LogKeys.of(listed), signer.verifier.public_key
    number = keys.public_keys.index(own)
    async with database.transaction(HOUSE_TENANT) as tx:
        last = await load_last_key(tx)
        if last is None or number == 0:
            return False
        older = keys.ids_up_to(keys.public_keys[number - 1], await load_epochs(tx))
        if last not in older or await has_recorded(tx, KEY_CHANGED, signer.verifier.text()):
            return False
        body = {"key": signer.verifier.text(), "retired_key_id": last.hex()}
        await append(tx, [AuditRecord(HOUSE_TENANT, KEY_CHANGED, body, now, "system")])
        return True
