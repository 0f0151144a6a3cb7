"""Terms of departments, readings of the market, posted rates, proposals."""

from datetime import datetime, timedelta
from uuid import UUID

from customer_stack.fx.domain.rates import Mid, PostedRate, Rates, Terms
from shared.database import Transaction


async def load_terms(tx: Transaction, department_id: UUID) -> Terms | None:
    """Return the newest terms of a department."""
    row = await tx.fetch_row(
        "SELECT * FROM fx_terms WHERE department_id = $1 ORDER BY version DESC LIMIT 1", department_id
    )
    if row is None:
        return None
    return Terms(
        version=row["version"],
        sell_spread_basis=row["sell_spread_basis"],
        buy_spread_basis=row["buy_spread_basis"],
        fee_basis=row["fee_basis"],
        fee_fixed=row["fee_fixed"],
        minimum_amount=row["minimum_amount"],
        maximum_amount=row["maximum_amount"],
        quote_lifetime=timedelta(seconds=row["quote_lifetime_seconds"]),
        mid_lifetime=timedelta(seconds=row["mid_lifetime_seconds"]),
        stock_share_basis=row["stock_share_basis"],
        till_share_basis=row["till_share_basis"],
    )


async def insert_terms(tx: Transaction, tenant_id: UUID, department_id: UUID, terms: Terms) -> None:
    """Keep a new version of a department's terms."""
    await tx.execute(
        "INSERT INTO fx_terms (tenant_id, department_id, version, sell_spread_basis, buy_spread_basis, "
        "fee_basis, fee_fixed, minimum_amount, maximum_amount, quote_lifetime_seconds, mid_lifetime_seconds, "
        "stock_share_basis, till_share_basis) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        tenant_id,
        department_id,
        terms.version,
        terms.sell_spread_basis,
        terms.buy_spread_basis,
        terms.fee_basis,
        terms.fee_fixed,
        terms.minimum_amount,
        terms.maximum_amount,
        terms.quote_lifetime // timedelta(seconds=1),
        terms.mid_lifetime // timedelta(seconds=1),
        terms.stock_share_basis,
        terms.till_share_basis,
    )


async def keep_mid(tx: Transaction, tenant_id: UUID, mid_id: UUID, mid: Mid, now: datetime) -> UUID:
    """Keep a reading of the market, once, and return its id."""
    await tx.execute(
        "INSERT INTO fx_mid (tenant_id, id, rate_e8, source, as_of, received_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT ON CONSTRAINT fx_mid_once DO NOTHING",
        tenant_id,
        mid_id,
        mid.rate_e8,
        mid.source,
        mid.as_of,
        now,
    )
    kept: UUID = await tx.fetch_value(
        "SELECT id FROM fx_mid WHERE tenant_id = $1 AND source = $2 AND as_of = $3 AND rate_e8 = $4",
        tenant_id,
        mid.source,
        mid.as_of,
        mid.rate_e8,
    )
    return kept


async def load_posted_rate(tx: Transaction, department_id: UUID) -> PostedRate | None:
    """Return the rates that a department posted last."""
    row = await tx.fetch_row(
        "SELECT * FROM fx_posted_rate WHERE department_id = $1 ORDER BY id DESC LIMIT 1", department_id
    )
    if row is None:
        return None
    return PostedRate(
        id=row["id"],
        tenant_id=row["tenant_id"],
        department_id=row["department_id"],
        mid_id=row["mid_id"],
        terms_version=row["terms_version"],
        rates=Rates(row["mid_e8"], row["buy_e8"], row["sell_e8"]),
        posted_at=row["posted_at"],
    )


async def insert_posted_rate(tx: Transaction, posted: PostedRate) -> None:
    """Keep what a department buys and sells at from now on."""
    await tx.execute(
        "INSERT INTO fx_posted_rate (tenant_id, department_id, id, mid_id, terms_version, mid_e8, buy_e8, "
        "sell_e8, posted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        posted.tenant_id,
        posted.department_id,
        posted.id,
        posted.mid_id,
        posted.terms_version,
        posted.rates.mid_e8,
        posted.rates.buy_e8,
        posted.rates.sell_e8,
        posted.posted_at,
    )
