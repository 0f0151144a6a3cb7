"""Terms of departments, readings of the market, posted rates, proposals."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

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


async def load_newest_mid(tx: Transaction, tenant_id: UUID, source: str) -> Mid | None:
    """Return a tenant's newest reading of a source: the latest word about the latest moment."""
    row = await tx.fetch_row(
        "SELECT rate_e8, source, as_of FROM fx_mid WHERE tenant_id = $1 AND source = $2 "
        "ORDER BY as_of DESC, received_at DESC LIMIT 1",
        tenant_id,
        source,
    )
    return None if row is None else Mid(**row)


async def load_newest_mids(
    tx: Transaction, tenants: Sequence[UUID], source: str
) -> dict[UUID, tuple[UUID, int]]:
    """Return (id, rate scaled 1e-8) of each tenant's newest reading of a source."""
    rows = await tx.fetch(
        "SELECT t.id AS tenant_id, m.id, m.rate_e8 FROM unnest($1::uuid[]) AS t (id) CROSS JOIN LATERAL ("
        "  SELECT r.id, r.rate_e8 FROM fx_mid r WHERE r.tenant_id = t.id AND r.source = $2 "
        "  ORDER BY r.as_of DESC, r.received_at DESC LIMIT 1) m",
        list(tenants),
        source,
    )
    return {row["tenant_id"]: (row["id"], row["rate_e8"]) for row in rows}


async def find_mid(tx: Transaction, tenant_id: UUID, mid: Mid) -> UUID | None:
    """Return the id of a reading that was kept, or None."""
    found: UUID | None = await tx.fetch_value(
        "SELECT id FROM fx_mid WHERE tenant_id = $1 AND source = $2 AND as_of = $3 AND rate_e8 = $4",
        tenant_id,
        mid.source,
        mid.as_of,
        mid.rate_e8,
    )
    return found


async def insert_mids(tx: Transaction, mids: Sequence[tuple[UUID, UUID]], mid: Mid, now: datetime) -> None:
    """Keep one reading for several tenants, given as (tenant, id); it is kept once for each."""
    await tx.execute(
        "INSERT INTO fx_mid (tenant_id, id, rate_e8, source, as_of, received_at) "
        "SELECT t, i, $3, $4, $5, $6 FROM unnest($1::uuid[], $2::uuid[]) AS u (t, i) "
        "ON CONFLICT ON CONSTRAINT fx_mid_once DO NOTHING",
        [tenant_id for tenant_id, _ in mids],
        [mid_id for _, mid_id in mids],
        mid.rate_e8,
        mid.source,
        mid.as_of,
        now,
    )


async def list_departments(tx: Transaction) -> list[tuple[UUID, UUID]]:
    """Return (tenant, department) of all departments that have terms."""
    rows = await tx.fetch("SELECT tenant_id, department_id FROM fx_terms WHERE version = 1 ORDER BY 1, 2")
    return [(row["tenant_id"], row["department_id"]) for row in rows]


async def load_posted_rates(
    tx: Transaction, department_id: UUID, before: UUID | None, limit: int
) -> tuple[PostedRate, ...]:
    """Return what a department posted, newest first."""
    rows = await tx.fetch(
        "SELECT * FROM fx_posted_rate WHERE department_id = $1 AND ($2::uuid IS NULL OR id < $2) "
        "ORDER BY id DESC LIMIT $3",
        department_id,
        before,
        limit,
    )
    return tuple(_read_posted_rate(row) for row in rows)


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


def _read_posted_rate(row: asyncpg.Record) -> PostedRate:
    return PostedRate(
        id=row["id"],
        tenant_id=row["tenant_id"],
        department_id=row["department_id"],
        mid_id=row["mid_id"],
        terms_version=row["terms_version"],
        rates=Rates(row["mid_e8"], row["buy_e8"], row["sell_e8"]),
        posted_at=row["posted_at"],
    )
