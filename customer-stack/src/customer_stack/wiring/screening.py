"""Screening, wired: settings -> sources of lists -> services. Part of `main`.

`CUSTOMER_SCREENING_LISTS` is JSON: name of a list -> `package`, a folder, or an address.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx

from customer_stack.customers.sealing import FieldKeys
from customer_stack.customers.service import CustomersService
from customer_stack.kyc.domain.businesses import Business
from customer_stack.screening.domain.parties import describe_business
from customer_stack.screening.domain.versions import Lists
from customer_stack.screening.errors import SourceUnsafe
from customer_stack.screening.lists.errors import ListRefused
from customer_stack.screening.lists.publications import find_publication
from customer_stack.screening.matching.party import Party
from customer_stack.screening.providers.contract import ListSource
from customer_stack.screening.providers.folder import FolderSource, PackagedSource
from customer_stack.screening.providers.https import TIMEOUT_SECONDS, HttpSource
from customer_stack.screening.screener import Screener
from customer_stack.screening.service.alerts import AlertReview
from customer_stack.screening.service.importing import ListImports
from customer_stack.screening.service.loading import StoredLists
from customer_stack.screening.service.reading import VersionReading
from customer_stack.screening.service.rescreening import Rescreening, Walker
from customer_stack.screening.service.subjects import SubjectScreening
from customer_stack.screening.tasks import AllTenants, build_runners
from customer_stack.settings import Settings
from customer_stack.timers import Runner
from customer_stack.tls import trusted_authorities
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids


@dataclass(frozen=True, slots=True)
class Screening:
    """The services of screening."""

    imports: ListImports
    versions: VersionReading
    subjects: SubjectScreening
    alerts: AlertReview
    rescreening: Rescreening

    def build_runners(self, all_tenants: AllTenants, check_seconds: float) -> dict[str, Runner]:
        """Return the worker's timers; publishers are looked at every `check_seconds`."""
        return build_runners(self.imports, self.subjects, self.rescreening, all_tenants, check_seconds)


async def open_screening(
    settings: Settings,
    stack: AsyncExitStack,
    database: Database,
    customers: CustomersService,
    keys: FieldKeys,
    open_named: Callable[[Transaction, UUID], Awaitable[Business | None]],
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

    async def open_business(tx: Transaction, business_id: UUID) -> Party | None:
        found = await open_named(tx, business_id)
        return None if found is None else describe_business(found.name, found.number, found.country)

    screener = Screener(load, stored.load_number)
    subjects = SubjectScreening(database, customers, screener, open_business, clock, ids)
    walker = Walker(settings.screening_processes)
    return Screening(
        imports,
        VersionReading(database),
        subjects,
        AlertReview(database, customers, clock, ids),
        Rescreening(database, subjects, keys, walker, clock, ids),
    )


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
