"""What wagers keep beside the facts, read from the facts and as it stands, per tenant."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.boundary_client.domain import Side
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.page import PositionKey
from customer_stack.wagers.domain.recompute import Filled, Moved
from customer_stack.wagers.store.rows import STANDS
from shared.database import Transaction

PREFETCH: Final = 5_000
_OPEN: Final = "state IN ('held', 'pending', 'dispatched', 'submitted')"
_MOVES: Final = f"""
SELECT r.customer_id, r.market_id, r.side, r.quantity, r.cost, r.kind = 'fill' AND r.action = 'buy' AS comes
FROM wager_report r JOIN wager_report_applied a USING (sequence)
WHERE r.tenant_id = $1 AND r.kind IN ('fill', 'payout') AND {STANDS} ORDER BY r.sequence
"""


async def iterate_moves(tx: Transaction, tenant_id: UUID) -> AsyncIterator[tuple[PositionKey, Moved]]:
    """Yield how positions moved, in the order of the reports that took effect and stand."""
    async for row in tx.connection.cursor(_MOVES, tenant_id, prefetch=PREFETCH):
        key = (row["customer_id"], row["market_id"], Side(row["side"]))
        yield key, Moved(row["quantity"], row["cost"], comes=row["comes"])


async def load_ledger_positions(tx: Transaction, tenant_id: UUID) -> dict[PositionKey, int]:
    """Return the balances of positions in the ledger; empty ones are left out."""
    rows = await tx.fetch(
        "SELECT b.book_id, a.market_id, a.side, b.posted FROM ledger_balance b "
        "JOIN ledger_asset a ON a.id = b.asset_id "
        "WHERE b.tenant_id = $1 AND b.account = 'position' AND b.posted <> 0",
        tenant_id,
    )
    return {(row["book_id"], row["market_id"], Side(row["side"])): row["posted"] for row in rows}


async def set_positions(
    tx: Transaction, tenant_id: UUID, positions: Mapping[PositionKey, PositionCost]
) -> None:
    """Write positions anew."""
    keys = sorted(positions)
    await tx.execute(
        "INSERT INTO wager_position (tenant_id, customer_id, market_id, side, quantity, cost) "
        "SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::ledger_contract_side[], $5::bigint[], "
        "$6::bigint[]) ON CONFLICT ON CONSTRAINT wager_position_pk "
        "DO UPDATE SET quantity = excluded.quantity, cost = excluded.cost",
        tenant_id,
        [key[0] for key in keys],
        [key[1] for key in keys],
        [key[2] for key in keys],
        [positions[key].quantity for key in keys],
        [positions[key].cost for key in keys],
    )


async def load_filled(tx: Transaction, tenant_id: UUID) -> dict[UUID, Filled]:
    """Return what wagers say was filled; those without a fill are left out."""
    rows = await tx.fetch(
        "SELECT id AS wager_id, filled_quantity AS quantity, filled_cost AS cost, filled_fee AS fee, "
        "reversed_quantity, reversed_cost, reversed_fee "
        "FROM wager_order WHERE tenant_id = $1 AND (filled_quantity, filled_cost, filled_fee) <> (0, 0, 0)",
        tenant_id,
    )
    return {row["wager_id"]: _to_filled(row) for row in rows}


async def sum_fills(tx: Transaction, tenant_id: UUID) -> dict[UUID, Filled]:
    """Return what the reports that took effect filled, by wager."""
    rows = await tx.fetch(
        f"SELECT r.wager_id, {_sum('quantity', 'fill')} AS quantity, {_sum('cost', 'fill')} AS cost, "
        f"{_sum('fee', 'fill')} AS fee, {_sum('quantity', 'reversal')} AS reversed_quantity, "
        f"{_sum('cost', 'reversal')} AS reversed_cost, {_sum('fee', 'reversal')} AS reversed_fee "
        "FROM wager_report r JOIN wager_report_applied a USING (sequence) "
        "WHERE r.tenant_id = $1 AND r.kind IN ('fill', 'reversal') AND r.wager_id IS NOT NULL GROUP BY 1",
        tenant_id,
    )
    return {row["wager_id"]: _to_filled(row) for row in rows}


def _to_filled(row: asyncpg.Record) -> Filled:
    return Filled(
        row["quantity"],
        row["cost"],
        row["fee"],
        row["reversed_quantity"],
        row["reversed_cost"],
        row["reversed_fee"],
    )


def _sum(column: str, kind: str) -> str:
    return f"coalesce(sum(r.{column}) FILTER (WHERE r.kind = '{kind}'), 0)::bigint"


async def sum_stakes(tx: Transaction, tenant_id: UUID) -> dict[tuple[UUID, datetime], int]:
    """Return what buys stake, by customer and moment: all they may cost while open, then what they cost."""
    rows = await tx.fetch(
        "SELECT customer_id, placed_at, "
        f"sum(CASE WHEN {_OPEN} THEN max_total ELSE filled_cost + filled_fee END)::bigint AS amount "
        "FROM wager_order WHERE tenant_id = $1 AND action = 'buy' GROUP BY 1, 2",
        tenant_id,
    )
    return {(row["customer_id"], row["placed_at"]): row["amount"] for row in rows}


async def sum_returns(tx: Transaction, tenant_id: UUID) -> dict[tuple[UUID, datetime], int]:
    """Return what came back of wagers less fees, by customer and moment.

    What a reversal takes back is taken out where its report counted; what it gives back of a buy counts where
    the buy was placed.
    """
    rows = await tx.fetch(
        "SELECT customer_id, at, sum(amount)::bigint AS amount FROM ("
        "  SELECT r.customer_id, r.recorded_at AS at, "
        "         CASE r.kind WHEN 'fill' THEN r.cost - r.fee WHEN 'payout' THEN r.amount "
        "                     ELSE -r.fee END AS amount "
        "  FROM wager_report r JOIN wager_report_applied a USING (sequence) WHERE r.tenant_id = $1 "
        "  AND (r.kind IN ('payout', 'settlement_fee') OR (r.kind = 'fill' AND r.action = 'sell')) "
        "  UNION ALL "
        "  SELECT r.customer_id, CASE WHEN o.action = 'buy' THEN w.placed_at ELSE o.recorded_at END, "
        "         CASE WHEN o.action = 'buy' THEN r.cost + r.fee ELSE r.fee - r.cost - r.amount END "
        "  FROM wager_report r JOIN wager_report_applied a USING (sequence) "
        "  JOIN wager_report o ON o.sequence = r.reverses LEFT JOIN wager_order w ON w.id = o.wager_id "
        "  WHERE r.tenant_id = $1 AND r.kind = 'reversal') moved GROUP BY 1, 2",
        tenant_id,
    )
    return {(row["customer_id"], row["at"]): row["amount"] for row in rows}


async def load_open_wagers(tx: Transaction, tenant_id: UUID) -> list[asyncpg.Record]:
    """Return id, action, quantity, max_total, filled_* and shortfall of wagers that have not ended."""
    return await tx.fetch(
        "SELECT id, action, quantity, max_total, filled_quantity, filled_cost, filled_fee, shortfall "
        f"FROM wager_order WHERE tenant_id = $1 AND {_OPEN}",
        tenant_id,
    )


async def load_wager_holds(tx: Transaction, tenant_id: UUID) -> dict[UUID, int]:
    """Return what the open holds of wagers still hold, by hold."""
    rows = await tx.fetch(
        "SELECT o.hold_id, o.remaining FROM ledger_hold_open o "
        "JOIN ledger_hold h ON h.book_id = o.book_id AND h.id = o.hold_id "
        "WHERE o.tenant_id = $1 AND h.purpose IN ('wager_buy', 'wager_sale', 'wager_fee')",
        tenant_id,
    )
    return {row["hold_id"]: row["remaining"] for row in rows}
