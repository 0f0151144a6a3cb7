"""Write down differences, once each."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from execution_stack.breaks import store
from execution_stack.breaks.domain import Break
from shared.audit import AuditRecord, append
from shared.database import Transaction
from shared.ids import HOUSE_TENANT

_log = structlog.get_logger(__name__)


async def record(tx: Transaction, breaks: Sequence[Break], at: datetime) -> int:
    """Write breaks that are not known yet; return how many were new. Needs the house among the tenants."""
    new = await store.insert(tx, breaks, at)
    for each in new:
        _log.error("breaks.found", kind=each.kind.value, subject=str(each.subject))
    await append(tx, [_record(each, at) for each in new])
    return len(new)


async def list_found(tx: Transaction, limit: int = 100) -> list[Break]:
    """Return the newest breaks."""
    return await store.list_newest(tx, limit)


def _record(each: Break, at: datetime) -> AuditRecord:
    return AuditRecord(
        tenant_id=HOUSE_TENANT,
        kind="breaks.found",
        body={
            "break": each.kind,
            "subject": each.subject,
            "expected": str(each.expected),
            "found": str(each.found),
        },
        at=at,
        actor="system",
    )
