"""Tenants, departments and capabilities on a real database."""

import asyncpg
import pytest

from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.errors import CapabilityOff, TenantNotFound
from customer_stack.tenancy.service import load_capabilities, require_capability, root_department_of


async def test_a_tenant_is_made_once_with_its_root_department_and_book(services, tenant):
    again, root = await services.tenancy.ensure_tenant("lanka", "Other name", ())
    assert again == tenant
    async with services.database.transaction(tenant.id) as tx:
        assert await root_department_of(tx, tenant.id) == root
        assert await tx.fetch_value("SELECT kind FROM ledger_book WHERE id = $1", root.id) == "department"
    assert await services.tenancy.list_tenant_ids() == (tenant.id,)
    assert await services.tenancy.list_departments(tenant.id) == (root,)


async def test_a_capability_is_off_until_it_is_switched_on(services):
    tenant, _ = await services.tenancy.ensure_tenant("quiet", "Quiet", [Capability.DEPOSITS])
    async with services.database.transaction(tenant.id) as tx:
        assert await load_capabilities(tx, [tenant.id]) == {tenant.id: {Capability.DEPOSITS}}
        await require_capability(tx, tenant.id, Capability.DEPOSITS)
        with pytest.raises(CapabilityOff):
            await require_capability(tx, tenant.id, Capability.WAGERS)


async def test_an_unknown_slug_is_refused(services):
    with pytest.raises(TenantNotFound):
        await services.tenancy.find_tenant("nowhere")


async def test_a_tenant_sees_no_department_of_another(services, tenant):
    other, _ = await services.tenancy.ensure_tenant("serendib", "Serendib", ())
    async with services.database.transaction(other.id) as tx:
        rows = await tx.fetch("SELECT tenant_id FROM tenancy_department")
    assert [row["tenant_id"] for row in rows] == [other.id]


async def test_a_tenant_has_one_root(services, tenant):
    new = services.ids.new()
    with pytest.raises(asyncpg.UniqueViolationError):
        async with services.database.transaction(tenant.id) as tx:
            await tx.execute(
                "INSERT INTO tenancy_department (tenant_id, id, root_id, name, created_at) "
                "VALUES ($1, $2, $2, 'second root', now())",
                tenant.id,
                new,
            )
