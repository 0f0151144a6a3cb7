"""Every query of resolved markets."""

from collections.abc import Sequence
from uuid import UUID

from execution_stack.resolution.domain import Plan, Resolved
from shared.database import Transaction


async def insert(tx: Transaction, plan: Plan) -> None:
    """Write that a market was paid. A second time is a unique violation."""
    outcome = plan.outcome
    await tx.execute(
        "INSERT INTO resolution_market (market_id, yes_value, yes_gross, no_gross, payouts, fees, "
        "exchange_cash, pair_cash, resolved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        outcome.market_id,
        outcome.yes_value,
        plan.gross.yes,
        plan.gross.no,
        plan.total_payout,
        sum(each.fee.amount for each in plan.fees),
        outcome.exchange_cash,
        plan.pair_cash,
        outcome.at,
    )


async def filter_resolved(tx: Transaction, market_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the markets that were paid."""
    rows = await tx.fetch(
        "SELECT market_id FROM resolution_market WHERE market_id = ANY($1::uuid[])", market_ids
    )
    return {row["market_id"] for row in rows}


async def list_resolved(tx: Transaction) -> list[Resolved]:
    """Return all paid markets."""
    rows = await tx.fetch(
        "SELECT market_id, yes_value, payouts, fees, exchange_cash, pair_cash FROM resolution_market "
        "ORDER BY market_id"
    )
    return [Resolved(*row) for row in rows]
