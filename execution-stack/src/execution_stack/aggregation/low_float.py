"""Tenants whose float is too low: their windows pause, for a while, and nobody else's.

An intent that may cost more than its tenant has free waits, and can be cancelled; whatever else is in its
window goes on, also cheaper intents of the same tenant. When it has waited `patience` since its receipt or
since the pause began, whichever is later, it is refused. Nothing that waits for float is claimed, so it
never stands before others in the queue of its market.

Guaranteed: a pause and its end are in the audit, once each; who is paused is in the log by id only.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from execution_stack.aggregation import store
from execution_stack.books import service as books
from execution_stack.intents import service as intents
from shared.audit import AuditRecord, append
from shared.database import Transaction

OVERDUE_PER_STEP: Final = 500

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shortage:
    """Who is paused: those who still lack float with what they have free, and those who no longer do."""

    short_of: Mapping[UUID, int] = field(default_factory=dict)
    recovered: frozenset[UUID] = frozenset()
    overdue: tuple[intents.Waiting, ...] = ()


async def review(tx: Transaction, at: datetime, patience: timedelta) -> Shortage:
    """Look at the paused tenants, and take what has waited too long. Locks intents."""
    paused = await store.load_paused(tx)
    if not paused:
        return Shortage()
    free = await books.load_free_float(tx, paused)
    short = await intents.list_short(tx, free)
    short_of = {tenant: free[tenant] for tenant in sorted(short)}
    begun = {tenant: short_of[tenant] for tenant in short_of if paused[tenant] <= at - patience}
    overdue = await intents.claim_overdue(tx, begun, at - patience, OVERDUE_PER_STEP) if begun else []
    return Shortage(short_of, frozenset(paused) - short, tuple(overdue))


async def record(tx: Transaction, shortage: Shortage, left_behind: Collection[UUID], at: datetime) -> None:
    """Record whose pause ends and whose begins."""
    ended = shortage.recovered - set(left_behind)
    begun = set(left_behind) - shortage.recovered - shortage.short_of.keys()
    if ended:
        await store.end_pauses(tx, sorted(ended), at)
    if begun:
        await store.insert_pauses(tx, sorted(begun), at)
        _log.error("float.paused", tenants=[str(tenant) for tenant in sorted(begun)])
    if ended:
        _log.warning("float.resumed", tenants=[str(tenant) for tenant in sorted(ended)])
    await append(
        tx,
        [
            AuditRecord(tenant, f"aggregation.float_{what}", {}, at, "system")
            for what, tenants in (("paused", begun), ("resumed", ended))
            for tenant in sorted(tenants)
        ],
    )
