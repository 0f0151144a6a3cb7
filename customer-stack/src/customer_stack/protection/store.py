"""Every query of protection, set-based, on the transaction it is given."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from customer_stack.protection.domain import DEFAULT_LIMIT, StakeLimit, StakeStanding
from shared.database import Transaction
from shared.errors import invariant

BucketKey = tuple[UUID, datetime]
"""Customer and hour."""


async def load_standings(
    tx: Transaction, tenant_of: Mapping[UUID, UUID], oldest: datetime
) -> dict[UUID, StakeStanding]:
    """Return each customer's sum of the buckets from `oldest` on, and the newest limit of the tenant."""
    rows = await tx.fetch(
        "SELECT c.customer_id, b.staked, l.amount, l.version "
        "FROM unnest($1::uuid[], $2::uuid[]) AS c (customer_id, tenant_id) "
        "LEFT JOIN LATERAL (SELECT sum(s.amount)::bigint AS staked FROM protection_stake_bucket s "
        "  WHERE s.customer_id = c.customer_id AND s.hour >= $3) b ON true "
        "LEFT JOIN LATERAL (SELECT m.amount, m.version FROM protection_stake_limit m "
        "  WHERE m.tenant_id = c.tenant_id ORDER BY m.version DESC LIMIT 1) l ON true",
        list(tenant_of.keys()),
        list(tenant_of.values()),
        oldest,
    )
    return {
        row["customer_id"]: StakeStanding(
            row["staked"] or 0,
            DEFAULT_LIMIT if row["version"] is None else StakeLimit(row["amount"], row["version"]),
        )
        for row in rows
    }


async def add(tx: Transaction, amounts: Mapping[BucketKey, int], tenant_of: Mapping[UUID, UUID]) -> None:
    """Add to buckets, in one order for all writers."""
    keys = sorted(amounts)
    await tx.execute(
        "INSERT INTO protection_stake_bucket (tenant_id, customer_id, hour, amount) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::bigint[]) "
        "ON CONFLICT (customer_id, hour) DO UPDATE "
        "SET amount = protection_stake_bucket.amount + excluded.amount",
        [tenant_of[customer_id] for customer_id, _ in keys],
        [customer_id for customer_id, _ in keys],
        [hour for _, hour in keys],
        [amounts[key] for key in keys],
    )


async def take_back(tx: Transaction, amounts: Mapping[BucketKey, int]) -> None:
    """Take amounts out of the buckets that they entered."""
    keys = sorted(amounts)
    rows = await tx.fetch(
        "UPDATE protection_stake_bucket b SET amount = b.amount - w.amount "
        "FROM unnest($1::uuid[], $2::timestamptz[], $3::bigint[]) AS w (customer_id, hour, amount) "
        "WHERE b.customer_id = w.customer_id AND b.hour = w.hour RETURNING 1",
        [customer_id for customer_id, _ in keys],
        [hour for _, hour in keys],
        [amounts[key] for key in keys],
    )
    invariant(len(rows) == len(keys), "a stake is taken out of the bucket that it entered")


async def insert_limit(tx: Transaction, tenant_id: UUID, amount: int, at: datetime) -> StakeLimit:
    """Append a tenant's next limit."""
    version = await tx.fetch_value(
        "INSERT INTO protection_stake_limit (tenant_id, version, amount, set_at) "
        "SELECT $1, coalesce(max(version), 0) + 1, $2, $3 FROM protection_stake_limit WHERE tenant_id = $1 "
        "RETURNING version",
        tenant_id,
        amount,
        at,
    )
    return StakeLimit(amount, version)


async def load_buckets(tx: Transaction, tenant_id: UUID) -> dict[BucketKey, int]:
    """Return all buckets of a tenant."""
    rows = await tx.fetch(
        "SELECT customer_id, hour, amount FROM protection_stake_bucket WHERE tenant_id = $1", tenant_id
    )
    return {(row["customer_id"], row["hour"]): row["amount"] for row in rows}


async def set_buckets(tx: Transaction, tenant_id: UUID, amounts: Mapping[BucketKey, int]) -> None:
    """Write buckets anew."""
    keys = sorted(amounts)
    await tx.execute(
        "INSERT INTO protection_stake_bucket (tenant_id, customer_id, hour, amount) "
        "SELECT $1, * FROM unnest($2::uuid[], $3::timestamptz[], $4::bigint[]) "
        "ON CONFLICT ON CONSTRAINT protection_stake_bucket_pk DO UPDATE SET amount = excluded.amount",
        tenant_id,
        [customer_id for customer_id, _ in keys],
        [hour for _, hour in keys],
        [amounts[key] for key in keys],
    )
