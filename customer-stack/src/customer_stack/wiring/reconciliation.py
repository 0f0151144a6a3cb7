"""Reconciliation, wired: runs, matching, breaks, days and their reports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from customer_stack.payments.providers.contract import Bank
from customer_stack.reconciliation.service.books import (
    Books,
    OpenPositions,
    References,
    Reports,
    StatementSource,
)
from customer_stack.reconciliation.service.breaks import BreakDesk
from customer_stack.reconciliation.service.days import Days, Names
from customer_stack.reconciliation.service.due_days import DueDays
from customer_stack.reconciliation.service.listing import ProviderLists
from customer_stack.reconciliation.service.matching import MatchingService
from customer_stack.reconciliation.service.reporting import DayReports
from customer_stack.reconciliation.service.running import ReconciliationService
from customer_stack.reconciliation.tasks import build_listeners, build_runners
from customer_stack.tenancy.service import TenancyService
from customer_stack.timers import Runner
from customer_stack.wiring.settlement import SettlementSettings
from shared.clock import Clock
from shared.database import Database
from shared.events.worker import Listener
from shared.ids import Ids

AllTenants = Callable[[], Awaitable[tuple[UUID, ...]]]


@dataclass(frozen=True, slots=True)
class Sides:
    """Who is compared with our books: execution by its statement and its reports, and the bank."""

    statements: StatementSource
    reports: Reports
    references: References
    positions: OpenPositions
    bank: Bank


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The services of reconciliation."""

    runs: ReconciliationService
    breaks: BreakDesk
    lists: ProviderLists
    matching: MatchingService
    due_days: DueDays
    days: Days
    reports: DayReports
    clock: Clock
    all_tenants: AllTenants

    def build_listeners(self) -> list[Listener]:
        """Return what hears of alarms."""
        return build_listeners()

    def build_runners(self) -> dict[str, Runner]:
        """Return the worker's timers."""
        matching = (self.lists, self.matching, self.due_days)
        return build_runners(self.runs, self.breaks, matching, self.days, self.all_tenants)


def open_reconciliation(
    database: Database, sides: Sides, all_tenants: AllTenants, names: Names, clock: Clock, ids: Ids
) -> Reconciliation:
    """Build reconciliation over an open database."""
    runs = ReconciliationService(
        database,
        sides.statements,
        Books(database, sides.reports, sides.references, sides.positions, clock),
        sides.bank,
        all_tenants,
        clock,
        ids,
    )
    usd_account = SettlementSettings().usd_account_number
    matching = MatchingService(database, all_tenants, clock, ids, usd_account=usd_account)
    lists = ProviderLists(database, sides.bank, matching, all_tenants, clock)
    due_days = DueDays(database, matching, all_tenants, clock)
    days = Days(database, names, sides.positions, all_tenants, clock)
    reports = DayReports(database, clock, ids)
    desk = BreakDesk(database, clock)
    return Reconciliation(runs, desk, lists, matching, due_days, days, reports, clock, all_tenants)


class TenancyNames:
    """Operators and departments by name."""

    def __init__(self, tenancy: TenancyService) -> None:
        self._tenancy = tenancy

    async def name_operator(self, tenant_id: UUID) -> str:
        return next(each.name for each in await self._tenancy.list_tenants() if each.id == tenant_id)

    async def name_departments(self, tenant_id: UUID) -> dict[UUID, str]:
        return {each.id: each.name for each in await self._tenancy.list_departments(tenant_id)}
