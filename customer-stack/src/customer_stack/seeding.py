"""Development data: two operators with all but card issuing switched on, one staff member for each role.

Of compliance there are two: some documents of customers take two of its officers. Of those who release
settlements too: what they say of a payment takes two.

Safe to run again: what stands is left as it is. No personal data, and no money: opening balances are
posted by the treasury's commands.
"""

import base64
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, SecretStr

from customer_stack.access.catalogue import load_roles
from customer_stack.bank_files.service.house import PROVIDER as BANK_FILE
from customer_stack.fx.domain.rates import Terms
from customer_stack.fx.service import load_terms
from customer_stack.main import Services, open_services
from customer_stack.payments.providers.hosted_checkout import NAME as HOSTED_CHECKOUT
from customer_stack.payouts.domain.payouts import Terms as PayoutTerms
from customer_stack.payouts.errors import TermsMissing
from customer_stack.settings import CustomerStackSettings, DatabaseSettings, Settings
from customer_stack.tenancy.domain import Capability, Department, Tenant
from shared.errors import Kind, Refusal

SECOND: Final = frozenset({"compliance", "settlement_approver"})
"""Roles of which one decision takes two people."""

TENANTS: Final = (("lanka", "Lanka Event Exchange"), ("serendib", "Serendib Forecasts"))
SYSTEM: Final = "system"
CAPABILITIES: Final = tuple(one for one in Capability if one is not Capability.CARD_ISSUING)
"""Card issuing stays in shadow mode until an operator goes live with it."""

TERMS: Final = Terms(
    version=0,
    sell_spread_basis=100,
    buy_spread_basis=100,
    fee_basis=50,
    fee_fixed=0,
    minimum_amount=100_00,
    maximum_amount=1_000_000_00,
    quote_lifetime=timedelta(minutes=5),
    mid_lifetime=timedelta(minutes=1),
    stock_share_basis=9_000,
)
"""The rates and fees of the money flows' worked example: one percent to each side, half a percent fee."""


PAYOUT_TERMS: Final = PayoutTerms(
    version=0, fee=100_00, minimum_amount=500_00, maximum_amount=1_000_000_00, is_fee_returned=True
)
"""The fee of a withdrawal in the same example: LKR 100."""


class SeedSettings(CustomerStackSettings):
    """What `seed` needs beyond the database: password and secret of one-time codes of all staff it makes."""

    seed_staff_password: Annotated[SecretStr, Field(min_length=10)]
    seed_staff_code_secret: Annotated[SecretStr, Field(min_length=32, max_length=32)]


class SeedRefused(Refusal):
    """Development data has no place in production."""

    kind = Kind.FORBIDDEN
    code = "seed.production"


def require_sandbox(settings: DatabaseSettings) -> None:
    """Go on only in a sandbox. Raises SeedRefused."""
    if not settings.is_sandbox:
        raise SeedRefused("seed is for sandboxes. In production, tenants and staff are made one by one.")


async def seed(settings: Settings, seeds: SeedSettings) -> dict[str, Any]:
    """Make what is missing and return tenants and staff with their sign-ins. Raises SeedRefused."""
    require_sandbox(settings)
    password = seeds.seed_staff_password.get_secret_value()
    code_secret = seeds.seed_staff_code_secret.get_secret_value()
    tenants: list[dict[str, str]] = []
    staff: list[dict[str, str]] = []
    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name="seed")
        for slug, name in TENANTS:
            tenant, root = await services.tenancy.ensure_tenant(slug, name, CAPABILITIES)
            await _ensure_terms(services, tenant.id, root.id)
            await _ensure_payout_terms(services, tenant.id, root.id)
            # One account per provider serves all tenants; the first one's book stands for it.
            await services.payments.assign_collection(tenant.id, root.id)
            for provider in (HOSTED_CHECKOUT, BANK_FILE):
                await services.payments.assign_collection(tenant.id, root.id, provider)
            tenants.append(_describe_tenant(tenant, root))
            staff += await _ensure_staff(services, tenant, password, code_secret)
    return {"tenants": tenants, "staff": staff}


async def _ensure_terms(services: Services, tenant_id: UUID, department_id: UUID) -> None:
    async with services.database.transaction(tenant_id) as tx:
        standing = await load_terms(tx, department_id)
    if standing is None:
        await services.fx.set_terms(tenant_id, department_id, TERMS, SYSTEM)


async def _ensure_payout_terms(services: Services, tenant_id: UUID, department_id: UUID) -> None:
    try:
        await services.payouts.accounts.get_terms(tenant_id, department_id)
    except TermsMissing:
        await services.payouts.accounts.set_terms(tenant_id, department_id, PAYOUT_TERMS, SYSTEM)


async def _ensure_staff(
    services: Services, tenant: Tenant, password: str, code_secret: str
) -> list[dict[str, str]]:
    made = []
    names = [(role, role.replace("_", "-")) for role in load_roles()]
    for role, username in [*names, *((role, f"{role.replace('_', '-')}-2") for role in sorted(SECOND))]:
        staff_id = await services.access.ensure_staff(tenant.id, username, role, password)
        await services.settlement.signing.ensure_codes(tenant.id, staff_id, base64.b32decode(code_secret))
        made.append(
            {
                "id": str(staff_id),
                "tenant": tenant.slug,
                "username": username,
                "role": role,
                "password": password,
                "code_secret": code_secret,
            }
        )
    return made


def _describe_tenant(tenant: Tenant, root: Department) -> dict[str, str]:
    return {
        "id": str(tenant.id),
        "slug": tenant.slug,
        "name": tenant.name,
        "department_id": str(root.id),
    }
