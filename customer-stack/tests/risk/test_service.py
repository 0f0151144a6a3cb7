"""Scores on PostgreSQL: reckoned when something changed, kept with their parts, followed by a review."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from customer_stack.access.domain import Officer
from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.values import CustomerFlag, EventKind, Product
from customer_stack.aml.service.counting import record_events
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes
from customer_stack.kyc.service.reviewing import Reviewer
from customer_stack.risk.service import GOOD_FOR, set_flag
from customer_stack.risk.tasks import build_runners
from shared.ledger import store as ledger

DEVICE = UUID(int=99)


class Round:
    """One look at who is due, as the timer takes it, without its pauses."""

    def __init__(self, scoring):
        self.reckon = scoring.reckon
        self._scoring = scoring

    async def run(self, tenant_id):
        batches = await self._scoring.list_due(tenant_id)
        for batch in batches:
            await self.reckon(tenant_id, batch)
        return sum(map(len, batches))


@pytest.fixture
def risk(services):
    return Round(services.standing.scoring)


@pytest.fixture
def current(services, tenant):
    async def read(customer_id):
        async with services.database.transaction(tenant.id) as tx:
            known = (await facts.load(tx, [customer_id]))[customer_id]
            row = await tx.fetch_row(
                "SELECT s.score, s.band::text, c.facts_version, (SELECT count(*) FROM risk_score "
                "WHERE customer_id = $1) AS kept FROM risk_current c JOIN risk_score s ON s.id = c.score_id "
                "WHERE c.customer_id = $1",
                customer_id,
            )
        assert row["score"] == known.risk
        assert row["facts_version"] == known.version
        return row["score"], row["band"], row["kept"]

    return read


async def flag(services, tenant, customer_id, which, *, is_set=True):
    async with services.database.transaction(tenant.id) as tx:
        return await set_flag(tx, customer_id, which, is_set=is_set, actor="staff:1", at=services.clock.now())


async def test_everybody_is_reckoned_once_and_again_when_their_facts_change(
    services, tenant, active_customer, risk, current
):
    (one, _), (other, _) = await active_customer(), await active_customer()
    assert await risk.run(tenant.id) == 2
    assert await risk.run(tenant.id) == 0
    first = await current(one)
    assert first[2] == 1
    assert await flag(services, tenant, one, CustomerFlag.PEP)
    assert not await flag(services, tenant, one, CustomerFlag.PEP)
    assert await risk.run(tenant.id) == 1
    assert await current(one) == (60, "high", 2)
    assert (await current(other))[2] == 1
    assert await flag(services, tenant, one, CustomerFlag.PEP, is_set=False)
    assert await risk.run(tenant.id) == 1
    assert await current(one) == (*first[:2], 3)


async def test_what_changed_nothing_keeps_the_score_and_is_not_looked_at_again(
    services, tenant, active_customer, risk, current
):
    customer_id, _ = await active_customer()
    await risk.run(tenant.id)
    async with services.database.transaction(tenant.id) as tx:
        await ledger.lock_books(tx, [customer_id])
        await facts.change(tx, customer_id, services.clock.now(), Changes(screened_at=services.clock.now()))
    assert await risk.run(tenant.id) == 1
    assert (await current(customer_id))[2] == 1
    assert await risk.run(tenant.id) == 0


async def test_all_are_looked_at_once_a_day_a_batch_at_a_time(
    services, tenant, active_customer, risk, customer_database, monkeypatch
):
    for _ in range(3):
        await active_customer()
    await risk.run(tenant.id)
    owner = await customer_database.connect("owner")
    await owner.execute("UPDATE risk_current SET checked_at = checked_at - $1::interval", GOOD_FOR)
    monkeypatch.setattr("customer_stack.risk.service.BATCH_SIZE", 2)
    assert [len(batch) for batch in await services.standing.scoring.list_due(tenant.id)] == [2, 1]
    monkeypatch.setattr("customer_stack.risk.service.DUE_LIMIT", 1)
    assert [await risk.run(tenant.id) for _ in range(4)] == [1, 1, 1, 0]


async def test_money_and_shared_devices_count(services, tenant, active_customer, risk, current):
    (one, _), (other, _) = await active_customer(), await active_customer()
    await risk.run(tenant.id)
    before = (await current(one))[0]
    now = services.clock.now()
    async with services.database.transaction(tenant.id) as tx:
        await ledger.lock_books(tx, [one, other])
        await record_events(
            tx,
            [
                Event(
                    id=services.ids.new(),
                    tenant_id=tenant.id,
                    customer_id=customer_id,
                    kind=EventKind.DEPOSIT,
                    product=Product.CARD,
                    at=now,
                    amount=600_000_00,
                    device_id=DEVICE,
                )
                for customer_id in (one, other)
            ],
        )
    await risk.reckon(tenant.id, [one, other])
    after = await services.standing.risk.read(Officer(tenant.id, UUID(int=1)), one)
    parts = after[0].score.parts
    assert (parts["turnover"], parts["products"], parts["links"]) == (5, 3, 2)
    assert (await current(one))[0] == before + 10


async def test_a_change_of_band_brings_the_review_forward_and_never_puts_it_off(
    services, tenant, active_customer, risk, customer_database
):
    customer_id, _ = await active_customer()
    owner = await customer_database.connect("owner")
    now = services.clock.now()
    await owner.execute(
        "INSERT INTO kyc_session (tenant_id, id, customer_id, department_id, attempt, state, channel, "
        "document_type, opened_at, decided_at, risk) SELECT tenant_id, id, id, department_id, 99, "
        "'approved', 'online', 'passport', $2, $2, 'high' FROM customer_account WHERE id = $1",
        customer_id,
        now,
    )
    await owner.execute(
        "INSERT INTO kyc_verification VALUES ($1, $2, $2, 'standard', $3, $4, NULL)",
        tenant.id,
        customer_id,
        now - timedelta(days=30),
        now.date() + timedelta(days=1000),
    )
    reviewer = Reviewer(tenant.id, UUID(int=1), None, frozenset())

    async def due_on():
        return (await services.kyc.tiers.read_as_staff(reviewer, customer_id)).verification.review_due_on

    await risk.run(tenant.id)
    assert await due_on() == now.date() + timedelta(days=1000)
    await flag(services, tenant, customer_id, CustomerFlag.PEP)
    await risk.run(tenant.id)
    assert 360 <= (await due_on() - now.date()).days <= 367
    due = await services.kyc.tiers.list_due(
        reviewer, until=now.date() + timedelta(days=367), after=None, limit=5
    )
    assert [each.customer_id for each in due] == [customer_id]
    await flag(services, tenant, customer_id, CustomerFlag.PEP, is_set=False)
    await risk.run(tenant.id)
    assert await due_on() == now.date() + timedelta(days=1000)


async def test_facts_that_change_while_a_score_is_reckoned_leave_it_for_the_next_round(
    services, tenant, active_customer, risk, current
):
    customer_id, _ = await active_customer()
    async with services.database.transaction(tenant.id) as tx:
        await ledger.lock_books(tx, [customer_id])
        running = asyncio.create_task(risk.run(tenant.id))
        await asyncio.sleep(0.2)
        await facts.change(tx, customer_id, services.clock.now(), Changes(flags=frozenset({"pep"})))
    await running
    assert await risk.run(tenant.id) == 1
    assert await current(customer_id) == (60, "high", 1)


async def test_the_timer_works_until_nothing_is_left_and_stops(services, tenant, active_customer, current):
    customer_id, _ = await active_customer()
    stop = asyncio.Event()
    runner = build_runners(services.standing.scoring, services.tenancy.list_tenant_ids)["risk.scores"]
    task = asyncio.create_task(runner(stop))
    async with asyncio.timeout(20):
        while True:
            await asyncio.sleep(0.1)
            async with services.database.transaction(tenant.id) as tx:
                if await tx.fetch_value("SELECT count(*) FROM risk_current"):
                    break
    stop.set()
    await task
    assert (await current(customer_id))[2] == 1
