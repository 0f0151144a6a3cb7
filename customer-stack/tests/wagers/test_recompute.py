"""Counters and positions of wagers follow from wagers and reports; the rebuild finds and mends the rest."""

from uuid import UUID

import asyncpg
import orjson
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.boundary_client.domain import Action, FillShare, Final, Side
from customer_stack.rebuild.domain import CheckName
from customer_stack.rebuild.service import LedgerRebuild
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.recompute import Filled, Moved, OpenWager, remaining_holds, replay
from shared.ledger.rebuild import open_database


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 900), st.booleans()), max_size=30))
def test_a_replay_is_what_was_kept_while_it_happened(moves):
    kept, replayed = PositionCost(), PositionCost()
    for quantity, cost, comes in moves:
        if not comes and quantity > kept.quantity:
            assert replay(replayed, Moved(quantity, cost, comes=False)) is None
            continue
        kept = kept.add(quantity, cost) if comes else kept.take(quantity)[0]
        replayed = replay(replayed, Moved(quantity, cost, comes=comes))
    assert replayed == kept


def test_what_cannot_have_happened_stays_unknown():
    gone = replay(PositionCost(3, 30), Moved(4, 0, comes=False))
    assert gone is None
    assert replay(gone, Moved(5, 50, comes=True)) is None


def test_holds_of_an_open_wager_follow_from_what_was_filled():
    wager_id = UUID(int=7)
    buy = OpenWager(wager_id, Action.BUY, 10, 900, 0, Filled(4, 300, 20))
    assert remaining_holds(buy) == {wager_id: 580}
    sale = OpenWager(wager_id, Action.SELL, 10, 90, 40, Filled(4, 1, 50))
    assert sorted(remaining_holds(sale).values()) == [6, 50]
    plain = OpenWager(wager_id, Action.SELL, 10, 0, 0, Filled(4, 300, 20))
    assert remaining_holds(plain) == {wager_id: 6}


@pytest_asyncio.fixture
async def played(floor):
    """A filled buy, an open buy that is filled in part, an open sale: two hours of two customers."""
    first, second = await floor.add_customer(), await floor.add_customer()
    sequence = iter(range(1, 100))

    async def send(customer, key, **asked):
        (answer,) = await floor.place(floor.want(customer, key, **asked))
        await floor.sending.register_accounts()
        await floor.sending.dispatch()
        return UUID(orjson.loads(answer)["wager_id"])

    def fill(customer, wager_id, quantity, cost, fee):
        floor.execution.reports.append(
            FillShare(
                next(sequence),
                floor.clock.now(),
                wager_id,
                customer.account_id,
                floor.market_id,
                floor.ids.new(),
                quantity,
                cost,
                fee,
                bytes(32),
            )
        )

    done = await send(first, "done")
    fill(first, done, 723, 3_966_641, 127_025)
    floor.execution.reports.append(Final(next(sequence), floor.clock.now(), done, 723))
    await floor.reports.fetch()
    partly = await send(second, "open", side=Side.NO, quantity=500, price=4800)
    fill(second, partly, 100, 470_000, 18_000)
    sale = await send(first, "sale", action=Action.SELL, quantity=600, price=6000)
    fill(first, sale, 200, 1_240_000, 33_000)
    await floor.reports.fetch()
    await floor.check_books()
    return floor, first, second


async def check(floor, role="auditor"):
    async with open_database(floor.fresh.dsn(role)) as database:
        return await LedgerRebuild(database, floor.clock, floor.ids).check(None, 50)


async def repair(floor):
    async with open_database(floor.fresh.dsn("owner")) as database:
        service = LedgerRebuild(database, floor.clock, floor.ids)
        written = await service.repair(None, await service.check(None, 50))
        return written, await service.check(None, 50)


async def tamper(floor, sql):
    connection = await asyncpg.connect(floor.fresh.dsn("superuser"))
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(sql)
    finally:
        await connection.close()


async def test_what_happened_by_the_rules_follows_from_the_facts(played):
    floor, _, _ = played
    report = await check(floor)
    assert report.findings == ()
    assert report.compared[CheckName.STAKES] == 3
    assert report.compared[CheckName.COUNTED_HOURS] == 3
    assert report.compared[CheckName.POSITIONS] == report.compared[CheckName.LEDGER_POSITIONS] == 2
    assert report.compared[CheckName.FILLS] == 3
    assert report.compared[CheckName.WAGER_HOLDS] == 2
    assert (await check(floor, "owner")).findings == ()


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE protection_moment SET staked = staked + 1", {CheckName.STAKES}),
        ("UPDATE protection_moment SET returned = returned - 1", {CheckName.STAKES}),
        ("UPDATE protection_moment SET deposited = 5", {CheckName.DEPOSITS}),
        ("UPDATE protection_hour SET staked = staked + 1", {CheckName.COUNTED_HOURS}),
        ("DELETE FROM protection_hour", {CheckName.COUNTED_HOURS}),
        ("DELETE FROM protection_moment", {CheckName.STAKES}),
        ("UPDATE wager_position SET cost = cost + 1", {CheckName.POSITIONS}),
        (
            "UPDATE wager_position SET quantity = quantity + 1",
            {CheckName.POSITIONS, CheckName.LEDGER_POSITIONS},
        ),
        ("UPDATE ledger_balance SET posted = posted + 1 WHERE account = 'wallet'", {CheckName.LEDGER}),
        ("UPDATE ledger_balance SET held = 0 WHERE account = 'wallet' AND held > 0", {CheckName.LEDGER}),
        (
            "UPDATE ledger_balance SET posted = posted - 1 WHERE account = 'position'",
            {CheckName.LEDGER, CheckName.LEDGER_POSITIONS},
        ),
        (
            "UPDATE ledger_hold_open SET remaining = remaining + 5",
            {CheckName.LEDGER, CheckName.WAGER_HOLDS},
        ),
    ],
)
async def test_a_snapshot_or_counter_that_does_not_follow_is_found_and_rewritten(played, sql, found):
    floor, _, _ = played
    await tamper(floor, sql)
    assert {finding.check for finding in (await check(floor)).findings} == found
    written, after = await repair(floor)
    assert sum(written.values()) > 0
    assert after.findings == ()
    records = await floor.value("SELECT count(*) FROM audit_record WHERE kind = 'ledger.repaired'")
    house = CheckName.LEDGER in found and CheckName.POSITIONS not in found
    assert records == (0 if house else 1)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (
            "UPDATE wager_order SET filled_fee = filled_fee - 1 WHERE filled_fee = 18000",
            {CheckName.FILLS, CheckName.WAGER_HOLDS},
        ),
        ("DELETE FROM ledger_entry WHERE account = 'position'", {CheckName.LEDGER}),
    ],
)
async def test_facts_that_contradict_each_other_are_shown_and_left(played, sql, found):
    floor, _, _ = played
    await tamper(floor, sql)
    assert {finding.check for finding in (await check(floor)).findings} == found
    _, after = await repair(floor)
    assert {finding.check for finding in after.findings} == found


async def test_a_repair_needs_the_owner(played):
    floor, _, _ = played
    await tamper(floor, "UPDATE ledger_balance SET posted = posted + 1")
    async with open_database(floor.fresh.dsn("auditor")) as database:
        service = LedgerRebuild(database, floor.clock, floor.ids)
        with pytest.raises(asyncpg.PostgresError):
            await service.repair(None, await service.check(None, 50))
