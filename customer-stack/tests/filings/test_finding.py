"""What was posted is found, on a real database: each movement once, and what happened to it since."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from customer_stack.customers.sealing import FieldKeys, RecordSealing
from customer_stack.filings.domain.movements import Basis, Direction, Source, Waiting
from customer_stack.filings.service.filing import Filings
from customer_stack.filings.service.finding import Finding
from customer_stack.filings.service.ground import Ground, Person
from customer_stack.filings.tasks import build_runners
from customer_stack.payments.suspense import Decision
from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutState
from customer_stack.working_days.catalogue import load_calendar
from shared.ids import SystemIds

from ..payouts.teller import Teller  # noqa: TID252 - test folders are no packages

IDS = SystemIds()
PAID = PayoutAnswer(PayoutState.PAID, "OUT1")


def stand_at(teller, moment):
    teller.clock.advance(moment - teller.clock.now())


@pytest.fixture
async def teller(customer_database):
    return await Teller(customer_database).open_for_business()


@pytest.fixture
def ground(teller, field_keys_file):
    """What finding stands on; it asks customers and accounts nothing."""
    records = RecordSealing(FieldKeys.read(field_keys_file))
    app = teller.database.app
    return Ground(app, None, records, None, None, load_calendar(), teller.clock, IDS)


@pytest.fixture
def finding(ground):
    return Finding(ground)


@pytest.fixture
def waiting(ground, teller):
    threshold = Filings(ground, is_suspicion=False)
    person = Person(teller.tenant, IDS.new())

    async def do(kind=Waiting.OPEN):
        return await threshold.list_waiting(person, kind, None, 50)

    return do


async def test_what_reaches_the_threshold_is_found_once_however_often_it_is_read(teller, finding, waiting):
    pay_in = await teller.wait_with("1000000.00", "IN1")
    await teller.wait_with("999999.99", "IN2")
    assert await finding.scan(teller.tenant) == 1
    assert await finding.scan(teller.tenant) == 0
    await asyncio.gather(*(finding.scan(teller.tenant) for _ in range(4)))
    (found,) = await waiting()
    posted = found.posted
    assert (posted.source, posted.source_id, posted.customer_id) == (Source.PAY_IN, pay_in, teller.customer)
    assert (posted.direction, posted.amount, found.basis) == (Direction.IN, 100_000_000, Basis.SINGLE)
    assert found.due_on == date(2026, 12, 21)


async def test_a_worker_that_stood_still_reads_what_it_missed(teller, finding, waiting):
    await finding.scan(teller.tenant)
    teller.clock.advance(timedelta(days=3))
    await teller.wait_with("1500000.00", "IN1")
    teller.clock.advance(timedelta(days=9))
    assert await finding.scan(teller.tenant) == 1
    assert [each.posted.reference for each in await waiting()] == ["IN1"]


async def test_what_commits_late_on_the_day_before_is_not_missed(teller, finding, waiting):
    stand_at(teller, datetime(2026, 11, 20, 18, 29, tzinfo=UTC))
    late = teller.clock.now()
    stand_at(teller, late + timedelta(hours=5))
    await finding.scan(teller.tenant)
    stand_at(teller, late)
    await teller.wait_with("1500000.00", "IN1")
    stand_at(teller, late + timedelta(hours=6))
    assert await finding.scan(teller.tenant) == 1


async def test_what_goes_out_is_found_and_what_comes_back_is_reversed(teller, finding, waiting):
    pay_in = await teller.wait_with("2000000.00", "IN1")
    payout = await teller.refund(pay_in)
    await teller.settlement.send_due()
    assert await finding.scan(teller.tenant) == 1
    await teller.answer(payout, PAID)
    assert await finding.scan(teller.tenant) == 1
    assert {each.posted.direction for each in await waiting()} == {Direction.IN, Direction.OUT}
    await teller.answer(payout, replace(PAID, state=PayoutState.RETURNED, return_reference="RET1"))
    assert await finding.scan(teller.tenant) == 1
    assert [each.posted.direction for each in await waiting()] == [Direction.IN]


async def test_what_the_bank_took_back_is_not_reported(teller, finding, waiting):
    await teller.wait_with("2000000.00", "IN1")
    await finding.scan(teller.tenant)
    await teller.take_back("2000000.00")
    assert await finding.scan(teller.tenant) == 1
    assert await waiting() == ()


async def test_what_is_nobodys_waits_for_its_owner(teller, finding, waiting):
    await teller.pay("rent of Kumari", "1200000.00")
    await finding.scan(teller.tenant)
    (found,) = await waiting(Waiting.NOBODYS)
    assert found.posted.customer_id is None
    item = (await teller.suspense_desk.list_suspense(teller.anna, 50, None)).items[0]
    proposed = await teller.suspense_desk.propose(teller.anna, item.pay_in.id, teller.customer)
    await teller.suspense_desk.decide(teller.bandu, proposed.proposal.id, Decision.APPROVED)
    assert await finding.scan(teller.tenant) == 1
    assert await waiting(Waiting.NOBODYS) == ()
    assert [each.posted.customer_id for each in await waiting()] == [teller.customer]


async def test_what_went_back_unclaimed_was_never_accepted(teller, finding, waiting):
    await teller.pay("rent of Kumari", "1200000.00")
    await finding.scan(teller.tenant)
    item = (await teller.suspense_desk.list_suspense(teller.anna, 50, None)).items[0]
    proposed = await teller.suspense_desk.propose(teller.anna, item.pay_in.id, None)
    await teller.suspense_desk.decide(teller.bandu, proposed.proposal.id, Decision.APPROVED)
    await teller.settlement.send_due()
    (payout,) = (await teller.reading.list_payouts(teller.tenant, None, 50, None)).payouts
    assert len(await waiting(Waiting.NOBODYS)) == 1
    await teller.answer(payout.payout.id, PAID)
    await finding.scan(teller.tenant)
    assert await waiting() == ()
    await teller.answer(payout.payout.id, replace(PAID, state=PayoutState.RETURNED, return_reference="RET1"))
    await finding.scan(teller.tenant)
    assert len(await waiting(Waiting.NOBODYS)) == 1


async def test_what_no_report_told_of_in_time_is_an_alarm(teller, finding, waiting):
    await teller.wait_with("1000000.00", "IN1")
    await finding.scan(teller.tenant)
    last_moment = datetime(2026, 12, 21, 18, 29, 59, tzinfo=UTC)
    stand_at(teller, last_moment)
    assert not (await finding.look(teller.tenant)).is_alarming
    stand_at(teller, last_moment + timedelta(seconds=1))
    late = await finding.look(teller.tenant)
    assert (late.movements, late.is_alarming) == (1, True)
    assert len(await waiting(Waiting.OVERDUE)) == 1


async def test_another_tenant_sees_nothing(teller, finding, ground):
    await teller.wait_with("1000000.00", "IN1")
    await finding.scan(teller.tenant)
    stranger = Person(teller.other_tenant, IDS.new())
    threshold = Filings(ground, is_suspicion=False)
    assert await threshold.list_waiting(stranger, Waiting.OPEN, None, 50) == ()


async def test_each_finding_is_in_the_audit_without_a_name(teller, finding):
    await teller.wait_with("1000000.00", "IN1")
    await finding.scan(teller.tenant)
    async with teller.database.app.transaction(teller.tenant) as tx:
        rows = await tx.fetch("SELECT body FROM audit_record WHERE kind = 'filings.movement_found'")
    assert len(rows) == 1
    assert b"movement_id" in rows[0]["body"]


async def test_the_worker_alarms_about_what_is_late_in_numbers_only(teller, finding):
    await teller.wait_with("1000000.00", "IN1")
    await finding.scan(teller.tenant)
    teller.clock.advance(timedelta(days=40))
    stop = asyncio.Event()

    async def all_tenants():
        stop.set()
        return (teller.tenant,)

    with capture_logs() as logs:
        await build_runners(finding, all_tenants)["filings.find"](stop)
    (alarm,) = [each for each in logs if each["event"] == "filings.overdue"]
    assert (alarm["log_level"], alarm["movements"], alarm["reports"]) == ("error", 1, 0)
    assert set(alarm) == {"event", "log_level", "tenant", "movements", "reports", "reversed_after_report"}
