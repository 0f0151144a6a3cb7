from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from execution_stack.aggregation.late_fills import keep
from execution_stack.breaks import service as breaks
from execution_stack.breaks.domain import Closing, Kind
from execution_stack.exchange.domain import Action, Side
from execution_stack.markets.service import MarketService
from execution_stack.reconciliation.account import AccountReconciliation
from execution_stack.reconciliation.domain import Result
from execution_stack.reconciliation.service import OPEN_AGE, ReconciliationService
from execution_stack.resolution.service import ResolutionService
from shared.ids import HOUSE_TENANT
from shared.ledger.domain import USD, Close, Hold, Movement
from shared.ledger.store import get_contract_assets, post


@pytest.fixture
def service(settling):
    return ReconciliationService(settling.database, settling.exchange, settling.clock)


async def wrong(service):
    return {check.name for check in await service.run() if not check.held}


class Hand:
    """A superuser's hand, which no rule of the database holds back."""

    def __init__(self, connection, settling, yes):
        self.connection, self.settling, self.yes = connection, settling, yes

    @asynccontextmanager
    async def posting(self, source, target, asset, tenant=HOUSE_TENANT):
        """Post one unit between two accounts of the house's book, or of a tenant's, and take it back."""
        transfer = uuid4()
        await self.connection.execute(
            "INSERT INTO ledger_posting (tenant_id, book_id, transfer_id, amount, asset_id, source, "
            "target, action) VALUES ($1, $1, $2, 1, $3, $4::text::ledger_account, "
            "$5::text::ledger_account, 'fee')",
            tenant, transfer, asset, source, target,
        )  # fmt: skip
        yield
        await self.connection.execute("DELETE FROM ledger_posting WHERE transfer_id = $1", transfer)

    @asynccontextmanager
    async def statement(self, do, undo):
        await self.connection.execute(do)
        yield
        await self.connection.execute(undo)

    @asynccontextmanager
    async def lost_leg(self):
        """Let the view of legs lose one leg: the only way in which a posting's two legs differ."""
        [definition] = await self.connection.fetchrow("SELECT pg_get_viewdef('ledger_leg'::regclass)")
        view = "CREATE OR REPLACE VIEW ledger_leg WITH (security_invoker = true) AS "
        async with self.posting("own", "excess", self.yes):
            kept = f"account = 'excess' AND asset_id = {self.yes}"
            await self.connection.execute(
                f"{view} SELECT * FROM ({definition.rstrip(';')}) every WHERE NOT ({kept})"
            )
            yield
            await self.connection.execute(f"{view} {definition}")

    @asynccontextmanager
    async def overdrawn_float(self):
        """Hold more of a float than lies there, after the database lost its rule."""
        await self.connection.execute("ALTER TABLE ledger_balance DROP CONSTRAINT ledger_balance_floor")
        tenant = self.settling.tenants[0]
        hold = Hold(uuid4(), tenant, tenant, USD, "float", 10**12, "order_float")
        async with self.settling.database.transaction(tenant) as tx:
            await post(tx, Movement(holds=(hold,)))
        yield
        async with self.settling.database.transaction(tenant) as tx:
            await post(tx, Movement(closes=(Close(hold.id, tenant, tenant, "released"),)))

    @asynccontextmanager
    async def two_snapshots(self):
        """Move two snapshots against each other: together they are as before."""
        move = "UPDATE ledger_balance SET posted = posted {} WHERE account = 'float' AND book_id = '{}'"
        first, second = self.settling.tenants
        for sign, book in ((" + 1", first), (" - 1", second)):
            await self.connection.execute(move.format(sign, book))
        yield
        for sign, book in ((" - 1", first), (" + 1", second)):
            await self.connection.execute(move.format(sign, book))

    @asynccontextmanager
    async def other_position(self):
        """Let the exchange list a contract more, at the same balance."""
        listed = self.settling.exchange.positions
        more = {ticker: net + 1 for ticker, net in (await listed()).items()}

        async def positions():
            return more

        self.settling.exchange.positions = positions
        yield
        self.settling.exchange.positions = listed


@pytest.fixture
async def hand(settling, trade, execution_database):
    await trade("A", 723, 5500)
    await trade("B", 500, 5300, side=Side.NO, limit=4800)
    async with settling.database.transaction(HOUSE_TENANT) as tx:
        key = (settling.market, "yes")
        yes = (await get_contract_assets(tx, [key]))[key]
    connection = await execution_database.connect("superuser")
    await connection.execute("SET session_replication_role = replica")
    return Hand(connection, settling, yes)


async def test_each_identity_is_seen_broken_alone(settling, service, hand):
    fees = "UPDATE aggregation_order SET fees = fees {} WHERE state = 'filled'"
    gross = "UPDATE book_market SET yes_gross = yes_gross {} WHERE yes_gross > 0"
    broken = {
        "l1_trial_balance": hand.lost_leg(),
        "l2_between": hand.posting("own", "between", hand.yes),
        "l3_floors": hand.overdrawn_float(),
        "l3_snapshots": hand.two_snapshots(),
        "l4_resolved_markets": hand.posting("own", "resolution", hand.yes),
        "x1_books": hand.statement(gross.format("+ 1"), gross.format("- 1")),
        "x1_exchange": hand.other_position(),
        "x2_pairs": hand.posting("pairs", "own", hand.yes),
        "x4_owed": hand.posting("prefund", "resolution", USD, settling.tenants[0]),
        "x5_windows": hand.statement(fees.format("+ 1"), fees.format("- 1")),
    }
    for name, breaking in broken.items():
        async with breaking:
            assert await wrong(service) == {name}
        assert await wrong(service) == set(), name
    [held] = [check for check in await service.run() if check.name == "x4_owed"]
    assert (held.result, held.left) == (Result.HELD, held.right)


async def test_what_came_without_a_trade_is_seen_by_the_move_and_what_was_always_missing_by_the_sum(
    settling, service, hand
):
    account = AccountReconciliation(settling.database, settling.exchange, settling.clock)
    settling.exchange.deposits -= 10_000
    await account.compare_balance()
    assert await wrong(service) == {"x3_exchange_balance"}
    settling.exchange.deposits += 10_000
    [moved] = [check for check in await service.run() if not check.held]
    assert (moved.name, moved.result, moved.left, moved.right) == (
        "x7_balance_moves", Result.DIFFERS, 0, 10_000
    )  # fmt: skip


async def test_a_payout_that_is_not_what_came_in_is_seen(settling, service, hand):
    settling.exchange.resolve("KX-1", 10_000)
    await MarketService(settling.database, settling.exchange, settling.clock).refresh()
    await ResolutionService(settling.database, settling.exchange, settling.clock).resolve_due()
    assert await wrong(service) == set()
    for rule in ("cash_identity", "payouts_follow"):
        await hand.connection.execute(
            f"ALTER TABLE resolution_market DROP CONSTRAINT resolution_market_{rule}"
        )
    await hand.connection.execute("UPDATE resolution_market SET payouts = payouts + 1")
    assert await wrong(service) == {"x6_resolutions"}
    settling.exchange.silent = True
    unavailable = {check.name for check in await service.run() if check.result is Result.UNAVAILABLE}
    assert unavailable == {"x1_exchange", "x3_exchange_balance", "x6_resolutions", "x7_balance_moves"}
    await service.watch()
    await service.watch()
    assert await settling.value("SELECT count(*) FROM break_found WHERE kind = 'check'") == 0


async def test_what_waits_for_a_person_has_an_age_and_not_for_more_than_five_days(settling, trade, service):
    def ages():
        return {account: OPEN_AGE.labels(account)._value.get() for account in ("suspense", "excess")}

    await trade("A", 300, 5500)
    await service.watch()
    assert ages() == {"suspense": 0, "excess": 0}
    fills = list(settling.exchange.by_id.values())[-1]
    for number in range(2):
        fills.append(replace(fills[0], fill_id=uuid4(), quantity=100, created_at=None))
        settling.clock.advance(timedelta(seconds=31) if number == 0 else timedelta(minutes=10))
        assert await settling.worker.recheck() == 1
        settling.clock.advance(timedelta(days=1))
    began = settling.clock.now()
    [last] = settling.exchange.trades["KX-1"]
    settling.exchange.trades["KX-1"] = [replace(last, quantity=10, fee=400_000)]
    await settling.submit("B", 10)
    await settling.run_windows()
    await service.watch()
    assert ages()["suspense"] == timedelta(days=2, minutes=10).total_seconds() + 1.5
    assert ages()["excess"] == 0
    assert await wrong(service) == set()
    settling.clock.advance(timedelta(days=3))
    assert await wrong(service) == {"house_accounts"}
    [late] = [check for check in await service.run() if not check.held]
    assert (late.compared, late.differing) == (2, 1)
    operator = uuid4()
    async with settling.database.transaction(HOUSE_TENANT) as tx:
        newest_first = await breaks.list_found(tx, kinds=[Kind.LATE_FILL])
    for found, left in zip(
        reversed(newest_first), (timedelta(days=4, seconds=1.5), timedelta(0)), strict=True
    ):
        async with settling.database.transaction(HOUSE_TENANT) as tx:
            await breaks.take(tx, found.break_id, operator, settling.clock.now())
            await keep(tx, found.break_id, operator, settling.clock.now())
        await service.watch()
        assert ages()["suspense"] == left.total_seconds()
    assert ages()["excess"] == (settling.clock.now() - began).total_seconds() - 1.5
    settling.clock.advance(timedelta(days=3))
    assert await wrong(service) == {"house_accounts"}
    async with settling.database.transaction(HOUSE_TENANT) as tx:
        [excess] = await breaks.list_found(tx, kinds=[Kind.FEE_EXCESS])
        await breaks.take(tx, excess.break_id, operator, settling.clock.now())
        await breaks.close(tx, excess.break_id, operator, Closing.EXPLAINED, None, settling.clock.now())
    assert await wrong(service) == set()


async def test_every_check_holds_through_a_whole_history(settling, trade, service):
    assert await wrong(service) == set()
    await trade("A", 723, 5500)
    await trade("C", 289, 5500)
    await trade("B", 500, 5300, side=Side.NO, limit=4800)
    assert await wrong(service) == set()
    await trade("A", 600, 6200, action=Action.SELL, limit=6000)
    assert await wrong(service) == set()
    settling.exchange.resolve("KX-1", 3_700)
    await MarketService(settling.database, settling.exchange, settling.clock).refresh()
    await ResolutionService(settling.database, settling.exchange, settling.clock).resolve_due()
    assert await wrong(service) == set()


async def test_a_cent_that_is_missing_at_the_exchange_is_seen(settling, trade, service):
    await trade("A", 100, 5500)
    settling.exchange.deposits -= 10_000
    assert await wrong(service) == {"x3_exchange_balance"}


async def test_a_fill_that_only_the_exchange_knows_is_seen(settling, trade, service):
    await trade("A", 100, 5500)
    [(order_id, fills)] = settling.exchange.by_id.items()
    settling.exchange.by_id[order_id] = [replace(fills[0], quantity=101)]
    assert await wrong(service) == {"x1_exchange", "x3_exchange_balance"}


async def test_a_settlement_that_the_exchange_corrects_is_seen(settling, trade, service):
    await trade("A", 100, 5500)
    settling.exchange.resolve("KX-1", 10_000)
    await MarketService(settling.database, settling.exchange, settling.clock).refresh()
    await ResolutionService(settling.database, settling.exchange, settling.clock).resolve_due()
    [paid] = settling.exchange.settled["KX-1"]
    settling.exchange.settled["KX-1"] = [replace(paid, revenue=paid.revenue - 10_000)]
    assert await wrong(service) == {"x3_exchange_balance", "x6_resolutions"}


async def test_a_silent_exchange_holds_nothing(settling, service):
    settling.exchange.silent = True
    assert await wrong(service) == {"x1_exchange", "x3_exchange_balance", "x7_balance_moves"}


async def test_a_rewritten_report_or_order_is_seen(settling, trade, service, execution_database):
    await trade("A", 100, 5500)
    superuser = await execution_database.connect("superuser")
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("UPDATE report SET fee = fee + 1 WHERE kind = 'fill_share'")
    assert await wrong(service) == {"statements", "x5_windows"}
    await superuser.execute("UPDATE report SET fee = fee - 1 WHERE kind = 'fill_share'")
    await superuser.execute("UPDATE intent SET filled = 99 WHERE state = 'final'")
    assert await wrong(service) == {"intents"}
    await superuser.execute("UPDATE intent SET filled = 100 WHERE state = 'final'")
    await superuser.execute("UPDATE ledger_balance SET posted = posted - 1 WHERE account = 'position'")
    assert {"l3_snapshots", "l1_trial_balance"} <= await wrong(service)


async def test_a_difference_that_stays_becomes_one_break(settling, trade, service):
    await trade("A", 100, 5500)
    settling.exchange.deposits -= 10_000
    await service.watch()
    assert await settling.value("SELECT count(*) FROM break_found") == 0
    for _ in range(3):
        await service.watch()
    assert await settling.value("SELECT count(*) FROM break_found WHERE kind = 'check'") == 1
