"""Writing and reading the audit, on the transaction that is given.

`append` is on the path of every money request: one statement for any number of records. Numbering and
hashing are the sealer's work, so that a record costs its writer two short columns and its bytes. What the
sealer needs is in `sealing`, proofs are in `proofs`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from shared.audit import domain
from shared.audit.checkpoints import Checkpoint, Signature
from shared.audit.domain import AuditHead, AuditRecord
from shared.audit.tree import EMPTY_ROOT, Frontier
from shared.database import Database, Transaction
from shared.errors import Kind, Refusal

SEAL_TIMEOUT_SECONDS: Final = 2.0
SEAL_POLL_SECONDS: Final = 0.02

_HEAD: Final = "SELECT size, frontier FROM audit_seal ORDER BY start DESC LIMIT 1"
_CHECKPOINT: Final = "SELECT size, root, key_id, signature, made_at FROM audit_checkpoint"
_IS_SEALED: Final = """
SELECT l.last_txid >= $1::xid8 AND NOT EXISTS (
    SELECT FROM audit_record WHERE txid = $1::xid8 AND (txid, id) > (l.last_txid, l.last_id)
)
FROM (SELECT last_txid, last_id FROM audit_seal ORDER BY start DESC LIMIT 1) l
"""
_ARE_SEALED: Final = """
SELECT NOT EXISTS (
    SELECT FROM audit_record WHERE (txid, id) > (coalesce(l.last_txid, '0'), coalesce(l.last_id, 0))
                               AND txid < $1::xid8
)
FROM (SELECT) AS here
LEFT JOIN (SELECT last_txid, last_id FROM audit_seal ORDER BY start DESC LIMIT 1) l ON true
"""


class NotSealedInTime(Refusal):
    """The records are safe, but the sealer has not reached them in time."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "audit.not_sealed_in_time"


@dataclass(frozen=True, slots=True)
class SignedRoot:
    """A checkpoint as the log stores it: its origin is the log's own, which the database does not know."""

    size: int
    root: bytes
    key_id: bytes
    signature: bytes
    made_at: datetime

    def checkpoint(self, origin: str) -> Checkpoint:
        """Return the checkpoint itself."""
        return Checkpoint(origin, self.size, self.root)

    def line(self, origin: str) -> Signature:
        """Return the log's signature as a line of a note."""
        return Signature(origin, self.key_id, self.signature)


async def append(tx: Transaction, records: Sequence[AuditRecord]) -> None:
    """Write `records` in the transaction of their fact, in one statement."""
    if records:
        await tx.execute(
            "INSERT INTO audit_record (tenant_id, kind, body) "
            "SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[])",
            [record.tenant_id for record in records],
            [record.kind for record in records],
            [domain.body_bytes(record) for record in records],
        )


async def audit_head(tx: Transaction) -> AuditHead:
    """Return how many records are sealed and the root over them."""
    row = await tx.fetch_row(_HEAD)
    return AuditHead(0, EMPTY_ROOT) if row is None else AuditHead(row["size"], Frontier.unpack(*row).root)


async def load_last_checkpoint(tx: Transaction) -> SignedRoot | None:
    """Return the newest checkpoint, or None before the first."""
    row = await tx.fetch_row(f"{_CHECKPOINT} ORDER BY size DESC LIMIT 1")
    return None if row is None else SignedRoot(*row)


async def load_checkpoint(tx: Transaction, *, at_least: int) -> SignedRoot | None:
    """Return the first checkpoint over `at_least` records or more, or None before there is one."""
    row = await tx.fetch_row(f"{_CHECKPOINT} WHERE size >= $1 ORDER BY size LIMIT 1", at_least)
    return None if row is None else SignedRoot(*row)


async def wait_all_sealed(
    database: Database, tenant_id: UUID, *, timeout_seconds: float = SEAL_TIMEOUT_SECONDS
) -> None:
    """Return once everything that was recorded for the tenant so far is sealed. Raises NotSealedInTime."""
    async with database.transaction(tenant_id) as tx:
        # A new transaction's number is above that of all which have ended.
        txid = await current_transaction(tx)
    await _wait_until(database, tenant_id, _ARE_SEALED, txid, timeout_seconds)


async def current_transaction(tx: Transaction) -> int:
    """Return the number of this transaction, for `wait_sealed` after it has committed."""
    return int(await tx.fetch_value("SELECT pg_current_xact_id()"))


async def wait_sealed(
    database: Database, tenant_id: UUID, txid: int, *, timeout_seconds: float = SEAL_TIMEOUT_SECONDS
) -> None:
    """Return once what transaction `txid` recorded for the tenant is sealed. Raises NotSealedInTime."""
    await _wait_until(database, tenant_id, _IS_SEALED, txid, timeout_seconds)


async def _wait_until(
    database: Database, tenant_id: UUID, question: str, txid: int, timeout_seconds: float
) -> None:
    try:
        async with asyncio.timeout(timeout_seconds):
            while True:
                async with database.transaction(tenant_id) as tx:
                    if await tx.fetch_value(question, txid):
                        return
                await asyncio.sleep(SEAL_POLL_SECONDS)
    except TimeoutError:
        raise NotSealedInTime("Recorded, but not sealed yet. Ask again in a moment.") from None
