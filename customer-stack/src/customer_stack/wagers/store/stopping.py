"""What somebody has open, for the moment at which they stop."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from customer_stack.boundary_client.domain import Action
from customer_stack.wagers.domain.states import ENDED
from shared.database import Transaction


async def list_open(tx: Transaction, customer_ids: Sequence[UUID], actions: Sequence[Action]) -> list[UUID]:
    """Return the wagers of customers that have not ended."""
    rows = await tx.fetch(
        "SELECT id FROM wager_order WHERE customer_id = ANY($1::uuid[]) "
        "AND action = ANY($2::wager_action[]) AND NOT state = ANY($3::wager_state[]) ORDER BY id",
        list(customer_ids),
        [action.value for action in actions],
        [state.value for state in ENDED],
    )
    return [row["id"] for row in rows]


async def request_cancels(tx: Transaction, wager_ids: Sequence[UUID], at: datetime) -> list[UUID]:
    """Note the wish to cancel; returns those of which it was not noted before."""
    rows = await tx.fetch(
        "UPDATE wager_order SET cancel_requested_at = $2 "
        "WHERE id = ANY($1::uuid[]) AND cancel_requested_at IS NULL RETURNING id",
        list(wager_ids),
        at,
    )
    return [row["id"] for row in rows]
