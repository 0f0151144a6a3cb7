"""What customers, and other modules, read of wagers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from customer_stack.boundary_client.domain import Side, Totals
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.flows import movement_of
from customer_stack.wagers.domain.page import PositionKey
from customer_stack.wagers.domain.views import BreakView, CourseLine, PositionView, ReportLine, WagerView
from customer_stack.wagers.store.rows import COLUMNS, to_wager
from shared.database import Transaction

_VIEW = f"SELECT {COLUMNS}, o.cancel_requested_at, o.changed_at FROM wager_order o "


async def load_customer_wagers(
    tx: Transaction, customer_id: UUID, before: UUID | None, limit: int
) -> list[WagerView]:
    """Return a customer's wagers, newest first, below an id."""
    rows = await tx.fetch(
        _VIEW + "LEFT JOIN wager_account a USING (customer_id) "
        "WHERE o.customer_id = $1 AND ($2::uuid IS NULL OR o.id < $2) ORDER BY o.id DESC LIMIT $3",
        customer_id,
        before,
        limit,
    )
    return [_to_view(row) for row in rows]


async def load_customer_wager(tx: Transaction, customer_id: UUID, wager_id: UUID) -> WagerView | None:
    """Return one wager of a customer, or None."""
    row = await tx.fetch_row(
        _VIEW + "LEFT JOIN wager_account a USING (customer_id) WHERE o.id = $2 AND o.customer_id = $1",
        customer_id,
        wager_id,
    )
    return None if row is None else _to_view(row)


async def load_wager(tx: Transaction, wager_id: UUID) -> WagerView | None:
    """Return one wager of the visible tenant, or None."""
    row = await tx.fetch_row(
        _VIEW + "LEFT JOIN wager_account a USING (customer_id) WHERE o.id = $1", wager_id
    )
    return None if row is None else _to_view(row)


def _to_view(row: asyncpg.Record) -> WagerView:
    return WagerView(to_wager(row), row["cancel_requested_at"], row["changed_at"])


async def load_customer_positions(
    tx: Transaction, customer_id: UUID, after: tuple[UUID, Side] | None, limit: int
) -> list[PositionView]:
    """Return a customer's open positions after a key, in (market, side) order."""
    rows = await tx.fetch(
        "SELECT p.market_id, p.side, p.quantity, p.cost, m.ticker, m.title FROM wager_position p "
        "LEFT JOIN market m ON m.id = p.market_id WHERE p.customer_id = $1 AND p.quantity > 0 "
        "AND ($2::uuid IS NULL OR (p.market_id, p.side) > ($2, $3::ledger_contract_side)) "
        "ORDER BY p.market_id, p.side LIMIT $4",
        customer_id,
        None if after is None else after[0],
        None if after is None else after[1],
        limit,
    )
    return [
        PositionView(
            row["market_id"],
            Side(row["side"]),
            PositionCost(row["quantity"], row["cost"]),
            row["ticker"],
            row["title"],
        )
        for row in rows
    ]


async def load_all_positions(tx: Transaction, tenant_id: UUID) -> dict[PositionKey, PositionCost]:
    """Return all open positions of a tenant."""
    rows = await tx.fetch(
        "SELECT customer_id, market_id, side, quantity, cost FROM wager_position "
        "WHERE tenant_id = $1 AND quantity > 0",
        tenant_id,
    )
    return {
        (row["customer_id"], row["market_id"], Side(row["side"])): PositionCost(row["quantity"], row["cost"])
        for row in rows
    }


async def load_cursor(tx: Transaction) -> int:
    """Return the sequence of the last report that was read."""
    value: Any = await tx.fetch_value("SELECT sequence FROM wager_report_cursor")
    return int(value)


async def load_applied_through(tx: Transaction) -> int:
    """Return the sequence up to which every report of the visible tenants took effect."""
    value: Any = await tx.fetch_value(
        "SELECT coalesce((SELECT min(r.sequence) - 1 FROM wager_report r WHERE NOT EXISTS "
        "  (SELECT FROM wager_report_applied d WHERE d.sequence = r.sequence)), "
        "  (SELECT sequence FROM wager_report_cursor))"
    )
    return int(value)


async def sum_reports(
    tx: Transaction, tenant_id: UUID, after_sequence: int, to_sequence: int
) -> dict[UUID, Totals]:
    """Return each customer's sums of the reports applied, above one sequence and up to another."""
    told, undone = "r.kind <> 'reversal'", "r.kind = 'reversal'"
    bought, sold = "r.action = 'buy'", "r.action = 'sell'"
    rows = await tx.fetch(
        "SELECT r.customer_id, "
        f"{_sum('cost', told, bought)} AS cost_of_buys, {_sum('cost', told, sold)} AS proceeds, "
        f"{_sum('fee', told)} AS fees, {_sum('amount', told)} AS payouts, "
        f"{_sum('cost', undone, bought)} AS reversed_costs, "
        f"{_sum('cost', undone, sold)} AS reversed_proceeds, "
        f"{_sum('fee', undone)} AS reversed_fees, {_sum('amount', undone)} AS reversed_payouts "
        "FROM wager_report r JOIN wager_report_applied d USING (sequence) "
        "WHERE r.tenant_id = $1 AND r.sequence > $2 AND r.sequence <= $3 AND r.customer_id IS NOT NULL "
        "AND r.kind IN ('fill', 'payout', 'settlement_fee', 'reversal') GROUP BY 1",
        tenant_id,
        after_sequence,
        to_sequence,
    )
    return {row["customer_id"]: Totals(*list(row)[1:]) for row in rows}


async def load_customer_reports(
    tx: Transaction, customer_id: UUID, after_sequence: int, to_sequence: int, limit: int
) -> list[ReportLine]:
    """Return the applied reports of a customer that move money, above one sequence and up to another."""
    rows = await tx.fetch(
        "SELECT r.sequence, r.recorded_at, r.kind, r.account_id AS reference, r.wager_id, r.market_id, "
        "r.side, r.action, r.quantity, r.cost, r.fee, r.amount, r.reverses "
        "FROM wager_report r JOIN wager_report_applied d USING (sequence) "
        "WHERE r.customer_id = $1 AND r.sequence > $2 AND r.sequence <= $3 "
        "AND r.kind IN ('fill', 'payout', 'settlement_fee', 'reversal') ORDER BY r.sequence LIMIT $4",
        customer_id,
        after_sequence,
        to_sequence,
        limit,
    )
    return [ReportLine(**dict(row), movement_id=movement_of(customer_id, row["sequence"])) for row in rows]


async def load_references(tx: Transaction, customer_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return the references under which execution knows customers."""
    rows = await tx.fetch(
        "SELECT customer_id, account_id FROM wager_account WHERE customer_id = ANY ($1::uuid[])",
        list(customer_ids),
    )
    return {row["customer_id"]: row["account_id"] for row in rows}


def _sum(column: str, *conditions: str) -> str:
    return f"coalesce(sum(r.{column}) FILTER (WHERE {' AND '.join(conditions)}), 0)::bigint"


async def load_breaks(tx: Transaction, after: UUID | None, limit: int) -> list[BreakView]:
    """Return breaks of the visible tenants after an id, oldest first."""
    rows = await tx.fetch(
        "SELECT b.*, s.account_id IS NOT NULL AS stops_feed FROM wager_break b "
        "LEFT JOIN wager_feed_stop s ON s.break_id = b.id "
        "WHERE $1::uuid IS NULL OR b.id > $1 ORDER BY b.id LIMIT $2",
        after,
        limit,
    )
    return [_to_break(row) for row in rows]


def _to_break(row: asyncpg.Record) -> BreakView:
    found_at: datetime = row["found_at"]
    return BreakView(
        id=row["id"],
        tenant_id=row["tenant_id"],
        found_at=found_at,
        fault=row["fault"],
        sequence=row["sequence"],
        account_id=row["account_id"],
        wager_id=row["wager_id"],
        stops_feed=row["stops_feed"],
    )


async def count_states(tx: Transaction) -> dict[str, int]:
    """Return how many wagers of the visible tenants stand in each state."""
    rows = await tx.fetch("SELECT state, count(*) AS wagers FROM wager_order GROUP BY 1")
    return {row["state"]: row["wagers"] for row in rows}


async def load_reports_of(tx: Transaction, wager_id: UUID, limit: int) -> list[CourseLine]:
    """Return what was reported of a wager, and since then of its customer's contracts in its market."""
    rows = await tx.fetch(
        "SELECT r.sequence, r.kind, r.recorded_at, r.received_at, d.applied_at, r.window_id, r.manifest, "
        "       r.quantity, r.cost, r.fee, r.amount "
        "FROM wager_order o JOIN wager_account a USING (customer_id) "
        "JOIN wager_report r ON r.account_id = a.account_id AND r.recorded_at >= o.placed_at "
        "  AND (r.wager_id = o.id OR (r.wager_id IS NULL AND r.market_id = o.market_id)) "
        "LEFT JOIN wager_report_applied d ON d.sequence = r.sequence "
        "WHERE o.id = $1 ORDER BY r.sequence LIMIT $2",
        wager_id,
        limit,
    )
    return [CourseLine(*row) for row in rows]
