"""What wagers keep beside the facts, recomputed from the facts: for the rebuild of the ledger.

Facts are the wagers as they were placed, and the reports that took effect. Callers hold one snapshot.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from customer_stack.boundary_client.domain import Action
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.page import PositionKey
from customer_stack.wagers.domain.recompute import Filled, OpenWager, remaining_holds, replay
from customer_stack.wagers.store import recompute as store
from shared.database import Transaction


async def recompute_positions(tx: Transaction, tenant_id: UUID) -> dict[PositionKey, PositionCost | None]:
    """Return every position of a tenant, replayed; None where the reports take more than was there."""
    positions: dict[PositionKey, PositionCost | None] = {}
    async for key, moved in store.iterate_moves(tx, tenant_id):
        positions[key] = replay(positions.get(key, PositionCost()), moved)
    return positions


async def load_ledger_positions(tx: Transaction, tenant_id: UUID) -> Mapping[PositionKey, int]:
    """Return the ledger's positions of a tenant, in 0.01 contracts."""
    return await store.load_ledger_positions(tx, tenant_id)


async def rewrite_positions(
    tx: Transaction, tenant_id: UUID, positions: Mapping[PositionKey, PositionCost]
) -> None:
    """Write positions anew, as they were recomputed."""
    await store.set_positions(tx, tenant_id, positions)


async def load_filled(tx: Transaction, tenant_id: UUID) -> Mapping[UUID, Filled]:
    """Return what wagers say was filled of them."""
    return await store.load_filled(tx, tenant_id)


async def recompute_filled(tx: Transaction, tenant_id: UUID) -> Mapping[UUID, Filled]:
    """Return what was filled of each wager, from the reports."""
    return await store.sum_fills(tx, tenant_id)


async def recompute_stakes(tx: Transaction, tenant_id: UUID) -> Mapping[tuple[UUID, datetime], int]:
    """Return what each customer staked at each moment less what was taken back, in micro-dollars."""
    return await store.sum_stakes(tx, tenant_id)


async def recompute_returns(tx: Transaction, tenant_id: UUID) -> Mapping[tuple[UUID, datetime], int]:
    """Return what came back to each customer at each moment less fees, in micro-dollars."""
    return await store.sum_returns(tx, tenant_id)


async def load_holds(tx: Transaction, tenant_id: UUID) -> Mapping[UUID, int]:
    """Return what the ledger's open holds of wagers still hold."""
    return await store.load_wager_holds(tx, tenant_id)


async def recompute_holds(tx: Transaction, tenant_id: UUID) -> dict[UUID, int]:
    """Return what the holds of open wagers have to hold still, from the wagers."""
    remaining: dict[UUID, int] = {}
    for row in await store.load_open_wagers(tx, tenant_id):
        filled = Filled(row["filled_quantity"], row["filled_cost"], row["filled_fee"])
        wager = OpenWager(
            row["id"], Action(row["action"]), row["quantity"], row["max_total"], row["shortfall"], filled
        )
        remaining |= remaining_holds(wager)
    return remaining
