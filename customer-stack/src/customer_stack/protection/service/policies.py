"""Use cases of policies: what a tenant rules.

Guaranteed: a policy is written whole, as the next version, with a record of who did it; versions before stay.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from customer_stack.protection.domain.policies import Policy
from customer_stack.protection.errors import PolicyInvalid
from customer_stack.protection.store import policies as store
from shared import audit
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Database, Transaction


async def load_policy(tx: Transaction, tenant_id: UUID) -> Policy:
    """Return the policy that counts for a tenant."""
    return (await store.load_policies(tx, [tenant_id]))[tenant_id]


async def set_policy(tx: Transaction, tenant_id: UUID, policy: Policy, *, at: datetime, actor: str) -> Policy:
    """Give a tenant a new policy; `policy.version` is ignored. A second writer at once fails."""
    before = await load_policy(tx, tenant_id)
    kept = replace(policy, version=before.version + 1)
    await store.insert_policy(tx, tenant_id, kept, at)
    body = {
        "version": kept.version,
        "limits": {f"{each.kind.value}_{each.window.value}": each.amount for each in kept.limits},
        "cooling_hours": kept.cooling // timedelta(hours=1),
        "confirm_hours": kept.confirming // timedelta(hours=1),
        "sells_when_excluded": kept.sells_when_excluded,
        "reality_minutes": kept.reality_minutes,
        "reality_required": kept.reality_required,
    }
    await audit.append(tx, [AuditRecord(tenant_id, "protection.policy_set", body, at, actor)])
    return kept


class Policies:
    """Policies as staff works with them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on `database`."""
        self._database = database
        self._clock = clock

    async def read(self, tenant_id: UUID) -> Policy:
        """Return the policy that counts."""
        async with self._database.transaction(tenant_id) as tx:
            return await load_policy(tx, tenant_id)

    async def change(self, tenant_id: UUID, policy: Policy, actor: str) -> Policy:
        """Set a new policy. Raises PolicyInvalid when another was set at the same moment."""
        try:
            async with self._database.transaction(tenant_id) as tx:
                return await set_policy(tx, tenant_id, policy, at=self._clock.now(), actor=actor)
        except asyncpg.UniqueViolationError as error:
            raise PolicyInvalid("Another policy was set meanwhile. Look at it, then send yours.") from error
