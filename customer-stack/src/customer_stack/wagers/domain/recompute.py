"""What follows from reports and wagers alone: positions with their cost, and what is held. Pure.

Guaranteed: replaying the moves of a position in their order gives the quantity and the cost that were kept
while they happened, to the micro-dollar, since both use the same two integers and the same rounding.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from customer_stack.boundary_client.domain import Action
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.flows import cash_hold_id


@dataclass(frozen=True, slots=True)
class Moved:
    """Contracts that came into a position for `cost`, or left it."""

    quantity: int
    cost: int
    comes: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled of a wager, and taken back of it: 0.01 contracts, micro-dollars, micro-dollars."""

    quantity: int = 0
    cost: int = 0
    fee: int = 0
    reversed_quantity: int = 0
    reversed_cost: int = 0
    reversed_fee: int = 0


@dataclass(frozen=True, slots=True)
class OpenWager:
    """What a wager that has not ended says about its holds."""

    id: UUID
    action: Action
    quantity: int
    max_total: int
    shortfall: int
    filled: Filled


def replay(position: PositionCost | None, moved: Moved) -> PositionCost | None:
    """Return a position after its next move, or None from the first move that it could not make."""
    if position is None or (not moved.comes and moved.quantity > position.quantity):
        return None
    if moved.comes:
        return position.add(moved.quantity, moved.cost)
    return position.take(moved.quantity)[0] if moved.quantity else position


def remaining_holds(wager: OpenWager) -> Mapping[UUID, int]:
    """Return what each hold of an open wager has to hold still."""
    if wager.action is Action.BUY:
        return {wager.id: wager.max_total - wager.filled.cost - wager.filled.fee}
    contracts = {wager.id: wager.quantity - wager.filled.quantity}
    if wager.max_total == 0:
        return contracts
    return contracts | {cash_hold_id(wager.id): wager.max_total - wager.shortfall}
