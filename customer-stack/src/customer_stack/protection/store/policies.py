"""Policies of tenants: appended, and the newest read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from customer_stack.protection.domain.limits import Source
from customer_stack.protection.domain.policies import DEFAULT_POLICY, Policy
from customer_stack.protection.store.counters import CODES, read_limits
from shared.database import Transaction


async def insert_policy(tx: Transaction, tenant_id: UUID, policy: Policy, at: datetime) -> None:
    """Keep a tenant's next policy; its number must be the next one."""
    await tx.execute(
        "INSERT INTO protection_policy (tenant_id, version, limit_codes, limit_amounts, cooling_hours, "
        "confirm_hours, sells_when_excluded, reality_minutes, reality_required, set_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        tenant_id,
        policy.version,
        [CODES[limit.kind, limit.window] for limit in policy.limits],
        [limit.amount for limit in policy.limits],
        policy.cooling // timedelta(hours=1),
        policy.confirming // timedelta(hours=1),
        policy.sells_when_excluded,
        policy.reality_minutes,
        policy.reality_required,
        at,
    )


async def load_policies(tx: Transaction, tenant_ids: Sequence[UUID]) -> dict[UUID, Policy]:
    """Return the newest policy of each tenant; who set none has the default."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (tenant_id) * FROM protection_policy WHERE tenant_id = ANY($1::uuid[]) "
        "ORDER BY tenant_id, version DESC",
        list(tenant_ids),
    )
    found = {row["tenant_id"]: read_policy(row) for row in rows}
    return {tenant_id: found.get(tenant_id, DEFAULT_POLICY) for tenant_id in tenant_ids}


def read_policy(row: Any) -> Policy:
    """Return the policy that a row keeps."""
    return Policy(
        version=row["version"],
        limits=read_limits(row["limit_codes"], row["limit_amounts"], Source.TENANT),
        cooling=timedelta(hours=row["cooling_hours"]),
        confirming=timedelta(hours=row["confirm_hours"]),
        sells_when_excluded=row["sells_when_excluded"],
        reality_minutes=row["reality_minutes"],
        reality_required=row["reality_required"],
    )
