"""Protection, wired: limits with those of the tier, policies."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter

from customer_stack.kyc.service.tiers import Tiers
from customer_stack.protection.api import build_router
from customer_stack.protection.domain.limits import Limit, limits_of_tier
from customer_stack.protection.service.limits import Limits
from customer_stack.protection.service.policies import Policies
from customer_stack.protection.staff_api import build_staff_router
from shared.clock import Clock
from shared.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Protection:
    """The services of protection."""

    limits: Limits
    policies: Policies

    def build_routers(self) -> list[APIRouter]:
        """Return the routes of customers and of staff."""
        return [build_router(self.limits), build_staff_router(self.limits, self.policies)]


def open_protection(database: Database, tiers: Tiers, clock: Clock) -> Protection:
    """Build protection over an open database."""

    async def load_tier_limits(tx: Transaction, customer_id: UUID) -> Sequence[Limit]:
        tier = (await tiers.load_standings(tx, [customer_id]))[customer_id].tier
        return () if tier is None else limits_of_tier(tier.deposits, tier.withdrawals)

    return Protection(Limits(database, load_tier_limits, clock), Policies(database, clock))
