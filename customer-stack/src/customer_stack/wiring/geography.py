"""Geography, wired: the table of countries and the desk of policies."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import APIRouter

from customer_stack import geography
from customer_stack.geography.api import build_router
from customer_stack.geography.countries import Countries
from customer_stack.geography.domain.addresses import Trusted
from customer_stack.geography.service import PolicyDesk
from customer_stack.geography.tasks import build_runners
from customer_stack.settings import Settings
from customer_stack.timers import Runner
from shared.clock import Clock
from shared.database import Database
from shared.ids import Ids

SANDBOX_TABLE: Final = Path(geography.__file__).with_name("sandbox_countries.csv")
"""Loopback and private networks are in LK; networks of documentation elsewhere."""


@dataclass(frozen=True, slots=True)
class Geography:
    """The services of geography."""

    countries: Countries
    policies: PolicyDesk

    def build_router(self) -> APIRouter:
        """Return the staff routes."""
        return build_router(self.policies)

    def build_runners(self) -> dict[str, Runner]:
        """Return the timers of the process that serves requests."""
        return build_runners(self.countries)


def open_geography(settings: Settings, database: Database, clock: Clock, ids: Ids) -> Geography:
    """Build geography over an open database. Raises TableInvalid, OSError."""
    countries = Countries(settings.country_table_file or SANDBOX_TABLE, Trusted(settings.trusted_proxies))
    return Geography(countries, PolicyDesk(database, clock, ids))
