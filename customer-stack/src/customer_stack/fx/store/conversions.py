"""Conversions with all their rates."""

from uuid import UUID

import asyncpg

from customer_stack.fx.domain.conversion import Conversion, ConversionRecord, Margin
from customer_stack.fx.domain.quotes import Direction
from shared.database import Transaction

_FIELDS = (
    "id, tenant_id, department_id, customer_id, quote_id, movement_id, amount, fee, usd, cost, profit, "
    "mid_e8, buy_e8, sell_e8, cost_rate_e8, agreed_e8, residue_e14, converted_at, direction, settlement_e8, "
    "settlement_movement_id, spread_e6, holding_e6, rounding_e6"
)
_CONVERSIONS = (
    f"SELECT c.{_FIELDS.replace(', ', ', c.')}, q.mid_source, q.mid_as_of, q.terms_version "
    "FROM fx_conversion c JOIN fx_quote q ON q.id = c.quote_id"
)


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


async def load_conversion(tx: Transaction, conversion_id: UUID) -> ConversionRecord | None:
    """Return a conversion."""
    row = await tx.fetch_row(f"{_CONVERSIONS} WHERE c.id = $1", conversion_id)
    return None if row is None else _read_conversion(row)


async def load_conversions(
    tx: Transaction,
    tenant_id: UUID,
    department_id: UUID | None,
    customer_id: UUID | None,
    before: UUID | None,
    limit: int,
) -> tuple[ConversionRecord, ...]:
    """Return conversions of a tenant, of one department or customer where given, newest first."""
    rows = await tx.fetch(
        f"{_CONVERSIONS} WHERE c.tenant_id = $1 AND ($2::uuid IS NULL OR c.department_id = $2) "
        "AND ($3::uuid IS NULL OR c.customer_id = $3) AND ($4::uuid IS NULL OR c.id < $4) "
        "ORDER BY c.id DESC LIMIT $5",
        tenant_id,
        department_id,
        customer_id,
        before,
        limit,
    )
    return tuple(_read_conversion(row) for row in rows)


def _read_conversion(row: asyncpg.Record) -> ConversionRecord:
    values = dict(row)
    margin = Margin(values.pop("spread_e6"), values.pop("holding_e6"), values.pop("rounding_e6"))
    return ConversionRecord(**{**values, "direction": Direction(values["direction"]), "margin": margin})
