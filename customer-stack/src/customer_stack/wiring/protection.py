"""Protection, wired: limits with those of the tier, what a pause ends, a person's other accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.customers.domain import CustomerAccount
from customer_stack.customers.service import CustomersService
from customer_stack.fx.service import withdraw_quotes
from customer_stack.kyc.service.tiers import Tiers
from customer_stack.privacy.domain.consents import Purpose
from customer_stack.privacy.service.consents import Consents
from customer_stack.protection.domain.limits import Limit, limits_of_tier
from customer_stack.protection.service.limits import Limits
from customer_stack.protection.service.pausing import Neighbours, Pausing
from customer_stack.protection.service.policies import Policies
from customer_stack.protection.service.reality import RealityChecks
from customer_stack.protection.tasks import build_listeners
from customer_stack.tenancy.service import TenancyService
from customer_stack.wagers.service.stopping import stop_wagers
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.events.worker import Listener
from shared.ids import Ids

Groups = Sequence[frozenset[str]]
"""Slugs of tenants among which an exclusion holds."""


@dataclass(frozen=True, slots=True)
class Protection:
    """The services of protection."""

    limits: Limits
    policies: Policies
    pausing: Pausing
    reality: RealityChecks

    def build_listeners(self) -> list[Listener]:
        """Return what protection does when something happens."""
        return build_listeners(self.pausing)


@dataclass(frozen=True, slots=True)
class Around:
    """What protection leans on."""

    tiers: Tiers
    tenancy: TenancyService
    customers: CustomersService
    consents: Consents
    groups: Groups


class _Business:
    """Ends deposit quotes, wagers and the consent to marketing."""

    def __init__(self, consents: Consents, clock: Clock) -> None:
        self._consents = consents
        self._clock = clock

    async def end(
        self, tx: Transaction, accounts: Sequence[CustomerAccount], at: datetime, *, ends_sales: bool
    ) -> None:
        customer_ids = [each.id for each in accounts]
        await withdraw_quotes(tx, customer_ids, self._clock)
        await stop_wagers(tx, customer_ids, at, with_sales=ends_sales)
        for each in accounts:
            await self._consents.withdraw(tx, each, Purpose.MARKETING, at, "system")


def open_protection(database: Database, around: Around, clock: Clock, ids: Ids) -> Protection:
    """Build protection over an open database."""

    async def load_tier_limits(tx: Transaction, customer_id: UUID) -> Sequence[Limit]:
        tier = (await around.tiers.load_standings(tx, [customer_id]))[customer_id].tier
        return () if tier is None else limits_of_tier(tier.deposits, tier.withdrawals)

    async def group_of(tenant_id: UUID) -> Sequence[UUID]:
        slugs = {each.slug: each.id for each in await around.tenancy.list_tenants()}
        for group in around.groups:
            members = sorted(slugs[slug] for slug in group if slug in slugs)
            if tenant_id in members:
                return members
        return (tenant_id,)

    neighbours = Neighbours(group_of, around.customers.find_same_person)
    return Protection(
        Limits(database, load_tier_limits, clock),
        Policies(database, clock),
        Pausing(database, _Business(around.consents, clock), neighbours, clock, ids),
        RealityChecks(database, clock),
    )
