"""Quotes and the cost of stock follow from their facts; the command says so with its exit code."""

import asyncio
import json
from datetime import timedelta

import asyncpg
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from customer_stack.cli import app
from customer_stack.fx.domain.quotes import QuotePurpose, QuoteRequest
from customer_stack.fx.domain.rates import Terms
from customer_stack.fx.domain.stock import Stock
from customer_stack.fx.service import load_stock, record_stock
from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.rebuild.domain import CheckName
from customer_stack.rebuild.errors import TenantUnknown
from customer_stack.rebuild.service import LedgerRebuild
from shared.idempotency import Claim, digest_of, key_of
from shared.ids import HOUSE_TENANT
from shared.ledger import store as ledger
from shared.ledger.domain import USD, Movement, Posting, Transfer
from shared.ledger.rebuild import open_database

TERMS = Terms(
    version=0,
    sell_spread_basis=100,
    buy_spread_basis=100,
    fee_basis=50,
    fee_fixed=0,
    minimum_amount=100_00,
    maximum_amount=5_000_000_00,
    quote_lifetime=timedelta(minutes=5),
    mid_lifetime=timedelta(seconds=60),
    stock_share_basis=10_000,
    till_share_basis=10_000,
)


@pytest_asyncio.fixture
async def quoted(services, tenant, active_customer, customer_database):
    """A department with stock, and a customer with a live quote for a deposit."""
    department = (await services.tenancy.list_departments(tenant.id))[0].id
    bought = Posting(USD, Account.NOSTRO, Account.STOCK, 4_000_000000, Action.STOCK_IN, cost=1_194_000_00)
    transfer = Transfer(
        services.ids.new(),
        services.ids.new(),
        tenant.id,
        department,
        TransferKind.STOCK_PURCHASE,
        services.clock.now(),
        (bought,),
    )
    async with services.database.transaction(tenant.id) as tx:
        _, before = await load_stock(tx, department)
        await ledger.post(tx, Movement(transfers=(transfer,)))
        await record_stock(tx, tenant.id, department, before, Stock(4_000_000000, 1_194_000_00))
    await services.fx.set_terms(tenant.id, department, TERMS, "system")
    customer, _ = await active_customer()
    request = QuoteRequest(tenant.id, department, customer, QuotePurpose.DEPOSIT, 30_000_00)
    await services.fx.lock_rate(request, Claim(customer, key_of("q"), digest_of("quote", b"30000")))
    return Books(services, customer_database)


class Books:
    def __init__(self, services, database):
        self.services = services
        self.database = database

    async def check(self, tenant_id=None):
        async with open_database(self.database.dsn("auditor")) as database:
            service = LedgerRebuild(database, self.services.clock, self.services.ids)
            return await service.check(tenant_id, 50)

    async def run(self, monkeypatch, *arguments):
        for role in ("owner", "auditor"):
            monkeypatch.setenv(f"CUSTOMER_{role.upper()}_DATABASE_URL", self.database.dsn(role))
        arguments = ["ledger", "rebuild", *arguments, "--json"]
        result = await asyncio.to_thread(CliRunner().invoke, app, arguments)
        return result.exit_code, json.loads(result.stdout)

    async def tamper(self, sql):
        connection = await asyncpg.connect(self.database.dsn("superuser"))
        try:
            await connection.execute("SET session_replication_role = replica")
            await connection.execute(sql)
        finally:
            await connection.close()


async def test_quotes_and_stock_follow_from_their_facts(quoted):
    report = await quoted.check()
    assert report.findings == ()
    assert report.compared[CheckName.LEDGER] == 1
    assert report.compared[CheckName.LIVE_QUOTES] == report.compared[CheckName.QUOTE_HOLDS] == 1
    assert report.compared[CheckName.STOCK_COST] == 1
    with pytest.raises(TenantUnknown):
        await quoted.check(HOUSE_TENANT)
    (tenant_id,) = await quoted.services.tenancy.list_tenant_ids()
    assert (await quoted.check(tenant_id)).compared == report.compared


@pytest.mark.parametrize(
    ("sql", "found", "repairable"),
    [
        ("DELETE FROM fx_quote_live", "live_quotes", True),
        (
            (
                "INSERT INTO fx_quote_close (tenant_id, quote_id, outcome, closed_at) "
                "SELECT tenant_id, id, 'expired', now() FROM fx_quote"
            ),
            "live_quotes",
            True,
        ),
        ("UPDATE fx_stock_cost SET cost = cost - 1", "cost_of_stock", False),
        ("DELETE FROM fx_stock_cost", "cost_of_stock", False),
        ("DELETE FROM ledger_hold_open", "holds_of_quotes", False),
        ("UPDATE ledger_balance SET held = held + 1", "ledger", True),
    ],
)
async def test_the_command_finds_and_repairs(quoted, monkeypatch, sql, found, repairable):
    code, document = await quoted.run(monkeypatch, "--check")
    assert (code, document["good"], document["findings"]) == (0, True, [])
    await quoted.tamper(sql)
    code, document = await quoted.run(monkeypatch, "--check")
    assert (code, document["good"]) == (1, False)
    finding = next(each for each in document["findings"] if each["check"] == found)
    assert finding["repairable"] is repairable
    assert finding["stands"] != finding["should_be"]
    code, document = await quoted.run(monkeypatch, "--repair")
    assert found in {each["check"] for each in document["found_before"]}
    assert (found in {each["check"] for each in document["findings"]}) == (found == "cost_of_stock")
    assert code == (0 if document["good"] else 1)


async def test_a_check_is_printed_for_people_too(quoted, monkeypatch):
    monkeypatch.setenv("CUSTOMER_AUDITOR_DATABASE_URL", quoted.database.dsn("auditor"))
    await quoted.tamper("UPDATE ledger_balance SET posted = posted + 1")
    result = await asyncio.to_thread(CliRunner().invoke, app, ["ledger", "rebuild"])
    assert result.exit_code == 1
    assert "DIFFERS ledger: posted: book" in result.stdout
    assert "stands 4000000001, should be 4000000000" in result.stdout
    assert "NOT everything follows" in result.stdout
