"""Protection for other modules: read standings and move counters in their transaction.

Callers hold the lock of every customer's book that they name.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from customer_stack.protection import store
from customer_stack.protection.domain import (
    StakeChange,
    StakeLimit,
    StakeStanding,
    bucket_of,
    oldest_bucket,
)
from shared import audit
from shared.audit import AuditRecord
from shared.database import Transaction
from shared.errors import invariant


async def load_standings(
    tx: Transaction, tenant_of: Mapping[UUID, UUID], now: datetime
) -> dict[UUID, StakeStanding]:
    """Return what each customer staked in the last 24 hours, and may stake. Customer -> tenant given."""
    return await store.load_standings(tx, tenant_of, oldest_bucket(now))


async def change_stakes(tx: Transaction, changes: Sequence[StakeChange]) -> None:
    """Count new stakes (positive) and take back what wagers did not use (negative)."""
    added = _by_bucket(change for change in changes if change.amount > 0)
    returned = _by_bucket(change for change in changes if change.amount < 0)
    if added:
        tenant_of = {change.customer_id: change.tenant_id for change in changes}
        await store.add(tx, added, tenant_of)
    if returned:
        await store.take_back(tx, {key: -amount for key, amount in returned.items()})


async def set_stake_limit(
    tx: Transaction, tenant_id: UUID, amount: int, *, at: datetime, actor: str
) -> StakeLimit:
    """Give a tenant a new stake limit per customer and 24 hours, in micro-dollars."""
    invariant(amount >= 0, "a limit is not negative")
    limit = await store.insert_limit(tx, tenant_id, amount, at)
    body = {"amount": limit.amount, "version": limit.version}
    await audit.append(tx, [AuditRecord(tenant_id, "protection.stake_limit_set", body, at, actor)])
    return limit


async def load_stakes(tx: Transaction, tenant_id: UUID) -> Mapping[tuple[UUID, datetime], int]:
    """Return the counted stakes of a tenant by customer and hour. For the rebuild."""
    return await store.load_buckets(tx, tenant_id)


async def rewrite_stakes(
    tx: Transaction, tenant_id: UUID, stakes: Mapping[tuple[UUID, datetime], int]
) -> None:
    """Write counted stakes anew, as they were recomputed from wagers. For the rebuild's repair."""
    await store.set_buckets(tx, tenant_id, stakes)


def _by_bucket(changes: Iterable[StakeChange]) -> dict[store.BucketKey, int]:
    sums: dict[store.BucketKey, int] = {}
    for change in changes:
        key = (change.customer_id, bucket_of(change.staked_at))
        sums[key] = sums.get(key, 0) + change.amount
    return sums
