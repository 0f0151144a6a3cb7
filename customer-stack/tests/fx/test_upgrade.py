"""A database of the version before: what stands keeps its meaning, and gets what it can be given."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from customer_stack.fx.domain.stock import BankDeal, Stock, StockAccount
from customer_stack.fx.store.stock import load_stock
from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.settings import MIGRATIONS_FOLDER
from shared.database import Transaction
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import USD, Movement, Posting, Transfer
from shared.migrations import upgrade

BEFORE = "2026_11_21_14_ledger"
IDS = SystemIds()
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW.replace(minute=5)


@pytest.fixture
async def old_database(postgres_server):
    """Give the name of a database that knows everything before the version of this module."""
    name = "test_fx_upgrade"
    admin = await asyncpg.connect(postgres_server.dsn("superuser", "postgres"))
    await admin.execute(f'CREATE DATABASE "{name}" OWNER bulkhead_owner')
    await asyncio.to_thread(upgrade, postgres_server.dsn("owner", name), MIGRATIONS_FOLDER, BEFORE)
    yield name
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


async def post_stock(tx, tenant, department, kind, posting):
    transfer = Transfer(IDS.new(), IDS.new(), tenant, department, kind, NOW, (posting,))
    await ledger.post(tx, Movement(transfers=(transfer,)))
    return transfer.movement_id


async def fill(tx, tenant, department):
    """Write what the version before wrote: terms, a used quote, its conversion, a stock of two entries."""
    customer, quote = IDS.new(), IDS.new()
    await ledger.open_books(tx, [(department, tenant, "department")])
    bought = Posting(USD, Account.NOSTRO, Account.STOCK, 200_000000, Action.STOCK_IN, cost=59_700_00)
    deal = await post_stock(tx, tenant, department, TransferKind.STOCK_PURCHASE, bought)
    sold = Posting(
        USD, Account.STOCK, Account.DESK, 98_514851, Action.STOCK_OUT, cost=-29_406_68, profit=443_32
    )
    await post_stock(tx, tenant, department, TransferKind.FX_CONVERSION, sold)
    await tx.execute(
        "INSERT INTO fx_terms (tenant_id, department_id, version, sell_spread_basis, buy_spread_basis, "
        "fee_basis, fee_fixed, minimum_amount, maximum_amount, quote_lifetime_seconds, "
        "mid_lifetime_seconds, stock_share_basis) VALUES ($1, $2, 1, 100, 100, 50, 0, 1, 2, 300, 60, 5000)",
        tenant,
        department,
    )
    await tx.execute(
        "INSERT INTO fx_quote (tenant_id, department_id, customer_id, id, purpose, pay_reference, amount, "
        "fee, usd, mid_e8, buy_e8, sell_e8, agreed_e8, mid_source, mid_as_of, terms_version, created_at, "
        "expires_at, hold_id) VALUES ($1, $2, $3, $4, 'deposit', 'BH0000000000000', 3000000, 15000, "
        "98514851, 30000000000, 29700000000, 30300000000, 30300000000, 'sandbox', $5, 1, $5, $6, $4)",
        tenant,
        department,
        customer,
        quote,
        NOW,
        LATER,
    )
    await tx.execute("INSERT INTO fx_quote_close VALUES ($1, $2, 'used', $3)", tenant, quote, NOW)
    await tx.execute(
        "INSERT INTO fx_conversion (tenant_id, department_id, customer_id, id, quote_id, movement_id, "
        "amount, fee, usd, cost, profit, mid_e8, buy_e8, sell_e8, cost_rate_e8, agreed_e8, residue_e14, "
        "spread_e6, holding_e6, rounding_e6, converted_at) VALUES ($1, $2, $3, $4, $4, $4, 3000000, 15000, "
        "98514851, 2940668, 44332, 30000000000, 29700000000, 30300000000, 29850000000, 30300000000, "
        "14700000000, 295544553, 147772277, 3170, $5)",
        tenant,
        department,
        customer,
        quote,
        NOW,
    )
    for version, quantity, cost in ((1, 200_000000, 59_700_00), (2, 101_485149, 30_293_32)):
        await tx.execute(
            "INSERT INTO fx_stock_cost VALUES ($1, $2, $3, $4, $5)",
            tenant,
            department,
            version,
            quantity,
            cost,
        )
    return deal


async def test_what_stands_gets_direction_profit_and_settlement(postgres_server, old_database):
    tenant, department = IDS.new(), IDS.new()
    connection = await asyncpg.connect(postgres_server.dsn("app", old_database))
    async with connection.transaction():
        await connection.execute("SELECT set_config('app.tenants', $1, true)", f"{{{tenant}}}")
        deal = await fill(Transaction(connection, frozenset({tenant})), tenant, department)
    await connection.close()
    await asyncio.to_thread(upgrade, postgres_server.dsn("owner", old_database), MIGRATIONS_FOLDER)
    connection = await asyncpg.connect(postgres_server.dsn("app", old_database))
    await connection.execute("SELECT set_config('app.tenants', $1, false)", f"{{{tenant}}}")
    account = await load_stock(Transaction(connection, frozenset({tenant})), department)
    assert account == StockAccount(Stock(101_485149, 30_293_32), 2, 443_32, BankDeal(298_50000000, deal))
    row = await connection.fetchrow(
        "SELECT q.direction AS quoted, c.direction AS made, c.settlement_e8, t.till_share_basis "
        "FROM fx_conversion c JOIN fx_quote q ON q.id = c.quote_id "
        "JOIN fx_terms t ON t.department_id = q.department_id"
    )
    assert tuple(row) == ("sell", "sell", None, 5000)
    with pytest.raises(asyncpg.PostgresError):
        await connection.execute("UPDATE fx_stock_cost SET profit_to_date = 0")
    await connection.close()
