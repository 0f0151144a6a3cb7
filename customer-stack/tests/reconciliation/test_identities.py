"""Every identity of the customer stack, broken alone in a real database and seen by its own check alone."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.boundary_client import domain as boundary
from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.payments.domain import StatementEntry
from customer_stack.reconciliation.configuration import load_clearing_limits
from customer_stack.reconciliation.domain.checks import CheckName
from customer_stack.reconciliation.domain.identities import OnItsWay, Settlement, find_on_its_way
from shared.ledger.domain import LKR, USD, Close, Hold, Movement, Posting

from .test_service import Office

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
Breaking = AbstractAsyncContextManager[None]


class Hand:
    """A superuser's hand, which no rule of the database holds back, and other sides that say otherwise."""

    def __init__(self, office: Office, connection: Any, contract: int) -> None:
        self.office, self.connection, self.contract = office, connection, contract

    @asynccontextmanager
    async def posting(
        self, source: str, target: str, asset: int, transfer: UUID | None = None
    ) -> AsyncIterator[None]:
        """Post one unit between two accounts of the department without a floor, and take it back."""
        transfer, book = transfer or uuid4(), self.office.department
        await self.connection.execute(
            "INSERT INTO ledger_posting (tenant_id, book_id, transfer_id, amount, asset_id, source, target, "
            "action) VALUES ($1, $2, $3, 1, $4, $5::text::ledger_account, $6::text::ledger_account, 'fee')",
            self.office.tenant, book, transfer, asset, source, target,
        )  # fmt: skip
        yield
        await self.connection.execute(
            "DELETE FROM ledger_posting WHERE transfer_id = $1 AND asset_id = $2", transfer, asset
        )

    @asynccontextmanager
    async def contributed(self) -> AsyncIterator[None]:
        """Let one contribution say more than what came to the till."""
        find = "SELECT id FROM ledger_transfer WHERE kind = 'contribution' LIMIT 1"
        [transfer] = await self.connection.fetchrow(find)
        async with self.posting("payable", "expense", self.contract, transfer):
            yield

    @asynccontextmanager
    async def statement(self, do: str, undo: str) -> AsyncIterator[None]:
        await self.connection.execute(do)
        yield
        await self.connection.execute(undo)

    @asynccontextmanager
    async def lost_leg(self) -> AsyncIterator[None]:
        """Let the view of legs lose one leg: the only way in which a posting's two legs differ."""
        [definition] = await self.connection.fetchrow("SELECT pg_get_viewdef('ledger_leg'::regclass)")
        view = "CREATE OR REPLACE VIEW ledger_leg WITH (security_invoker = true) AS "
        async with self.posting("payable", "expense", self.contract):
            lost = f"account = 'expense' AND asset_id = {self.contract}"
            inner = definition.rstrip(";")
            await self.connection.execute(f"{view} SELECT * FROM ({inner}) every WHERE NOT ({lost})")
            yield
            await self.connection.execute(f"{view} {definition}")

    @asynccontextmanager
    async def overdrawn(self) -> AsyncIterator[None]:
        """Hold more of a wallet than lies there, after the database lost its rule."""
        await self.connection.execute("ALTER TABLE ledger_balance DROP CONSTRAINT ledger_balance_floor")
        office = self.office
        hold = Hold(uuid4(), office.tenant, office.customer, USD, Account.WALLET, 10**12, "wager_buy")
        await office.post_movement(Movement(holds=(hold,)))
        yield
        await office.post_movement(
            Movement(closes=(Close(hold.id, office.tenant, office.customer, "released"),))
        )

    @asynccontextmanager
    async def two_snapshots(self) -> AsyncIterator[None]:
        """Move two snapshots against each other: together they are as before."""
        move = (
            "UPDATE ledger_balance SET posted = posted + CASE book_id WHEN '{}' THEN {} ELSE -({}) END "
            "WHERE asset_id = {} AND account IN ('wallet', 'stock')"
        )
        for by in (1, -1):
            if by < 0:
                yield
            await self.connection.execute(move.format(self.office.customer, by, by, USD))

    @asynccontextmanager
    async def said(self, **words: Any) -> AsyncIterator[None]:
        """Let the other sides say something else."""
        before = {name: getattr(self.office, name) for name in words}
        for name, word in words.items():
            setattr(self.office, name, word)
        yield
        for name, word in before.items():
            setattr(self.office, name, word)

    @asynccontextmanager
    async def left_after_outcome(self) -> AsyncIterator[None]:
        """Pay the outcome of a market for one contract of 723: the others stay. Both sides say so."""
        office = self.office
        lost = Posting(self.contract, Account.POSITION, Account.EXECUTION, 1, Action.LOSS)
        await office.post(office.transfer(office.customer, TransferKind.RESOLUTION_LOSS, lost))
        holding = boundary.Holding(office.market, boundary.Side.YES, 722)
        kept = {key: replace(cost, quantity=722) for key, cost in office.kept.items()}
        line = replace(office.lines[0], holdings=(holding,))
        async with self.said(lines=[line, office.lines[1]], kept=kept):
            yield


@pytest.fixture
async def hand(office: Office, customer_database: Any) -> Hand:
    """An office whose house is in order, with a conversion, and a hand."""
    await office.contribute_opening()
    connection = await customer_database.connect("superuser")
    await connection.execute("SET session_replication_role = replica")
    [contract] = await connection.fetchrow("SELECT id FROM ledger_asset WHERE market_id = $1", office.market)
    await state_usd(office, connection, 4_000_000000)
    return Hand(office, connection, contract)


async def state_usd(office: Office, connection: Any, moved: int) -> None:
    """Let the bank state over the week around today how our USD account moved."""
    statement, today = uuid4(), (datetime.now(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days
    await connection.execute(
        "INSERT INTO reconciliation_statement (tenant_id, id, department_id, source, digest, first_day, "
        "last_day, lines, imported_by, imported_at) VALUES ($1, $2, $3, 'bank-usd', $4, $5, $6, 1, 'system', "
        "now())",
        office.tenant, statement, office.department, bytes(32), today - 3, today + 3,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO reconciliation_statement_line (tenant_id, id, statement_id, department_id, amount, "
        "number, day, source, reference, batch) VALUES ($1, $2, $3, $4, $5, 1, $6, 'bank-usd', 'U1', '')",
        office.tenant, uuid4(), statement, office.department, moved, today,
    )  # fmt: skip


async def wrong(office: Office) -> set[CheckName]:
    run = await office.reconciliation.run(office.tenant, "system")
    return {check.name for check in run.checks if not check.is_held}


def list_breakings(hand: Hand) -> dict[CheckName, Callable[[], Breaking]]:
    """Return for each check what breaks its identity and leaves all others alone."""
    office, statement = hand.office, hand.office.statement
    line, stranger = office.lines
    cash, fees = replace(line, cash=line.cash - 1), replace(line, fees=line.fees - 1)
    more = replace(line, holdings=(boundary.Holding(office.market, boundary.Side.YES, 724),))
    other = replace(office.totals, proceeds=office.totals.proceeds + 1)
    moved = [StatementEntry("IN1", statement.entries[0].amount - 1)]
    agreed = (
        "ALTER TABLE fx_conversion DROP CONSTRAINT IF EXISTS fx_conversion_residue; "
        "UPDATE fx_conversion SET agreed_e8 = agreed_e8 {0}, sell_e8 = sell_e8 {0}"
    )
    stated = "UPDATE reconciliation_statement_line SET amount = amount {}"
    cost = "UPDATE fx_stock_cost SET cost = cost {} WHERE version = 1"
    paid = replace(office.totals, payouts=1, cost_of_buys=office.totals.cost_of_buys + 1)
    kept = {key: replace(each, quantity=each.quantity + 1) for key, each in office.kept.items()}
    return {
        CheckName.TRIAL_BALANCE: hand.lost_leg,
        CheckName.DESK: lambda: hand.posting("expense", "desk", hand.contract),
        CheckName.SNAPSHOTS: hand.two_snapshots,
        CheckName.FLOORS: hand.overdrawn,
        CheckName.POSITIONS: lambda: hand.said(lines=[more, stranger]),
        CheckName.POSITION_COSTS: lambda: hand.said(kept=kept),
        CheckName.CASH: lambda: hand.said(lines=[cash, stranger]),
        CheckName.FEES: lambda: hand.said(lines=[fees, stranger]),
        CheckName.TOTALS: lambda: hand.said(
            told=replace(office.totals, cost_of_buys=office.totals.cost_of_buys + 1, proceeds=1)
        ),
        CheckName.PAYOUTS: lambda: hand.said(totals=paid, told=paid),
        CheckName.OWED: lambda: hand.said(totals=other, told=other),
        CheckName.PREFUND: lambda: hand.said(standing=replace(office.standing, prefund=1)),
        CheckName.SETTLED: lambda: hand.said(standing=replace(office.standing, settled=1)),
        CheckName.NOSTRO: lambda: hand.statement(stated.format("+ 1"), stated.format("- 1")),
        CheckName.LKR_OWNERS: lambda: hand.posting("fx_revenue", "settled", LKR),
        CheckName.USD_OWNERS: lambda: hand.posting("in_transit", "fx_revenue", USD),
        CheckName.BANK_ENTRIES: lambda: hand.said(statement=replace(statement, entries=moved)),
        CheckName.COLLECTION: lambda: hand.said(statement=replace(statement, balance=statement.balance - 1)),
        CheckName.CONVERSIONS: lambda: hand.statement(agreed.format("+ 1"), agreed.format("- 1")),
        CheckName.STOCK_COST: lambda: hand.statement(cost.format("+ 1"), cost.format("- 1")),
        CheckName.STOCK: hand.contributed,
    }


async def test_each_identity_is_seen_broken_alone(hand: Hand):
    assert await wrong(hand.office) == set()
    for name, breaking in list_breakings(hand).items():
        async with breaking():
            assert await wrong(hand.office) == {name}
    assert await wrong(hand.office) == set()
    async with hand.left_after_outcome():
        assert await wrong(hand.office) == {CheckName.RESOLVED_MARKETS}


async def test_what_the_house_must_cover_is_seen_when_it_does_not(hand: Hand):
    office = hand.office
    wallet = Posting(USD, Account.NOSTRO, Account.WALLET, 10**10, Action.CONVERSION)
    await office.post(office.transfer(office.customer, TransferKind.FX_CONVERSION, wallet))
    assert await wrong(office) == set()
    await hand.connection.execute("DELETE FROM reconciliation_statement_line")
    lent = Posting(USD, Account.IN_TRANSIT, Account.NOSTRO, 10**10 + 5_000_000_000, Action.SETTLEMENT)
    await office.post(office.transfer(office.department, TransferKind.SETTLEMENT_CONFIRMATION, lent))
    assert await wrong(office) == {CheckName.USD_COVER}
    # What lies at the bank for suppliers covers no customer: what the house lacks is missing to them.
    debt = Posting(LKR, Account.DEBT, Account.COLLECTION, 600_000_00, Action.INFLOW_REVERT)
    await office.post(office.transfer(office.customer, TransferKind.PAY_IN_TAKEN_BACK, debt))
    office.statement = replace(office.statement, balance=office.statement.balance - 600_000_00)
    assert await wrong(office) == {CheckName.USD_COVER, CheckName.LKR_COVER, CheckName.CLIENT_MONEY}


settlements = st.lists(st.integers(-50, 50).filter(bool), max_size=8)


@given(settlements, st.integers(0, 8))
def test_what_is_on_its_way_is_the_newest_payments(amounts, count):
    newest = [Settlement(each, NOW - timedelta(days=day)) for day, each in enumerate(amounts)]
    sent = amounts[:count]
    found = find_on_its_way(newest, sum(sent), NOW - timedelta(days=9))
    assert found is not None
    assert found.amount == sum(sent)
    assert (found.since is None) == (sum(sent) == 0)
    assert find_on_its_way(newest, 10_000, NOW - timedelta(days=9)) is None
    assert find_on_its_way([], 0, NOW) == OnItsWay(0, None)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(1, 8), st.integers(0, 9))
def test_what_left_too_long_ago_is_not_on_its_way(amounts, count, limit):
    newest = [Settlement(each, NOW - timedelta(days=day)) for day, each in enumerate(amounts)]
    sent = amounts[:count]
    found = find_on_its_way(newest, sum(sent), NOW - timedelta(days=limit))
    assert (found is not None) == (len(sent) - 1 <= limit)


async def test_a_payment_is_on_its_way_for_days_only_and_a_reopened_one_is_not(hand: Hand):
    office, amount = hand.office, 5_000000
    limit = load_clearing_limits()[Account.IN_TRANSIT]
    leaving = Posting(USD, Account.SETTLED, Account.IN_TRANSIT, amount, Action.SETTLEMENT)
    release = office.transfer(office.department, TransferKind.SETTLEMENT_RELEASE, leaving)
    await office.post(release)
    move = "UPDATE ledger_transfer SET recorded_at = $1 WHERE id = $2"
    for age, is_lost in ((limit - timedelta(minutes=1), False), (limit + timedelta(minutes=1), True)):
        await hand.connection.execute(move, office.clock.now() - age, release.id)
        assert (CheckName.SETTLED in await wrong(office)) is is_lost
    coming = Posting(USD, Account.IN_TRANSIT, Account.SETTLED, amount, Action.SETTLEMENT)
    reopened = office.transfer(office.department, TransferKind.SETTLEMENT_RETURN, coming)
    await office.post(replace(reopened, movement_id=release.movement_id))
    assert CheckName.SETTLED not in await wrong(office)
    # Execution says that it has money of a settlement that was never sent.
    async with hand.said(standing=replace(office.standing, settled=amount)):
        assert CheckName.SETTLED in await wrong(office)
