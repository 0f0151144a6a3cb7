"""What waits for a case: who may decide it, once, and what becomes of it meanwhile."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from customer_stack.cases.configuration import load_terms
from customer_stack.cases.contract import HoldEnd
from customer_stack.cases.domain.lifecycle import Outcome, State
from customer_stack.cases.domain.opening import Held
from customer_stack.cases.errors import (
    CaseStepNotPossible,
    CommandsUnknown,
    HoldDecided,
    HoldNotFound,
    NotAssigned,
    OwnProposal,
    ReleaseNotAsked,
)
from customer_stack.cases.service import end_held, open_cases
from customer_stack.cases.service.deciding import HoldDecisions
from customer_stack.cases.service.ground import WORK
from customer_stack.cases.service.reading import Reading
from customer_stack.cases.service.working import Working
from shared.errors import InvariantViolated

from .desk import IDS, Drawer


class Held5000:
    """A case that somebody works on, which holds one wager of LKR 5,000."""

    def __init__(self, desk):
        self.desk, self.held_id = desk, IDS.new()
        self.anna, self.bandu = desk.person(WORK), desk.person(WORK)

    async def open(self, terms=None):
        self.customer_id = await self.desk.customer()
        self.drawer = Drawer(self.customer_id)
        self.decisions = HoldDecisions(self.desk.ground(terms=terms), [self.drawer])
        self.working, self.reading = Working(self.desk.ground()), Reading(self.desk.ground())
        held = [Held("wager", self.held_id, 5_000_00)]
        self.case_id = await self.desk.opened(customer_id=self.customer_id, held=held)
        await self.working.take(self.anna, self.case_id)
        return self

    @property
    def key(self):
        return self.case_id, self.held_id

    async def waiting(self):
        (found,) = (await self.reading.read(self.anna, self.case_id)).held
        return found


@pytest.fixture
async def held(desk):
    return await Held5000(desk).open()


async def test_one_asks_and_another_releases(held):
    with pytest.raises(ReleaseNotAsked):
        await held.decisions.release(held.bandu, *held.key)
    await held.decisions.ask(held.anna, *held.key)
    with pytest.raises(OwnProposal):
        await held.decisions.release(held.anna, *held.key)
    ended = await held.decisions.release(held.bandu, *held.key)
    assert (ended.ended_as, ended.ended_by, ended.alone) == (HoldEnd.RELEASED, held.bandu.staff_id, False)
    assert held.drawer.calls == [(held.held_id, HoldEnd.RELEASED)]
    assert await held.waiting() == ended
    assert (await held.desk.audited())[-2:] == ["cases.step_ask_release", "cases.step_end_hold"]


async def test_the_case_closes_once_nothing_waits(held):
    await held.decisions.deny(held.anna, *held.key)
    await held.working.propose(held.anna, held.case_id, Outcome.CONFIRMED, "x")
    assert (await held.working.close(held.bandu, held.case_id)).state is State.CLOSED


async def test_the_same_decision_again_is_answered_as_the_first_time(held):
    await held.decisions.ask(held.anna, *held.key)
    first = await held.decisions.release(held.bandu, *held.key)
    assert await held.decisions.release(held.bandu, *held.key) == first
    with pytest.raises(HoldDecided):
        await held.decisions.deny(held.anna, *held.key)
    assert len(held.drawer.calls) == 1


async def test_who_works_on_the_case_asks_and_denies(held):
    stranger = held.desk.person(WORK)
    with pytest.raises(NotAssigned):
        await held.decisions.ask(stranger, *held.key)
    with pytest.raises(NotAssigned):
        await held.decisions.deny(stranger, *held.key)
    assert (await held.decisions.deny(held.anna, *held.key)).ended_as is HoldEnd.DENIED


async def test_a_request_is_refused_and_the_command_waits_on(held):
    with pytest.raises(CaseStepNotPossible):
        await held.decisions.refuse(held.bandu, *held.key)
    await held.decisions.ask(held.anna, *held.key)
    with pytest.raises(CaseStepNotPossible):
        await held.decisions.ask(held.anna, *held.key)
    await held.decisions.refuse(held.bandu, *held.key)
    assert ((await held.waiting()).asked_by, held.drawer.calls) == (None, [])
    await held.decisions.ask(held.anna, *held.key)


async def test_one_person_is_enough_up_to_the_amount_of_the_terms(desk):
    terms = replace(load_terms(), release_alone=5_000_00)
    held = await Held5000(desk).open(terms)
    ended = await held.decisions.release(held.anna, *held.key)
    assert (ended.ended_as, ended.alone) == (HoldEnd.RELEASED, True)
    more = await Held5000(desk).open(replace(terms, release_alone=4_999_99))
    with pytest.raises(ReleaseNotAsked):
        await more.decisions.release(more.anna, *more.key)


async def test_what_is_no_longer_possible_ends_as_denied(held):
    held.drawer.impossible.add(held.held_id)
    await held.decisions.ask(held.anna, *held.key)
    assert (await held.decisions.release(held.bandu, *held.key)).ended_as is HoldEnd.DENIED


async def test_a_command_that_its_customer_took_back_waits_no_longer(held):
    for _ in "ab":
        async with held.desk.database.transaction(held.desk.tenant) as tx:
            await end_held(tx, held.desk.tenant, "wager", [held.held_id, IDS.new()], held.desk.clock.now())
    waiting = await held.waiting()
    assert (waiting.ended_as, waiting.ended_by) == (HoldEnd.GONE, None)
    with pytest.raises(HoldDecided):
        await held.decisions.deny(held.anna, *held.key)
    assert held.drawer.calls == []


async def test_a_release_that_finds_the_command_gone_says_so(held):
    held.drawer.ended[held.held_id] = HoldEnd.GONE
    await held.decisions.ask(held.anna, *held.key)
    ended = await held.decisions.release(held.bandu, *held.key)
    assert (ended.ended_as, ended.ended_by) == (HoldEnd.GONE, None)


async def test_two_who_decide_at_once_decide_once(held):
    """Both have looked before the first one is done."""
    held.drawer.pause_seconds = 0.2
    await held.decisions.ask(held.anna, *held.key)
    answers = await asyncio.gather(
        held.decisions.release(held.bandu, *held.key),
        held.decisions.deny(held.anna, *held.key),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["HoldDecided", "Waiting"]
    assert len(held.drawer.calls) == 1
    assert (await held.waiting()).ended_as is held.drawer.ended[held.held_id]


async def test_a_decision_and_a_lane_of_the_same_customer_do_not_wait_in_a_ring(held):
    """The lane holds the book and wants the case; the decision wants both."""
    wishes = [held.desk.wish(held.customer_id) for _ in range(8)]

    async def lane(wish):
        async with held.desk.database.transaction(held.desk.tenant) as tx:
            await tx.execute("SELECT FROM ledger_book WHERE id = $1 FOR NO KEY UPDATE", held.customer_id)
            await asyncio.sleep(0.01)
            return await open_cases(tx, [wish])

    await asyncio.gather(held.decisions.deny(held.anna, *held.key), *(lane(wish) for wish in wishes))
    assert (await held.waiting()).ended_as is HoldEnd.DENIED


async def test_what_nobody_decides_here_is_said(desk, held):
    other = HoldDecisions(desk.ground(), [])
    with pytest.raises(CommandsUnknown):
        await other.deny(held.anna, *held.key)
    with pytest.raises(HoldNotFound):
        await held.decisions.deny(held.anna, held.case_id, IDS.new())
    with pytest.raises(InvariantViolated):
        HoldDecisions(desk.ground(), [held.drawer, held.drawer])


_END = "UPDATE cases_held SET ended_as = 'released', ended_at = now(), ended_by = {}"


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        (_END.format("$1::uuid"), "cases_held_two_people"),
        (_END.format("asked_by") + ", asked_by = $1, asked_at = now()", "cases_held_end_whole"),
        ("UPDATE cases_held SET ended_as = 'denied', ended_at = now()", "cases_held_end_whole"),
        ("UPDATE cases_held SET amount = 1", "cases_held_decided"),
    ],
)
async def test_the_database_refuses_what_the_rules_do(held, sql, constraint):
    arguments = [IDS.new()] if "$1" in sql else []
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await held.desk.fetch(sql, *arguments)
    assert refused.value.constraint_name == constraint


async def test_the_database_does_not_close_what_holds(held):
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await held.desk.fetch("UPDATE cases_case SET state = 'closing', steps = 3")
    assert refused.value.constraint_name == "cases_case_holds"
