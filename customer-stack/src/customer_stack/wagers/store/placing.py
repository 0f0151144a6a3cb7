"""Writing what the gate decided: one statement for a whole batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from customer_stack.wagers.domain import records
from customer_stack.wagers.domain.gate import Decision, Facts
from shared.database import Transaction

_WRITE: Final = """
WITH decided AS (
    INSERT INTO wager_decision
        (tenant_id, wager_id, customer_id, decided_at, record, gate_version, fee_version, reason)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::json[],
                         $6::smallint[], $7::smallint[], $8::wager_gate_reason[])
)
INSERT INTO wager_order (tenant_id, id, customer_id, market_id, side, action, quantity, limit_price,
                         max_total, placed_at, changed_at, state)
SELECT *, 'pending'::wager_state
FROM unnest($9::uuid[], $10::uuid[], $11::uuid[], $12::uuid[], $13::ledger_contract_side[],
            $14::wager_action[], $15::bigint[], $16::integer[], $17::bigint[], $18::timestamptz[],
            $18::timestamptz[])
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """One command with the gate's answer."""

    facts: Facts
    decision: Decision


async def insert_decided(tx: Transaction, decided: Sequence[Decided]) -> None:
    """Write every decision, and a pending wager for each that was allowed."""
    commands = [each.facts.command for each in decided]
    allowed = [(each.facts.command, each.decision) for each in decided if each.decision.is_allowed]
    await tx.execute(
        _WRITE,
        [command.tenant_id for command in commands],
        [command.wager_id for command in commands],
        [command.customer_id for command in commands],
        [command.at for command in commands],
        [records.write(each.facts, each.decision).decode() for each in decided],
        [each.decision.gate_version for each in decided],
        [each.decision.fee_version for each in decided],
        [each.decision.reasons[0] if each.decision.reasons else None for each in decided],
        [command.tenant_id for command, _ in allowed],
        [command.wager_id for command, _ in allowed],
        [command.customer_id for command, _ in allowed],
        [command.market_id for command, _ in allowed],
        [command.side for command, _ in allowed],
        [command.action for command, _ in allowed],
        [command.quantity for command, _ in allowed],
        [command.limit_price for command, _ in allowed],
        [decision.max_total for _, decision in allowed],
        [command.at for command, _ in allowed],
    )
