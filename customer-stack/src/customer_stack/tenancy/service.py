"""Use cases of tenancy, and what other modules ask inside their own transactions."""

import math
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Final
from uuid import UUID

from customer_stack.ledger.domain import BookKind
from customer_stack.tenancy import store
from customer_stack.tenancy.domain import Capability, Department, Tenant
from customer_stack.tenancy.errors import CapabilityOff, TenantNotFound
from shared import audit
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import InvariantViolated
from shared.ids import Ids
from shared.ledger import store as ledger

RECENT_SECONDS: Final = 1.0

load_capabilities: Final = store.load_capabilities
"""Set-based, for lanes: (tx, tenant ids) -> what is switched on, by tenant."""


async def require_capability(tx: Transaction, tenant_id: UUID, capability: Capability) -> None:
    """Go on only if the capability is on. Raises CapabilityOff."""
    if capability not in (await store.load_capabilities(tx, [tenant_id]))[tenant_id]:
        raise capability_off(capability)


def capability_off(capability: Capability) -> CapabilityOff:
    """Return the refusal of a capability that is off."""
    return CapabilityOff(
        f"The operator has not switched on: {capability.value}. Ask the operator when it will be."
    )


async def root_department_of(tx: Transaction, tenant_id: UUID) -> Department:
    """Return the root of a tenant's tree."""
    for department in await store.load_departments(tx):
        if department.tenant_id == tenant_id and department.parent_id is None:
            return department
    raise InvariantViolated("every tenant has a root department")


class RecentTenants:
    """All tenants as they were at most a second ago, for tasks that ask many times a second.

    A tenant is there for years; one that is new is served a second later.
    """

    def __init__(self, load: Callable[[], Awaitable[tuple[UUID, ...]]]) -> None:
        """Ask `load` when what is known is too old."""
        self._load = load
        self._known: tuple[UUID, ...] = ()
        self._fresh_until = -math.inf

    async def __call__(self) -> tuple[UUID, ...]:
        """Return the ids of all tenants."""
        now = time.monotonic()
        if now >= self._fresh_until:
            self._known = await self._load()
            self._fresh_until = now + RECENT_SECONDS
        return self._known


class TenancyService:
    """Tenants are few and never leave, so the list of their ids is kept once it was read."""

    def __init__(self, database: Database, clock: Clock, ids: Ids) -> None:
        """Work on `database`."""
        self._database = database
        self._clock = clock
        self._ids = ids

    async def find_tenant(self, slug: str) -> Tenant:
        """Return the tenant with this slug. Raises TenantNotFound."""
        async with self._database.transaction() as tx:
            tenant = await store.find_tenant(tx, slug)
        if tenant is None:
            raise TenantNotFound("No operator has this name. Check the field tenant.")
        return tenant

    async def list_tenants(self) -> tuple[Tenant, ...]:
        """Return all tenants."""
        async with self._database.transaction() as tx:
            return await store.load_tenants(tx)

    async def list_tenant_ids(self) -> tuple[UUID, ...]:
        """Return the ids of all tenants: what a task that serves all of them opens its transaction with."""
        return tuple(tenant.id for tenant in await self.list_tenants())

    async def list_departments(self, tenant_id: UUID) -> tuple[Department, ...]:
        """Return a tenant's departments, parents first."""
        async with self._database.transaction(tenant_id) as tx:
            return await store.load_departments(tx)

    async def ensure_tenant(
        self, slug: str, name: str, capabilities: Iterable[Capability]
    ) -> tuple[Tenant, Department]:
        """Return the tenant with its root department and its book, making what is missing.

        `capabilities` that are off are switched on; none is switched off.
        """
        async with self._database.transaction() as tx:
            tenant = await store.find_tenant(tx, slug)
        is_new = tenant is None
        tenant = tenant or Tenant(self._ids.new(), slug, name)
        now = self._clock.now()
        async with self._database.transaction(tenant.id) as tx:
            records: list[tuple[str, dict[str, object]]] = []
            if is_new:
                root_id = self._ids.new()
                root = Department(root_id, tenant.id, None, root_id, name)
                await store.insert_tenant(tx, tenant, now)
                await store.insert_department(tx, root, now)
                await ledger.open_books(tx, [(root.id, tenant.id, BookKind.DEPARTMENT.value)])
                records.append(("tenancy.tenant_created", {"department_id": root.id}))
            root = await root_department_of(tx, tenant.id)
            standing = (await store.load_capabilities(tx, [tenant.id]))[tenant.id]
            missing = sorted(set(capabilities) - standing)
            if missing:
                await store.insert_switches(
                    tx, tenant.id, [(self._ids.new(), capability, True) for capability in missing], now
                )
            records += [("tenancy.capability_switched_on", {"capability": one.value}) for one in missing]
            await audit.append(
                tx, [AuditRecord(tenant.id, kind, body, now, "system") for kind, body in records]
            )
        return tenant, root
