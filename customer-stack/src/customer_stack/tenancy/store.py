"""Every query on tenants, departments and capabilities."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from customer_stack.tenancy.domain import Capability, Department, Tenant
from shared.database import Transaction


async def find_tenant(tx: Transaction, slug: str) -> Tenant | None:
    """Return the tenant with this slug."""
    row = await tx.fetch_row("SELECT id, slug, name FROM tenancy_tenant WHERE slug = $1", slug)
    return None if row is None else Tenant(*row)


async def load_tenants(tx: Transaction) -> tuple[Tenant, ...]:
    """Return all tenants by slug."""
    rows = await tx.fetch("SELECT id, slug, name FROM tenancy_tenant ORDER BY slug")
    return tuple(Tenant(*row) for row in rows)


async def insert_tenant(tx: Transaction, tenant: Tenant, now: datetime) -> None:
    """Keep a new tenant."""
    await tx.execute(
        "INSERT INTO tenancy_tenant (id, slug, name, created_at) VALUES ($1, $2, $3, $4)",
        tenant.id,
        tenant.slug,
        tenant.name,
        now,
    )


async def insert_department(tx: Transaction, department: Department, now: datetime) -> None:
    """Keep a new department."""
    await tx.execute(
        "INSERT INTO tenancy_department (id, tenant_id, parent_id, root_id, name, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        department.id,
        department.tenant_id,
        department.parent_id,
        department.root_id,
        department.name,
        now,
    )


async def load_departments(tx: Transaction) -> tuple[Department, ...]:
    """Return the departments of the transaction's tenants, parents first."""
    rows = await tx.fetch(
        "SELECT id, tenant_id, parent_id, root_id, name FROM tenancy_department "
        "ORDER BY tenant_id, parent_id NULLS FIRST, id"
    )
    return tuple(Department(*row) for row in rows)


async def load_capabilities(tx: Transaction, tenant_ids: Iterable[UUID]) -> dict[UUID, frozenset[Capability]]:
    """Return what is switched on, by tenant."""
    wanted = list(tenant_ids)
    rows = await tx.fetch(
        "SELECT DISTINCT ON (tenant_id, capability) tenant_id, capability, is_on "
        "FROM tenancy_capability_switch WHERE tenant_id = ANY($1::uuid[]) "
        "ORDER BY tenant_id, capability, id DESC",
        wanted,
    )
    found: dict[UUID, set[Capability]] = {tenant_id: set() for tenant_id in wanted}
    for row in rows:
        if row["is_on"]:
            found[row["tenant_id"]].add(Capability(row["capability"]))
    return {tenant_id: frozenset(capabilities) for tenant_id, capabilities in found.items()}


async def insert_switches(
    tx: Transaction, tenant_id: UUID, switches: Sequence[tuple[UUID, Capability, bool]], now: datetime
) -> None:
    """Append switches (id, capability, on or off)."""
    await tx.execute(
        "INSERT INTO tenancy_capability_switch (tenant_id, id, capability, is_on, switched_at) "
        "SELECT $1, *, $5 FROM unnest($2::uuid[], $3::tenancy_capability[], $4::boolean[])",
        tenant_id,
        [switch[0] for switch in switches],
        [switch[1].value for switch in switches],
        [switch[2] for switch in switches],
        now,
    )
