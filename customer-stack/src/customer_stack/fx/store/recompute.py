"""What FX keeps beside the facts, read from the facts and as it stands, per tenant."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from customer_stack.fx.domain.conversion import Unlike
from shared.database import Transaction
from shared.ledger.domain import USD

StockLine = tuple[UUID, int]
"""Department and version of the stock's entry."""

_STOCK = """
SELECT book_id, version, k.quantity, k.cost, e.quantity AS quantity_facts, e.cost AS cost_facts
FROM (SELECT book_id, version, quantity, cost FROM fx_stock_cost WHERE tenant_id = $1) k
FULL JOIN (SELECT book_id, version, balance_after AS quantity,
                  sum(coalesce(cost, 0)) OVER (PARTITION BY book_id ORDER BY version)::bigint AS cost
           FROM ledger_entry WHERE tenant_id = $1 AND asset_id = $2 AND account = 'stock') e
USING (book_id, version)
WHERE (k.quantity, k.cost) IS DISTINCT FROM (e.quantity, e.cost) ORDER BY 1, 2 LIMIT $3
"""
_OPEN_QUOTES = "fx_quote q WHERE q.tenant_id = $1 AND NOT EXISTS \
(SELECT FROM fx_quote_close c WHERE c.quote_id = q.id)"


async def compare_stock(
    tx: Transaction, tenant_id: UUID, limit: int
) -> dict[StockLine, tuple[tuple[int, int] | None, tuple[int, int] | None]]:
    """Return the lines whose (quantity, cost) differs from the entries': what stands, what should be."""
    rows = await tx.fetch(_STOCK, tenant_id, USD, limit)
    return {
        (row["book_id"], row["version"]): (
            None if row["quantity"] is None else (row["quantity"], row["cost"]),
            None if row["quantity_facts"] is None else (row["quantity_facts"], row["cost_facts"]),
        )
        for row in rows
    }


async def count_stock(tx: Transaction, tenant_id: UUID) -> int:
    """Return how many lines the costs of a tenant's stocks have."""
    return int(await tx.fetch_value("SELECT count(*) FROM fx_stock_cost WHERE tenant_id = $1", tenant_id))


async def count_conversions(tx: Transaction, tenant_id: UUID) -> int:
    """Return how many conversions a tenant's customers made."""
    return int(await tx.fetch_value("SELECT count(*) FROM fx_conversion WHERE tenant_id = $1", tenant_id))


async def find_unlike_conversions(tx: Transaction, tenant_id: UUID, limit: int) -> list[Unlike]:
    """Return conversions that are not what their quote locked, or not what the ledger moved."""
    rows = await tx.fetch(
        "SELECT c.id, c.customer_id, c.agreed_e8, q.agreed_e8 AS locked_e8, c.usd, q.usd AS quoted_usd, "
        "coalesce(abs(b.amount), 0)::bigint AS booked, c.amount - c.fee AS lkr, "
        "q.amount - q.fee AS quoted_lkr, coalesce(c.converted_at > q.expires_at, false) AS is_late "
        "FROM fx_conversion c LEFT JOIN fx_quote q ON q.id = c.quote_id LEFT JOIN ("
        "  SELECT t.movement_id, t.book_id, sum(l.amount) AS amount FROM ledger_transfer t "
        "  JOIN ledger_leg l ON l.book_id = t.book_id AND l.transfer_id = t.id "
        "  WHERE t.tenant_id = $1 AND t.kind = 'fx_conversion' AND l.asset_id = $2 AND l.account = 'wallet' "
        "  GROUP BY 1, 2) b ON b.movement_id = c.movement_id AND b.book_id = c.customer_id "
        "WHERE c.tenant_id = $1 AND ((c.agreed_e8, c.usd, c.amount - c.fee, abs(coalesce(b.amount, 0))) "
        "  IS DISTINCT FROM (q.agreed_e8, q.usd, q.amount - q.fee, c.usd) OR c.converted_at > q.expires_at) "
        "ORDER BY c.id LIMIT $3",
        tenant_id,
        USD,
        limit,
    )
    return [Unlike(**dict(row)) for row in rows]


async def books_of(tx: Transaction, quote_ids: Iterable[UUID]) -> list[UUID]:
    """Return the books under whose locks quotes change: departments' and customers'."""
    rows = await tx.fetch(
        "SELECT department_id AS book FROM fx_quote WHERE id = ANY ($1::uuid[]) "
        "UNION SELECT customer_id FROM fx_quote WHERE id = ANY ($1::uuid[])",
        list(quote_ids),
    )
    return [row["book"] for row in rows]


async def load_live_quotes(tx: Transaction, tenant_id: UUID) -> dict[UUID, int]:
    """Return the quotes that are marked as live, each with 1."""
    rows = await tx.fetch("SELECT quote_id FROM fx_quote_live WHERE tenant_id = $1", tenant_id)
    return {row["quote_id"]: 1 for row in rows}


async def recompute_live_quotes(tx: Transaction, tenant_id: UUID) -> dict[UUID, int]:
    """Return the quotes without an end, each with 1."""
    rows = await tx.fetch(f"SELECT q.id FROM {_OPEN_QUOTES}", tenant_id)
    return {row["id"]: 1 for row in rows}


async def rewrite_live_quotes(tx: Transaction, tenant_id: UUID, live: Mapping[UUID, int | None]) -> None:
    """Mark quotes as live (1) or not (None)."""
    await tx.execute(
        "DELETE FROM fx_quote_live WHERE tenant_id = $1 AND quote_id = ANY ($2::uuid[])",
        tenant_id,
        _with(live, None),
    )
    await tx.execute(
        "INSERT INTO fx_quote_live (tenant_id, customer_id, purpose, department_id, quote_id, expires_at) "
        "SELECT tenant_id, customer_id, purpose, department_id, id, expires_at FROM fx_quote "
        "WHERE tenant_id = $1 AND id = ANY ($2::uuid[])",
        tenant_id,
        _with(live, 1),
    )


def _with(live: Mapping[UUID, int | None], wanted: int | None) -> Iterable[UUID]:
    return [quote_id for quote_id, is_live in live.items() if is_live == wanted]


async def load_quote_holds(tx: Transaction, tenant_id: UUID) -> dict[UUID, int]:
    """Return what the open holds of quotes hold, by hold."""
    rows = await tx.fetch(
        "SELECT o.hold_id, o.remaining FROM ledger_hold_open o "
        "JOIN fx_quote q ON q.hold_id = o.hold_id AND q.department_id = o.book_id WHERE o.tenant_id = $1",
        tenant_id,
    )
    return {row["hold_id"]: row["remaining"] for row in rows}


async def recompute_quote_holds(tx: Transaction, tenant_id: UUID) -> dict[UUID, int]:
    """Return what the quotes without an end have to hold: USD of the stock, or LKR of the till."""
    rows = await tx.fetch(
        "SELECT q.hold_id, CASE WHEN q.purpose::text = 'withdrawal' THEN q.amount ELSE q.usd END AS amount "
        f"FROM {_OPEN_QUOTES}",
        tenant_id,
    )
    return {row["hold_id"]: row["amount"] for row in rows}
