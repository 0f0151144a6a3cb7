"""Writing the wagers of a batch: one statement."""

from collections.abc import Sequence
from typing import Final

from customer_stack.wagers.domain.gate import Command
from customer_stack.wagers.domain.states import State
from shared.database import Transaction

_WRITE: Final = """
INSERT INTO wager_order (tenant_id, id, customer_id, market_id, side, action, quantity, limit_price,
                         max_total, placed_at, changed_at, state)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::ledger_contract_side[],
                     $6::wager_action[], $7::bigint[], $8::integer[], $9::bigint[], $10::timestamptz[],
                     $10::timestamptz[], $11::wager_state[])
"""


async def insert_wagers(tx: Transaction, wagers: Sequence[tuple[Command, int, State]]) -> None:
    """Write wagers: command, what it reserves at most, and whether it is pending or held."""
    if not wagers:
        return
    commands = [command for command, _, _ in wagers]
    await tx.execute(
        _WRITE,
        [command.tenant_id for command in commands],
        [command.wager_id for command in commands],
        [command.customer_id for command in commands],
        [command.market_id for command in commands],
        [command.side for command in commands],
        [command.action for command in commands],
        [command.quantity for command in commands],
        [command.limit_price for command in commands],
        [max_total for _, max_total, _ in wagers],
        [command.at for command in commands],
        [state for _, _, state in wagers],
    )
