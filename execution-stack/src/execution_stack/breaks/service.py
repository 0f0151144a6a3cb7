"""Write down differences, once each while they are open, and what people do about them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from prometheus_client import Gauge

from execution_stack.breaks import domain, store
from execution_stack.breaks.domain import AgeBucket, Break, Closing, FoundBreak, Kind, Step
from execution_stack.breaks.errors import BreakMoved, BreakNotFound
from shared.audit import AuditRecord, append
from shared.database import Transaction
from shared.ids import HOUSE_TENANT, SystemIds

_log = structlog.get_logger(__name__)
_ids = SystemIds()
_open = Gauge("bulkhead_execution_breaks_open", "Breaks that nobody has closed", ["kind", "age"])


async def record(tx: Transaction, breaks: Sequence[Break], at: datetime) -> int:
    """Write breaks that are not open yet; return how many were new. Needs the house among the tenants."""
    if not breaks:
        return 0
    new = await store.insert(tx, breaks, [_ids.new() for _ in breaks], at)
    await store.insert_evidence(tx, new)
    for break_id, each in new.items():
        _log.error("breaks.found", id=str(break_id), kind=each.kind.value, subject=str(each.subject))
    await append(tx, [_found_record(break_id, each, at) for break_id, each in new.items()])
    return len(new)


async def list_found(
    tx: Transaction, limit: int = 100, *, kinds: Collection[Kind] = tuple(Kind), only_open: bool = False
) -> list[FoundBreak]:
    """Return the newest breaks."""
    return await store.list_newest(tx, kinds, limit, only_open=only_open)


async def load(tx: Transaction, break_id: UUID) -> FoundBreak:
    """Return one break as it stands. Raises BreakNotFound."""
    found = await store.load(tx, break_id)
    if found is None:
        raise BreakNotFound("There is no break with this id. List them with `breaks`.")
    return found


async def take(tx: Transaction, break_id: UUID, operator: UUID, at: datetime) -> None:
    """Make an operator the owner of a break. Raises BreakNotFound, BreakClosed, BreakMoved."""
    await _add(tx, domain.take(await load(tx, break_id), operator, at))


async def close(
    tx: Transaction, break_id: UUID, operator: UUID, closing: Closing, transfer_id: UUID | None, at: datetime
) -> None:
    """End a break by its owner.

    Raises BreakNotFound, BreakClosed, BreakNotYours, TransferMismatch, BreakMoved.
    That a transfer is in the books is for the caller to see to: this module does not know them.
    """
    await _add(tx, domain.close(await load(tx, break_id), operator, closing, transfer_id, at))


async def count_open(tx: Transaction, now: datetime) -> dict[tuple[Kind, AgeBucket], int]:
    """Return how many breaks of each kind and age are open, and show it to operations."""
    counts = await store.count_open(tx, now)
    for kind in Kind:
        for bucket in AgeBucket:
            _open.labels(kind.value, bucket.value).set(counts.get((kind, bucket), 0))
    return counts


async def load_oldest_open(tx: Transaction, kind: Kind) -> tuple[int, int, datetime] | None:
    """Return how many breaks of a kind are open, what was found in all of them, and since when; or None."""
    return await store.load_oldest_open(tx, kind)


async def _add(tx: Transaction, step: Step) -> None:
    if not await store.insert_step(tx, step):
        raise BreakMoved("Somebody else has just taken or closed the break. Look at it again.")
    kind = "breaks.taken" if step.closing is None else "breaks.closed"
    body = {"break": step.break_id, "closing": step.closing, "transfer": step.transfer_id}
    named = {name: value for name, value in body.items() if value is not None}
    await append(tx, [AuditRecord(HOUSE_TENANT, kind, named, step.at, f"staff:{step.operator}")])


def _found_record(break_id: UUID, each: Break, at: datetime) -> AuditRecord:
    return AuditRecord(
        tenant_id=HOUSE_TENANT,
        kind="breaks.found",
        body={
            "id": break_id,
            "break": each.kind,
            "subject": each.subject,
            "expected": str(each.expected),
            "found": str(each.found),
        },
        at=at,
        actor="system",
    )
