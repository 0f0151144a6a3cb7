import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest
from prometheus_client import REGISTRY

from execution_stack.accounts.domain import Registration
from execution_stack.accounts.service import AccountService
from execution_stack.exchange.domain import Action, Side
from execution_stack.reports import service as reports
from execution_stack.reports.domain import (
    FillShare,
    Final,
    NotPooled,
    Payout,
    Reason,
    Resolution,
    SettlementFee,
    Standing,
    Totals,
)
from execution_stack.reports.errors import CursorAhead, NotNamed, OtherTenant
from execution_stack.reports.service import ReportService
from shared.ids import HOUSE_TENANT

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def share(world, name, action, quantity, cost, fee):
    return FillShare(
        uuid4(), world.accounts[name], world.market, uuid4(), Side.YES, action, quantity, cost, fee, bytes(32)
    )


async def write(world, *bodies):
    async with world.database.transaction(HOUSE_TENANT, *world.tenants) as tx:
        await reports.write(tx, [(world.tenants[0], body) for body in bodies], NOW)


async def test_every_kind_of_report_comes_back_as_it_was_written(world):
    account = world.accounts["A"]
    bodies = [
        share(world, "A", Action.BUY, 723, 3_966_641, 127_025),
        Final(uuid4(), 723),
        NotPooled(uuid4(), Reason.FLOAT_TOO_LOW),
        Payout(account, world.market, Side.YES, 123, 1_230_000),
        SettlementFee(account, world.market, 428),
    ]
    await write(world, *bodies)
    async with world.database.transaction(HOUSE_TENANT, *world.tenants) as tx:
        await reports.write_to_recipients(
            tx, world.tenants, [Resolution(world.market, 3700)], world.clock.now()
        )
    found = await ReportService(world.database).fetch(world.call().sender, 0, 100, 0)
    assert [report.body for report in found] == [*bodies, Resolution(world.market, 3700)]
    assert [report.sequence for report in found] == [1, 2, 3, 4, 5, 6]
    assert await ReportService(world.database).fetch("other.sandbox", 0, 100, 0) == []


async def test_numbers_have_no_gap_however_many_write_and_roll_back(world):
    async def write_some(number):
        async with world.database.transaction(HOUSE_TENANT, *world.tenants) as tx:
            await reports.write(
                tx,
                [(world.tenants[number % 2], Final(uuid4(), 0)) for _ in range(number % 5)],
                world.clock.now(),
            )
            if number % 3 == 0:
                raise RuntimeError

    await asyncio.gather(*(write_some(number) for number in range(40)), return_exceptions=True)
    found = await ReportService(world.database).fetch(world.call().sender, 0, 1000, 0)
    expected = sum(number % 5 for number in range(40) if number % 3)
    assert [report.sequence for report in found] == list(range(1, expected + 1))
    page = await ReportService(world.database).fetch(world.call().sender, 10, 7, 0)
    assert [report.sequence for report in page] == list(range(11, 18))


async def test_a_long_poll_ends_with_the_first_report_or_with_its_time(world):
    service = ReportService(world.database)
    waiting = asyncio.create_task(service.fetch(world.call().sender, 0, 10, 60))
    await asyncio.sleep(0.15)
    assert not waiting.done()
    await write(world, Final(uuid4(), 0))
    assert len(await asyncio.wait_for(waiting, 30)) == 1
    assert await service.fetch(world.call().sender, 1, 10, 0.1) == []


async def test_reports_of_a_tenant_that_registers_later_show_to_who_read_before(world):
    service, tenant = ReportService(world.database), uuid4()
    await write(world, Final(uuid4(), 0))
    assert len(await service.fetch(world.call().sender, 0, 10, 0)) == 1
    await AccountService(world.database).register(world.call(), [Registration(uuid4(), tenant)])
    async with world.database.transaction(HOUSE_TENANT, tenant) as tx:
        await reports.write(tx, [(tenant, Final(uuid4(), 0))], NOW)
    await write(world, Final(uuid4(), 0))
    assert [report.sequence for report in await service.fetch(world.call().sender, 0, 10, 0)] == [1]
    assert [report.sequence for report in await service.fetch(world.call().sender, 1, 10, 0)] == [2, 3]


async def test_an_intent_ends_once(world):
    intent = uuid4()
    await write(world, Final(intent, 0))
    with pytest.raises(asyncpg.UniqueViolationError):
        await write(world, NotPooled(intent, Reason.CANCELLED))


async def test_a_statement_adds_up_to_a_cut(world):
    await write(
        world,
        share(world, "A", Action.BUY, 723, 3_966_641, 127_025),
        share(world, "B", Action.BUY, 100, 500_000, 0),
        share(world, "A", Action.SELL, 600, 3_720_000, 100_000),
        Payout(world.accounts["A"], world.market, Side.YES, 123, 1_230_000),
        SettlementFee(world.accounts["A"], world.market, 428),
    )
    service, tenant = ReportService(world.database), world.tenants[0]
    before = await service.statement(world.call().sender, tenant, 3, None, 10)
    assert before.totals == Totals(4_466_641, 3_720_000, 227_025, 0)
    assert before.standing == Standing(prefund=1_000_000_000, settled=0)
    lines = {line.account: line for line in before.lines}
    assert (lines[world.accounts["A"]].cash, lines[world.accounts["A"]].fees) == (-246_641, -227_025)
    assert [holding.quantity for holding in lines[world.accounts["A"]].holdings] == [123]
    after = await service.statement(world.call().sender, tenant, 5, None, 10)
    assert after.totals == replace(before.totals, fees=227_453, payouts=1_230_000)
    assert {line.account: line.holdings for line in after.lines}[world.accounts["A"]] == ()
    first = await service.statement(world.call().sender, tenant, 5, None, 1)
    second = await service.statement(world.call().sender, tenant, 5, first.lines[0].account, 1)
    assert (first.more, second.more) == (True, False)
    assert [*first.lines, *second.lines] == list(after.lines)
    with pytest.raises(OtherTenant):
        await service.statement("other.sandbox", tenant, 5, None, 10)


async def test_a_report_is_for_ever(world, execution_database):
    await write(world, Final(uuid4(), 0))
    for role, error in (
        ("app", asyncpg.InsufficientPrivilegeError),
        ("owner", asyncpg.IntegrityConstraintViolationError),
    ):
        connection = await execution_database.connect(role)
        for change in ("UPDATE report SET sequence = 9", "DELETE FROM report", "TRUNCATE report"):
            with pytest.raises(error):
                await connection.execute(change)


async def test_how_far_reports_have_come_is_shown(world):
    await write(world, Final(uuid4(), 1), Final(uuid4(), 2))
    await reports.show_heads(world.database)
    shown = {
        sample.labels["recipient"]: sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name == "bulkhead_execution_report_sequence"
    }
    assert 2 in shown.values()


async def test_whoever_has_read_more_than_there_is_is_told_so(world):
    service, sender = ReportService(world.database), world.call().sender
    await write(world, Final(uuid4(), 0))
    assert await service.fetch(sender, 1, 10, 0) == []
    with pytest.raises(CursorAhead):
        await service.fetch(sender, 5, 10, 0)


async def test_whoever_has_read_from_a_database_that_is_empty_now_is_told_so(world):
    service, sender = ReportService(world.database), world.call().sender
    assert await service.fetch(sender, 0, 10, 0) == []
    with pytest.raises(CursorAhead):
        await service.fetch(sender, 500, 10, 0)
    async with world.database.transaction(HOUSE_TENANT) as tx:
        assert await reports.skip_read(tx, {sender: 500}) == 500
    assert await service.fetch(sender, 500, 10, 0) == []
    await write(world, Final(uuid4(), 0))
    assert [report.sequence for report in await service.fetch(sender, 500, 10, 0)] == [501]


async def test_numbers_go_on_above_what_was_read(world):
    service, sender = ReportService(world.database), world.call().sender
    await write(world, Final(uuid4(), 0))
    for expected in (4, 0):
        async with world.database.transaction(HOUSE_TENANT) as tx:
            assert await reports.skip_read(tx, {sender: 5}) == expected
    await write(world, Final(uuid4(), 0))
    assert [report.sequence for report in await service.fetch(sender, 5, 10, 0)] == [6]
    async with world.database.transaction(HOUSE_TENANT) as tx:
        with pytest.raises(NotNamed):
            await reports.skip_read(tx, {"another.sandbox": 7})
