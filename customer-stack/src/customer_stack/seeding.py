"""Development data: two operators with everything switched on, and one staff member for each role.

Safe to run again: what stands is left as it is. No personal data, and no money: opening balances are
posted by the treasury's commands.
"""

from contextlib import AsyncExitStack
from typing import Any, Final

from customer_stack.access.catalogue import load_roles
from customer_stack.access.service import AccessService
from customer_stack.main import open_passwords
from customer_stack.settings import DatabaseSettings, SeedSettings
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import TenancyService
from shared.clock import SystemClock
from shared.database import Database
from shared.errors import Kind, Refusal
from shared.ids import SystemIds

TENANTS: Final = (("lanka", "Lanka Event Exchange"), ("serendib", "Serendib Forecasts"))


class SeedRefused(Refusal):
    """Development data has no place in production."""

    kind = Kind.FORBIDDEN
    code = "seed.production"


async def seed(settings: DatabaseSettings, seeds: SeedSettings) -> dict[str, Any]:
    """Make what is missing and return tenants and staff with their sign-ins. Raises SeedRefused."""
    if not settings.is_sandbox:
        raise SeedRefused("seed is for sandboxes. In production, tenants and staff are made one by one.")
    password = seeds.seed_staff_password.get_secret_value()
    tenants, staff = [], []
    async with AsyncExitStack() as stack:
        database = await Database.connect(settings.database_url.get_secret_value(), name="seed", pool_size=2)
        stack.push_async_callback(database.close)
        clock, ids = SystemClock(), SystemIds()
        tenancy = TenancyService(database, clock, ids)
        access = AccessService(
            database, tenancy, open_passwords(stack), clock, ids, session_hours=settings.session_hours
        )
        for slug, name in TENANTS:
            tenant, root = await tenancy.ensure_tenant(slug, name, tuple(Capability))
            tenants.append({"id": str(tenant.id), "slug": slug, "name": name, "department_id": str(root.id)})
            for role in load_roles():
                username = role.replace("_", "-")
                staff_id = await access.ensure_staff(tenant.id, username, role, password)
                staff.append(
                    {
                        "id": str(staff_id),
                        "tenant": slug,
                        "username": username,
                        "role": role,
                        "password": password,
                    }
                )
    return {"tenants": tenants, "staff": staff}
