"""Filings, wired: who reports, movements found, threshold reports and reports of suspicions."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from customer_stack.customers.sealing import RecordSealing
from customer_stack.customers.service import CustomersService
from customer_stack.filings.service.filing import Filings as FilingsOfOneKind
from customer_stack.filings.service.finding import Finding
from customer_stack.filings.service.ground import Ground
from customer_stack.filings.service.knowing import Knowledge
from customer_stack.filings.service.preparing import Preparing
from customer_stack.filings.service.suspecting import Suspecting
from customer_stack.filings.tasks import build_runners
from customer_stack.payments.outside import OpenAccount, PayerNumbers
from customer_stack.payouts.service.accounts import AccountSealing
from customer_stack.payouts.service.outside import PayoutDestinations
from customer_stack.timers import Runner
from customer_stack.working_days.catalogue import load_calendar
from shared.clock import Clock
from shared.database import Database
from shared.ids import Ids

AllTenants = Callable[[], Awaitable[Sequence[UUID]]]


@dataclass(frozen=True, slots=True)
class FilingNeighbours:
    """What filings ask of others, beside the database."""

    customers: CustomersService
    records: RecordSealing
    payer_accounts: OpenAccount
    payout_accounts: AccountSealing


@dataclass(frozen=True, slots=True)
class Filings:
    """The services of filings."""

    threshold: FilingsOfOneKind
    suspicions: FilingsOfOneKind
    suspecting: Suspecting
    preparing: Preparing
    knowledge: Knowledge
    finding: Finding

    def build_runners(self, all_tenants: AllTenants) -> dict[str, Runner]:
        """Return the worker's timers."""
        return build_runners(self.finding, all_tenants)


def open_filings(database: Database, neighbours: FilingNeighbours, clock: Clock, ids: Ids) -> Filings:
    """Build filings over an open database."""
    ground = Ground(
        database,
        neighbours.customers,
        neighbours.records,
        PayerNumbers(neighbours.payer_accounts),
        PayoutDestinations(neighbours.payout_accounts),
        load_calendar(),
        clock,
        ids,
    )
    return Filings(
        threshold=FilingsOfOneKind(ground, is_suspicion=False),
        suspicions=FilingsOfOneKind(ground, is_suspicion=True),
        suspecting=Suspecting(ground),
        preparing=Preparing(ground),
        knowledge=Knowledge(ground),
        finding=Finding(ground),
    )
