"""Reconciliation, wired: runs, matching and breaks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter

from customer_stack.payments.providers.contract import Bank
from customer_stack.reconciliation.api import build_router
from customer_stack.reconciliation.break_api import build_router as build_break_router
from customer_stack.reconciliation.match_api import build_router as build_match_router
from customer_stack.reconciliation.service.books import (
    Books,
    OpenPositions,
    References,
    Reports,
    StatementSource,
)
from customer_stack.reconciliation.service.breaks import BreakDesk
from customer_stack.reconciliation.service.matching import MatchingService
from customer_stack.reconciliation.service.running import ReconciliationService
from customer_stack.reconciliation.tasks import build_runners
from customer_stack.timers import Runner
from shared.clock import Clock
from shared.database import Database
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
    matching: MatchingService
    clock: Clock
    all_tenants: AllTenants

    def build_routers(self) -> list[APIRouter]:
        """Return the staff routes."""
        return [
            build_router(self.runs),
            build_break_router(self.breaks, self.clock),
            build_match_router(self.matching),
        ]

    def build_runners(self) -> dict[str, Runner]:
        """Return the worker's timers."""
        return build_runners(self.runs, self.breaks, self.matching, self.all_tenants)


def open_reconciliation(
    database: Database, sides: Sides, all_tenants: AllTenants, clock: Clock, ids: Ids
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
    matching = MatchingService(database, all_tenants, clock, ids)
    return Reconciliation(runs, BreakDesk(database, clock), matching, clock, all_tenants)
