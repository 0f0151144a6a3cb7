"""The wiring of identity checks: settings -> vendor -> services. Part of `main`.

Without a vendor's secret its callbacks are not taken, and the worker polls, as it does beside them anyway.
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass

from customer_stack.customers.service import CustomersService
from customer_stack.kyc.configuration import open_routes
from customer_stack.kyc.providers.callbacks import build_door
from customer_stack.kyc.providers.contract import IdentityVendor
from customer_stack.kyc.providers.http_vendor import HttpIdentityVendor
from customer_stack.kyc.providers.library_vendor import LibraryVendor
from customer_stack.kyc.service.businesses import Businesses, Screened
from customer_stack.kyc.service.drafts import Drafts
from customer_stack.kyc.service.filing import Filing
from customer_stack.kyc.service.ground import Ground
from customer_stack.kyc.service.reviewing import Reviewing
from customer_stack.kyc.service.tiers import Tiers
from customer_stack.kyc.service.working import Working
from customer_stack.settings import Settings
from customer_stack.tenancy.service import TenancyService
from customer_stack.webhooks.domain import Door
from shared.clock import Clock
from shared.database import Database
from shared.ids import Ids


@dataclass(frozen=True, slots=True)
class Kyc:
    """Every service of identity checks."""

    drafts: Drafts
    working: Working
    reviewing: Reviewing
    filing: Filing
    tiers: Tiers
    businesses: Businesses
    doors: tuple[Door, ...]
    clock: Clock


async def open_kyc(
    settings: Settings,
    stack: AsyncExitStack,
    database: Database,
    tenancy: TenancyService,
    customers: CustomersService,
    screened: Screened,
    clock: Clock,
    ids: Ids,
) -> Kyc:
    """Build the services; `stack` closes the vendor. Raises ConfigurationUnusable."""
    vendors = {"identity": _open_vendor(settings, stack)}
    ground = Ground(database, tenancy, customers, vendors, open_routes(vendors), clock, ids)
    secret = settings.identity_secret
    return build_kyc(ground, screened, secret=None if secret is None else secret.get_secret_value())


def build_kyc(ground: Ground, screened: Screened, *, secret: str | None) -> Kyc:
    """Build the services on `ground`."""
    drafts = Drafts(ground)
    working = Working(ground, drafts)
    doors = () if secret is None else (build_door(secret, working.hasten),)
    return Kyc(
        drafts=drafts,
        working=working,
        reviewing=Reviewing(ground),
        filing=Filing(ground),
        tiers=Tiers(ground),
        businesses=Businesses(ground, screened),
        doors=doors,
        clock=ground.clock,
    )


def _open_vendor(settings: Settings, stack: AsyncExitStack) -> IdentityVendor:
    """Return the vendor in this process when there is one, else the one over HTTP."""
    vendor: LibraryVendor | HttpIdentityVendor
    if settings.identity_library is not None:
        vendor = LibraryVendor(settings.identity_library)
    else:
        vendor = HttpIdentityVendor(settings.identity_url, settings.identity_api_key)
    stack.push_async_callback(vendor.close)
    return vendor
