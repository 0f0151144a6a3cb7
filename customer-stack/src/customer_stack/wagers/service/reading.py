"""Reading wagers and positions, for their owner and for other modules."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from customer_stack.boundary_client.domain import Side, Totals
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.flows import movement_of
from customer_stack.wagers.domain.page import PositionKey
from customer_stack.wagers.domain.views import BreakView, PositionView, ReportLine, WagerCourse, WagerView
from customer_stack.wagers.errors import WagerUnknown
from customer_stack.wagers.store import reading
from shared.database import Database, Transaction


class WagerReading:
    """What a customer sees of the customer's own wagers and positions."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def list_wagers(
        self, tenant_id: UUID, customer_id: UUID, before: UUID | None, limit: int
    ) -> list[WagerView]:
        """Return up to `limit` wagers, newest first, below an id."""
        async with self._database.transaction(tenant_id) as tx:
            return await reading.load_customer_wagers(tx, customer_id, before, limit)

    async def get_wager(self, tenant_id: UUID, customer_id: UUID, wager_id: UUID) -> WagerView:
        """Return one wager. Raises WagerUnknown, also for somebody else's."""
        async with self._database.transaction(tenant_id) as tx:
            view = await reading.load_customer_wager(tx, customer_id, wager_id)
        if view is None:
            raise WagerUnknown
        return view

    async def list_positions(
        self, tenant_id: UUID, customer_id: UUID, after: tuple[UUID, Side] | None, limit: int
    ) -> list[PositionView]:
        """Return up to `limit` open positions after a (market, side)."""
        async with self._database.transaction(tenant_id) as tx:
            return await reading.load_customer_positions(tx, customer_id, after, limit)

    async def get_course(self, tenant_id: UUID, wager_id: UUID, limit: int) -> WagerCourse | None:
        """Return a wager with up to `limit` reports, oldest first; None when the id is no wager's."""
        async with self._database.transaction(tenant_id) as tx:
            view = await reading.load_wager(tx, wager_id)
            if view is None:
                return None
            reports = await reading.load_reports_of(tx, wager_id, limit)
        posted = (movement_of(view.wager.customer_id, each.sequence) for each in reports if each.applied_at)
        return WagerCourse(view, tuple(reports), tuple(posted))

    async def list_breaks(self, tenant_id: UUID, after: UUID | None, limit: int) -> list[BreakView]:
        """Return up to `limit` breaks of a tenant after an id, oldest first."""
        async with self._database.transaction(tenant_id) as tx:
            return await reading.load_breaks(tx, after, limit)


async def load_positions(tx: Transaction, tenant_id: UUID) -> Mapping[PositionKey, PositionCost]:
    """Return all open positions of a tenant: (customer, market, side) -> quantity and cost."""
    return await reading.load_all_positions(tx, tenant_id)


async def sum_reports(
    tx: Transaction, tenant_id: UUID, after_sequence: int, to_sequence: int
) -> Mapping[UUID, Totals]:
    """Return each customer's sums of applied reports above one sequence and up to another."""
    return await reading.sum_reports(tx, tenant_id, after_sequence, to_sequence)


async def list_customer_reports(
    tx: Transaction, customer_id: UUID, after_sequence: int, to_sequence: int, limit: int
) -> Sequence[ReportLine]:
    """Return what moved a customer's share of a period, report by report, oldest first."""
    return await reading.load_customer_reports(tx, customer_id, after_sequence, to_sequence, limit)


async def list_references(tx: Transaction, customer_ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
    """Return the references under which execution knows customers."""
    return await reading.load_references(tx, customer_ids)


async def applied_through(tx: Transaction) -> int:
    """Return the sequence up to which every report of the visible tenants took effect."""
    return await reading.load_applied_through(tx)


async def read_through(tx: Transaction) -> int:
    """Return the sequence of the last report that was read, whether it took effect or waits."""
    return await reading.load_cursor(tx)


async def list_breaks(tx: Transaction, after: UUID | None, limit: int) -> list[BreakView]:
    """Return contradictions between reports and our books, oldest first."""
    return await reading.load_breaks(tx, after, limit)


async def count_states(tx: Transaction) -> Mapping[str, int]:
    """Return how many wagers of the visible tenants stand in each state."""
    return await reading.count_states(tx)
