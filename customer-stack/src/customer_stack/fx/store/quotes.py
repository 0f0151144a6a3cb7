"""Quotes and how they ended."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from customer_stack.fx.domain.quotes import Quote, QuoteOutcome, QuotePurpose
from shared.database import Transaction
from shared.errors import invariant

_QUOTE = (
    "q.id, q.tenant_id, q.department_id, q.customer_id, q.purpose, q.pay_reference, q.amount, q.fee, q.usd, "
    "q.mid_e8, q.buy_e8, q.sell_e8, q.agreed_e8, q.mid_source, q.mid_as_of, q.terms_version, q.created_at, "
    "q.expires_at, q.hold_id, q.mid_id, q.posted_rate_id"
)
_QUOTES = f"SELECT {_QUOTE}, c.outcome FROM fx_quote q LEFT JOIN fx_quote_close c ON c.quote_id = q.id"


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


async def load_live_quotes(
    tx: Transaction, customer_ids: Sequence[UUID], purpose: QuotePurpose
) -> tuple[Quote, ...]:
    """Return the quotes of customers for one purpose that are not closed, expired or not."""
    rows = await tx.fetch(
        f"SELECT {_QUOTE} FROM fx_quote_live l JOIN fx_quote q ON q.id = l.quote_id "
        "WHERE l.customer_id = ANY($1::uuid[]) AND l.purpose = $2 ORDER BY q.id",
        list(customer_ids),
        purpose,
    )
    return tuple(_read_quote(row) for row in rows)


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


async def sum_live_quotes(tx: Transaction, department_id: UUID) -> tuple[int, int]:
    """Return the micro-dollars that live quotes of a department would take from stock, and bring into it."""
    row = await tx.fetch_row(
        "SELECT coalesce(sum(q.usd) FILTER (WHERE q.direction = 'sell'), 0)::bigint AS outflow, "
        "coalesce(sum(q.usd) FILTER (WHERE q.direction = 'buy'), 0)::bigint AS inflow "
        "FROM fx_quote_live l JOIN fx_quote q ON q.id = l.quote_id WHERE l.department_id = $1",
        department_id,
    )
    invariant(row is not None, "a sum is one row")
    return (row["outflow"], row["inflow"]) if row else (0, 0)


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


def _read_outcome(row: asyncpg.Record) -> QuoteOutcome | None:
    return None if row["outcome"] is None else QuoteOutcome(row["outcome"])


def _read_quote(row: asyncpg.Record) -> Quote:
    values = {name: value for name, value in row.items() if name != "outcome"}
    return Quote(**{**values, "purpose": QuotePurpose(values["purpose"])})
