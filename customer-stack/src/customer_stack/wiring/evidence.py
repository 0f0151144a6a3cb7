"""Evidence, wired: packs for staff, and their making by the worker."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from customer_stack.customers.sealing import RecordSealing
from customer_stack.customers.service import CustomersService
from customer_stack.evidence.configuration import load_sources
from customer_stack.evidence.service.asking import Packs
from customer_stack.evidence.service.ground import Ground
from customer_stack.evidence.service.making import Making
from customer_stack.evidence.tasks import build_runners
from customer_stack.tenancy.service import TenancyService
from customer_stack.timers import Runner
from shared.clock import Clock
from shared.database import Database
from shared.evidence.proving import Proving
from shared.ids import Ids

AllTenants = Callable[[], Awaitable[Sequence[UUID]]]


@dataclass(frozen=True, slots=True)
class EvidenceGround:
    """What evidence stands on."""

    database: Database
    customers: CustomersService
    records: RecordSealing
    tenancy: TenancyService
    all_tenants: AllTenants
    clock: Clock
    ids: Ids


@dataclass(frozen=True, slots=True)
class Evidence:
    """The services of evidence."""

    packs: Packs
    ground: Ground
    clock: Clock
    ids: Ids

    def build_making(self, proving: Proving) -> Making:
        """Return what makes packs."""
        return Making(self.ground, proving)

    def build_runners(self, proving: Proving) -> dict[str, Runner]:
        """Return the worker's timers."""
        return build_runners(self.build_making(proving))


def open_evidence(found: EvidenceGround) -> Evidence:
    """Build evidence over open services. Raises CatalogueUnusable."""

    async def name_operator(tenant_id: UUID) -> str:
        return next(each.name for each in await found.tenancy.list_tenants() if each.id == tenant_id)

    ground = Ground(
        database=found.database,
        customers=found.customers,
        records=found.records,
        sources=load_sources(),
        all_tenants=found.all_tenants,
        name_operator=name_operator,
        clock=found.clock,
        ids=found.ids,
    )
    return Evidence(Packs(ground), ground, found.clock, found.ids)
