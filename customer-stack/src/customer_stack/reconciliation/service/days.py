"""Closing days: what was recorded before the end of a day of Colombo, kept, and read for its report."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from customer_stack.ledger.domain import Account
from customer_stack.reconciliation.configuration import load_clearing_limits
from customer_stack.reconciliation.domain.client_money import build_client_money
from customer_stack.reconciliation.domain.days import (
    ASSET_OF,
    POSITIONS_KNOWN_FOR,
    TREND_DAYS,
    BalanceLine,
    ClearingLine,
    ClosedDay,
    DayBounds,
    DayFigures,
    DayReport,
    list_due,
)
from customer_stack.reconciliation.errors import DayNotClosed
from customer_stack.reconciliation.service.alarms import SYSTEM, raise_shortfalls
from customer_stack.reconciliation.service.books import LONG_MS, AllTenants, OpenPositions
from customer_stack.reconciliation.store import days as store
from customer_stack.reconciliation.store import runs
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction

_SNAPSHOT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"


class Names(Protocol):
    """What operators and their departments are called."""

    async def name_operator(self, tenant_id: UUID) -> str:
        """Return the operator's name."""
        ...

    async def name_departments(self, tenant_id: UUID) -> Mapping[UUID, str]:
        """Return all departments by id."""
        ...


class Days:
    """Closes days and reads them."""

    def __init__(
        self,
        database: Database,
        names: Names,
        positions: OpenPositions,
        all_tenants: AllTenants,
        clock: Clock,
    ) -> None:
        """Work on `database`."""
        self._database = database
        self._names = names
        self._positions = positions
        self._all_tenants = all_tenants
        self._clock = clock

    async def close_due(self) -> int:
        """Close every day that has ended, oldest first; return how many. The timer's use case."""
        closed = 0
        for tenant_id in await self._all_tenants():
            async with self._database.transaction(tenant_id) as tx:
                last = await store.load_last_day(tx)
                first = None if last else await store.load_first_day(tx)
            for day in list_due(last, first, self._clock.now()):
                closed += await self.close(tenant_id, day)
        return closed

    async def close(self, tenant_id: UUID, day: date) -> bool:
        """Keep what a day said; False when it was closed before."""
        operator = await self._names.name_operator(tenant_id)
        departments = await self._names.name_departments(tenant_id)
        async with self._database.transaction(tenant_id, statement_timeout_ms=LONG_MS) as tx:
            await tx.execute(_SNAPSHOT)
            closed = await self._read(tx, tenant_id, day, operator, departments)
            if not await store.insert_day(tx, closed):
                return False
            body = {"day": day.isoformat(), "run": None if closed.run_id is None else str(closed.run_id)}
            await append(
                tx, [AuditRecord(tenant_id, "reconciliation.day_closed", body, closed.closed_at, SYSTEM)]
            )
            await raise_shortfalls(tx, tenant_id, day, closed.money, closed.closed_at)
        return True

    async def _read(
        self, tx: Transaction, tenant_id: UUID, day: date, operator: str, departments: Mapping[UUID, str]
    ) -> ClosedDay:
        bounds, now = DayBounds(day), self._clock.now()
        balances = await store.load_balances(tx, tenant_id, bounds.end)
        run_id = await store.find_last_run(tx, bounds)
        run = None if run_id is None else await runs.load_run(tx, run_id)
        is_known = now < bounds.end + POSITIONS_KNOWN_FOR
        positions = await self._positions(tx, tenant_id) if is_known else None
        limits = load_clearing_limits()
        open_items = await store.load_open_items(tx, tenant_id, list(limits), bounds.end)
        return ClosedDay(
            tenant_id=tenant_id,
            day=day,
            operator=operator,
            departments=departments,
            run_id=run_id,
            closed_at=now,
            money=build_client_money(_add_up(balances), positions, () if run is None else run.checks),
            clearing=tuple(ClearingLine(each, limits[each.account]) for each in open_items),
            breaks=tuple(await store.count_breaks(tx, bounds)),
            balances=tuple(balances),
        )

    async def list_days(
        self, tenant_id: UUID, before: date | None, limit: int
    ) -> list[tuple[date, UUID | None, datetime]]:
        """Return closed days, newest first, below a day: day, run, when it was closed."""
        async with self._database.transaction(tenant_id) as tx:
            return await store.load_days(tx, before, limit)


async def load_report(tx: Transaction, day: date, department_id: UUID | None) -> DayReport:
    """Return everything that the report of a day says, from what was kept. Raises DayNotClosed."""
    closed = await store.load_day(tx, day)
    if closed is None or (department_id is not None and department_id not in closed.departments):
        raise DayNotClosed("There is no closed day of this date. A day is closed soon after its midnight.")
    first = day - timedelta(days=TREND_DAYS - 1)
    known = await store.load_trend(tx, first, day, department_id)
    unknown = [first + timedelta(days=each) for each in range(TREND_DAYS)]
    return DayReport(
        closed=closed,
        department_id=department_id,
        sequence=None if closed.run_id is None else await store.load_sequence(tx, closed.run_id),
        checks=() if closed.run_id is None else await store.load_checks(tx, closed.run_id),
        trend=[known.get(each, DayFigures(each, {}, {}, None, {})) for each in unknown],
    )


def _add_up(balances: list[BalanceLine]) -> dict[tuple[Account, int], int]:
    sums: dict[tuple[Account, int], int] = {}
    for each in balances:
        key = (each.account, ASSET_OF[each.currency])
        sums[key] = sums.get(key, 0) + each.balance
    return sums
