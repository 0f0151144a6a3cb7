"""Our side of a run: everything that is compared, read in one snapshot."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from customer_stack.boundary_client import domain as boundary
from customer_stack.fx.service import recompute as fx
from customer_stack.ledger.domain import Account
from customer_stack.reconciliation.configuration import load_clearing_limits, load_sources
from customer_stack.reconciliation.domain.breaks import Unit
from customer_stack.reconciliation.domain.checks import Check, CheckName, Subject, compare
from customer_stack.reconciliation.domain.clearing import OpenItems, check_clearing
from customer_stack.reconciliation.domain.identities import (
    Settlement,
    Sums,
    check_conversions,
    check_ended,
    check_floors,
    check_nostro,
    check_owners,
    check_stock_cost,
)
from customer_stack.reconciliation.domain.sides import OurSide, add_totals
from customer_stack.reconciliation.store import days, runs, sums
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.page import PositionKey
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ledger import store as ledger
from shared.ledger.rebuild import rebuild_differences
from shared.money import Currency

SNAPSHOT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
LONG_MS: Final = 120_000
"""How long one statement over a whole ledger may take: far longer than on the path of a customer."""
FOUND_AT_MOST: Final = 100
"""How many differences of one check a run keeps; that there are more is seen by the next."""
SETTLEMENTS: Final = 100
PAGE: Final = 500


class StatementSource(Protocol):
    """Execution's statement of a tenant at a report sequence, in pages. Called outside any transaction."""

    async def get_statement(
        self, tenant_id: UUID, to_sequence: int, *, after: UUID | None = None, limit: int = PAGE
    ) -> boundary.StatementPage:
        """Return the tenant's totals and one page of its accounts. Raises OutcomeUnknown, CallRefused."""
        ...


class Reports(Protocol):
    """What the reports of execution say, read inside the caller's snapshot."""

    async def read_through(self, tx: Transaction) -> int:
        """Return the sequence of the last report that was read."""
        ...

    async def sum_reports(
        self, tx: Transaction, tenant_id: UUID, after_sequence: int, to_sequence: int
    ) -> Mapping[UUID, boundary.Totals]:
        """Return each customer's sums above one sequence and up to another."""
        ...


References = Callable[[Transaction, UUID], Awaitable[Mapping[UUID, UUID]]]
"""(tx, tenant) -> customer -> account reference, for all customers of the tenant."""

AllTenants = Callable[[], Awaitable[tuple[UUID, ...]]]
"""The ids of all tenants."""


OpenPositions = Callable[[Transaction, UUID], Awaitable[Mapping[PositionKey, PositionCost]]]
"""(tx, tenant) -> (customer, market, side) -> contracts and their cost, as kept for customers."""


@dataclass(frozen=True, slots=True)
class OurSums:
    """Sums of our accounts, our newest settlements, and the checks that need no other side."""

    accounts: Sums
    settlements: tuple[Settlement, ...]
    positions: Mapping[PositionKey, PositionCost]
    """Open wagers and what they cost."""
    open_items: tuple[OpenItems, ...]
    checks: tuple[Check, ...]


class Books:
    """Reads our side."""

    def __init__(
        self,
        database: Database,
        reports: Reports,
        references: References,
        positions: OpenPositions,
        clock: Clock,
    ) -> None:
        """Read from `database`."""
        self._database = database
        self._reports = reports
        self._references = references
        self._positions = positions
        self._clock = clock

    async def read(self, tenant_id: UUID) -> tuple[OurSide, OurSums]:
        """Return a tenant's books at one moment."""
        async with self._database.transaction(tenant_id, statement_timeout_ms=LONG_MS) as tx:
            await tx.execute(SNAPSHOT)
            ours = await self._read_side(tx, tenant_id)
            return ours, await self._read_sums(tx, tenant_id, ours)

    async def _read_side(self, tx: Transaction, tenant_id: UUID) -> OurSide:
        sequence = await self._reports.read_through(tx)
        told = await self._reports.sum_reports(tx, tenant_id, 0, sequence)
        return OurSide(
            sequence=sequence,
            read_at=self._clock.now(),
            references=await self._references(tx, tenant_id),
            contracts=await runs.load_contracts(tx, tenant_id),
            execution=await runs.sum_by_customer(tx, tenant_id, Account.EXECUTION),
            fees=await runs.sum_by_customer(tx, tenant_id, Account.EXCHANGE_FEES),
            totals=add_totals(told.values()),
            payouts=await runs.sum_payouts(tx, tenant_id),
            trial=tuple(await ledger.trial_balance(tx)),
            desk=await ledger.sum_account(tx, Account.DESK),
            snapshots=await runs.count_snapshots(tx),
            differences=tuple(await rebuild_differences(tx)),
            stock=await runs.load_stock_facts(tx, tenant_id),
        )

    async def _read_sums(self, tx: Transaction, tenant_id: UUID, ours: OurSide) -> OurSums:
        accounts = await sums.sum_accounts(tx, tenant_id)
        kept = await self._positions(tx, tenant_id)
        limits = load_clearing_limits()
        open_items = await days.load_open_items(tx, tenant_id, list(limits), ours.read_at)
        unlike = await fx.find_unlike_conversions(tx, tenant_id, FOUND_AT_MOST)
        checks: tuple[Check, ...] = (
            check_floors(*await ledger.count_below_floor(tx)),
            check_ended(
                await sums.count_ended(tx, tenant_id),
                await sums.load_left_of_ended(tx, tenant_id, FOUND_AT_MOST),
            ),
            compare(
                CheckName.POSITION_COSTS,
                Unit.CENTI_CONTRACT,
                {Subject(*key): quantity for key, quantity in ours.contracts.items()},
                {Subject(*key): position.quantity for key, position in kept.items()},
            ),
            *check_owners(tenant_id, accounts),
            check_conversions(await fx.count_conversions(tx, tenant_id), unlike),
            check_stock_cost(
                await fx.count_stock(tx, tenant_id), await fx.compare_stock(tx, tenant_id, FOUND_AT_MOST)
            ),
            check_clearing(open_items, limits, ours.read_at),
        )
        stated = await sums.load_stated(tx, tenant_id, _usd_sources())
        if stated:
            checks += (check_nostro(stated),)
        settlements = await sums.load_newest_settlements(tx, tenant_id, SETTLEMENTS)
        return OurSums(accounts, tuple(settlements), kept, tuple(open_items), checks)


def _usd_sources() -> list[str]:
    """Return the sources of statements about our USD accounts."""
    sources = load_sources().sources.values()
    return [each.name for each in sources if each.account is Account.NOSTRO and each.currency is Currency.USD]
