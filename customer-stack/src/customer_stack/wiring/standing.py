"""Where customers stand, wired: restrictions, countries and their policies, risk."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from customer_stack import geography
from customer_stack.customers.service import CustomersService
from customer_stack.geography.countries import Countries
from customer_stack.geography.domain.addresses import Trusted
from customer_stack.geography.service import PolicyDesk
from customer_stack.geography.tasks import build_runners as build_geography_runners
from customer_stack.kyc.service.tiers import Tiers
from customer_stack.restrictions.desk import RestrictionDesk
from customer_stack.risk.catalogue import load_weights
from customer_stack.risk.desk import RiskDesk
from customer_stack.risk.service import RiskScoring
from customer_stack.risk.tasks import build_runners as build_risk_runners
from customer_stack.settings import Settings
from customer_stack.timers import Runner
from shared.clock import Clock
from shared.database import Database
from shared.ids import Ids

SANDBOX_TABLE: Final = Path(geography.__file__).with_name("sandbox_countries.csv")
"""Loopback and private networks are in LK; networks of documentation elsewhere."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The services that say where customers stand."""

    restrictions: RestrictionDesk
    countries: Countries
    policies: PolicyDesk
    risk: RiskDesk
    scoring: RiskScoring

    def build_api_runners(self) -> dict[str, Runner]:
        """Return the timers of the process that serves requests."""
        return build_geography_runners(self.countries)

    def build_runners(self, all_tenants: Callable[[], Awaitable[Sequence[UUID]]]) -> dict[str, Runner]:
        """Return the worker's timers."""
        return build_risk_runners(self.scoring, all_tenants)


def open_standing(
    settings: Settings, database: Database, customers: CustomersService, tiers: Tiers, clock: Clock, ids: Ids
) -> Standing:
    """Build the services over an open database. The table of countries is read by who serves requests."""
    return Standing(
        RestrictionDesk(database, customers.cipher_of, clock),
        Countries(settings.country_table_file or SANDBOX_TABLE, Trusted(settings.trusted_proxies)),
        PolicyDesk(database, clock, ids),
        RiskDesk(database, customers.cipher_of, clock, ids),
        RiskScoring(database, tiers, customers.load_document_countries, load_weights(), clock, ids),
    )
