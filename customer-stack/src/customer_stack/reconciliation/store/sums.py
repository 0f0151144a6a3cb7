"""What identities are decided by, read from the ledger, which belongs to all modules."""

from collections.abc import Sequence
from uuid import UUID

from customer_stack.ledger.domain import Account, TransferKind
from customer_stack.reconciliation.domain.identities import Ended, Settlement, Stated
from shared.database import Transaction
from shared.ledger.domain import LKR, USD


async def sum_accounts(tx: Transaction, tenant_id: UUID) -> dict[tuple[Account, int], int]:
    """Return (account, asset) -> balance over all books of a tenant, for LKR and USD."""
    rows = await tx.fetch(
        "SELECT account, asset_id, sum(amount)::bigint AS total FROM ledger_leg "
        "WHERE tenant_id = $1 AND asset_id = ANY($2::integer[]) GROUP BY 1, 2",
        tenant_id,
        [LKR, USD],
    )
    return {(Account(row["account"]), row["asset_id"]): row["total"] for row in rows}


_STATED = """
WITH stated AS (
    SELECT s.department_id, sum(l.amount)::bigint AS moved, min(s.first_day) AS first_day,
        max(s.last_day) AS last_day
    FROM reconciliation_statement s JOIN reconciliation_statement_line l ON l.statement_id = s.id
    WHERE s.tenant_id = $1 AND s.source = ANY($2::text[])
        AND NOT EXISTS (SELECT FROM reconciliation_statement r WHERE r.replaces = s.id) GROUP BY 1
)
SELECT s.department_id, s.moved, coalesce(-sum(l.amount), 0)::bigint AS booked FROM stated s
LEFT JOIN (
    SELECT l.book_id, l.amount, (t.recorded_at AT TIME ZONE 'Asia/Colombo')::date - date '1970-01-01' AS day
    FROM ledger_leg l JOIN ledger_transfer t ON t.book_id = l.book_id AND t.id = l.transfer_id
    WHERE l.tenant_id = $1 AND l.asset_id = $3 AND l.account = $4
) l ON l.book_id = s.department_id AND l.day BETWEEN s.first_day AND s.last_day
GROUP BY 1, 2 ORDER BY 1
"""


async def load_stated(tx: Transaction, tenant_id: UUID, sources: Sequence[str]) -> list[Stated]:
    """Return how far banks say our USD accounts moved, and how far by our books over the same days."""
    rows = await tx.fetch(_STATED, tenant_id, list(sources), USD, Account.NOSTRO)
    return [Stated(row["department_id"], row["moved"], row["booked"]) for row in rows]


async def load_newest_settlements(tx: Transaction, tenant_id: UUID, limit: int) -> list[Settlement]:
    """Return what released settlements moved on `settled`, less what was reopened of them, newest first.

    A settlement is one movement: what was reopened whole was never sent, so it is none of them.
    """
    rows = await tx.fetch(
        "SELECT sum(l.amount)::bigint AS amount, min(t.recorded_at) AS left_at FROM ledger_leg l "
        "JOIN ledger_transfer t ON t.book_id = l.book_id AND t.id = l.transfer_id "
        "WHERE l.tenant_id = $1 AND l.asset_id = $2 AND l.account = $3 GROUP BY t.movement_id "
        "HAVING bool_or(t.kind = $4) AND sum(l.amount) <> 0 ORDER BY min(l.number) DESC LIMIT $5",
        tenant_id,
        USD,
        Account.SETTLED,
        TransferKind.SETTLEMENT_RELEASE,
        limit,
    )
    return [Settlement(row["amount"], row["left_at"]) for row in rows]


_ENDED = """
WITH ended AS (
    SELECT DISTINCT a.market_id FROM ledger_transfer t
    JOIN ledger_posting p ON p.book_id = t.book_id AND p.transfer_id = t.id
    JOIN ledger_asset a ON a.id = p.asset_id
    WHERE t.tenant_id = $1 AND t.kind = ANY($2::ledger_transfer_kind[]) AND a.market_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM ledger_transfer r WHERE r.book_id = t.book_id AND r.reverses = t.id)
)
"""


async def count_ended(tx: Transaction, tenant_id: UUID) -> int:
    """Return of how many markets outcomes were paid, and stand."""
    sql = f"{_ENDED} SELECT count(*) FROM ended"
    return int(await tx.fetch_value(sql, tenant_id, list(_OUTCOMES)))


async def load_left_of_ended(tx: Transaction, tenant_id: UUID, limit: int) -> list[Ended]:
    """Return contracts that somebody still holds of such markets, by market and side."""
    rows = await tx.fetch(
        f"{_ENDED} SELECT a.market_id, a.side, sum(b.posted)::bigint AS left FROM ledger_balance b "
        "JOIN ledger_asset a ON a.id = b.asset_id JOIN ended e ON e.market_id = a.market_id "
        "WHERE b.tenant_id = $1 AND b.account = $3 AND b.posted <> 0 GROUP BY 1, 2 ORDER BY 1, 2 LIMIT $4",
        tenant_id,
        list(_OUTCOMES),
        Account.POSITION,
        limit,
    )
    return [Ended(row["market_id"], row["side"], row["left"]) for row in rows]


_OUTCOMES = (TransferKind.RESOLUTION_PAYOUT, TransferKind.RESOLUTION_LOSS)
