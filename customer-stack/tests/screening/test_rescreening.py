"""Rescreening: everybody is looked at with what changed, once, whatever breaks or changes meanwhile."""

import asyncio
from datetime import timedelta

import pytest

from customer_stack.customers.domain import Status
from customer_stack.facts.domain import Restriction, Screening
from customer_stack.screening.domain.alerts import Step, Verdict
from customer_stack.screening.service.rescreening import LEASE, Rescreening, Walker
from customer_stack.screening.sweeping import Sweeper

from .conftest import HEADER, OTTOLINE

CLEAN = HEADER + b"L-2,Zoltan Graywater,p,\n"


@pytest.fixture
def walker(desk, services, monkeypatch):
    """Return a worker of its own that walks in pages of two."""

    def make(processes=0, page=2):
        keys = services.customers._sealing._keys
        walker = Walker(processes, page)
        return Rescreening(services.database, desk.subjects, keys, walker, desk.clock, services.ids)

    return make


@pytest.fixture
def walk(desk, walker):
    async def do(worker=None, stop=None):
        return await (worker or walker()).work([desk.tenant.id], stop or asyncio.Event())

    return do


async def settle(desk, *names):
    """Register people and screen them with the lists that count."""
    people = [await desk.register(full_name=name) for name in names]
    for each in people:
        await desk.identify(each)
    while await desk.work():
        pass
    return people


async def walks_of(desk):
    return [
        tuple(row)
        for row in await desk.fetch(
            "SELECT number, since, seen, found, finished_at IS NOT NULL "
            "FROM screening_rescreen ORDER BY number"
        )
    ]


async def test_everybody_is_looked_at_with_what_changed(desk, walk):
    await desk.publish(CLEAN)
    people = await settle(
        desk, "Nimal Perera", "Ottoline Vexmoor", "Kumari Silva", "Otoline Vexmoor", "Ajith Dias"
    )
    assert await walk() == 1
    await desk.publish(OTTOLINE)
    assert await walk() == 1
    assert await walk() == 0
    found = [(await desk.facts(each)).screening for each in people]
    assert found == [
        Screening.CLEAR,
        Screening.POSSIBLE,
        Screening.CLEAR,
        Screening.POSSIBLE,
        Screening.CLEAR,
    ]
    assert await walks_of(desk) == [(1, 0, 5, 0, True), (2, 1, 5, 2, True)]
    assert (await desk.account(people[1])).status is Status.ACTIVE
    assert await desk.work() == 0
    assert len(await desk.fetch("SELECT FROM cases_case WHERE family = 'screening'")) == 2


async def test_processes_find_what_one_thread_finds(desk, walker, walk):
    await desk.publish(CLEAN)
    people = await settle(desk, "Ottoline Vexmoor", "Nimal Perera", "X Yz", "Ottoline Vexmore")
    await walk()
    await desk.publish(OTTOLINE)
    assert await walk(walker(processes=2)) == 1
    found = [(await desk.facts(each)).screening for each in people]
    assert found == [Screening.POSSIBLE, Screening.CLEAR, Screening.CLEAR, Screening.POSSIBLE]


async def test_who_is_proven_is_frozen_at_once_and_keeps_their_money(desk, walk):
    await desk.publish(CLEAN)
    (customer_id,) = [await desk.register(full_name="Ottoline Vexmoor", national_id="199004100778")]
    await desk.identify(customer_id)
    await desk.work()
    await walk()
    await desk.publish(CLEAN + b"L-1,Ottoline Vexmoor,p,199004100778\n")
    await walk()
    facts = await desk.facts(customer_id)
    assert (facts.screening, facts.restriction) == (Screening.CONFIRMED, Restriction.FULL)
    assert (await desk.account(customer_id)).status is Status.FROZEN
    (case,) = await desk.fetch("SELECT priority FROM cases_case")
    assert case["priority"] > 500


async def test_an_entry_that_left_or_changed_is_judged_again_and_its_clearing_lapses(desk, walk):
    await desk.publish(OTTOLINE)
    one, other = await settle(desk, "Ottoline Vexmoor", "Zoltan Graywater")
    await desk.decide(one, Step.PROPOSE_CLEAR, Step.APPROVE)
    await walk()
    await desk.publish(HEADER + b"L-1,Ottoline Vexmoor;Ottie,p,\nL-3,Barnaby Quill,p,\n")
    await walk()
    assert (await desk.state_of(one), (await desk.facts(one)).screening) == (["open"], Screening.PENDING)
    assert await desk.work() == 2
    assert (await desk.state_of(one), await desk.state_of(other)) == (["open"], ["gone"])
    assert (await desk.facts(other)).screening is Screening.CLEAR


async def test_a_walk_that_broke_goes_on_where_it_got_to_and_keeps_nothing_twice(
    desk, walker, walk, monkeypatch
):
    await desk.publish(CLEAN)
    names = ["Ottoline Vexmoor"] * 5
    people = await settle(desk, *names)
    await walk()
    await desk.publish(OTTOLINE)
    kept, keep = [], Rescreening._keep

    async def break_off(self, walk, hit, version):
        if len(kept) == 3:
            raise RuntimeError("the worker died")
        kept.append(hit.customer_id)
        await keep(self, walk, hit, version)

    monkeypatch.setattr(Rescreening, "_keep", break_off)
    with pytest.raises(RuntimeError):
        await walk()
    assert (await walks_of(desk))[-1] == (2, 1, 2, 2, False)
    monkeypatch.setattr(Rescreening, "_keep", keep)
    assert await walk() == 0, "the worker that died still holds it"
    desk.clock.advance(LEASE + timedelta(seconds=1))
    assert await walk() == 1
    assert (await walks_of(desk))[-1] == (2, 1, 5, 5, True)
    rows = await desk.fetch("SELECT customer_id, steps FROM screening_alert")
    assert sorted(row["customer_id"] for row in rows) == sorted(people)
    assert {row["steps"] for row in rows} == {1}


async def test_a_walk_stops_after_a_page_when_told_to_and_goes_on_later(desk, walker, walk):
    await desk.publish(CLEAN)
    await settle(desk, *["Ottoline Vexmoor"] * 3)
    worker, stop = walker(), asyncio.Event()
    await walk(worker)
    await desk.publish(OTTOLINE)
    stop.set()
    assert await worker.work([desk.tenant.id], stop) == 0
    assert len(await walks_of(desk)) == 1
    keep = worker._keep

    async def stop_soon(*arguments):
        await keep(*arguments)
        stop.set()

    stop.clear()
    worker._keep = stop_soon
    assert await worker.work([desk.tenant.id], stop) == 0
    assert (await walks_of(desk))[-1] == (2, 1, 2, 2, False)
    assert await walk(worker, asyncio.Event()) == 1
    assert (await walks_of(desk))[-1][2:] == (3, 3, True)


async def test_two_workers_share_no_walk(desk, walker):
    await desk.publish(OTTOLINE)
    await settle(desk, *["Nimal Perera"] * 3)
    done = await asyncio.gather(*(walker().work([desk.tenant.id], asyncio.Event()) for _ in range(3)))
    assert sum(done) == 1


async def test_who_changes_while_a_walk_goes_on_is_judged_as_they_are(desk, walker, walk, monkeypatch):
    await desk.publish(CLEAN)
    leaves, comes = await settle(desk, "Ottoline Vexmoor", "Nimal Perera")
    await walk()
    await desk.publish(OTTOLINE)
    sweep = Sweeper.sweep

    def slow(self, page):
        swept = sweep(self, page)
        asyncio.run_coroutine_threadsafe(change(), loop).result(10)
        return swept

    async def change():
        await desk.correct(leaves, full_name="Sunil Fernando")
        await desk.correct(comes, full_name="Ottoline Vexmore")

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(Sweeper, "sweep", slow)
    assert await walk() == 1
    assert await desk.fetch("SELECT FROM screening_alert") == []
    assert await desk.work() == 2
    found = [(await desk.facts(each)).screening for each in (leaves, comes)]
    assert found == [Screening.CLEAR, Screening.POSSIBLE]


async def test_who_was_never_screened_waits_for_a_whole_screening(desk, walk):
    await desk.publish(OTTOLINE)
    customer_id = await desk.register(full_name="Ottoline Vexmoor")
    async with desk.transaction() as tx:
        await tx.execute("DELETE FROM screening_task")
    await walk()
    assert (await desk.facts(customer_id)).screening is Screening.PENDING
    assert await desk.work() == 1
    assert (await desk.facts(customer_id)).screening is Screening.POSSIBLE


async def test_who_cannot_be_compared_is_not_passed_over(desk, walk):
    await desk.publish(CLEAN)
    (customer_id,) = await settle(desk, "Nimal Perera")
    await walk()
    await desk.correct(customer_id, full_name="X Y")
    async with desk.transaction() as tx:
        await tx.execute("DELETE FROM screening_task")
    await desk.publish(OTTOLINE)
    await walk()
    await desk.work()
    (task,) = await desk.subjects.list_failing(desk.tenant.id, None, 10)
    assert (task.subject.customer_id, task.problem) == (customer_id, "name_unusable")


async def test_lists_that_change_twice_are_walked_over_once_for_both(desk, walk):
    await desk.publish(CLEAN)
    (customer_id,) = await settle(desk, "Ottoline Vexmoor")
    await walk()
    await desk.publish(OTTOLINE)
    await desk.publish(OTTOLINE + b"L-5,Somebody Else,p,\n")
    assert await walk() == 1
    assert (await walks_of(desk))[-1] == (3, 1, 1, 1, True)
    assert (await desk.facts(customer_id)).screening is Screening.POSSIBLE
    assert await desk.subjects.screen(desk.subject(customer_id)) is Verdict.POSSIBLE
