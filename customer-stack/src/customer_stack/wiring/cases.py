"""Cases, wired: who decides what they hold, and what follows from their closing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.cases.configuration import load_terms
from customer_stack.cases.contract import HeldCommands
from customer_stack.cases.domain.lifecycle import Case, Outcome
from customer_stack.cases.service.deciding import HoldDecisions
from customer_stack.cases.service.excluding import Excluding
from customer_stack.cases.service.figures import Figures
from customer_stack.cases.service.filing import Filing
from customer_stack.cases.service.ground import Ground
from customer_stack.cases.service.reading import Reading
from customer_stack.cases.service.snoozing import Snoozing
from customer_stack.cases.service.working import Working
from customer_stack.cases.tasks import build_runners
from customer_stack.customers.service import CustomersService
from customer_stack.gate.service.figures import count_findings
from customer_stack.restrictions.service import lift_of_case
from customer_stack.timers import Runner
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids

AllTenants = Callable[[], Awaitable[Sequence[UUID]]]


@dataclass(frozen=True, slots=True)
class Cases:
    """The services of cases."""

    reading: Reading
    working: Working
    decisions: HoldDecisions
    filing: Filing
    snoozing: Snoozing
    figures: Figures
    excluding: Excluding
    clock: Clock
    all_tenants: AllTenants

    def build_runners(self) -> dict[str, Runner]:
        """Return the worker's timers."""
        return build_runners(self.reading, self.all_tenants)


def open_cases(
    database: Database,
    customers: CustomersService,
    commands: Sequence[HeldCommands],
    all_tenants: AllTenants,
    clock: Clock,
    ids: Ids,
) -> Cases:
    """Build cases over an open database; `commands`: of every module whose commands wait for them."""
    ground = Ground(database, customers, (_end_restrictions,), load_terms(), clock, ids)
    return Cases(
        Reading(ground),
        Working(ground),
        HoldDecisions(ground, commands),
        Filing(ground),
        Snoozing(ground),
        Figures(ground, count_findings),
        Excluding(ground),
        clock,
        all_tenants,
    )


async def _end_restrictions(tx: Transaction, case: Case, actor: str, at: datetime) -> None:
    """Lift what the case caused; what a confirmed case caused stands until it is opened and closed again."""
    if case.outcome is not Outcome.CONFIRMED:
        await lift_of_case(tx, case.id, actor=actor, at=at)
