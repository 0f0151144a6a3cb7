"""Every query on policies of geography."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from customer_stack.geography.domain.policies import Mode, Policy, PolicyRecord, State
from shared.database import Transaction

_RECORD: Final = (
    "SELECT p.version, p.mode, p.countries, p.allows_unknown, p.id, p.tenant_id, "
    "p.proposed_by, p.proposed_at, "
    "coalesce(d.verdict::text, 'proposed') AS state, d.decided_by, d.decided_at "
    "FROM geography_policy p LEFT JOIN geography_decision d ON d.policy_id = p.id "
)


def _policy(fields: Any) -> Policy:
    version, mode, countries, allows_unknown = fields
    return Policy(version, Mode(mode), frozenset(countries), allows_unknown)


def _record(row: Any) -> PolicyRecord:
    fields = list(row)
    return PolicyRecord(
        id=fields[4],
        tenant_id=fields[5],
        policy=_policy(fields[:4]),
        proposed_by=fields[6],
        proposed_at=fields[7],
        state=State(fields[8]),
        decided_by=fields[9],
        decided_at=fields[10],
    )


async def load_policies(tx: Transaction, tenant_ids: Collection[UUID]) -> dict[UUID, Policy]:
    """Return the policy that counts, by tenant; who has none is left out. One query."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (p.tenant_id) p.tenant_id, p.version, p.mode, p.countries, p.allows_unknown "
        "FROM geography_policy p JOIN geography_decision d ON d.policy_id = p.id AND d.verdict = 'approved' "
        "WHERE p.tenant_id = ANY($1::uuid[]) ORDER BY p.tenant_id, p.version DESC",
        list(tenant_ids),
    )
    return {row[0]: _policy(list(row)[1:]) for row in rows}


async def load_versions(
    tx: Transaction, wanted: Collection[tuple[UUID, int]]
) -> dict[tuple[UUID, int], Policy]:
    """Return policies by tenant and version, whether they count still or not."""
    pairs = sorted(wanted)
    rows = await tx.fetch(
        "SELECT p.tenant_id, p.version, p.mode, p.countries, p.allows_unknown "
        "FROM unnest($1::uuid[], $2::integer[]) AS w (tenant_id, version) "
        "JOIN geography_policy p ON p.tenant_id = w.tenant_id AND p.version = w.version",
        [tenant_id for tenant_id, _ in pairs],
        [version for _, version in pairs],
    )
    return {(row[0], row[1]): _policy(list(row)[1:]) for row in rows}


async def load_last_version(tx: Transaction, tenant_id: UUID) -> int:
    """Return the version that was proposed last; 0: none was."""
    found: int = await tx.fetch_value(
        "SELECT coalesce(max(version), 0) FROM geography_policy WHERE tenant_id = $1", tenant_id
    )
    return found


async def insert_policy(tx: Transaction, record: PolicyRecord) -> bool:
    """Keep a proposed policy. False: somebody else has just proposed this version."""
    row = await tx.fetch_row(
        "INSERT INTO geography_policy (tenant_id, id, version, mode, countries, allows_unknown, proposed_by, "
        "proposed_at) VALUES ($1, $2, $3, $4::geography_mode, $5, $6, $7, $8) "
        "ON CONFLICT (tenant_id, version) DO NOTHING RETURNING 1",
        record.tenant_id,
        record.id,
        record.policy.version,
        record.policy.mode.value,
        sorted(record.policy.countries),
        record.policy.allows_unknown,
        record.proposed_by,
        record.proposed_at,
    )
    return row is not None


async def insert_decision(tx: Transaction, record: PolicyRecord) -> bool:
    """Keep how a policy was decided. False: somebody else has just decided it."""
    row = await tx.fetch_row(
        "INSERT INTO geography_decision (tenant_id, policy_id, verdict, proposed_by, decided_by, decided_at) "
        "VALUES ($1, $2, $3::geography_verdict, $4, $5, $6) ON CONFLICT (policy_id) DO NOTHING RETURNING 1",
        record.tenant_id,
        record.id,
        record.state.value,
        record.proposed_by,
        record.decided_by,
        record.decided_at,
    )
    return row is not None


async def load_record(tx: Transaction, policy_id: UUID) -> PolicyRecord | None:
    """Return a policy with who proposed and decided it."""
    row = await tx.fetch_row(_RECORD + "WHERE p.id = $1", policy_id)
    return None if row is None else _record(row)


async def list_records(
    tx: Transaction, tenant_id: UUID, *, before: int | None, limit: int
) -> list[PolicyRecord]:
    """Return a tenant's policies, newest first."""
    rows = await tx.fetch(
        _RECORD + "WHERE p.tenant_id = $1 AND ($2::integer IS NULL OR p.version < $2) "
        "ORDER BY p.version DESC LIMIT $3",
        tenant_id,
        before,
        limit,
    )
    return [_record(row) for row in rows]
