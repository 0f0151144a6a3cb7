"""The gate, wired: rules of AML, limits of tiers, rates of the market."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from customer_stack.aml.domain.verdicts import Thresholds
from customer_stack.aml.service.assessing import Assessment
from customer_stack.aml.service.rules import Rulebook
from customer_stack.fx.service import load_newest_mids
from customer_stack.gate.domain.asking import Rate
from customer_stack.gate.service.rates import Rates
from customer_stack.gate.service.sitting import Gate
from customer_stack.gate.tasks import build_runners
from customer_stack.kyc.service.tiers import Tiers
from customer_stack.protection.domain.limits import Limit, limits_of_tier
from customer_stack.timers import Runner
from shared.database import Database


@dataclass(frozen=True, slots=True)
class Gates:
    """The gate of a process, and what keeps it up to date."""

    gate: Gate
    rates: Rates

    def build_runners(self) -> dict[str, Runner]:
        """Return the timers that every process with a gate runs."""
        return build_runners(self.rates)


async def open_gate(
    database: Database,
    all_tenants: Callable[[], Awaitable[Sequence[UUID]]],
    tiers: Tiers,
    rate_source: str,
) -> Gates:
    """Build the gate over an open database, and read the rates once."""

    async def load_last() -> Mapping[UUID, Rate]:
        found = await load_newest_mids(database, await all_tenants(), rate_source)
        return {tenant_id: Rate(rate_e8, mid_id) for tenant_id, (mid_id, rate_e8) in found.items()}

    def limits_of(tier: str | None) -> Sequence[Limit]:
        return limits_of_tier(*tiers.limits_of(tier))

    rates = Rates(load_last)
    await rates.refresh()
    return Gates(Gate(Assessment(Rulebook(), Thresholds()), rates, limits_of), rates)
