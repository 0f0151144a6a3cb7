"""Every query of FX, on the transaction it is given."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from customer_stack.fx.domain.conversion import Conversion
from customer_stack.fx.domain.quotes import Quote, QuoteOutcome, QuotePurpose
from customer_stack.fx.domain.rates import Mid, PostedRate, Rates, Terms
from customer_stack.fx.domain.stock import BankDeal, Stock, StockAccount, StockFlow
from customer_stack.ledger.domain import Account, TransferKind
from shared.database import Transaction
from shared.ledger.domain import USD

_QUOTE = (
    "q.id, q.tenant_id, q.department_id, q.customer_id, q.purpose, q.pay_reference, q.amount, q.fee, q.usd, "
    "q.mid_e8, q.buy_e8, q.sell_e8, q.agreed_e8, q.mid_source, q.mid_as_of, q.terms_version, q.created_at, "
    "q.expires_at, q.hold_id, q.mid_id, q.posted_rate_id"
)
_QUOTES = f"SELECT {_QUOTE}, c.outcome FROM fx_quote q LEFT JOIN fx_quote_close c ON c.quote_id = q.id"


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


async def insert_quote(tx: Transaction, quote: Quote) -> None:
    """Keep a quote and mark it as the live one of its customer and purpose."""
    await tx.execute(
        "INSERT INTO fx_quote (id, tenant_id, department_id, customer_id, purpose, pay_reference, amount, "
        "fee, usd, mid_e8, buy_e8, sell_e8, agreed_e8, mid_source, mid_as_of, terms_version, created_at, "
        "expires_at, hold_id, direction, mid_id, posted_rate_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, "
        "$21, $22)",
        quote.id,
        quote.tenant_id,
        quote.department_id,
        quote.customer_id,
        quote.purpose,
        quote.pay_reference,
        quote.amount,
        quote.fee,
        quote.usd,
        quote.mid_e8,
        quote.buy_e8,
        quote.sell_e8,
        quote.agreed_e8,
        quote.mid_source,
        quote.mid_as_of,
        quote.terms_version,
        quote.created_at,
        quote.expires_at,
        quote.hold_id,
        quote.direction,
        quote.mid_id,
        quote.posted_rate_id,
    )
    await tx.execute(
        "INSERT INTO fx_quote_live (tenant_id, customer_id, purpose, department_id, quote_id, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        quote.tenant_id,
        quote.customer_id,
        quote.purpose,
        quote.department_id,
        quote.id,
        quote.expires_at,
    )


async def load_quote(tx: Transaction, quote_id: UUID) -> tuple[Quote, QuoteOutcome | None] | None:
    """Return a quote and how it ended."""
    row = await tx.fetch_row(f"{_QUOTES} WHERE q.id = $1", quote_id)
    return None if row is None else (_read_quote(row), _read_outcome(row))


async def load_quote_by_reference(
    tx: Transaction, pay_reference: str
) -> tuple[Quote, QuoteOutcome | None] | None:
    """Return the quote with this pay reference and how it ended."""
    row = await tx.fetch_row(f"{_QUOTES} WHERE q.pay_reference = $1", pay_reference)
    return None if row is None else (_read_quote(row), _read_outcome(row))


async def load_live_quote(tx: Transaction, customer_id: UUID, purpose: QuotePurpose) -> Quote | None:
    """Return the quote of a customer and purpose that is not closed, expired or not."""
    row = await tx.fetch_row(
        f"SELECT {_QUOTE} FROM fx_quote_live l JOIN fx_quote q ON q.id = l.quote_id "
        "WHERE l.customer_id = $1 AND l.purpose = $2",
        customer_id,
        purpose,
    )
    return None if row is None else _read_quote(row)


async def load_overdue_quotes(
    tx: Transaction, department_id: UUID, now: datetime, limit: int
) -> tuple[Quote, ...]:
    """Return quotes of a department that are over and not yet closed, oldest first."""
    rows = await tx.fetch(
        f"SELECT {_QUOTE} FROM fx_quote_live l JOIN fx_quote q ON q.id = l.quote_id "
        "WHERE l.department_id = $1 AND l.expires_at <= $2 ORDER BY l.expires_at LIMIT $3",
        department_id,
        now,
        limit,
    )
    return tuple(_read_quote(row) for row in rows)


async def list_overdue_departments(tx: Transaction, now: datetime) -> list[tuple[UUID, UUID]]:
    """Return (tenant, department) of every quote that is over and not yet closed."""
    rows = await tx.fetch(
        "SELECT DISTINCT tenant_id, department_id FROM fx_quote_live WHERE expires_at <= $1 ORDER BY 1, 2",
        now,
    )
    return [(row["tenant_id"], row["department_id"]) for row in rows]


async def close_quotes(
    tx: Transaction, quotes: Sequence[Quote], outcome: QuoteOutcome, now: datetime
) -> None:
    """End quotes. A second end of one quote is a unique violation."""
    quote_ids = [quote.id for quote in quotes]
    await tx.execute(
        "INSERT INTO fx_quote_close (tenant_id, quote_id, outcome, closed_at) "
        "SELECT t, q, $3, $4 FROM unnest($1::uuid[], $2::uuid[]) AS u (t, q)",
        [quote.tenant_id for quote in quotes],
        quote_ids,
        outcome,
        now,
    )
    await tx.execute("DELETE FROM fx_quote_live WHERE quote_id = ANY($1::uuid[])", quote_ids)


async def load_stock(tx: Transaction, book_id: UUID) -> StockAccount:
    """Return the stock of a department as it is after its newest entry."""
    row = await tx.fetch_row(
        "SELECT quantity, cost, version, profit_to_date, settlement_e8, settlement_movement_id "
        "FROM fx_stock_cost WHERE book_id = $1 ORDER BY version DESC LIMIT 1",
        book_id,
    )
    if row is None:
        return StockAccount()
    known = row["settlement_e8"] is not None
    return StockAccount(
        Stock(row["quantity"], row["cost"]),
        row["version"],
        row["profit_to_date"],
        BankDeal(row["settlement_e8"], row["settlement_movement_id"]) if known else None,
    )


async def insert_stock(tx: Transaction, tenant_id: UUID, book_id: UUID, account: StockAccount) -> None:
    """Keep the stock as it is after the ledger entry with the account's version."""
    await tx.execute(
        "INSERT INTO fx_stock_cost (tenant_id, book_id, version, quantity, cost, profit_to_date, "
        "settlement_e8, settlement_movement_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant_id,
        book_id,
        account.version,
        account.stock.quantity,
        account.stock.cost,
        account.profit_to_date,
        account.deal.rate_e8 if account.deal else None,
        account.deal.movement_id if account.deal else None,
    )


async def load_stock_flows(
    tx: Transaction, book_id: UUID, before_version: int, limit: int
) -> tuple[StockFlow, ...]:
    """Return ledger entries of a department's stock below a version, newest first."""
    rows = await tx.fetch(
        "SELECT e.version, t.kind, t.movement_id, e.amount AS quantity, e.cost, e.profit, t.effective_at "
        "FROM ledger_entry e JOIN ledger_transfer t ON t.book_id = e.book_id AND t.id = e.transfer_id "
        "WHERE e.book_id = $1 AND e.asset_id = $2 AND e.account = $3 AND e.version < $4 "
        "ORDER BY e.version DESC LIMIT $5",
        book_id,
        USD,
        Account.STOCK,
        before_version,
        limit,
    )
    return tuple(StockFlow(**{**row, "kind": TransferKind(row["kind"])}) for row in rows)


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


def _read_outcome(row: asyncpg.Record) -> QuoteOutcome | None:
    return None if row["outcome"] is None else QuoteOutcome(row["outcome"])


def _read_quote(row: asyncpg.Record) -> Quote:
    values = {name: value for name, value in row.items() if name != "outcome"}
    return Quote(**{**values, "purpose": QuotePurpose(values["purpose"])})
