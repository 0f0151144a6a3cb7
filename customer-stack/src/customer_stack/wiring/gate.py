"""The gate, wired: rules of AML, limits of tiers, rates of the market."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.verdicts import Thresholds
from customer_stack.aml.service.assessing import Assessment
from customer_stack.aml.service.gathering import Gathering
from customer_stack.aml.service.rules import Rulebook
from customer_stack.aml.tasks import build_gathering
from customer_stack.fx.service import load_newest_mids
from customer_stack.gate.domain.asking import Rate
from customer_stack.gate.domain.replaying import ProductReplay
from customer_stack.gate.service.explaining import DecisionDesk
from customer_stack.gate.service.rates import Rates
from customer_stack.gate.service.replaying import Replaying
from customer_stack.gate.service.sitting import Gate
from customer_stack.gate.tasks import build_replay, build_runners
from customer_stack.kyc.service.tiers import Tiers
from customer_stack.protection.domain.limits import Limit, limits_of_tier
from customer_stack.tenancy.service import TenancyService
from customer_stack.timers import Runner
from customer_stack.transfers.domain import records as transfers
from customer_stack.transfers.domain.held import HELD_KIND as TRANSFERS
from customer_stack.wagers.domain import records as wagers
from customer_stack.wagers.service.sending import HELD_KIND as WAGERS
from shared.clock import Clock, SystemClock
from shared.database import Database
from shared.ids import SystemIds

PRODUCTS: Final[Mapping[str, ProductReplay]] = {
    TRANSFERS: transfers.reasons_of,
    WAGERS: wagers.reasons_of,
}
"""Lanes that record a decision of their own, and how that is made again."""


@dataclass(frozen=True, slots=True)
class Gates:
    """The gate of a process, and what keeps it up to date."""

    gate: Gate
    rates: Rates
    replaying: Replaying
    desk: DecisionDesk
    gathering: Gathering

    def build_runners(self) -> dict[str, Runner]:
        """Return the timers that every process with a gate runs."""
        return build_runners(self.rates) | build_gathering(self.gathering)

    def build_worker_runners(self) -> dict[str, Runner]:
        """Return the worker's timers."""
        return self.build_runners() | build_replay(self.replaying)


def open_replaying(database: Database) -> Replaying:
    """Build the replay alone, for the command line."""
    clock = SystemClock()
    tenancy = TenancyService(database, clock, SystemIds())
    return Replaying(database, PRODUCTS, tenancy.list_tenant_ids, clock)


async def open_gate(
    database: Database,
    all_tenants: Callable[[], Awaitable[Sequence[UUID]]],
    tiers: Tiers,
    rate_source: str,
    clock: Clock,
) -> Gates:
    """Build the gate over an open database, and read the rates once."""

    async def load_last() -> Mapping[UUID, Rate]:
        found = await load_newest_mids(database, await all_tenants(), rate_source)
        return {tenant_id: Rate(rate_e8, mid_id) for tenant_id, (mid_id, rate_e8) in found.items()}

    def limits_of(tier: str | None) -> Sequence[Limit]:
        return limits_of_tier(*tiers.limits_of(tier))

    rates = Rates(load_last)
    await rates.refresh()
    replaying = Replaying(database, PRODUCTS, all_tenants, clock)
    return Gates(
        Gate(Assessment(Rulebook(), Thresholds()), rates, limits_of),
        rates,
        replaying,
        DecisionDesk(database, replaying, clock),
        Gathering(database),
    )
