"""Rows of wager_order as frozen wagers."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.boundary_client.domain import Action, Reason, Side
from customer_stack.wagers.domain.reports import Wager
from customer_stack.wagers.domain.states import State
from shared.database import Transaction

COLUMNS: Final = (
    "o.id, o.tenant_id, o.customer_id, a.account_id, o.market_id, o.side, o.action, o.quantity, "
    "o.limit_price, o.max_total, o.state, o.placed_at, o.filled_quantity, o.filled_cost, o.filled_fee, "
    "o.shortfall, o.refusal, o.reversed_quantity, o.reversed_cost, o.reversed_fee"
)
"""What `to_wager` needs, of wager_order o joined with wager_account a."""

STANDS: Final = (
    "NOT EXISTS (SELECT FROM wager_report v JOIN wager_report_applied e ON e.sequence = v.sequence "
    "            WHERE v.reverses = r.sequence)"
)
"""Of a report r: nothing that took effect has taken it back."""


def to_wager(row: asyncpg.Record) -> Wager:
    """Return the wager of a row with `COLUMNS`."""
    return Wager(
        id=row["id"],
        tenant_id=row["tenant_id"],
        customer_id=row["customer_id"],
        account_id=row["account_id"],
        market_id=row["market_id"],
        side=Side(row["side"]),
        action=Action(row["action"]),
        quantity=row["quantity"],
        limit_price=row["limit_price"],
        max_total=row["max_total"],
        state=State(row["state"]),
        placed_at=row["placed_at"],
        filled_quantity=row["filled_quantity"],
        filled_cost=row["filled_cost"],
        filled_fee=row["filled_fee"],
        shortfall=row["shortfall"],
        refusal=None if row["refusal"] is None else Reason(row["refusal"]),
        reversed_quantity=row["reversed_quantity"],
        reversed_cost=row["reversed_cost"],
        reversed_fee=row["reversed_fee"],
    )


async def load_customers(tx: Transaction, wager_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return whose wagers these are, without a lock: who that is never changes."""
    found = await tx.fetch(
        "SELECT id, customer_id FROM wager_order WHERE id = ANY($1::uuid[])", sorted(set(wager_ids))
    )
    return {row["id"]: row["customer_id"] for row in found}


async def load_withdrawn(tx: Transaction, wager_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return those of the wagers that their customers have asked to cancel."""
    found = await tx.fetch(
        "SELECT id FROM wager_order WHERE id = ANY($1::uuid[]) AND cancel_requested_at IS NOT NULL",
        sorted(set(wager_ids)),
    )
    return frozenset(row["id"] for row in found)


async def load_wagers(tx: Transaction, wager_ids: Iterable[UUID]) -> dict[UUID, Wager]:
    """Return wagers by id, locked until the end of the transaction."""
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM wager_order o LEFT JOIN wager_account a USING (customer_id) "
        "WHERE o.id = ANY($1::uuid[]) ORDER BY o.id FOR NO KEY UPDATE OF o",
        sorted(set(wager_ids)),
    )
    return {row["id"]: to_wager(row) for row in rows}
