"""The stock and its cost, and the ledger entries that it follows."""

from uuid import UUID

from customer_stack.fx.domain.stock import BankDeal, Stock, StockAccount, StockFlow
from customer_stack.ledger.domain import Account, TransferKind
from shared.database import Transaction
from shared.ledger.domain import USD


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
        "SELECT e.version, t.kind, t.movement_id, e.amount AS quantity, e.cost, e.profit, t.effective_at, "
        "(SELECT o.movement_id FROM ledger_transfer o WHERE o.book_id = t.book_id AND o.id = t.corrects) "
        "AS corrects "
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
