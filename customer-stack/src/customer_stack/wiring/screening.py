"""Screening, wired: settings -> sources of lists -> services. Part of `main`.

`CUSTOMER_SCREENING_LISTS` is JSON: name of a list -> `package`, a folder, or an address.
"""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
from fastapi import APIRouter

from customer_stack.customers.service import CustomersService
from customer_stack.screening.domain.versions import Lists
from customer_stack.screening.errors import SourceUnsafe
from customer_stack.screening.lists.errors import ListRefused
from customer_stack.screening.lists.publications import find_publication
from customer_stack.screening.lists_api import build_router as build_lists_router
from customer_stack.screening.providers.contract import ListSource
from customer_stack.screening.providers.folder import FolderSource, PackagedSource
from customer_stack.screening.providers.https import TIMEOUT_SECONDS, HttpSource
from customer_stack.screening.screener import Screener
from customer_stack.screening.service.importing import ListImports
from customer_stack.screening.service.loading import StoredLists
from customer_stack.screening.service.reading import VersionReading
from customer_stack.screening.service.subjects import ScreeningService
from customer_stack.screening.tasks import build_runners
from customer_stack.settings import Settings
from customer_stack.timers import Runner
from customer_stack.tls import trusted_authorities
from shared.clock import Clock
from shared.database import Database
from shared.ids import Ids


@dataclass(frozen=True, slots=True)
class Screening:
    """The services of screening."""

    imports: ListImports
    versions: VersionReading
    subjects: ScreeningService

    def build_routers(self) -> list[APIRouter]:
        """Return the staff routes."""
        return [build_lists_router(self.versions)]

    def build_runners(self, check_seconds: float) -> dict[str, Runner]:
        """Return the worker's timers; publishers are looked at every `check_seconds`."""
        return build_runners(self.imports, check_seconds)


async def open_screening(
    settings: Settings,
    stack: AsyncExitStack,
    database: Database,
    customers: CustomersService,
    clock: Clock,
    ids: Ids,
) -> Screening:
    """Build the services; `stack` closes the client that downloads. Raises SourceUnsafe."""
    client = await stack.enter_async_context(
        httpx.AsyncClient(timeout=min(30.0, TIMEOUT_SECONDS), verify=trusted_authorities())
    )
    sources = choose_sources(settings.screening_lists, client, must_be_safe=not settings.is_sandbox)
    imports = ListImports(database, sources, clock, ids)
    stored = StoredLists(database)

    async def load() -> Lists:
        await imports.take_packaged()
        return await stored.load(imports.required)

    screener = Screener(load, stored.load_number)
    return Screening(imports, VersionReading(database), ScreeningService(customers, screener, clock, ids))


def choose_sources(
    lists: Mapping[str, str], client: httpx.AsyncClient, *, must_be_safe: bool
) -> dict[str, ListSource]:
    """Return where each configured list comes from. Raises SourceUnsafe."""
    chosen: dict[str, ListSource] = {}
    for name, place in lists.items():
        try:
            source = find_publication(name).source
        except ListRefused as problem:
            raise SourceUnsafe(f"CUSTOMER_SCREENING_LISTS: {problem}.") from problem
        if place == "package":
            chosen[source] = PackagedSource()
        elif "://" not in place:
            chosen[source] = FolderSource(Path(place))
        elif place.startswith("https://") or not must_be_safe:
            chosen[source] = HttpSource(place, client)
        else:
            raise SourceUnsafe("CUSTOMER_SCREENING_LISTS: addresses begin with https:// in production.")
    return chosen
