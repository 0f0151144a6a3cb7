"""Privacy, wired: consents, the end of relationships, erasures, exports, looks of staff."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from customer_stack.cases.service import has_open_case
from customer_stack.customers.sealing import RecordSealing
from customer_stack.customers.service import CustomersService
from customer_stack.disclosures.service import Disclosures
from customer_stack.facts import service as facts
from customer_stack.privacy.configuration import load_inventory, load_texts
from customer_stack.privacy.providers.register_file import RegisterFile
from customer_stack.privacy.service.consents import Consents
from customer_stack.privacy.service.erasing import Erasing
from customer_stack.privacy.service.exporting import Exporting
from customer_stack.privacy.service.ground import Blocker, Ground
from customer_stack.privacy.service.leaving import Leaving
from customer_stack.privacy.tasks import build_runners
from customer_stack.restrictions.service import load_strictest
from customer_stack.settings import Settings
from customer_stack.timers import Runner
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids

RequireDeposit = Callable[[Transaction, UUID, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class PrivacyGround:
    """What privacy stands on."""

    database: Database
    customers: CustomersService
    records: RecordSealing
    all_tenants: Callable[[], Awaitable[Sequence[UUID]]]
    clock: Clock
    ids: Ids


@dataclass(frozen=True, slots=True)
class Privacy:
    """The services of privacy."""

    consents: Consents
    leaving: Leaving
    erasing: Erasing
    exporting: Exporting
    disclosures: Disclosures
    clock: Clock

    def build_runners(self) -> dict[str, Runner]:
        """Return the worker's timers."""
        return build_runners(self.erasing, self.exporting)

    def before_deposit(self, require_deposit: RequireDeposit) -> RequireDeposit:
        """Return what refuses a deposit of who has not agreed to what counts today, and then asks on."""

        async def require(tx: Transaction, customer_id: UUID, amount: int) -> None:
            await self.consents.require(tx, customer_id)
            await require_deposit(tx, customer_id, amount)

        return require


async def _is_restricted(tx: Transaction, customer_id: UUID) -> bool:
    return await load_strictest(tx, customer_id) is not None


def _exclusions(clock: Clock) -> Blocker:
    """Return what keeps somebody who excluded themselves: who is forgotten could come back."""

    async def is_excluded(tx: Transaction, customer_id: UUID) -> bool:
        found = (await facts.load(tx, [customer_id])).get(customer_id)
        until = None if found is None else found.excluded_until
        return until is not None and until > clock.now()

    return is_excluded


def open_privacy(settings: Settings, ground: PrivacyGround) -> Privacy:
    """Build privacy over open services. Raises InventoryUnusable, TextsUnusable."""
    file = settings.erasure_register_file
    common = Ground(
        database=ground.database,
        customers=ground.customers,
        inventory=load_inventory(),
        register=None if file is None else RegisterFile(file),
        blockers={
            "case": has_open_case,
            "restriction": _is_restricted,
            "exclusion": _exclusions(ground.clock),
        },
        all_tenants=ground.all_tenants,
        clock=ground.clock,
        ids=ground.ids,
    )
    return Privacy(
        consents=Consents(ground.database, load_texts(), ground.clock),
        leaving=Leaving(common),
        erasing=Erasing(common),
        exporting=Exporting(common, ground.records),
        disclosures=Disclosures(ground.database),
        clock=ground.clock,
    )
