"""Conversions with all their rates."""

from customer_stack.fx.domain.conversion import Conversion
from shared.database import Transaction


async def insert_conversion(tx: Transaction, conversion: Conversion) -> None:
    """Keep a conversion with its rates, residue and margin."""
    quote, margin = conversion.quote, conversion.margin
    await tx.execute(
        "INSERT INTO fx_conversion (id, tenant_id, department_id, customer_id, quote_id, movement_id, "
        "amount, fee, usd, cost, profit, mid_e8, buy_e8, sell_e8, cost_rate_e8, agreed_e8, residue_e14, "
        "spread_e6, holding_e6, rounding_e6, converted_at, direction, settlement_e8, settlement_movement_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, "
        "$21, $22, $23, $24)",
        conversion.id,
        quote.tenant_id,
        quote.department_id,
        quote.customer_id,
        quote.id,
        conversion.movement_id,
        quote.amount,
        quote.fee,
        quote.usd,
        conversion.cost,
        conversion.profit,
        quote.mid_e8,
        quote.buy_e8,
        quote.sell_e8,
        conversion.cost_rate_e8,
        quote.agreed_e8,
        conversion.residue_e14,
        margin.spread_e6,
        margin.holding_e6,
        margin.rounding_e6,
        conversion.converted_at,
        quote.direction,
        conversion.deal.rate_e8 if conversion.deal else None,
        conversion.deal.movement_id if conversion.deal else None,
    )
