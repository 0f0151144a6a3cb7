"""The stock of USD and its cost, beside the ledger entries that move it."""

from uuid import UUID

from customer_stack.fx.domain.stock import Stock, StockAccount
from customer_stack.fx.store import stock as store
from customer_stack.ledger.domain import Account
from shared.database import Transaction
from shared.errors import invariant
from shared.ledger import store as ledger
from shared.ledger.domain import USD, Balance


async def load_stock(tx: Transaction, department_id: UUID) -> tuple[Stock, Balance]:
    """Return a department's stock with its cost, and its balance. The book must be locked."""
    account, balance = await load_stock_account(tx, department_id)
    return account.stock, balance


async def load_stock_account(tx: Transaction, department_id: UUID) -> tuple[StockAccount, Balance]:
    """Return a department's stock with its profit and newest bank deal, and its balance, under the lock."""
    key = (department_id, USD, Account.STOCK)
    balance = (await ledger.load_balances(tx, [key]))[key]
    account = await store.load_stock(tx, department_id)
    invariant(
        (account.stock.quantity, account.version) == (balance.posted, balance.version),
        "the cost of the stock follows its ledger entries, one by one",
    )
    return account, balance


async def record_stock(
    tx: Transaction, tenant_id: UUID, department_id: UUID, before: Balance, after: Stock
) -> None:
    """Keep the stock's quantity and cost after the one entry that was just posted.

    Whatever moved it, a conversion, a bank deal or a reversal, profit and settlement rate follow from the
    entry itself.
    """
    account = await store.load_stock(tx, department_id)
    invariant(account.version == before.version, "the stock that was read is the newest")
    (flow,) = await store.load_stock_flows(tx, department_id, before.version + 2, 1)
    follows = account.after(flow)
    invariant(follows.stock == after, "the stock after an entry is what its ledger entry says")
    await store.insert_stock(tx, tenant_id, department_id, follows)


async def follow_stock(tx: Transaction, tenant_id: UUID, department_id: UUID, entries: int) -> None:
    """Keep the stock's quantity and cost after each of the entries that a revision just posted."""
    account = await store.load_stock(tx, department_id)
    flows = await store.load_stock_flows(tx, department_id, account.version + 1 + entries, entries)
    for flow in reversed(flows):
        account = account.after(flow)
        await store.insert_stock(tx, tenant_id, department_id, account)


async def load_profit_to_date(tx: Transaction, department_id: UUID) -> int:
    """Return the profit of all USD that a department sold, LKR cents, negative for a loss."""
    return (await store.load_stock(tx, department_id)).profit_to_date
